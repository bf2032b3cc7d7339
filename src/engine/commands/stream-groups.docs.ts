import { argument, block, type Docs, keyArgument, oneOf, token } from './docs.ts';

const GROUP = argument('group', 'string');
const CONSUMER = argument('consumer', 'string');
const COUNT = argument('count', 'integer', { token: 'COUNT', optional: true });
const MIN_IDLE = argument('min-idle-time', 'string');
const JUSTID = token('JUSTID', { optional: true });
const ID_OR_LAST = oneOf('id-selector', [argument('id', 'string'), { ...token('$'), name: 'new-id' }]);
const ENTRIES_READ = argument('entries-read', 'integer', {
  token: 'ENTRIESREAD',
  optional: true,
});

/** The docs of stream-groups.ts, stream-pending.ts, stream-claims.ts and stream-info.ts. */
export const streamGroupsDocs: Docs = {
  xgroup: {
    summary: 'Manages the consumer groups of a stream.',
    since: '5.0.0',
    complexity: 'Depends on the subcommand',
  },
  'xgroup|create': {
    summary: 'Adds a consumer group to a stream.',
    since: '5.0.0',
    complexity: 'O(1)',
    history: [['7.0.0', '`ENTRIESREAD`.']],
    arguments: [keyArgument(), GROUP, ID_OR_LAST, token('MKSTREAM', { optional: true }), ENTRIES_READ],
  },
  'xgroup|setid': {
    summary: 'Sets the ID behind which a group goes on.',
    since: '5.0.0',
    complexity: 'O(1)',
    history: [['7.0.0', '`ENTRIESREAD`.']],
    arguments: [keyArgument(), GROUP, ID_OR_LAST, { ...ENTRIES_READ, name: 'entriesread' }],
  },
  'xgroup|destroy': {
    summary: 'Removes a consumer group with everything pending in it.',
    since: '5.0.0',
    complexity: 'O(1); what is pending is freed in the background when it is much',
    arguments: [keyArgument(), GROUP],
  },
  'xgroup|createconsumer': {
    summary: 'Adds a consumer to a group.',
    since: '6.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument(), GROUP, CONSUMER],
  },
  'xgroup|delconsumer': {
    summary: 'Removes a consumer of a group with everything pending for it and returns how much that was.',
    since: '5.0.0',
    complexity: 'O(N), N entries pending for it',
    arguments: [keyArgument(), GROUP, CONSUMER],
  },
  'xgroup|help': { summary: 'Returns what the subcommands do.', since: '5.0.0', complexity: 'O(1)' },
  xack: {
    summary: 'Acknowledges entries for a group and returns how many were pending.',
    since: '5.0.0',
    complexity: 'O(log N) for each entry, N entries pending',
    arguments: [keyArgument(), GROUP, argument('ID', 'string', { multiple: true })],
  },
  xpending: {
    summary: 'Tells what was delivered to the consumers of a group and not acknowledged.',
    since: '5.0.0',
    complexity: 'O(N), N entries returned, or looked at with `IDLE`; without a range, N consumers',
    history: [['6.2.0', '`IDLE` and bounds that are not included.']],
    arguments: [
      keyArgument(),
      GROUP,
      block(
        'filters',
        [
          argument('min-idle-time', 'integer', { token: 'IDLE', since: '6.2.0', optional: true }),
          argument('start', 'string'),
          argument('end', 'string'),
          argument('count', 'integer'),
          argument('consumer', 'string', { optional: true }),
        ],
        { optional: true },
      ),
    ],
  },
  xclaim: {
    summary: 'Gives pending entries to another consumer of the group and returns them.',
    since: '5.0.0',
    complexity: 'O(log N) for each entry, N entries pending',
    arguments: [
      keyArgument(),
      GROUP,
      CONSUMER,
      MIN_IDLE,
      argument('ID', 'string', { multiple: true }),
      argument('ms', 'integer', { token: 'IDLE', optional: true }),
      argument('unix-time-milliseconds', 'unix-time', { token: 'TIME', optional: true }),
      argument('count', 'integer', { token: 'RETRYCOUNT', optional: true }),
      token('FORCE', { optional: true }),
      JUSTID,
      argument('lastid', 'string', { token: 'LASTID', optional: true }),
    ],
  },
  xautoclaim: {
    summary: 'Gives entries pending for long to another consumer of the group, beginning at an ID, and returns them.',
    since: '6.2.0',
    complexity: 'O(1) with a small `COUNT`',
    history: [['7.0.0', 'Deleted entries are no longer pending; their IDs are returned.']],
    arguments: [keyArgument(), GROUP, CONSUMER, MIN_IDLE, argument('start', 'string'), COUNT, JUSTID],
  },
  xinfo: {
    summary: 'Tells about streams, groups and consumers.',
    since: '5.0.0',
    complexity: 'Depends on the subcommand',
  },
  'xinfo|stream': {
    summary: 'Tells about a stream.',
    since: '5.0.0',
    complexity: 'O(N), N blocks of 32 blocks of entries; with `FULL`, what is returned too',
    history: [
      ['6.0.0', '`FULL`.'],
      ['7.0.0', '`max-deleted-entry-id`, `entries-added`, `recorded-first-entry-id`, `entries-read` and `lag`.'],
      ['7.2.0', '`active-time`; `seen-time` is when the consumer last tried.'],
    ],
    arguments: [keyArgument(), block('full-block', [token('FULL'), COUNT], { optional: true })],
    differences: ['`radix-tree-nodes` counts the nodes of the tree that finds blocks here, which is no radix tree.'],
  },
  'xinfo|groups': {
    summary: 'Tells about the consumer groups of a stream.',
    since: '5.0.0',
    complexity: 'O(1)',
    history: [['7.0.0', '`entries-read` and `lag`.']],
    arguments: [keyArgument()],
  },
  'xinfo|consumers': {
    summary: 'Tells about the consumers of a group.',
    since: '5.0.0',
    complexity: 'O(1)',
    history: [['7.2.0', '`inactive`.']],
    arguments: [keyArgument(), GROUP],
  },
  'xinfo|help': { summary: 'Returns what the subcommands do.', since: '5.0.0', complexity: 'O(1)' },
};
