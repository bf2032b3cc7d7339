import { argument, type Docs, keyArgument, oneOf, token } from '../commands/docs.ts';

const CALL = [
  argument('function', 'string'),
  argument('numkeys', 'integer'),
  keyArgument('key', 0, { optional: true, multiple: true }),
  argument('arg', 'string', { optional: true, multiple: true }),
];
const DEPENDS = 'Depends on the function.';

/** The docs of functions.ts. */
export const functionsDocs: Docs = {
  fcall: {
    summary: 'Calls a function of a library.',
    since: '7.0.0',
    complexity: DEPENDS,
    arguments: CALL,
  },
  fcall_ro: {
    summary: 'Calls a function of a library that only reads.',
    since: '7.0.0',
    complexity: DEPENDS,
    arguments: CALL,
  },
  function: {
    summary: 'Looks after libraries of functions.',
    since: '7.0.0',
    complexity: 'Depends on subcommand.',
  },
  'function|delete': {
    summary: 'Deletes a library and its functions.',
    since: '7.0.0',
    complexity: 'O(1)',
    arguments: [argument('library-name', 'string')],
  },
  'function|dump': {
    summary: 'Replies with all libraries as bytes that FUNCTION RESTORE takes.',
    since: '7.0.0',
    complexity: 'O(N) for N bytes of all libraries.',
  },
  'function|flush': {
    summary: 'Deletes all libraries.',
    since: '7.0.0',
    complexity: 'O(N) for N functions, which the garbage collector takes.',
    arguments: [oneOf('async', [token('ASYNC'), token('SYNC')], { optional: true })],
  },
  'function|help': {
    summary: 'Tells how FUNCTION is used.',
    since: '7.0.0',
    complexity: 'O(1)',
  },
  'function|kill': {
    summary: 'Ends the function that runs, unless it has written.',
    since: '7.0.0',
    complexity: 'O(1)',
  },
  'function|list': {
    summary: 'Lists libraries and their functions.',
    since: '7.0.0',
    complexity: 'O(N) for N functions.',
    arguments: [
      argument('library-name-pattern', 'string', { token: 'LIBRARYNAME', optional: true }),
      token('WITHCODE', { optional: true }),
    ],
  },
  'function|load': {
    summary: 'Loads a library of functions.',
    since: '7.0.0',
    complexity: 'O(1) beside compiling the library and letting it register its functions.',
    arguments: [token('REPLACE', { optional: true }), argument('function-code', 'string')],
  },
  'function|restore': {
    summary: 'Loads all libraries of what FUNCTION DUMP replied, or none.',
    since: '7.0.0',
    complexity: 'O(N) for N bytes.',
    arguments: [
      argument('serialized-value', 'string'),
      oneOf('policy', [token('FLUSH'), token('APPEND'), token('REPLACE')], { optional: true }),
    ],
  },
  'function|stats': {
    summary: 'Tells which function runs, and how many functions there are.',
    since: '7.0.0',
    complexity: 'O(1)',
  },
};
