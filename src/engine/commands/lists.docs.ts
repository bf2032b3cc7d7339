import { type Argument, argument, type Docs, keyArgument, oneOf, token } from './docs.ts';

const ELEMENT = argument('element', 'string');
const ELEMENTS = argument('element', 'string', { multiple: true });
const INDEX = argument('index', 'integer');
const COUNT = argument('count', 'integer');
const RANGE = [argument('start', 'integer'), argument('stop', 'integer')];

const SEVERAL_POPPED = [['6.2.0', 'Several elements at once, with `count`.']] as const;

function end(name: string): Argument {
  return oneOf(name, [token('LEFT'), token('RIGHT')]);
}

/** The docs of lists.ts, list-moves.ts and lpos.ts. */
export const listsDocs: Docs = {
  lpush: {
    summary: 'Adds elements at the head of a list and returns its length.',
    since: '1.0.0',
    complexity: 'O(1) for each element given',
    history: [['2.4.0', 'Several elements at once.']],
    arguments: [keyArgument(), ELEMENTS],
  },
  rpush: {
    summary: 'Adds elements at the tail of a list and returns its length.',
    since: '1.0.0',
    complexity: 'O(1) for each element given',
    history: [['2.4.0', 'Several elements at once.']],
    arguments: [keyArgument(), ELEMENTS],
  },
  lpushx: {
    summary: 'Adds elements at the head of a list, if there is one.',
    since: '2.2.0',
    complexity: 'O(1) for each element given',
    history: [['4.0.0', 'Several elements at once.']],
    arguments: [keyArgument(), ELEMENTS],
  },
  rpushx: {
    summary: 'Adds elements at the tail of a list, if there is one.',
    since: '2.2.0',
    complexity: 'O(1) for each element given',
    history: [['4.0.0', 'Several elements at once.']],
    arguments: [keyArgument(), ELEMENTS],
  },
  lpop: {
    summary: 'Removes the first elements of a list and returns them.',
    since: '1.0.0',
    complexity: 'O(N), N elements returned',
    history: SEVERAL_POPPED,
    arguments: [keyArgument(), argument('count', 'integer', { since: '6.2.0', optional: true })],
  },
  rpop: {
    summary: 'Removes the last elements of a list and returns them.',
    since: '1.0.0',
    complexity: 'O(N), N elements returned',
    history: SEVERAL_POPPED,
    arguments: [keyArgument(), argument('count', 'integer', { since: '6.2.0', optional: true })],
  },
  llen: {
    summary: 'Returns the length of a list.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  lindex: {
    summary: 'Returns the element at an index of a list, negative from the end.',
    since: '1.0.0',
    complexity: 'O(N), N elements from the nearer end, most of them passed by the node',
    arguments: [keyArgument(), INDEX],
  },
  lset: {
    summary: 'Sets the element at an index of a list.',
    since: '1.0.0',
    complexity: 'O(N), N elements from the nearer end, most of them passed by the node',
    arguments: [keyArgument(), INDEX, ELEMENT],
  },
  lrange: {
    summary: 'Returns the elements of a list from one index to another.',
    since: '1.0.0',
    complexity: 'O(S+N), N elements returned, S elements before them from the nearer end',
    arguments: [keyArgument(), ...RANGE],
  },
  ltrim: {
    summary: 'Removes all elements of a list but those from one index to another.',
    since: '1.0.0',
    complexity: 'O(N), N elements removed',
    arguments: [keyArgument(), ...RANGE],
  },
  lrem: {
    summary: 'Removes elements of a list that equal one given, the first, the last or all.',
    since: '1.0.0',
    complexity: 'O(N+M), N elements in the list, M removed',
    arguments: [keyArgument(), COUNT, ELEMENT],
  },
  linsert: {
    summary: 'Inserts an element before or after another in a list.',
    since: '2.2.0',
    complexity: 'O(N), N elements before the place',
    arguments: [keyArgument(), oneOf('where', [token('BEFORE'), token('AFTER')]), argument('pivot', 'string'), ELEMENT],
  },
  lpos: {
    summary: 'Returns the indexes of elements of a list that equal one given.',
    since: '6.0.6',
    complexity: 'O(N), N elements looked at',
    arguments: [
      keyArgument(),
      ELEMENT,
      argument('rank', 'integer', { token: 'RANK', optional: true }),
      argument('num-matches', 'integer', { token: 'COUNT', optional: true }),
      argument('len', 'integer', { token: 'MAXLEN', optional: true }),
    ],
  },
  lmove: {
    summary: 'Moves an element from an end of a list to an end of another, or the same, and returns it.',
    since: '6.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument('source'), keyArgument('destination', 1), end('wherefrom'), end('whereto')],
  },
  rpoplpush: {
    summary: 'Moves the last element of a list to the head of another, or the same, and returns it.',
    since: '1.2.0',
    complexity: 'O(1)',
    deprecated: { since: '6.2.0', replacedBy: '`LMOVE` with the `RIGHT` and `LEFT` arguments' },
    arguments: [keyArgument('source'), keyArgument('destination', 1)],
  },
  lmpop: {
    summary: 'Removes elements at an end of the first list that is there and returns its key and them.',
    since: '7.0.0',
    complexity: 'O(N+M), N keys given, M elements returned',
    arguments: [
      argument('numkeys', 'integer'),
      keyArgument('key', 0, { multiple: true }),
      end('where'),
      argument('count', 'integer', { token: 'COUNT', optional: true }),
    ],
  },
};
