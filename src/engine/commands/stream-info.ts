/** XINFO: what a stream, its groups and their consumers are like. */
import type { Halves } from '../../bytes/uint64.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, noGroupOfKey, wrongSubcommand } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { STREAM } from '../memory/layout.ts';
import { IdPlace, treeCount } from '../structures/id-tree.ts';
import { idTreeNodes, readPlaceId, seekFirst, stepForward } from '../structures/id-tree-walk.ts';
import { StreamId } from '../structures/stream-id.ts';
import { headerOf } from '../values/encoding.ts';
import { readLag } from '../values/stream-counters.ts';
import {
  activeAt,
  consumerAt,
  consumerCount,
  consumerPending,
  findGroup,
  groupAt,
  groupCount,
  groupPending,
  readDelivered,
  readEntriesRead,
  seenAt,
} from '../values/stream-groups.ts';
import {
  blocksOf,
  FIRST_ID,
  GREATEST_DELETED_ID,
  idempotenceOf,
  LAST_ID,
  readAdded,
  readHeaderId,
  streamLength,
} from '../values/stream-header.ts';
import {
  addedUnderName,
  countRemembered,
  duplicatesOf,
  mostRemembered,
  rememberedSeconds,
} from '../values/stream-idempotence.ts';
import { deliveredAt, findPending, pendingConsumer, readDeliveries } from '../values/stream-pending.ts';
import { StreamWalk } from '../values/stream-walk.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { helpRow } from './help.ts';
import { ACCESS, container, family, key, READONLY, RO, row } from './spec.ts';
import { replyEntries, replyEntry, replyHalves, replyName } from './stream-entries.ts';
import { replyId } from './stream-ids.ts';

export const streamInfo = family('stream', [
  container('XINFO', [
    row('STREAM', describeStream, -3, READONLY, key(2, RO | ACCESS)),
    row('GROUPS', describeGroups, 3, READONLY, key(2, RO | ACCESS)),
    row('CONSUMERS', describeConsumers, 4, READONLY, key(2, RO | ACCESS), { tips: ['nondeterministic_output'] }),
    helpRow('XINFO', [
      'CONSUMERS <key> <groupname>',
      '    Show consumers of <groupname>.',
      'GROUPS <key>',
      '    Show the stream consumer groups.',
      'STREAM <key> [FULL [COUNT <count>]',
      '    Show information about the stream.',
    ]),
  ]),
]);

const IDEMPOTENCE_FACTS = 6;
/** Entries and pending entries that FULL tells when not told how many; 0 is all. */
const DEFAULT_COUNT = 10;

/** What the running command looks at; nothing outlives the call in it. */
const id = new StreamId();
const first = new StreamId();
const last = new StreamId();
last.setMaximum();
const place = new IdPlace();
const detail = new IdPlace();
const halves: Halves = { high: 0, low: 0 };
const walk = new StreamWalk();

/** The stream of argument 2; 0, and the error replied, when there is none. */
function readStream(call: Call, args: Args, reply: Reply): Ref {
  const ref = call.database.read(args, 2, STREAM);
  if (ref === WRONG_TYPE) reply.error(ERR.wrongType);
  else if (ref === NO_REF) reply.error(ERR.noSuchKey);
  else return headerOf(call.database.arena, ref);
  return NO_REF;
}

/** Replies with what a stream is like; with FULL, with its first entries, its groups, and what is pending in them. */
function describeStream(call: Call, args: Args, reply: Reply): void {
  const stream = readStream(call, args, reply);
  if (stream === NO_REF) return;
  const { arena } = call.database;
  const words = args.count - 3;
  const isFull = words > 0;
  let count = DEFAULT_COUNT;
  if (isFull && (!args.is(3, 'full') || (words !== 1 && !(words === 3 && args.is(4, 'count'))))) {
    return reply.error(wrongSubcommand(args.text(1), 'xinfo'));
  }
  if (words === 3) {
    count = clampedInt64(args, 5);
    if (Number.isNaN(count)) return reply.error(ERR.notInteger);
    if (count < 0) count = DEFAULT_COUNT;
  }
  const idempotence = idempotenceOf(arena, stream);
  reply.map((isFull ? 9 : 10) + (idempotence === NO_REF ? 0 : IDEMPOTENCE_FACTS));
  describeHeader(arena, stream, reply);
  if (idempotence !== NO_REF) describeIdempotence(call, idempotence, reply);
  walk.begin(arena, stream, first, last, false);
  if (!isFull) {
    reply.text('groups');
    reply.integer(groupCount(arena, stream));
    describeEnd(arena, stream, false, reply);
    describeEnd(arena, stream, true, reply);
    return;
  }
  const most = count === 0 ? Number.POSITIVE_INFINITY : count;
  reply.text('entries');
  replyEntries(reply, walk, most);
  reply.text('groups');
  const groups = groupCount(arena, stream);
  reply.array(groups);
  for (let rank = 0; rank < groups; rank++) {
    describeFullGroup(arena, stream, groupAt(arena, stream, rank), most, reply);
  }
}

function describeHeader(arena: Arena, stream: Ref, reply: Reply): void {
  const blocks = blocksOf(arena, stream);
  reply.text('length');
  reply.integer(streamLength(arena, stream));
  reply.text('radix-tree-keys');
  reply.integer(treeCount(arena, blocks));
  reply.text('radix-tree-nodes');
  reply.integer(idTreeNodes(arena, blocks));
  describeId(arena, stream, 'last-generated-id', LAST_ID, reply);
  describeId(arena, stream, 'max-deleted-entry-id', GREATEST_DELETED_ID, reply);
  reply.text('entries-added');
  readAdded(arena, stream, halves);
  replyHalves(reply, halves);
  describeId(arena, stream, 'recorded-first-entry-id', FIRST_ID, reply);
}

