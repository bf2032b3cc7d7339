import { argument, type Docs, oneOf } from './docs.ts';

/** The docs of introspection.ts. */
export const introspectionDocs: Docs = {
  command: {
    summary: 'Describes every command for clients.',
    since: '2.8.13',
    complexity: 'O(N) for N commands.',
  },
  'command|count': {
    summary: 'Counts the commands.',
    since: '2.8.13',
    complexity: 'O(1)',
  },
  'command|list': {
    summary: 'Lists the names of commands and subcommands.',
    since: '7.0.0',
    complexity: 'O(N) for N commands.',
    arguments: [
      oneOf(
        'filterby',
        [
          argument('module-name', 'string', { token: 'MODULE' }),
          argument('category', 'string', { token: 'ACLCAT' }),
          argument('pattern', 'pattern', { token: 'PATTERN' }),
        ],
        { token: 'FILTERBY', optional: true },
      ),
    ],
  },
  'command|info': {
    summary: 'Describes some commands for clients, or all.',
    since: '2.8.13',
    complexity: 'O(N) for N commands named.',
    history: [['7.0.0', 'Every command when none is named.']],
    arguments: [argument('command-name', 'string', { optional: true, multiple: true })],
  },
  'command|docs': {
    summary: 'Documents some commands for people, or all.',
    since: '7.0.0',
    complexity: 'O(N) for N commands named.',
    arguments: [argument('command-name', 'string', { optional: true, multiple: true })],
  },
  'command|getkeys': {
    summary: 'Extracts the keys from a command and its arguments.',
    since: '2.8.13',
    complexity: 'O(N) for N arguments.',
    arguments: [argument('command', 'string'), argument('arg', 'string', { optional: true, multiple: true })],
  },
  'command|getkeysandflags': {
    summary: 'Extracts the keys from a command and its arguments and returns what it does with each.',
    since: '7.0.0',
    complexity: 'O(N) for N arguments.',
    arguments: [argument('command', 'string'), argument('arg', 'string', { optional: true, multiple: true })],
  },
  'command|help': {
    summary: 'Explains the subcommands.',
    since: '5.0.0',
    complexity: 'O(1)',
  },
};
