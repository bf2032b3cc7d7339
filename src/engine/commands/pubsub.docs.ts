import { type Argument, argument, block, type Docs } from './docs.ts';

const CHANNELS = [argument('channel', 'string', { multiple: true })];
const SOME_CHANNELS = [argument('channel', 'string', { optional: true, multiple: true })];
const SHARD_CHANNELS = [argument('shardchannel', 'string', { multiple: true })];
const SOME_SHARD_CHANNELS = [argument('shardchannel', 'string', { optional: true, multiple: true })];
const FILTER: readonly Argument[] = [argument('pattern', 'pattern', { optional: true })];

/** The docs of pubsub.ts. */
export const pubsubDocs: Docs = {
  subscribe: {
    summary: 'Listens to channels.',
    since: '2.0.0',
    complexity: 'O(N) for N channels',
    arguments: CHANNELS,
  },
  unsubscribe: {
    summary: 'Listens to channels no more; to none at all if none is named.',
    since: '2.0.0',
    complexity: 'O(N) for N channels',
    arguments: SOME_CHANNELS,
  },
  psubscribe: {
    summary: 'Listens to all channels whose names match one of the patterns.',
    since: '2.0.0',
    complexity: 'O(N) for N patterns',
    arguments: [block('pattern', [argument('pattern', 'pattern')], { multiple: true })],
  },
  punsubscribe: {
    summary: 'Listens by patterns no more; by none at all if none is named.',
    since: '2.0.0',
    complexity: 'O(N) for N patterns',
    arguments: [argument('pattern', 'pattern', { optional: true, multiple: true })],
  },
  ssubscribe: {
    summary: 'Listens to sharded channels.',
    since: '7.0.0',
    complexity: 'O(N) for N channels',
    arguments: SHARD_CHANNELS,
  },
  sunsubscribe: {
    summary: 'Listens to sharded channels no more; to none at all if none is named.',
    since: '7.0.0',
    complexity: 'O(N) for N channels',
    arguments: SOME_SHARD_CHANNELS,
  },
  publish: {
    summary: 'Sends a message to everybody who listens to a channel; tells how often it was sent.',
    since: '2.0.0',
    complexity: 'O(N+M) for N listeners to the channel and M patterns of all clients.',
    arguments: [argument('channel', 'string'), argument('message', 'string')],
  },
  spublish: {
    summary: 'Sends a message to everybody who listens to a sharded channel; tells how often it was sent.',
    since: '7.0.0',
    complexity: 'O(N) for N listeners',
    arguments: [argument('shardchannel', 'string'), argument('message', 'string')],
  },
  pubsub: {
    summary: 'Commands that tell who listens to what.',
    since: '2.8.0',
    complexity: 'Depends on the subcommand.',
  },
  'pubsub|channels': {
    summary: 'Lists the channels that somebody listens to by name.',
    since: '2.8.0',
    complexity: 'O(N) for N channels',
    arguments: FILTER,
  },
  'pubsub|numpat': {
    summary: 'Tells how many different patterns somebody listens to.',
    since: '2.8.0',
    complexity: 'O(1)',
  },
  'pubsub|numsub': {
    summary: 'Tells how many listen to each of some channels by its name.',
    since: '2.8.0',
    complexity: 'O(N) for N channels',
    arguments: SOME_CHANNELS,
  },
  'pubsub|shardchannels': {
    summary: 'Lists the sharded channels that somebody listens to.',
    since: '7.0.0',
    complexity: 'O(N) for N channels',
    arguments: FILTER,
  },
  'pubsub|shardnumsub': {
    summary: 'Tells how many listen to each of some sharded channels.',
    since: '7.0.0',
    complexity: 'O(N) for N channels',
    arguments: SOME_SHARD_CHANNELS,
  },
  'pubsub|help': {
    summary: 'Explains the subcommands.',
    since: '6.2.0',
    complexity: 'O(1)',
  },
};
