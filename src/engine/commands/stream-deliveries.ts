/** What XREADGROUP, XCLAIM and XAUTOCLAIM do for a consumer: making it known, delivering to it, telling what it was given. */
import type { Halves } from '../../bytes/uint64.ts';
import type { Args } from '../../protocol/args.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { IdPlace } from '../structures/id-tree.ts';
import { readPlaceId, seekAtLeast, stepForward } from '../structures/id-tree-walk.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import { countUpTo, increment, mayMissEntries } from '../values/stream-counters.ts';
import {
  addConsumer,
  consumerPending,
  deliveredBlock,
  deliveredOffset,
  findConsumer,
  groupPending,
  readDelivered,
  readEntriesRead,
  setActive,
  setSeen,
  writeDelivered,
  writeDeliveredPlace,
  writeEntriesRead,
} from '../values/stream-groups.ts';
import { LAST_ID, readAdded, readHeaderId } from '../values/stream-header.ts';
import {
  addPending,
  countDelivery,
  deliveredAt,
  findPending,
  handOver,
  pendingConsumer,
  readDeliveries,
  setDeliveredAt,
  writeDeliveries,
} from '../values/stream-pending.ts';
import { StreamWalk } from '../values/stream-walk.ts';
import { replyDelivered, replyEntry } from './stream-entries.ts';
import { replyId } from './stream-ids.ts';

/** What the running command looks at; nothing outlives the call in it. */
const place = new IdPlace();
const own = new IdPlace();
const id = new StreamId();
const last = new StreamId();
const read: Halves = { high: 0, low: 0 };
const added: Halves = { high: 0, low: 0 };
const deliveries: Halves = { high: 0, low: 0 };
const NEVER: Halves = { high: 0, low: 0 };
const single = new StreamWalk();

/** The group's consumer that argument `i` names, added if it is not there; notes that it was seen. */
export function seeConsumer(call: Call, args: Args, ref: Ref, group: Ref, i: number): Ref {
  const { arena } = call.database;
  const { now } = call.keyspace;
  let consumer = findConsumer(arena, group, args.bytes, args.view, args.start[i], args.end[i]);
  if (consumer === NO_REF) {
    consumer = addConsumer(arena, group, args.bytes, args.view, args.start[i], args.end[i], now);
    call.database.close(ref, 'xgroup-createconsumer');
  } else setSeen(arena, consumer, now);
  return consumer;
}

/** True when there are entries that the group was not given; `walk` then has read the first. */
export function findNews(arena: Arena, stream: Ref, group: Ref, walk: StreamWalk): boolean {
  readHeaderId(arena, stream, LAST_ID, last);
  readDelivered(arena, group, id);
  if (compareIds(last, id) <= 0 || !id.increment()) return false;
  last.setMaximum();
  walk.begin(arena, stream, id, last, false);
  const block = deliveredBlock(arena, group);
  if (block !== NO_REF) walk.beginBehind(block, deliveredOffset(arena, group));
  return walk.next();
}

/** Who is given entries, and how. */
export interface Recipient {
  stream: Ref;
  group: Ref;
  consumer: Ref;
  /** False when what is new is not made pending. */
  keepsPending: boolean;
  /** True to tell of each entry how long ago and how often it was delivered before. */
  tellsDeliveries: boolean;
}

/**
 * Replies with the entry that `walk` has read and those behind it, up to `count`, and notes that the consumer was given them.
 * Returns how many there were.
 */
export function deliverNews(call: Call, to: Recipient, walk: StreamWalk, count: number, reply: Reply): number {
  const { arena } = call.database;
  const { now } = call.keyspace;
  const { stream, group, consumer, keepsPending } = to;
  const pending = groupPending(arena, group);
  const owned = consumerPending(arena, consumer);
  let isKnown = readEntriesRead(arena, group, read);
  readAdded(arena, stream, added);
  const isCounted = (added.high | added.low) !== 0;
  let length = 0;
  let block: Ref = NO_REF;
  let offset = 0;
  do {
    if (isKnown && !mayMissEntries(arena, stream, walk.id)) increment(read);
    else if (isCounted) isKnown = countUpTo(arena, stream, walk.id, read);
    if (to.tellsDeliveries) replyDelivered(reply, walk, 0, NEVER);
    else replyEntry(reply, walk);
    if (keepsPending) deliver(arena, pending, owned, consumer, walk.id, now);
    length++;
    id.copy(walk.id);
    block = walk.block;
    offset = walk.offset;
  } while (length < count && walk.next());
  writeDelivered(arena, group, id);
  writeDeliveredPlace(arena, group, block, offset);
  writeEntriesRead(arena, group, isKnown ? read.high : -1, isKnown ? read.low : -1);
  if (keepsPending) setActive(arena, consumer, now);
  return length;
}

/** Gives a consumer entries pending in its group, and replies with them as they were pending before. */
export function deliverAgain(call: Call, to: Recipient, ids: readonly StreamId[], reply: Reply): void {
  const { arena } = call.database;
  const { now } = call.keyspace;
  const { stream, group, consumer } = to;
  const pending = groupPending(arena, group);
  for (const each of ids) {
    single.begin(arena, stream, each, each, false);
    if (!single.next() || !findPending(arena, pending, each, place)) throw new Error('a pending entry is gone');
    readDeliveries(arena, place, deliveries);
    replyDelivered(reply, single, Math.max(0, now - deliveredAt(arena, place)), deliveries);
    const other = pendingConsumer(arena, place);
    if (other !== consumer) {
      handOver(arena, place, each, consumerPending(arena, other), consumerPending(arena, consumer), consumer);
    }
    setDeliveredAt(arena, place, now);
    countDelivery(arena, place);
  }
  if (ids.length > 0) setActive(arena, consumer, now);
}

/** Makes an ID pending for a consumer, whoever it was pending for before. */
function deliver(arena: Arena, pending: Ref, owned: Ref, consumer: Ref, id: StreamId, now: number): void {
  if (!findPending(arena, pending, id, place)) {
    addPending(arena, pending, owned, consumer, id, now, place);
    return;
  }
  const other = pendingConsumer(arena, place);
  if (other !== consumer) handOver(arena, place, id, consumerPending(arena, other), owned, consumer);
  setDeliveredAt(arena, place, now);
  writeDeliveries(arena, place, 0, 1);
}

/** Replies with the entries behind `after` that are pending for a consumer, as delivered once more; null for deleted ones. */
export function replyHistory(
  call: Call,
  stream: Ref,
  group: Ref,
  consumer: Ref,
  after: StreamId,
  count: number,
  reply: Reply,
): void {
  const { arena } = call.database;
  const pending = groupPending(arena, group);
  const owned = consumerPending(arena, consumer);
  id.copy(after);
  const array = reply.beginArray();
  let length = 0;
  id.increment();
  for (let more = seekAtLeast(arena, owned, id, own); more && length < count; more = stepForward(arena, own)) {
    readPlaceId(arena, own, id);
    length++;
    if (!replyOne(arena, stream, id, reply)) {
      reply.array(2);
      replyId(reply, id);
      reply.nullArray();
    } else if (findPending(arena, pending, id, place)) {
      setDeliveredAt(arena, place, call.keyspace.now);
      countDelivery(arena, place);
    }
  }
  reply.endArray(array, length);
}

/** Replies with the entry of an ID; false, and nothing replied, when there is none. */
export function replyOne(arena: Arena, stream: Ref, id: StreamId, reply: Reply): boolean {
  single.begin(arena, stream, id, id, false);
  if (!single.next()) return false;
  replyEntry(reply, single);
  return true;
}
