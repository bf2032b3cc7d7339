/** XCLAIM and XAUTOCLAIM: giving to one consumer what was delivered to others and not acknowledged for long. */
import type { Args } from '../../protocol/args.ts';
import { ERR, noKeyOrGroup, unknownClaimOption } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { STREAM } from '../memory/layout.ts';
import { IdPlace } from '../structures/id-tree.ts';
import { readPlaceId, seekAtLeast } from '../structures/id-tree-walk.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import { headerOf } from '../values/encoding.ts';
import { hasEntry } from '../values/stream.ts';
import {
  consumerPending,
  findGroup,
  groupPending,
  readDelivered,
  setActive,
  writeDelivered,
} from '../values/stream-groups.ts';
import {
  addPending,
  countDelivery,
  deliveredAt,
  findPending,
  handOver,
  pendingConsumer,
  removePending,
  setDeliveredAt,
  writeDeliveries,
} from '../values/stream-pending.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { DELETE, FAST, family, key, RW, row, UPDATE, WRITE } from './spec.ts';
import { replyOne, seeConsumer } from './stream-deliveries.ts';
import { readId, readStart, replyId } from './stream-ids.ts';

const NOT_TWICE_THE_SAME = { tips: ['nondeterministic_output'] };

export const streamClaims = family('stream', [
  row('XCLAIM', xclaim, -6, WRITE | FAST, key(1, RW | UPDATE), NOT_TWICE_THE_SAME),
  row('XAUTOCLAIM', xautoclaim, -6, WRITE | FAST, key(1, RW | DELETE), NOT_TWICE_THE_SAME),
]);

/** Entries that XAUTOCLAIM claims when not told, and how many it looks at for each. */
const DEFAULT_COUNT = 100;
const LOOKS_AN_ENTRY = 10;
/** The greatest COUNT: what 16 bytes an ID let a signed 64-bit number count. */
const GREATEST_COUNT = 576460752303423487n;
/** From this COUNT on the address space has no room for the IDs that might be replied. */
const UNALLOCATABLE_COUNT = 2 ** 43;

/** What the running command looks at; nothing outlives the call in it. */
const id = new StreamId();
const from = new StreamId();
const delivered = new StreamId();
const place = new IdPlace();
/** What the options say: how long an entry must be idle; what its time and number of deliveries become. */
const claim = { minimumIdle: 0, time: -1, deliveries: -1n, forces: false, justIds: false, count: 0, ids: 0 };

function begin(minimumIdle: number): void {
  claim.minimumIdle = Math.max(0, minimumIdle);
  claim.time = -1;
  claim.deliveries = -1n;
  claim.forces = false;
  claim.justIds = false;
  claim.count = DEFAULT_COUNT;
  from.setMinimum();
}

function groupOf(arena: Arena, ref: Ref, args: Args): Ref {
  if (ref === NO_REF) return NO_REF;
  return findGroup(arena, headerOf(arena, ref), args.bytes, args.view, args.start[2], args.end[2]);
}

/** Claims the pending entries given; replies with them, or with their IDs. */
function xclaim(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const { arena } = database;
  const ref = database.read(args, 1, STREAM);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const group = groupOf(arena, ref, args);
  if (group === NO_REF) return reply.error(noKeyOrGroup(args.text(1), args.text(2)));
  const minimumIdle = clampedInt64(args, 4);
  if (Number.isNaN(minimumIdle)) return reply.error(ERR.claimIdle);
  begin(minimumIdle);
  const problem = readOptions(args, call.keyspace.now);
  if (problem !== '') return reply.error(problem);
  readDelivered(arena, group, delivered);
  if (compareIds(from, delivered) > 0) writeDelivered(arena, group, from);
  const { now } = call.keyspace;
  const time = claim.time < 0 || claim.time > now ? now : claim.time;
  const stream = headerOf(arena, ref);
  const pending = groupPending(arena, group);
  const consumer = seeConsumer(call, args, ref, group, 3);
  const array = reply.beginArray();
  let length = 0;
  for (let i = 5; i < claim.ids; i++) {
    readId(args, i, id);
    let isPending = findPending(arena, pending, id, place);
    if (!hasEntry(arena, stream, id)) {
      if (!isPending) continue;
      removePending(arena, pending, consumerPending(arena, pendingConsumer(arena, place)), id);
      call.keyspace.effects.dirty++;
      continue;
    }
    const isForced = !isPending && claim.forces;
    if (isForced) {
      addPending(arena, pending, consumerPending(arena, consumer), consumer, id, time, place);
      isPending = true;
    }
    if (!isPending || (!isForced && !isIdle(arena, now))) continue;
    take(arena, consumer, time);
    length++;
    replyClaimed(arena, stream, id, reply);
    call.keyspace.effects.dirty++;
  }
  if (length > 0) setActive(arena, consumer, now);
  reply.endArray(array, length);
}

