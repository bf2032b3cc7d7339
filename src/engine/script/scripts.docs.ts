import { argument, type Docs, keyArgument, oneOf, token } from '../commands/docs.ts';

const KEYS_AND_ARGUMENTS = [
  argument('numkeys', 'integer'),
  keyArgument('key', 0, { optional: true, multiple: true }),
  argument('arg', 'string', { optional: true, multiple: true }),
];
const DEPENDS = 'Depends on the script.';

/** The docs of scripts.ts. */
export const scriptsDocs: Docs = {
  eval: {
    summary: 'Runs a Lua script.',
    since: '2.6.0',
    complexity: DEPENDS,
    arguments: [argument('script', 'string'), ...KEYS_AND_ARGUMENTS],
  },
  evalsha: {
    summary: 'Runs a Lua script that the server has seen, named by its SHA-1.',
    since: '2.6.0',
    complexity: DEPENDS,
    arguments: [argument('sha1', 'string'), ...KEYS_AND_ARGUMENTS],
  },
  eval_ro: {
    summary: 'Runs a Lua script that only reads.',
    since: '7.0.0',
    complexity: DEPENDS,
    arguments: [argument('script', 'string'), ...KEYS_AND_ARGUMENTS],
  },
  evalsha_ro: {
    summary: 'Runs a Lua script that only reads and that the server has seen, named by its SHA-1.',
    since: '7.0.0',
    complexity: DEPENDS,
    arguments: [argument('sha1', 'string'), ...KEYS_AND_ARGUMENTS],
  },
  script: {
    summary: 'Looks after the cache of scripts.',
    since: '2.6.0',
    complexity: 'Depends on subcommand.',
  },
  'script|debug': {
    summary: 'Chooses whether the scripts of this client are debugged.',
    since: '3.2.0',
    complexity: 'O(1)',
    arguments: [oneOf('mode', [token('YES'), token('SYNC'), token('NO')])],
    differences: ['There is no debugger: `YES` and `SYNC` are refused.'],
  },
  'script|exists': {
    summary: 'Tells which scripts are in the cache.',
    since: '2.6.0',
    complexity: 'O(N) for N digests.',
    arguments: [argument('sha1', 'string', { multiple: true })],
  },
  'script|flush': {
    summary: 'Empties the cache of scripts.',
    since: '2.6.0',
    complexity: 'O(N) for N scripts in the cache, which the garbage collector takes.',
    history: [['6.2.0', 'Added `ASYNC` and `SYNC`.']],
    arguments: [oneOf('async', [token('ASYNC'), token('SYNC')], { since: '6.2.0', optional: true })],
  },
  'script|help': {
    summary: 'Tells how SCRIPT is used.',
    since: '5.0.0',
    complexity: 'O(1)',
  },
  'script|kill': {
    summary: 'Ends the script that runs, unless it has written.',
    since: '2.6.0',
    complexity: 'O(1)',
  },
  'script|load': {
    summary: 'Puts a script into the cache without running it.',
    since: '2.6.0',
    complexity: 'O(N) for a script of N bytes.',
    arguments: [argument('script', 'string')],
  },
  'script|show': {
    summary: 'Replies with the text of a script in the cache.',
    since: '8.0.0',
    complexity: 'O(1)',
    arguments: [argument('sha1', 'string')],
  },
};
