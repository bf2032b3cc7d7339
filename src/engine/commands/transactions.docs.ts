import { type Docs, keyArgument } from './docs.ts';

/** The docs of transactions.ts. */
export const transactionsDocs: Docs = {
  multi: {
    summary: 'Begins a transaction: the commands that follow are queued.',
    since: '1.2.0',
    complexity: 'O(1)',
  },
  exec: {
    summary: 'Runs all queued commands in a row, unless a watched key was changed.',
    since: '1.2.0',
    complexity: 'Depends on the queued commands.',
  },
  discard: {
    summary: 'Ends a transaction without running its commands.',
    since: '2.0.0',
    complexity: 'O(N) for N queued commands.',
  },
  watch: {
    summary: 'Lets the next EXEC run nothing if one of the keys changes before it.',
    since: '2.2.0',
    complexity: 'O(1) for each key.',
    arguments: [keyArgument('key', 0, { multiple: true })],
  },
  unwatch: {
    summary: 'Forgets all watched keys.',
    since: '2.2.0',
    complexity: 'O(1) for each watched key.',
  },
};
