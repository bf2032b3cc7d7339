import { type Argument, argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

const ORDERING: readonly Argument[] = [
  keyArgument(),
  argument('by-pattern', 'pattern', { token: 'BY', keySpec: 1, optional: true }),
  block('limit', [argument('offset', 'integer'), argument('count', 'integer')], { token: 'LIMIT', optional: true }),
  argument('get-pattern', 'pattern', {
    token: 'GET',
    keySpec: 1,
    optional: true,
    multiple: true,
    multipleToken: true,
  }),
  oneOf('order', [token('ASC'), token('DESC')], { optional: true }),
  argument('sorting', 'pure-token', { token: 'ALPHA', optional: true }),
];
const COMPLEXITY =
  'O(N+M*log(M)), N elements in the value, M of them returned; O(N) when BY is a constant, as nothing is sorted.';
const DIFFERENCES = ['ALPHA orders by bytes, as Redis does in the locale C.'];

/** The docs of sort.ts. */
export const sortDocs: Docs = {
  sort: {
    summary:
      'Sorts the elements of a list, set or sorted set, by themselves or by other keys, and returns or stores them.',
    since: '1.0.0',
    complexity: COMPLEXITY,
    arguments: [...ORDERING, keyArgument('destination', 2, { token: 'STORE', optional: true })],
    differences: DIFFERENCES,
  },
  sort_ro: {
    summary: 'Returns the elements of a list, set or sorted set sorted, by themselves or by other keys.',
    since: '7.0.0',
    complexity: COMPLEXITY,
    arguments: ORDERING,
    differences: DIFFERENCES,
  },
};
