/** Streams: adding, deleting, trimming, and reading ranges. */
import type { Args } from '../../protocol/args.ts';
import { ERR, wrongArity } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF } from '../memory/arena.ts';
import { STREAM } from '../memory/layout.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import { headerOf } from '../values/encoding.ts';
import { appendToStream, deleteFromStream, MOST_BLOCK_BYTES, setLastId } from '../values/stream.ts';
import {
  GREATEST_DELETED_ID,
  LAST_ID,
  readHeaderId,
  streamLength,
  writeAdded,
  writeHeaderId,
} from '../values/stream-header.ts';
import { trimStream } from '../values/stream-trim.ts';
import { StreamWalk } from '../values/stream-walk.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { ACCESS, DELETE, DENYOOM, FAST, family, key, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';
import { createStream, replyEntries } from './stream-entries.ts';
import { findDuplicate, noteAdded } from './stream-idempotence.ts';
import { readEnd, readId, readStart, replyId, TIME_ONLY, WHOLE_ID } from './stream-ids.ts';
import { StreamOptions } from './stream-trimming.ts';

const NOT_TWICE_THE_SAME = { tips: ['nondeterministic_output'] };

export const streams = family('stream', [
  row(
    'XADD',
    xadd,
    -5,
    WRITE | DENYOOM | FAST,
    key(1, RW | UPDATE, 'UPDATE instead of INSERT because of the optional trimming feature'),
    NOT_TWICE_THE_SAME,
  ),
  row('XRANGE', xrange, -4, READONLY, key(1, RO | ACCESS)),
  row('XREVRANGE', xrevrange, -4, READONLY, key(1, RO | ACCESS)),
  row('XLEN', xlen, 2, READONLY | FAST, key(1, RO)),
  row('XDEL', xdel, -3, WRITE | FAST, key(1, RW | DELETE)),
  row('XTRIM', xtrim, -4, WRITE, key(1, RW | DELETE), NOT_TWICE_THE_SAME),
  row('XSETID', xsetid, -3, WRITE | DENYOOM | FAST, key(1, RW | UPDATE)),
]);

/** What the running command looks at; nothing outlives the call in it. */
const options = new StreamOptions();
const id = new StreamId();
const last = new StreamId();
const from = new StreamId();
const to = new StreamId();
const walk = new StreamWalk();

/** Appends an entry and replies with its ID; may shorten the stream then. */
function xadd(call: Call, args: Args, reply: Reply): void {
  const problem = options.read(call, args, true);
  if (problem !== '') return reply.error(problem);
  const first = options.idAt + 1;
  const words = args.count - first;
  if (words < 2 || words % 2 === 1) return reply.error(wrongArity(call.command.fullName));
  if (options.isMinimumId) return reply.error(ERR.streamIdMinimum);
  const { database } = call;
  const { arena } = database;
  let ref = database.open(args, 1, STREAM);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF && !options.mayCreate) return reply.null();
  const isNamed = options.producerAt > 0;
  const known = isNamed && ref !== NO_REF ? headerOf(arena, ref) : NO_REF;
  if (isNamed && findDuplicate(call, args, known, options, first, id)) return replyId(reply, id);
  if (ref === NO_REF) last.setMinimum();
  else readHeaderId(arena, headerOf(arena, ref), LAST_ID, last);
  if (last.isMaximum) return reply.error(ERR.streamExhausted);
  if (!chooseId(call.keyspace.now) || compareIds(id, last) <= 0) return reply.error(ERR.streamIdOld);
  let total = 0;
  for (let i = first; i < args.count; i++) total += args.length(i);
  if (total > MOST_BLOCK_BYTES) return reply.error(ERR.streamEntryTooLarge);
  if (ref === NO_REF) ref = createStream(database, args, 1);
  const stream = headerOf(arena, ref);
  appendToStream(arena, call.keyspace.encodingLimits, stream, id, args, first, words >>> 1);
  if (isNamed) noteAdded(call, stream, id);
  replyId(reply, id);
  database.close(ref, 'xadd');
  if (options.trims && trimStream(arena, stream, options.trim) > 0) database.notify(ref, 'xtrim');
}

/** Sets `id` to the one that the options ask for behind `last`; false when there is none. */
function chooseId(now: number): boolean {
  if (options.idKind === WHOLE_ID) {
    id.copy(options.id);
    return true;
  }
  if (options.idKind === TIME_ONLY) {
    id.copy(options.id);
    if (id.msHigh !== last.msHigh || id.msLow !== last.msLow) return true;
    id.copy(last);
    // The next would be of another time.
    return (last.sequenceHigh & last.sequenceLow) !== -1 && id.increment();
  }
  id.setTime(now);
  if (id.msHigh === last.msHigh ? id.msLow >>> 0 > last.msLow >>> 0 : id.msHigh >>> 0 > last.msHigh >>> 0) return true;
  id.copy(last);
  return id.increment();
}

