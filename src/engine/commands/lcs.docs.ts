import { argument, type Docs, keyArgument, token } from './docs.ts';

/** The docs of lcs.ts. */
export const lcsDocs: Docs = {
  lcs: {
    summary: 'Finds the longest common subsequence of the strings at two keys.',
    since: '7.0.0',
    complexity: 'O(N*M) for strings of N and M bytes.',
    arguments: [
      keyArgument('key1'),
      keyArgument('key2'),
      token('LEN', { optional: true }),
      token('IDX', { optional: true }),
      argument('len', 'integer', { token: 'MINMATCHLEN', optional: true }),
      token('WITHMATCHLEN', { optional: true }),
    ],
  },
};
