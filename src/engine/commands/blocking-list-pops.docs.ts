import { type Argument, argument, type Docs, keyArgument, oneOf, token } from './docs.ts';

const TIMEOUT = argument('timeout', 'double');
const KEYS = keyArgument('key', 0, { multiple: true });
const DECIMALS = [['6.0.0', 'The timeout may have decimals.']] as const;

function end(name: string): Argument {
  return oneOf(name, [token('LEFT'), token('RIGHT')]);
}

/** The docs of blocking-list-pops.ts. */
export const blockingListPopsDocs: Docs = {
  blpop: {
    summary: 'Removes the first element of the first list that is there and returns its key and it; waits for one.',
    since: '2.0.0',
    complexity: 'O(N), N keys given',
    history: DECIMALS,
    arguments: [KEYS, TIMEOUT],
  },
  brpop: {
    summary: 'Removes the last element of the first list that is there and returns its key and it; waits for one.',
    since: '2.0.0',
    complexity: 'O(N), N keys given',
    history: DECIMALS,
    arguments: [KEYS, TIMEOUT],
  },
  blmove: {
    summary: 'Moves an element from an end of a list to an end of another, and returns it; waits for one.',
    since: '6.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument('source'), keyArgument('destination', 1), end('wherefrom'), end('whereto'), TIMEOUT],
  },
  brpoplpush: {
    summary: 'Moves the last element of a list to the head of another, and returns it; waits for one.',
    since: '2.2.0',
    complexity: 'O(1)',
    history: DECIMALS,
    deprecated: { since: '6.2.0', replacedBy: '`BLMOVE` with the `RIGHT` and `LEFT` arguments' },
    arguments: [keyArgument('source'), keyArgument('destination', 1), TIMEOUT],
  },
  blmpop: {
    summary: 'Removes elements at an end of the first list that is there and returns its key and them; waits for one.',
    since: '7.0.0',
    complexity: 'O(N+M), N keys given, M elements returned',
    arguments: [
      TIMEOUT,
      argument('numkeys', 'integer'),
      KEYS,
      end('where'),
      argument('count', 'integer', { token: 'COUNT', optional: true }),
    ],
  },
};
