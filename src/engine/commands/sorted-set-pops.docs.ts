import { argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

const COUNT = argument('count', 'integer', { optional: true });
const POP_COST = 'O(log(N)*M), N members in the sorted set, M removed';

/** The docs of sorted-set-pops.ts. */
export const sortedSetPopsDocs: Docs = {
  zpopmin: {
    summary: 'Removes the members with the lowest scores and returns them with those.',
    since: '5.0.0',
    complexity: POP_COST,
    arguments: [keyArgument(), COUNT],
  },
  zpopmax: {
    summary: 'Removes the members with the highest scores and returns them with those.',
    since: '5.0.0',
    complexity: POP_COST,
    arguments: [keyArgument(), COUNT],
  },
  zmpop: {
    summary: 'Removes members of the first of several sorted sets that is there, and returns its key and them.',
    since: '7.0.0',
    complexity: 'O(K) + O(M*log(N)), K keys, N members in the sorted set, M removed',
    arguments: [
      argument('numkeys', 'integer'),
      keyArgument('key', 0, { multiple: true }),
      oneOf('where', [token('MIN'), token('MAX')]),
      argument('count', 'integer', { token: 'COUNT', optional: true }),
    ],
  },
  zrandmember: {
    summary: 'Returns members of a sorted set drawn by chance.',
    since: '6.2.0',
    complexity: 'O(N), N members returned',
    arguments: [
      keyArgument(),
      block('options', [argument('count', 'integer'), token('WITHSCORES', { optional: true })], { optional: true }),
    ],
  },
};
