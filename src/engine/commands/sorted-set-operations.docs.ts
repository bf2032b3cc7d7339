import { type Argument, argument, type Docs, keyArgument, oneOf, token } from './docs.ts';

const WITH_SCORES = token('WITHSCORES', { optional: true });
const WEIGHTS_AND_AGGREGATE = [
  argument('weight', 'integer', { token: 'WEIGHTS', optional: true, multiple: true }),
  oneOf('aggregate', [token('SUM'), token('MIN'), token('MAX')], { token: 'AGGREGATE', optional: true }),
];
const INPUTS = inputs(0);
const STORED = [keyArgument('destination', 0), ...inputs(1)];

const UNION_COST = 'O(N)+O(M*log(M)), N members in all sets, M in the result';
const INTERSECTION_COST = 'O(N*K)+O(M*log(M)), N members in the smallest of K sets, M in the result';
const DIFFERENCE_COST = 'O(L + (N-K)log(N)), L members in all sets, N in the first, K in the result';

function inputs(keySpec: number): Argument[] {
  return [argument('numkeys', 'integer'), keyArgument('key', keySpec, { multiple: true })];
}

/** The docs of sorted-set-operations.ts. */
export const sortedSetOperationsDocs: Docs = {
  zunion: {
    summary: 'Returns the members that any of several sorted sets has.',
    since: '6.2.0',
    complexity: UNION_COST,
    arguments: [...INPUTS, ...WEIGHTS_AND_AGGREGATE, WITH_SCORES],
  },
  zinter: {
    summary: 'Returns the members that all of several sorted sets have.',
    since: '6.2.0',
    complexity: INTERSECTION_COST,
    arguments: [...INPUTS, ...WEIGHTS_AND_AGGREGATE, WITH_SCORES],
  },
  zdiff: {
    summary: 'Returns the members of a sorted set that no other has.',
    since: '6.2.0',
    complexity: DIFFERENCE_COST,
    arguments: [...INPUTS, WITH_SCORES],
  },
  zintercard: {
    summary: 'Returns how many members all of several sorted sets have.',
    since: '7.0.0',
    complexity: 'O(N*K), N members in the smallest of K sets',
    arguments: [...INPUTS, argument('limit', 'integer', { token: 'LIMIT', optional: true })],
  },
  zunionstore: {
    summary: 'Stores the union of several sorted sets and returns how many members it has.',
    since: '2.0.0',
    complexity: UNION_COST,
    arguments: [...STORED, ...WEIGHTS_AND_AGGREGATE],
  },
  zinterstore: {
    summary: 'Stores the intersection of several sorted sets and returns how many members it has.',
    since: '2.0.0',
    complexity: INTERSECTION_COST,
    arguments: [...STORED, ...WEIGHTS_AND_AGGREGATE],
  },
  zdiffstore: {
    summary: 'Stores what a sorted set has and no other, and returns how many members that are.',
    since: '6.2.0',
    complexity: DIFFERENCE_COST,
    arguments: STORED,
  },
};
