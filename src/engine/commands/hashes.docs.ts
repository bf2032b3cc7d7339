import { argument, block, type Docs, keyArgument, token } from './docs.ts';

/** The docs of hashes.ts and hash-walks.ts. */
export const hashesDocs: Docs = {
  hset: {
    summary: 'Sets fields of a hash and returns how many of them are new.',
    since: '2.0.0',
    complexity: 'O(1), N fields given',
    history: [['4.0.0', 'Several fields at once.']],
    arguments: [
      keyArgument(),
      block('field_value', [argument('field', 'string'), argument('value', 'string')], { multiple: true }),
    ],
  },
  hmset: {
    summary: 'Sets fields of a hash.',
    since: '2.0.0',
    complexity: 'O(N), N fields given',
    deprecated: { since: '4.0.0', replacedBy: '`HSET` with several fields' },
    arguments: [
      keyArgument(),
      block('field_value', [argument('field', 'string'), argument('value', 'string')], { multiple: true }),
    ],
  },
  hsetnx: {
    summary: 'Sets a field of a hash unless it is there.',
    since: '2.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('field', 'string'), argument('value', 'string')],
  },
  hget: {
    summary: 'Returns the value of a field of a hash.',
    since: '2.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('field', 'string')],
  },
  hmget: {
    summary: 'Returns the values of several fields of a hash.',
    since: '2.0.0',
    complexity: 'O(N), N fields asked for',
    arguments: [keyArgument(), argument('field', 'string', { multiple: true })],
  },
  hgetall: {
    summary: 'Returns all fields and values of a hash.',
    since: '2.0.0',
    complexity: 'O(N), N fields in the hash',
    arguments: [keyArgument()],
  },
  hkeys: {
    summary: 'Returns all fields of a hash.',
    since: '2.0.0',
    complexity: 'O(N), N fields in the hash',
    arguments: [keyArgument()],
  },
  hvals: {
    summary: 'Returns all values of a hash.',
    since: '2.0.0',
    complexity: 'O(N), N fields in the hash',
    arguments: [keyArgument()],
  },
  hdel: {
    summary: 'Deletes fields of a hash, and the key with the last of them.',
    since: '2.0.0',
    complexity: 'O(N), N fields given',
    history: [['2.4.0', 'Several fields at once.']],
    arguments: [keyArgument(), argument('field', 'string', { multiple: true })],
  },
  hlen: {
    summary: 'Returns how many fields a hash has.',
    since: '2.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  hstrlen: {
    summary: "Returns the length of a field's value.",
    since: '3.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('field', 'string')],
  },
  hexists: {
    summary: 'Tells whether a hash has a field.',
    since: '2.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('field', 'string')],
  },
  hincrby: {
    summary: 'Adds an integer to a field of a hash.',
    since: '2.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('field', 'string'), argument('increment', 'integer')],
  },
  hincrbyfloat: {
    summary: 'Adds a decimal number to a field of a hash.',
    since: '2.6.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), argument('field', 'string'), argument('increment', 'double')],
  },
  hrandfield: {
    summary: 'Returns fields of a hash drawn by chance.',
    since: '6.2.0',
    complexity: 'O(N), N fields returned',
    arguments: [
      keyArgument(),
      block('options', [argument('count', 'integer'), token('WITHVALUES', { optional: true })], { optional: true }),
    ],
  },
  hscan: {
    summary: 'Walks through the fields of a hash, some at each call.',
    since: '2.8.0',
    complexity: 'O(1) for a call, O(N) for the whole walk, N fields',
    arguments: [
      keyArgument(),
      argument('cursor', 'integer'),
      argument('pattern', 'pattern', { token: 'MATCH', optional: true }),
      argument('count', 'integer', { token: 'COUNT', optional: true }),
      token('NOVALUES', { since: '7.4.0', optional: true }),
    ],
    history: [['7.4.0', 'Option NOVALUES.']],
  },
};
