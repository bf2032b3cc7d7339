/** Lists: adding and taking at both ends, reading, and changing what is in the middle. */
import type { Args } from '../../protocol/args.ts';
import { ERR, wrongArity } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { LIST } from '../memory/layout.ts';
import {
  insertBeside,
  listLength,
  prepareForMore,
  pushAllToList,
  removeEqualFromList,
  removeFromList,
  setElement,
  shrinkList,
} from '../values/list.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { createList, popOne, popSeveral, readList } from './list-ends.ts';
import {
  ACCESS,
  DELETE,
  DENYOOM,
  FAST,
  family,
  INSERT,
  key,
  QUICK,
  READONLY,
  RO,
  RW,
  row,
  UPDATE,
  WRITE,
} from './spec.ts';

export const lists = family('list', [
  row('LPUSH', lpush, -3, WRITE | DENYOOM | FAST, key(1, RW | INSERT)),
  row('RPUSH', rpush, -3, WRITE | DENYOOM | FAST, key(1, RW | INSERT)),
  row('LPUSHX', lpushx, -3, WRITE | DENYOOM | FAST, key(1, RW | INSERT)),
  row('RPUSHX', rpushx, -3, WRITE | DENYOOM | FAST, key(1, RW | INSERT)),
  row('LPOP', lpop, -2, WRITE | FAST, key(1, RW | ACCESS | DELETE)),
  row('RPOP', rpop, -2, WRITE | FAST, key(1, RW | ACCESS | DELETE)),
  row('LLEN', llen, 2, READONLY | FAST, key(1, RO)),
  row('LINDEX', lindex, 3, READONLY | QUICK, key(1, RO | ACCESS)),
  row('LSET', lset, 4, WRITE | DENYOOM, key(1, RW | UPDATE)),
  row('LRANGE', lrange, 4, READONLY | QUICK, key(1, RO | ACCESS)),
  row('LTRIM', ltrim, 4, WRITE, key(1, RW | DELETE)),
  row('LREM', lrem, 4, WRITE, key(1, RW | DELETE)),
  row('LINSERT', linsert, 5, WRITE | DENYOOM, key(1, RW | INSERT)),
]);

/** Elements that are looked for from an end, or replied with, quickly. */
const NEAR_ELEMENTS = 500;

/** Adds elements at the head; replies with the length. */
function lpush(call: Call, args: Args, reply: Reply): void {
  push(call, args, reply, true, true);
}

/** Adds elements at the tail; replies with the length. */
function rpush(call: Call, args: Args, reply: Reply): void {
  push(call, args, reply, false, true);
}

/** Adds elements at the head of a list that is there. */
function lpushx(call: Call, args: Args, reply: Reply): void {
  push(call, args, reply, true, false);
}

/** Adds elements at the tail of a list that is there. */
function rpushx(call: Call, args: Args, reply: Reply): void {
  push(call, args, reply, false, false);
}

function push(call: Call, args: Args, reply: Reply, atHead: boolean, mayCreate: boolean): void {
  const { database } = call;
  let ref = database.open(args, 1, LIST);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const { bytes, view, start, end, count } = args;
  if (ref === NO_REF) {
    if (!mayCreate) return reply.integer(0);
    ref = createFor(database, args);
  }
  ref = pushAllToList(database, ref, atHead, bytes, view, start, end, 2, count);
  database.keyspace.effects.dirty += count - 3;
  database.close(ref, atHead ? 'lpush' : 'rpush');
  reply.integer(listLength(database.arena, ref));
}

/** Adds an empty list with room for the elements that the request brings. */
function createFor(database: Database, args: Args): Ref {
  let bytes = 0;
  for (let i = 2; i < args.count; i++) bytes += args.length(i);
  return createList(database, args, 1, bytes, args.count - 2);
}

/** Removes the first element, or several, and replies with it. */
function lpop(call: Call, args: Args, reply: Reply): void {
  pop(call, args, reply, true);
}

/** Removes the last element, or several, and replies with it. */
function rpop(call: Call, args: Args, reply: Reply): void {
  pop(call, args, reply, false);
}

function pop(call: Call, args: Args, reply: Reply, atHead: boolean): void {
  if (args.count > 3) return reply.error(wrongArity(call.command.fullName));
  const { database } = call;
  const hasCount = args.count === 3;
  const count = hasCount ? clampedInt64(args, 2) : 1;
  if (!(count >= 0)) return reply.error(ERR.notPositive);
  const ref = database.open(args, 1, LIST);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (!hasCount) {
    if (ref === NO_REF) reply.null();
    else popOne(database, ref, atHead, reply);
  } else if (ref === NO_REF) reply.nullArray();
  else if (count === 0) reply.array(0);
  else popSeveral(database, ref, atHead, count, reply);
}

/** Replies with the number of elements. */
function llen(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, LIST);
  if (ref === WRONG_TYPE) reply.error(ERR.wrongType);
  else reply.integer(ref === NO_REF ? 0 : listLength(call.database.arena, ref));
}