/** Replies with the entries from one ID to another. */
function xrange(call: Call, args: Args, reply: Reply): void {
  range(call, args, reply, false);
}

/** Replies with the entries from one ID back to another. */
function xrevrange(call: Call, args: Args, reply: Reply): void {
  range(call, args, reply, true);
}

function range(call: Call, args: Args, reply: Reply, backwards: boolean): void {
  const problem =
    readStart(args, backwards ? 3 : 2, from, ERR.streamId, ERR.streamStart) ||
    readEnd(args, backwards ? 2 : 3, to, ERR.streamId, ERR.streamEnd);
  if (problem !== '') return reply.error(problem);
  let count = Number.POSITIVE_INFINITY;
  for (let i = 4; i < args.count; i += 2) {
    if (!args.is(i, 'count') || i + 1 === args.count) return reply.error(ERR.syntax);
    count = clampedInt64(args, i + 1);
    if (Number.isNaN(count)) return reply.error(ERR.notInteger);
  }
  const { arena } = call.database;
  const ref = call.database.read(args, 1, STREAM);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.array(0);
  if (count <= 0) return reply.nullArray();
  walk.begin(arena, headerOf(arena, ref), from, to, backwards);
  replyEntries(reply, walk, count);
}

/** Replies with the number of entries. */
function xlen(call: Call, args: Args, reply: Reply): void {
  const { arena } = call.database;
  const ref = call.database.read(args, 1, STREAM);
  if (ref === WRONG_TYPE) reply.error(ERR.wrongType);
  else reply.integer(ref === NO_REF ? 0 : streamLength(arena, headerOf(arena, ref)));
}

/** Deletes entries; replies how many there were. */
function xdel(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const { arena } = database;
  const ref = database.open(args, 1, STREAM);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(0);
  for (let i = 2; i < args.count; i++) if (!readId(args, i, id)) return reply.error(ERR.streamId);
  const stream = headerOf(arena, ref);
  let deleted = 0;
  for (let i = 2; i < args.count; i++) if (readId(args, i, id) && deleteFromStream(arena, stream, id)) deleted++;
  if (deleted > 0) {
    database.close(ref, 'xdel');
    call.keyspace.effects.dirty += deleted - 1;
  }
  reply.integer(deleted);
}

/** Removes the oldest entries; replies how many. */
function xtrim(call: Call, args: Args, reply: Reply): void {
  const problem = options.read(call, args, false);
  if (problem !== '') return reply.error(problem);
  const { database } = call;
  const ref = database.open(args, 1, STREAM);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(0);
  const removed = trimStream(database.arena, headerOf(database.arena, ref), options.trim);
  if (removed > 0) {
    database.close(ref, 'xtrim');
    call.keyspace.effects.dirty += removed - 1;
  }
  reply.integer(removed);
}

/** Sets what a stream remembers of its past: the last ID, the number of entries ever added, the greatest ID deleted. */
function xsetid(call: Call, args: Args, reply: Reply): void {
  if (!readId(args, 2, id)) return reply.error(ERR.streamId);
  let added: bigint | undefined;
  to.setMinimum();
  for (let i = 3; i < args.count; i += 2) {
    const hasMore = i + 1 < args.count;
    if (hasMore && args.is(i, 'entriesadded')) {
      added = args.int64(i + 1);
      if (added === undefined) return reply.error(ERR.notInteger);
      if (added < 0n) return reply.error(ERR.streamAddedNegative);
    } else if (hasMore && args.is(i, 'maxdeletedid')) {
      if (!readId(args, i + 1, to)) return reply.error(ERR.streamId);
      if (compareIds(id, to) < 0) return reply.error(ERR.streamSetBelowGiven);
    } else return reply.error(ERR.syntax);
  }
  const { database } = call;
  const { arena } = database;
  const ref = database.open(args, 1, STREAM);
  if (ref === NO_REF) return reply.error(ERR.noSuchKey);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const stream = headerOf(arena, ref);
  readHeaderId(arena, stream, GREATEST_DELETED_ID, last);
  if (compareIds(id, last) < 0) return reply.error(ERR.streamSetBelowDeleted);
  from.setMinimum();
  last.setMaximum();
  walk.begin(arena, stream, from, last, true);
  if (walk.next()) {
    if (compareIds(id, walk.id) < 0) return reply.error(ERR.streamSetBelowTop);
    if (added !== undefined && added < streamLength(arena, stream)) return reply.error(ERR.streamAddedBelowLength);
  }
  setLastId(arena, stream, id);
  if (added !== undefined) writeAdded(arena, stream, Number(added >> 32n), Number(BigInt.asIntN(32, added)));
  if (!to.isMinimum) writeHeaderId(arena, stream, GREATEST_DELETED_ID, to);
  reply.ok();
  database.close(ref, 'xsetid');
}
