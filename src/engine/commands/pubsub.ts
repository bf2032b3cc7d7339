/**
 * Publish and subscribe.
 *
 * What is replied to a subscription is a message for each channel rather than one reply, and in RESP3 a push; CLIENT REPLY
 * does not silence it.
 */
import { globMatch } from '../../bytes/glob.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, wrongSubcommand } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import type { Session } from '../dispatch/session.ts';
import type { Channel, ChannelTable } from '../pubsub/channel-table.ts';
import type { Kind } from '../pubsub/subscriptions.ts';
import { helpRow } from './help.ts';
import {
  container,
  FAST,
  family,
  key,
  keys,
  LOADING,
  MAY_REPLICATE,
  NOSCRIPT,
  NOT_KEY,
  PUBSUB,
  row,
  STALE,
  WHILE_SUBSCRIBED,
} from './spec.ts';

const HELP = [
  'CHANNELS [<pattern>]',
  '    List the channels that somebody listens to, all or those a pattern matches.',
  'NUMPAT',
  '    Tell how many patterns somebody listens to.',
  'NUMSUB [<channel> ...]',
  '    Tell how many listen to each channel by its name; those who listen by a pattern do not count.',
  'SHARDCHANNELS [<pattern>]',
  '    List the sharded channels that somebody listens to, all or those a pattern matches.',
  'SHARDNUMSUB [<shardchannel> ...]',
  '    Tell how many listen to each sharded channel.',
];

const ANYWHERE = PUBSUB | LOADING | STALE;
const LISTEN = ANYWHERE | NOSCRIPT | WHILE_SUBSCRIBED;
const PUBLISH = ANYWHERE | FAST | MAY_REPLICATE;

export const pubsub = family('pubsub', [
  row('SUBSCRIBE', (call, args, reply) => subscribe(SUBSCRIBED, call, args, reply), -2, LISTEN),
  row('UNSUBSCRIBE', (call, args, reply) => unsubscribe(UNSUBSCRIBED, call, args, reply), -1, LISTEN),
  row('PSUBSCRIBE', (call, args, reply) => subscribe(PATTERN_SUBSCRIBED, call, args, reply), -2, LISTEN),
  row('PUNSUBSCRIBE', (call, args, reply) => unsubscribe(PATTERN_UNSUBSCRIBED, call, args, reply), -1, LISTEN),
  row('SSUBSCRIBE', ssubscribe, -2, LISTEN, keys(1, -1, 1, NOT_KEY)),
  row(
    'SUNSUBSCRIBE',
    (call, args, reply) => unsubscribe(SHARD_UNSUBSCRIBED, call, args, reply),
    -1,
    LISTEN,
    keys(1, -1, 1, NOT_KEY),
  ),
  row('PUBLISH', publish, 3, PUBLISH),
  row('SPUBLISH', spublish, 3, PUBLISH, key(1, NOT_KEY)),
  container('PUBSUB', [
    row('CHANNELS', ({ pubsub }, args, reply) => channels(pubsub.channels, args, reply), -2, ANYWHERE),
    row('NUMPAT', ({ pubsub }, _, reply) => reply.integer(pubsub.patterns.all.size), 2, ANYWHERE),
    row('NUMSUB', ({ pubsub }, args, reply) => numsub(pubsub.channels, args, reply), -2, ANYWHERE),
    row('SHARDCHANNELS', ({ pubsub }, args, reply) => channels(pubsub.shards, args, reply), -2, ANYWHERE),
    row('SHARDNUMSUB', ({ pubsub }, args, reply) => numsub(pubsub.shards, args, reply), -2, ANYWHERE),
    helpRow('PUBSUB', HELP),
  ]),
]);

/** What a command does to which kind of subscriptions, and the word of its messages. */
interface Change {
  readonly kind: Kind;
  readonly word: string;
}

