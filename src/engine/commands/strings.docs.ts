import { argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

/** The docs of strings.ts. */
export const stringsDocs: Docs = {
  get: {
    summary: 'Returns the string at a key.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  getex: {
    summary: 'Returns the string at a key and sets or removes its deadline.',
    since: '6.2.0',
    complexity: 'O(1)',
    arguments: [
      keyArgument(),
      oneOf(
        'expiration',
        [
          argument('seconds', 'integer', { token: 'EX' }),
          argument('milliseconds', 'integer', { token: 'PX' }),
          argument('unix-time-seconds', 'unix-time', { token: 'EXAT' }),
          argument('unix-time-milliseconds', 'unix-time', { token: 'PXAT' }),
          token('PERSIST'),
        ],
        { optional: true },
      ),
    ],
  },
  getdel: {
    summary: 'Returns the string at a key and deletes the key.',
    since: '6.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  getset: {
    summary: 'Sets a key to a string and returns the one it held.',
    since: '1.0.0',
    complexity: 'O(1)',
    deprecated: { since: '6.2.0', replacedBy: '`SET` with `GET`' },
    arguments: [keyArgument(), argument('value', 'string')],
  },
  set: {
    summary: 'Sets a key to a string, whatever it held, and forgets its deadline unless told to keep it.',
    since: '1.0.0',
    complexity: 'O(1)',
    history: [
      ['2.6.12', 'Options EX, PX, NX and XX.'],
      ['6.0.0', 'Option KEEPTTL.'],
      ['6.2.0', 'Options GET, EXAT and PXAT.'],
      ['7.0.0', 'NX and GET may be combined.'],
    ],
    arguments: [
      keyArgument(),
      argument('value', 'string'),
      oneOf('condition', [token('NX'), token('XX')], { since: '2.6.12', optional: true }),
      token('GET', { since: '6.2.0', optional: true }),
      oneOf(
        'expiration',
        [
          argument('seconds', 'integer', { token: 'EX', since: '2.6.12' }),
          argument('milliseconds', 'integer', { token: 'PX', since: '2.6.12' }),
          argument('unix-time-seconds', 'unix-time', { token: 'EXAT', since: '6.2.0' }),
          argument('unix-time-milliseconds', 'unix-time', { token: 'PXAT', since: '6.2.0' }),
          token('KEEPTTL', { since: '6.0.0' }),
        ],
        { optional: true },
      ),
    ],
  },
  setnx: {
    summary: 'Sets a key to a string unless the key exists.',
    since: '1.0.0',
    complexity: 'O(1)',
    deprecated: { since: '2.6.12', replacedBy: '`SET` with `NX`' },
    arguments: [keyArgument(), argument('value', 'string')],
  },
  setex: {
    summary: 'Sets a key to a string that expires after some seconds.',
    since: '2.0.0',
    complexity: 'O(1)',
    deprecated: { since: '2.6.12', replacedBy: '`SET` with `EX`' },
    arguments: [keyArgument(), argument('seconds', 'integer'), argument('value', 'string')],
  },
  psetex: {
    summary: 'Sets a key to a string that expires after some milliseconds.',
    since: '2.6.0',
    complexity: 'O(1)',
    deprecated: { since: '2.6.12', replacedBy: '`SET` with `PX`' },
    arguments: [keyArgument(), argument('milliseconds', 'integer'), argument('value', 'string')],
  },
  mget: {
    summary: 'Returns the strings at several keys.',
    since: '1.0.0',
    complexity: 'O(N) for N keys.',
    arguments: [keyArgument('key', 0, { multiple: true })],
  },
  mset: {
    summary: 'Sets several keys to strings in one step.',
    since: '1.0.1',
    complexity: 'O(N) for N keys.',
    arguments: [block('key_value', [keyArgument(), argument('value', 'string')], { multiple: true })],
  },
  msetnx: {
    summary: 'Sets several keys to strings in one step unless any of them exists.',
    since: '1.0.1',
    complexity: 'O(N) for N keys.',
    arguments: [block('key_value', [keyArgument(), argument('value', 'string')], { multiple: true })],
  },
  strlen: {
    summary: 'Returns the length of the string at a key in bytes.',
    since: '2.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  append: {
    summary: 'Adds bytes to the end of the string at a key, or creates it.',
    since: '2.0.0',
    complexity: 'O(1) amortized for short additions: a string that grows is given room to grow further.',
    arguments: [keyArgument(), argument('value', 'string')],
  },
  setrange: {
    summary: 'Overwrites part of the string at a key from an offset on, filling a gap with zero bytes.',
    since: '2.2.0',
    complexity: 'O(1) plus the copying of M bytes for a value of length M, so O(M) for long ones.',
    arguments: [keyArgument(), argument('offset', 'integer'), argument('value', 'string')],
  },
  getrange: {
    summary: 'Returns part of the string at a key; offsets may count from the end.',
    since: '2.4.0',
    complexity: 'O(N) for N bytes of reply.',
    arguments: [keyArgument(), argument('start', 'integer'), argument('end', 'integer')],
  },
  substr: {
    summary: 'Returns part of the string at a key, under the name it had first.',
    since: '1.0.0',
    complexity: 'O(N) for N bytes of reply.',
    deprecated: { since: '2.0.0', replacedBy: '`GETRANGE`' },
    arguments: [keyArgument(), argument('start', 'integer'), argument('end', 'integer')],
  },
};
