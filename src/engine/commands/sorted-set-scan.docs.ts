import { argument, type Docs, keyArgument } from './docs.ts';

/** The docs of sorted-set-scan.ts. */
export const sortedSetScanDocs: Docs = {
  zscan: {
    summary: 'Walks through the members and scores of a sorted set, some at each call.',
    since: '2.8.0',
    complexity: 'O(1) for a call, O(N) for the whole walk, N members',
    arguments: [
      keyArgument(),
      argument('cursor', 'integer'),
      argument('pattern', 'pattern', { token: 'MATCH', optional: true }),
      argument('count', 'integer', { token: 'COUNT', optional: true }),
    ],
  },
};