const SUBSCRIBED: Change = { kind: 'channels', word: 'subscribe' };
const UNSUBSCRIBED: Change = { kind: 'channels', word: 'unsubscribe' };
const PATTERN_SUBSCRIBED: Change = { kind: 'patterns', word: 'psubscribe' };
const PATTERN_UNSUBSCRIBED: Change = { kind: 'patterns', word: 'punsubscribe' };
const SHARD_SUBSCRIBED: Change = { kind: 'shards', word: 'ssubscribe' };
const SHARD_UNSUBSCRIBED: Change = { kind: 'shards', word: 'sunsubscribe' };

function subscribe(change: Change, call: Call, args: Args, reply: Reply): void {
  const { pubsub, session } = call;
  pubsub.catchUp();
  for (let i = 1; i < args.count; i++) {
    pubsub.subscribe(session, change.kind, args, i);
    confirm(call, reply, change, (to) => to.bulk(args.bytes, args.view, args.start[i], args.end[i]));
  }
  call.pubsub.changed(session);
}

function ssubscribe(call: Call, args: Args, reply: Reply): void {
  if (!call.mayBlock) return reply.error(ERR.shardsMustWait);
  subscribe(SHARD_SUBSCRIBED, call, args, reply);
}

/** Of all channels of the kind, if none is named. */
function unsubscribe(change: Change, call: Call, args: Args, reply: Reply): void {
  const { pubsub, session } = call;
  pubsub.catchUp();
  if (args.count === 1) leaveAll(change, call, reply);
  for (let i = 1; i < args.count; i++) {
    pubsub.unsubscribe(session, change.kind, args, i);
    confirm(call, reply, change, (to) => to.bulk(args.bytes, args.view, args.start[i], args.end[i]));
  }
  pubsub.changed(session);
}

/** As in Redis, one who listens to nothing gets one message that names nothing. */
function leaveAll(change: Change, call: Call, reply: Reply): void {
  const { pubsub, session } = call;
  const left: readonly Channel<Session>[] = [...(session.subscriptions?.[change.kind] ?? [])];
  for (const channel of left) {
    pubsub.leave(session, change.kind, channel);
    confirm(call, reply, change, (to) => to.buffer(channel.name));
  }
  if (left.length === 0) confirm(call, reply, change, (to) => to.null());
}

/** One message about a change: what it is, of which channel, and how many the session listens to now. */
function confirm({ pubsub, session }: Call, reply: Reply, { kind, word }: Change, name: (to: Reply) => void): void {
  const count = countOf(session, kind);
  const write = (to: Reply): void => {
    to.push(3);
    to.text(word);
    name(to);
    to.integer(count);
  };
  if (session.replyMode === 0) write(reply);
  else pubsub.push(session, write);
}

/** Channels and patterns are counted together, sharded channels by themselves. */
function countOf({ subscriptions }: Session, kind: Kind): number {
  if (subscriptions === undefined) return 0;
  return kind === 'shards' ? subscriptions.shards.size : subscriptions.channels.size + subscriptions.patterns.size;
}

function publish({ pubsub }: Call, args: Args, reply: Reply): void {
  reply.integer(pubsub.publish(args, 1, 2));
}

function spublish({ pubsub }: Call, args: Args, reply: Reply): void {
  reply.integer(pubsub.publishSharded(args, 1, 2));
}

/** PUBSUB CHANNELS [pattern]. */
function channels(table: ChannelTable<Session>, args: Args, reply: Reply): void {
  if (args.count > 3) return reply.error(wrongSubcommand(args.text(1), 'pubsub'));
  const list = reply.beginArray();
  let count = 0;
  for (const { name } of table.all) {
    if (args.count === 3 && !globMatch(args.bytes, args.start[2], args.end[2], name, 0, name.length, false)) continue;
    reply.buffer(name);
    count++;
  }
  reply.endArray(list, count);
}

/** PUBSUB NUMSUB [channel …]. */
function numsub(table: ChannelTable<Session>, args: Args, reply: Reply): void {
  reply.array((args.count - 2) * 2);
  for (let i = 2; i < args.count; i++) {
    reply.bulk(args.bytes, args.view, args.start[i], args.end[i]);
    reply.integer(table.find(args, i)?.listeners.size ?? 0);
  }
}