/** Reads the IDs and what stands behind them; answers the error, or ''. `from` then is what LASTID says. */
function readOptions(args: Args, now: number): string {
  let i = 5;
  while (i < args.count && readId(args, i, id)) i++;
  claim.ids = i;
  for (; i < args.count; i++) {
    const hasMore = i + 1 < args.count;
    if (args.is(i, 'force')) claim.forces = true;
    else if (args.is(i, 'justid')) claim.justIds = true;
    else if (hasMore && args.is(i, 'idle')) {
      const idle = clampedInt64(args, ++i);
      if (Number.isNaN(idle)) return ERR.claimIdleOption;
      claim.time = now - idle;
    } else if (hasMore && args.is(i, 'time')) {
      claim.time = clampedInt64(args, ++i);
      if (Number.isNaN(claim.time)) return ERR.claimTimeOption;
    } else if (hasMore && args.is(i, 'retrycount')) {
      const deliveries = args.int64(++i);
      if (deliveries === undefined) return ERR.claimRetryOption;
      claim.deliveries = deliveries;
    } else if (hasMore && args.is(i, 'lastid')) {
      if (!readId(args, ++i, from)) return ERR.streamId;
    } else return unknownClaimOption(args.text(i));
  }
  return '';
}

/** True when the pending entry at `place` was not delivered for long enough. */
function isIdle(arena: Arena, now: number): boolean {
  return claim.minimumIdle === 0 || now - deliveredAt(arena, place) >= claim.minimumIdle;
}

/** Gives the pending entry of `id`, at `place`, to a consumer. */
function take(arena: Arena, consumer: Ref, time: number): void {
  const other = pendingConsumer(arena, place);
  if (other !== consumer) {
    handOver(arena, place, id, consumerPending(arena, other), consumerPending(arena, consumer), consumer);
  }
  setDeliveredAt(arena, place, time);
  const { deliveries } = claim;
  if (deliveries >= 0n) {
    writeDeliveries(arena, place, Number(deliveries >> 32n), Number(BigInt.asIntN(32, deliveries)));
  } else if (!claim.justIds) countDelivery(arena, place);
}

function replyClaimed(arena: Arena, stream: Ref, claimed: StreamId, reply: Reply): void {
  if (claim.justIds) replyId(reply, claimed);
  else replyOne(arena, stream, claimed, reply);
}

/** Claims pending entries from an ID on; replies where to go on, with the entries, and with the IDs of those deleted meanwhile. */
function xautoclaim(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const { arena } = database;
  const ref = database.read(args, 1, STREAM);
  const minimumIdle = clampedInt64(args, 4);
  if (Number.isNaN(minimumIdle)) return reply.error(ERR.autoclaimIdle);
  begin(minimumIdle);
  const problem = readStart(args, 5, from, ERR.streamId, ERR.streamStart) || readAutomatic(args);
  if (problem !== '') return reply.error(problem);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const group = groupOf(arena, ref, args);
  if (group === NO_REF) return reply.error(noKeyOrGroup(args.text(1), args.text(2)));
  if (claim.count >= UNALLOCATABLE_COUNT) return reply.error(ERR.autoclaimMemory);
  const { now } = call.keyspace;
  const stream = headerOf(arena, ref);
  const pending = groupPending(arena, group);
  const consumer = seeConsumer(call, args, ref, group, 3);
  // Where to go on stands first in the reply, and is known at the end.
  const claimed: StreamId[] = [];
  const gone: StreamId[] = [];
  let left = claim.count;
  let looks = left * LOOKS_AN_ENTRY;
  let more = seekAtLeast(arena, pending, from, place);
  while (more && looks-- > 0 && left > 0) {
    readPlaceId(arena, place, id);
    if (!hasEntry(arena, stream, id)) {
      removePending(arena, pending, consumerPending(arena, pendingConsumer(arena, place)), id);
      call.keyspace.effects.dirty++;
      left--;
      gone.push(copyOf(id));
    } else if (isIdle(arena, now)) {
      take(arena, consumer, now);
      call.keyspace.effects.dirty++;
      left--;
      claimed.push(copyOf(id));
    }
    more = id.increment() && seekAtLeast(arena, pending, id, place);
  }
  if (claimed.length > 0) setActive(arena, consumer, now);
  reply.array(3);
  if (more) readPlaceId(arena, place, id);
  else id.setMinimum();
  replyId(reply, id);
  reply.array(claimed.length);
  for (const each of claimed) replyClaimed(arena, stream, each, reply);
  reply.array(gone.length);
  for (const each of gone) replyId(reply, each);
}

function copyOf(other: StreamId): StreamId {
  const copy = new StreamId();
  copy.copy(other);
  return copy;
}

/** Reads XAUTOCLAIM's options; answers the error, or ''. */
function readAutomatic(args: Args): string {
  for (let i = 6; i < args.count; i++) {
    if (args.is(i, 'justid')) claim.justIds = true;
    else if (args.is(i, 'count') && i + 1 < args.count) {
      const count = args.int64(++i);
      if (count === undefined || count < 1n || count > GREATEST_COUNT) return ERR.autoclaimCount;
      claim.count = Number(count);
    } else return ERR.syntax;
  }
  return '';
}
