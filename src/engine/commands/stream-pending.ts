/** XACK and XPENDING: acknowledging what was delivered, and telling what was not acknowledged. */
import type { Halves } from '../../bytes/uint64.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, noKeyOrGroup } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { STREAM } from '../memory/layout.ts';
import { IdPlace, treeCount } from '../structures/id-tree.ts';
import { readPlaceId, seekAtLeast, seekFirst, seekLast, stepForward } from '../structures/id-tree-walk.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import { headerOf } from '../values/encoding.ts';
import {
  consumerAt,
  consumerCount,
  consumerPending,
  findConsumer,
  findGroup,
  groupPending,
} from '../values/stream-groups.ts';
import { deliveredAt, findPending, pendingConsumer, readDeliveries, removePending } from '../values/stream-pending.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { ACCESS, FAST, family, key, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';
import { replyHalves, replyName } from './stream-entries.ts';
import { readEnd, readId, readStart, replyId } from './stream-ids.ts';

const NOT_TWICE_THE_SAME = { tips: ['nondeterministic_output'] };

export const streamPending = family('stream', [
  row('XACK', xack, -4, WRITE | FAST, key(1, RW | UPDATE)),
  row('XPENDING', xpending, -3, READONLY, key(1, RO | ACCESS), NOT_TWICE_THE_SAME),
]);

/** What the running command looks at; nothing outlives the call in it. */
const id = new StreamId();
const from = new StreamId();
const to = new StreamId();
const place = new IdPlace();
const own = new IdPlace();
const deliveries: Halves = { high: 0, low: 0 };
/** What XPENDING's arguments say. */
const query = { minimumIdle: 0, count: 0, consumer: 0 };

/** Acknowledges entries; replies how many were pending. */
function xack(call: Call, args: Args, reply: Reply): void {
  const { arena } = call.database;
  const ref = call.database.read(args, 1, STREAM);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const group = ref === NO_REF ? NO_REF : groupOf(arena, ref, args);
  if (group === NO_REF) return reply.integer(0);
  for (let i = 3; i < args.count; i++) if (!readId(args, i, id)) return reply.error(ERR.streamId);
  const pending = groupPending(arena, group);
  let acknowledged = 0;
  for (let i = 3; i < args.count; i++) {
    if (!readId(args, i, id) || !findPending(arena, pending, id, place)) continue;
    removePending(arena, pending, consumerPending(arena, pendingConsumer(arena, place)), id);
    acknowledged++;
  }
  call.keyspace.effects.dirty += acknowledged;
  reply.integer(acknowledged);
}

function groupOf(arena: Arena, ref: Ref, args: Args): Ref {
  return findGroup(arena, headerOf(arena, ref), args.bytes, args.view, args.start[2], args.end[2]);
}

/** Replies how much is pending for whom, or with what is pending in a range. */
function xpending(call: Call, args: Args, reply: Reply): void {
  const isSummary = args.count === 3;
  if (!isSummary && (args.count < 6 || args.count > 9)) return reply.error(ERR.syntax);
  const problem = isSummary ? '' : readQuery(args);
  if (problem !== '') return reply.error(problem);
  const { arena } = call.database;
  const ref = call.database.read(args, 1, STREAM);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const group = ref === NO_REF ? NO_REF : groupOf(arena, ref, args);
  if (group === NO_REF) return reply.error(noKeyOrGroup(args.text(1), args.text(2)));
  if (isSummary) replySummary(arena, group, reply);
  else replyPending(call, args, group, reply);
}

/** Reads `[IDLE ms] start end count [consumer]`; answers the error, or ''. */
function readQuery(args: Args): string {
  query.minimumIdle = 0;
  let first = 3;
  if (args.is(3, 'idle')) {
    query.minimumIdle = clampedInt64(args, 4);
    if (Number.isNaN(query.minimumIdle)) return ERR.notInteger;
    if (args.count < 8) return ERR.syntax;
    first = 5;
  }
  query.count = clampedInt64(args, first + 2);
  if (Number.isNaN(query.count)) return ERR.notInteger;
  query.consumer = first + 3 < args.count ? first + 3 : 0;
  return (
    readStart(args, first, from, ERR.streamId, ERR.streamStart) ||
    readEnd(args, first + 1, to, ERR.streamId, ERR.streamEnd)
  );
}

/** How much is pending, between which IDs, and how much for each consumer that has any. */
function replySummary(arena: Arena, group: Ref, reply: Reply): void {
  const pending = groupPending(arena, group);
  reply.array(4);
  reply.integer(treeCount(arena, pending));
  if (!seekFirst(arena, pending, place)) {
    reply.null();
    reply.null();
    reply.nullArray();
    return;
  }
  replyPlace(arena, place, reply);
  seekLast(arena, pending, place);
  replyPlace(arena, place, reply);
  const array = reply.beginArray();
  let length = 0;
  const consumers = consumerCount(arena, group);
  for (let rank = 0; rank < consumers; rank++) {
    const consumer = consumerAt(arena, group, rank);
    const count = treeCount(arena, consumerPending(arena, consumer));
    if (count === 0) continue;
    length++;
    reply.array(2);
    replyName(arena, consumer, reply);
    reply.text(String(count));
  }
  reply.endArray(array, length);
}

/** Each pending entry asked for: its ID, whose it is, how long ago and how often it was delivered. */
function replyPending(call: Call, args: Args, group: Ref, reply: Reply): void {
  const { arena } = call.database;
  const { now } = call.keyspace;
  const { minimumIdle, count, consumer: i } = query;
  const pending = groupPending(arena, group);
  let tree = pending;
  if (i > 0) {
    const consumer = findConsumer(arena, group, args.bytes, args.view, args.start[i], args.end[i]);
    if (consumer === NO_REF) return reply.array(0);
    tree = consumerPending(arena, consumer);
  }
  const array = reply.beginArray();
  let length = 0;
  for (let more = seekAtLeast(arena, tree, from, own); more && length < count; more = stepForward(arena, own)) {
    readPlaceId(arena, own, id);
    if (compareIds(id, to) > 0) break;
    // A consumer's tree has the IDs only.
    if (!findPlace(arena, pending, tree)) continue;
    const idle = now - deliveredAt(arena, place);
    if (minimumIdle !== 0 && idle < minimumIdle) continue;
    length++;
    reply.array(4);
    replyId(reply, id);
    replyName(arena, pendingConsumer(arena, place), reply);
    reply.integer(Math.max(0, idle));
    readDeliveries(arena, place, deliveries);
    replyHalves(reply, deliveries);
  }
  reply.endArray(array, length);
}

/** Sets `place` to where `id`, found at `own` of a tree, stands in the group's. */
function findPlace(arena: Arena, pending: Ref, tree: Ref): boolean {
  if (tree !== pending) return findPending(arena, pending, id, place);
  place.leaf = own.leaf;
  place.slot = own.slot;
  return true;
}

function replyPlace(arena: Arena, at: IdPlace, reply: Reply): void {
  readPlaceId(arena, at, id);
  replyId(reply, id);
}