/** What is remembered of producers; told only of streams that do so. */
function describeIdempotence(call: Call, idempotence: Ref, reply: Reply): void {
  const { arena } = call.database;
  const { producers, names } = countRemembered(arena, idempotence, call.keyspace.now);
  const facts = {
    'idmp-duration': rememberedSeconds(arena, idempotence),
    'idmp-maxsize': mostRemembered(arena, idempotence),
    'pids-tracked': producers,
    'iids-tracked': names,
    'iids-added': addedUnderName(arena, idempotence),
    'iids-duplicates': duplicatesOf(arena, idempotence),
  };
  for (const [title, value] of Object.entries(facts)) {
    reply.text(title);
    reply.integer(value);
  }
}

function describeId(arena: Arena, stream: Ref, title: string, which: number, reply: Reply): void {
  reply.text(title);
  readHeaderId(arena, stream, which, id);
  replyId(reply, id);
}

function describeEnd(arena: Arena, stream: Ref, isLast: boolean, reply: Reply): void {
  reply.text(isLast ? 'last-entry' : 'first-entry');
  walk.begin(arena, stream, first, last, isLast);
  if (walk.next()) replyEntry(reply, walk);
  else reply.null();
}

function describeFullGroup(arena: Arena, stream: Ref, group: Ref, most: number, reply: Reply): void {
  const pending = groupPending(arena, group);
  reply.map(7);
  reply.text('name');
  replyName(arena, group, reply);
  describeProgress(arena, stream, group, reply);
  reply.text('pel-count');
  reply.integer(treeCount(arena, pending));
  reply.text('pending');
  reply.array(Math.min(most, treeCount(arena, pending)));
  let more = seekFirst(arena, pending, place);
  for (let left = most; more && left > 0; left--) {
    readPlaceId(arena, place, id);
    reply.array(4);
    replyId(reply, id);
    replyName(arena, pendingConsumer(arena, place), reply);
    describeDelivery(arena, place, reply);
    more = stepForward(arena, place);
  }
  reply.text('consumers');
  const consumers = consumerCount(arena, group);
  reply.array(consumers);
  for (let rank = 0; rank < consumers; rank++) {
    describeFullConsumer(arena, pending, consumerAt(arena, group, rank), most, reply);
  }
}

function describeFullConsumer(arena: Arena, pending: Ref, consumer: Ref, most: number, reply: Reply): void {
  const own = consumerPending(arena, consumer);
  reply.map(5);
  reply.text('name');
  replyName(arena, consumer, reply);
  reply.text('seen-time');
  reply.integer(seenAt(arena, consumer));
  reply.text('active-time');
  reply.integer(activeAt(arena, consumer));
  reply.text('pel-count');
  reply.integer(treeCount(arena, own));
  reply.text('pending');
  reply.array(Math.min(most, treeCount(arena, own)));
  let more = seekFirst(arena, own, place);
  for (let left = most; more && left > 0; left--) {
    readPlaceId(arena, place, id);
    reply.array(3);
    replyId(reply, id);
    if (findPending(arena, pending, id, detail)) describeDelivery(arena, detail, reply);
    more = stepForward(arena, place);
  }
}

/** When and how often a pending entry was delivered. */
function describeDelivery(arena: Arena, at: IdPlace, reply: Reply): void {
  reply.integer(deliveredAt(arena, at));
  readDeliveries(arena, at, halves);
  replyHalves(reply, halves);
}

/** How far a group is: three pairs. */
function describeProgress(arena: Arena, stream: Ref, group: Ref, reply: Reply): void {
  reply.text('last-delivered-id');
  readDelivered(arena, group, id);
  replyId(reply, id);
  reply.text('entries-read');
  if (readEntriesRead(arena, group, halves)) replyHalves(reply, halves);
  else reply.null();
  reply.text('lag');
  if (readLag(arena, stream, group, halves)) replyHalves(reply, halves);
  else reply.null();
}

/** Replies with the groups of a stream. */
function describeGroups(call: Call, args: Args, reply: Reply): void {
  const stream = readStream(call, args, reply);
  if (stream === NO_REF) return;
  const { arena } = call.database;
  const groups = groupCount(arena, stream);
  reply.array(groups);
  for (let rank = 0; rank < groups; rank++) {
    const group = groupAt(arena, stream, rank);
    reply.map(6);
    reply.text('name');
    replyName(arena, group, reply);
    reply.text('consumers');
    reply.integer(consumerCount(arena, group));
    reply.text('pending');
    reply.integer(treeCount(arena, groupPending(arena, group)));
    describeProgress(arena, stream, group, reply);
  }
}

/** Replies with the consumers of a group. */
function describeConsumers(call: Call, args: Args, reply: Reply): void {
  const stream = readStream(call, args, reply);
  if (stream === NO_REF) return;
  const { arena } = call.database;
  const group = findGroup(arena, stream, args.bytes, args.view, args.start[3], args.end[3]);
  if (group === NO_REF) return reply.error(noGroupOfKey(args.text(3), args.text(2)));
  const { now } = call.keyspace;
  const consumers = consumerCount(arena, group);
  reply.array(consumers);
  for (let rank = 0; rank < consumers; rank++) {
    const consumer = consumerAt(arena, group, rank);
    const active = activeAt(arena, consumer);
    reply.map(4);
    reply.text('name');
    replyName(arena, consumer, reply);
    reply.text('pending');
    reply.integer(treeCount(arena, consumerPending(arena, consumer)));
    reply.text('idle');
    reply.integer(Math.max(0, now - seenAt(arena, consumer)));
    reply.text('inactive');
    reply.integer(active < 0 ? -1 : now - active);
  }
}
