import { argument, type Docs } from '../../engine/commands/docs.ts';

/** The docs of slowlog-commands.ts. */
export const slowlogDocs: Docs = {
  slowlog: {
    summary: 'The log of slow commands.',
    since: '2.2.12',
    complexity: 'Depends on the subcommand.',
  },
  'slowlog|get': {
    summary: 'Returns the newest entries of the slow log.',
    since: '2.2.12',
    complexity: 'O(N) for N entries.',
    history: [['4.0.0', 'Address and name of the client in each entry.']],
    arguments: [argument('count', 'integer', { optional: true })],
  },
  'slowlog|len': {
    summary: 'Counts the entries of the slow log.',
    since: '2.2.12',
    complexity: 'O(1)',
  },
  'slowlog|reset': {
    summary: 'Empties the slow log.',
    since: '2.2.12',
    complexity: 'O(N) for N entries.',
  },
  'slowlog|help': {
    summary: 'Explains the subcommands.',
    since: '6.2.0',
    complexity: 'O(1)',
  },
};
