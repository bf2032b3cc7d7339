import { argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

const ID = argument('id', 'string');
const COUNT = argument('count', 'integer', { token: 'COUNT', optional: true });
const MILLISECONDS = argument('milliseconds', 'integer', { token: 'BLOCK', optional: true });

const TRIM_PARTS = [
  oneOf('strategy', [token('MAXLEN'), token('MINID', { since: '6.2.0' })]),
  oneOf(
    'operator',
    [
      { ...token('='), name: 'equal' },
      { ...token('~'), name: 'approximately' },
    ],
    { optional: true },
  ),
  argument('threshold', 'string'),
  argument('count', 'integer', { token: 'LIMIT', since: '6.2.0', optional: true }),
];

const POLICIES = [token('KEEPREF'), token('DELREF'), token('ACKED')];
const POLICY = oneOf('condition', POLICIES, { since: '8.2.0', optional: true });
const PRODUCER = argument('pid', 'string');
const IDEMPOTENT = oneOf(
  'idmp',
  [
    block('idmpauto-with-pid', [PRODUCER], { token: 'IDMPAUTO' }),
    block('idmp-with-pid-iid', [PRODUCER, argument('iid', 'string')], { token: 'IDMP' }),
  ],
  { since: '8.6.0', optional: true },
);
const IDS = block('ids', [argument('numids', 'integer'), argument('id', 'string', { multiple: true })], {
  token: 'IDS',
});

const STREAMS = block(
  'streams',
  [keyArgument('key', 0, { multiple: true }), argument('ID', 'string', { multiple: true })],
  { token: 'STREAMS' },
);

/** The docs of streams.ts, stream-deletions.ts, stream-idempotence.ts and stream-reads.ts. */
export const streamsDocs: Docs = {
  xadd: {
    summary: 'Appends an entry to a stream, which is made if there is none, and returns its ID.',
    since: '5.0.0',
    complexity: 'O(1), and O(N) for N entries removed by the options',
    history: [
      ['6.2.0', '`NOMKSTREAM`, `MINID` and `LIMIT`.'],
      ['7.0.0', 'IDs of which only the time is given: `ms-*`.'],
      ['8.2.0', '`KEEPREF`, `DELREF` and `ACKED`.'],
      ['8.6.0', '`IDMP` and `IDMPAUTO`.'],
    ],
    arguments: [
      keyArgument(),
      token('NOMKSTREAM', { since: '6.2.0', optional: true }),
      POLICY,
      IDEMPOTENT,
      block('trim', TRIM_PARTS, { optional: true }),
      oneOf('id-selector', [{ ...token('*'), name: 'auto-id' }, ID]),
      block('data', [argument('field', 'string'), argument('value', 'string')], { multiple: true }),
    ],
  },
  xrange: {
    summary: 'Returns the entries of a stream from one ID to another.',
    since: '5.0.0',
    complexity: 'O(N), N entries returned',
    history: [['6.2.0', 'Bounds that are not included: `(ID`.']],
    arguments: [keyArgument(), argument('start', 'string'), argument('end', 'string'), COUNT],
  },
  xrevrange: {
    summary: 'Returns the entries of a stream from one ID back to another.',
    since: '5.0.0',
    complexity: 'O(N), N entries returned',
    history: [['6.2.0', 'Bounds that are not included: `(ID`.']],
    arguments: [keyArgument(), argument('end', 'string'), argument('start', 'string'), COUNT],
  },
  xlen: {
    summary: 'Returns the number of entries of a stream.',
    since: '5.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument()],
  },
  xdel: {
    summary: 'Deletes entries of a stream and returns how many there were.',
    since: '5.0.0',
    complexity: 'O(1) for each entry',
    arguments: [keyArgument(), argument('id', 'string', { multiple: true })],
  },
  xcfgset: {
    summary: 'Sets how long, and how many of, the names that producers give to entries are remembered.',
    since: '8.6.0',
    complexity: 'O(1), and O(N), N names remembered, when something changes: they are forgotten',
    arguments: [
      keyArgument(),
      argument('duration', 'integer', { token: 'IDMP-DURATION', optional: true }),
      argument('maxsize', 'integer', { token: 'IDMP-MAXSIZE', optional: true }),
    ],
  },
  xdelex: {
    summary: 'Deletes entries of a stream and returns what became of each, with regard to consumer groups.',
    since: '8.2.0',
    complexity: 'O(1) for each entry, and O(N), N groups, with `DELREF` and `ACKED`',
    arguments: [keyArgument(), POLICY, IDS],
  },
  xackdel: {
    summary: 'Acknowledges entries in a consumer group, deletes them, and returns what became of each.',
    since: '8.2.0',
    complexity: 'O(1) for each entry, and O(N), N groups, with `DELREF` and `ACKED`',
    arguments: [keyArgument(), argument('group', 'string'), POLICY, IDS],
  },
  xtrim: {
    summary: 'Removes the oldest entries of a stream and returns how many.',
    since: '5.0.0',
    complexity: 'O(N), N entries removed, most of them by the block',
    history: [
      ['6.2.0', '`MINID` and `LIMIT`.'],
      ['8.2.0', '`KEEPREF`, `DELREF` and `ACKED`.'],
    ],
    arguments: [keyArgument(), block('trim', TRIM_PARTS), POLICY],
  },
  xsetid: {
    summary: 'Sets the last ID of a stream, for replication.',
    since: '5.0.0',
    complexity: 'O(1)',
    history: [['7.0.0', '`ENTRIESADDED` and `MAXDELETEDID`.']],
    arguments: [
      keyArgument(),
      argument('last-id', 'string'),
      argument('entries-added', 'integer', { token: 'ENTRIESADDED', since: '7.0.0', optional: true }),
      argument('max-deleted-id', 'string', { token: 'MAXDELETEDID', since: '7.0.0', optional: true }),
    ],
  },
  xread: {
    summary: 'Returns the entries behind the IDs given, of several streams.',
    since: '5.0.0',
    complexity: 'Depends on the streams: O(N) for each, N entries returned',
    arguments: [COUNT, MILLISECONDS, STREAMS],
  },
  xreadgroup: {
    summary: 'Returns entries that no consumer of the group was given yet, or those given to this one.',
    since: '5.0.0',
    complexity: 'Depends on the streams: O(N) for each, N entries returned; with `CLAIM` also O(M), M entries pending',
    history: [['8.4.0', '`CLAIM`.']],
    arguments: [
      block('group-block', [argument('group', 'string'), argument('consumer', 'string')], { token: 'GROUP' }),
      COUNT,
      MILLISECONDS,
      argument('min-idle-time', 'integer', { token: 'CLAIM', since: '8.4.0', optional: true }),
      token('NOACK', { optional: true }),
      STREAMS,
    ],
  },
};
