import { type Argument, argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';
import { UNITS } from './geo.docs.ts';

const COMPLEXITY = 'O(N+log(M)), N members in the cells around the area, M members in the set';
const UPPERCASE_UNITS = ['7.0.0', 'Units in capitals.'] as const;
const COUNT_ANY = ['6.2.0', 'The option `ANY` of `COUNT`.'] as const;
/** Where a last bit could differ. */
const LAST_BIT =
  'A distance that STOREDIST stores differs in its last bit, about one time in three hundred, where the C library of Redis rounds wrongly.';

const POSITION = [argument('longitude', 'double'), argument('latitude', 'double')];
const UNIT = oneOf('unit', UNITS);

const FROM = oneOf('from', [
  argument('member', 'string', { token: 'FROMMEMBER' }),
  block('longitude_latitude', POSITION, { token: 'FROMLONLAT' }),
]);
const BY = oneOf('by', [
  block('circle', [argument('radius', 'double', { token: 'BYRADIUS' }), UNIT]),
  block('box', [argument('width', 'double', { token: 'BYBOX' }), argument('height', 'double'), UNIT]),
]);
const ORDER = oneOf('order', [token('ASC'), token('DESC')], { optional: true });
const EXTRAS = ['WITHCOORD', 'WITHDIST', 'WITHHASH'].map((word) => token(word, { optional: true }));

function count(anySince?: string): Argument {
  const any = token('ANY', { ...(anySince === undefined ? {} : { since: anySince }), optional: true });
  return block('count', [argument('count', 'integer', { token: 'COUNT' }), any], { optional: true });
}

const STORED = [
  keyArgument('key', 1, { token: 'STORE', optional: true }),
  keyArgument('key', 2, { token: 'STOREDIST', optional: true }),
];

/** The docs of geo-search.ts. */
export const geoSearchDocs: Docs = {
  geosearch: {
    summary: 'Returns the members in a circle or a box around a position or a member.',
    since: '6.2.0',
    complexity: COMPLEXITY,
    history: [UPPERCASE_UNITS],
    arguments: [keyArgument(), FROM, BY, ORDER, count(), ...EXTRAS],
  },
  geosearchstore: {
    summary: 'Stores the members in a circle or a box around a position or a member under another key.',
    since: '6.2.0',
    complexity: COMPLEXITY,
    history: [UPPERCASE_UNITS],
    differences: [LAST_BIT],
    arguments: [
      keyArgument('destination'),
      keyArgument('source', 1),
      FROM,
      BY,
      ORDER,
      count(),
      token('STOREDIST', { optional: true }),
    ],
  },
  georadius: {
    summary: 'Returns or stores the members in a circle around a position.',
    since: '3.2.0',
    complexity: COMPLEXITY,
    deprecated: { since: '6.2.0', replacedBy: '`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument' },
    history: [COUNT_ANY, UPPERCASE_UNITS],
    differences: [LAST_BIT],
    arguments: [
      keyArgument(),
      ...POSITION,
      argument('radius', 'double'),
      UNIT,
      ...EXTRAS,
      count('6.2.0'),
      ORDER,
      ...STORED,
    ],
  },
  georadius_ro: {
    summary: 'Returns the members in a circle around a position.',
    since: '3.2.10',
    complexity: COMPLEXITY,
    deprecated: { since: '6.2.0', replacedBy: '`GEOSEARCH` with the `BYRADIUS` argument' },
    history: [COUNT_ANY],
    arguments: [keyArgument(), ...POSITION, argument('radius', 'double'), UNIT, ...EXTRAS, count('6.2.0'), ORDER],
  },
  georadiusbymember: {
    summary: 'Returns or stores the members in a circle around a member.',
    since: '3.2.0',
    complexity: COMPLEXITY,
    deprecated: {
      since: '6.2.0',
      replacedBy: '`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments',
    },
    history: [UPPERCASE_UNITS],
    differences: [LAST_BIT],
    arguments: [
      keyArgument(),
      argument('member', 'string'),
      argument('radius', 'double'),
      UNIT,
      ...EXTRAS,
      count(),
      ORDER,
      ...STORED,
    ],
  },
  georadiusbymember_ro: {
    summary: 'Returns the members in a circle around a member.',
    since: '3.2.10',
    complexity: COMPLEXITY,
    deprecated: { since: '6.2.0', replacedBy: '`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments' },
    arguments: [
      keyArgument(),
      argument('member', 'string'),
      argument('radius', 'double'),
      UNIT,
      ...EXTRAS,
      count(),
      ORDER,
    ],
  },
};
