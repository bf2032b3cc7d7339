import { argument, type Docs, oneOf, token } from './docs.ts';

/** The docs of databases.ts. */
export const databasesDocs: Docs = {
  dbsize: {
    summary: 'Counts the keys of the database.',
    since: '1.0.0',
    complexity: 'O(1)',
  },
  swapdb: {
    summary: 'Swaps two databases for every client.',
    since: '4.0.0',
    complexity: 'O(N) for N clients that watch or wait for keys in them.',
    arguments: [argument('index1', 'integer'), argument('index2', 'integer')],
  },
  flushdb: {
    summary: 'Deletes every key of the database.',
    since: '1.0.0',
    complexity: 'O(N) for N keys in the database.',
    history: [
      ['4.0.0', 'Option ASYNC.'],
      ['6.2.0', 'Option SYNC.'],
    ],
    arguments: [
      oneOf('async', [token('ASYNC', { since: '4.0.0' }), token('SYNC', { since: '6.2.0' })], { optional: true }),
    ],
  },
  flushall: {
    summary: 'Deletes every key of every database.',
    since: '1.0.0',
    complexity: 'O(N) for N keys in all databases.',
    history: [
      ['4.0.0', 'Option ASYNC.'],
      ['6.2.0', 'Option SYNC.'],
    ],
    arguments: [
      oneOf('async', [token('ASYNC', { since: '4.0.0' }), token('SYNC', { since: '6.2.0' })], { optional: true }),
    ],
  },
};
