import { type Argument, argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

const FIELDS = block('fields', [argument('numfields', 'integer'), argument('field', 'string', { multiple: true })], {
  token: 'FIELDS',
});
const PAIRS = block(
  'fields',
  [
    argument('numfields', 'integer'),
    block('data', [argument('field', 'string'), argument('value', 'string')], { multiple: true }),
  ],
  { token: 'FIELDS' },
);
const CONDITION = oneOf('condition', [token('NX'), token('XX'), token('GT'), token('LT')], { optional: true });
const EACH_FIELD = 'O(N), N fields given';

const TIMES: readonly Argument[] = [
  argument('seconds', 'integer', { token: 'EX' }),
  argument('milliseconds', 'integer', { token: 'PX' }),
  argument('unix-time-seconds', 'unix-time', { token: 'EXAT' }),
  argument('unix-time-milliseconds', 'unix-time', { token: 'PXAT' }),
];

const AT_ITS_DEADLINE = [
  'A field is gone for every command at its deadline, HLEN included; Redis counts it until it is reclaimed.',
];

/** The docs of field-expiry.ts and field-combinations.ts. */
export const fieldExpiryDocs: Docs = {
  hexpire: {
    summary: 'Makes fields of a hash expire after some seconds.',
    since: '7.4.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), argument('seconds', 'integer'), CONDITION, FIELDS],
    differences: AT_ITS_DEADLINE,
  },
  hpexpire: {
    summary: 'Makes fields of a hash expire after some milliseconds.',
    since: '7.4.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), argument('milliseconds', 'integer'), CONDITION, FIELDS],
    differences: AT_ITS_DEADLINE,
  },
  hexpireat: {
    summary: 'Makes fields of a hash expire at a Unix time in seconds.',
    since: '7.4.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), argument('unix-time-seconds', 'unix-time'), CONDITION, FIELDS],
    differences: AT_ITS_DEADLINE,
  },
  hpexpireat: {
    summary: 'Makes fields of a hash expire at a Unix time in milliseconds.',
    since: '7.4.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), argument('unix-time-milliseconds', 'unix-time'), CONDITION, FIELDS],
    differences: AT_ITS_DEADLINE,
  },
  hpersist: {
    summary: 'Removes the deadlines of fields of a hash.',
    since: '7.4.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), FIELDS],
  },
  httl: {
    summary: 'Returns how many seconds fields of a hash have left.',
    since: '7.4.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), FIELDS],
  },
  hpttl: {
    summary: 'Returns how many milliseconds fields of a hash have left.',
    since: '7.4.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), FIELDS],
  },
  hexpiretime: {
    summary: 'Returns when fields of a hash expire, as a Unix time in seconds.',
    since: '7.4.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), FIELDS],
  },
  hpexpiretime: {
    summary: 'Returns when fields of a hash expire, as a Unix time in milliseconds.',
    since: '7.4.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), FIELDS],
  },
  hgetex: {
    summary: 'Returns the values of fields of a hash and sets or removes their deadlines.',
    since: '8.0.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), oneOf('expiration', [...TIMES, token('PERSIST')], { optional: true }), FIELDS],
  },
  hsetex: {
    summary: 'Sets fields of a hash together with their deadlines.',
    since: '8.0.0',
    complexity: EACH_FIELD,
    arguments: [
      keyArgument(),
      oneOf('condition', [token('FNX'), token('FXX')], { optional: true }),
      oneOf('expiration', [...TIMES, token('KEEPTTL')], { optional: true }),
      PAIRS,
    ],
  },
  hgetdel: {
    summary: 'Returns the values of fields of a hash and deletes the fields.',
    since: '8.0.0',
    complexity: EACH_FIELD,
    arguments: [keyArgument(), FIELDS],
  },
};
