import { argument, type Docs, keyArgument } from './docs.ts';

/** The docs of counters.ts. */
export const countersDocs: Docs = {
  incr: {
    summary: 'Adds one to the integer at a key.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  decr: {
    summary: 'Subtracts one from the integer at a key.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  incrby: {
    summary: 'Adds an integer to the integer at a key.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('increment', 'integer')],
  },
  decrby: {
    summary: 'Subtracts an integer from the integer at a key.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('decrement', 'integer')],
  },
  incrbyfloat: {
    summary: 'Adds a decimal number to the number at a key.',
    since: '2.6.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('increment', 'double')],
  },
};
