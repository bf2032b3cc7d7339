import { argument, type Docs, keyArgument, oneOf, token } from './docs.ts';

const TIMEOUT = argument('timeout', 'double');
const KEYS = keyArgument('key', 0, { multiple: true });
const DECIMALS = [['6.0.0', 'The timeout may have decimals.']] as const;

/** The docs of blocking-sorted-set-pops.ts. */
export const blockingSortedSetPopsDocs: Docs = {
  bzpopmin: {
    summary: 'Removes the member with the lowest score of the first sorted set that is there; waits for one.',
    since: '5.0.0',
    complexity: 'O(log(N)), N members in the sorted set',
    history: DECIMALS,
    arguments: [KEYS, TIMEOUT],
  },
  bzpopmax: {
    summary: 'Removes the member with the highest score of the first sorted set that is there; waits for one.',
    since: '5.0.0',
    complexity: 'O(log(N)), N members in the sorted set',
    history: DECIMALS,
    arguments: [KEYS, TIMEOUT],
  },
  bzmpop: {
    summary:
      'Removes members of the first of several sorted sets that is there, and returns its key and them; waits for one.',
    since: '7.0.0',
    complexity: 'O(K) + O(M*log(N)), K keys, N members in the sorted set, M removed',
    arguments: [
      TIMEOUT,
      argument('numkeys', 'integer'),
      KEYS,
      oneOf('where', [token('MIN'), token('MAX')]),
      argument('count', 'integer', { token: 'COUNT', optional: true }),
    ],
  },
};