/** Replies with the element at an index; negative ones count from the end. */
function lindex(call: Call, args: Args, reply: Reply): void {
  const { arena } = call.database;
  const ref = call.database.read(args, 1, LIST);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.null();
  const length = listLength(arena, ref);
  const index = readIndex(args, 2, length);
  if (Number.isNaN(index)) return reply.error(ERR.notInteger);
  if (index < 0) return reply.null();
  call.tookLong = isFar(index, length);
  readList(arena, ref, index, 1, false, reply);
}

/** True for an index whose element is looked for long, from the nearer end. */
function isFar(index: number, length: number): boolean {
  return index > NEAR_ELEMENTS && length - index > NEAR_ELEMENTS;
}

/** Sets the element at an index. */
function lset(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = database.open(args, 1, LIST);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.error(ERR.noSuchKey);
  const index = readIndex(args, 2, listLength(database.arena, ref));
  if (Number.isNaN(index)) return reply.error(ERR.notInteger);
  // As in Redis, the list makes room for the element before it turns out that it has no such index.
  const ready = prepareForMore(database, ref, args.length(3), 1);
  if (index < 0) return reply.error(ERR.indexOutOfRange);
  const fresh = setElement(database, ready, index, args.bytes, args.view, args.start[3], args.end[3]);
  database.close(shrinkList(database, fresh), 'lset');
  reply.ok();
}

/** The index that an argument names, -1 when it is outside the list; NaN when it is no integer. */
function readIndex(args: Args, i: number, length: number): number {
  const given = clampedInt64(args, i);
  const index = given < 0 ? length + given : given;
  return Number.isNaN(index) || (index >= 0 && index < length) ? index : -1;
}

/** Replies with the elements from one index to another. */
function lrange(call: Call, args: Args, reply: Reply): void {
  const { arena } = call.database;
  const first = clampedInt64(args, 2);
  const last = clampedInt64(args, 3);
  if (Number.isNaN(first) || Number.isNaN(last)) return reply.error(ERR.notInteger);
  const ref = call.database.read(args, 1, LIST);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.array(0);
  const length = listLength(arena, ref);
  const from = Math.max(0, first < 0 ? length + first : first);
  const to = Math.min(length - 1, last < 0 ? length + last : last);
  if (from > to) return reply.array(0);
  const count = to - from + 1;
  call.tookLong = count > NEAR_ELEMENTS || isFar(from, length);
  reply.array(count);
  readList(arena, ref, from, count, false, reply);
}

/** Keeps the elements from one index to another only. */
function ltrim(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const first = clampedInt64(args, 2);
  const last = clampedInt64(args, 3);
  if (Number.isNaN(first) || Number.isNaN(last)) return reply.error(ERR.notInteger);
  const ref = database.open(args, 1, LIST);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.ok();
  const length = listLength(database.arena, ref);
  const from = Math.max(0, first < 0 ? length + first : first);
  const to = Math.min(length - 1, last < 0 ? length + last : last);
  const isEmptied = from > to;
  const removed = isEmptied ? length : length - (to - from + 1);
  // The change is told even when nothing was to be removed; what counts are the elements.
  call.keyspace.effects.dirty += removed - 1;
  if (isEmptied) {
    database.close(ref, 'ltrim');
    database.notify(ref, 'del');
    database.discard(ref);
  } else {
    let fresh = removeFromList(database, ref, false, length - 1 - to);
    fresh = removeFromList(database, fresh, true, from);
    database.close(shrinkList(database, fresh), 'ltrim');
  }
  reply.ok();
}

/** Removes elements equal to one: the first `count`, the last -`count`, or all with 0. Replies how many. */
function lrem(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const { arena } = database;
  const count = clampedInt64(args, 2);
  if (Number.isNaN(count)) return reply.error(ERR.notInteger);
  const ref = database.open(args, 1, LIST);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(0);
  const length = listLength(arena, ref);
  const limit = count === 0 ? length : Math.min(Math.abs(count), length);
  const fresh = removeEqualFromList(database, ref, limit, count < 0, args.bytes, args.view, args.start[3], args.end[3]);
  const left = listLength(arena, fresh);
  if (left < length) {
    call.keyspace.effects.dirty += length - left - 1;
    database.close(fresh, 'lrem');
    if (left > 0) shrinkList(database, fresh);
    else {
      database.notify(fresh, 'del');
      database.discard(fresh);
    }
  }
  reply.integer(length - left);
}

/** Inserts an element before or after another; replies with the length, -1 when there is no such other. */
function linsert(call: Call, args: Args, reply: Reply): void {
  const isAfter = args.is(2, 'after');
  if (!isAfter && !args.is(2, 'before')) return reply.error(ERR.syntax);
  const { database } = call;
  const ref = database.open(args, 1, LIST);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(0);
  const { bytes, view, start, end } = args;
  const fresh = insertBeside(database, ref, isAfter, bytes, view, start[3], end[3], start[4], end[4]);
  if (fresh === NO_REF) return reply.integer(-1);
  database.close(fresh, 'linsert');
  reply.integer(listLength(database.arena, fresh));
}
