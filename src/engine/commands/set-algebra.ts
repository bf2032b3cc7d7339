/**
 * Sets: intersection, union and difference, replied or stored.
 *
 * A result to store is made aside. So is a small one to reply with: it then has the order that the set would have if it
 * was stored (integers rising), as in Redis. A larger one is replied while it is found, in no order.
 */

import { isInt64Text } from '../../bytes/integer.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import type { EventName } from '../effects/events.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { SET } from '../memory/layout.ts';
import { encodingOf, INTSET, LISTPACK } from '../values/encoding.ts';
import { addMember, emptySetBytes, initSet, setSize } from '../values/set.ts';
import {
  addMembersOf,
  intersect,
  isSubtractedByRemoval,
  removeMembersOf,
  subtract,
  unite,
} from '../values/set-algebra.ts';
import { toIntset } from '../values/set-conversion.ts';
import { eachMember, type MemberVisitor } from '../values/set-walk.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { ACCESS, DENYOOM, family, type KeySpec, key, keys, OW, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';

const ANY_ORDER = { tips: ['nondeterministic_output_order'] };
const SOURCES = keys(1, -1, 1, RO | ACCESS);
const SOURCES_BEHIND = keys(2, -1, 1, RO | ACCESS);
const COUNTED: KeySpec[] = [{ flags: RO | ACCESS, begin: { index: 1 }, find: { keynum: 0, first: 1, step: 1 } }];

export const setAlgebra = family('set', [
  row('SINTER', sinter, -2, READONLY, SOURCES, ANY_ORDER),
  row('SINTERCARD', sintercard, -3, READONLY, COUNTED),
  row('SINTERSTORE', sinterstore, -3, WRITE | DENYOOM, [...key(1, RW | UPDATE), ...SOURCES_BEHIND]),
  row('SUNION', sunion, -2, READONLY, SOURCES, ANY_ORDER),
  row('SUNIONSTORE', sunionstore, -3, WRITE | DENYOOM, [...key(1, OW | UPDATE), ...SOURCES_BEHIND]),
  row('SDIFF', sdiff, -2, READONLY, SOURCES, ANY_ORDER),
  row('SDIFFSTORE', sdiffstore, -3, WRITE | DENYOOM, [...key(1, OW | UPDATE), ...SOURCES_BEHIND]),
]);

/** Results of no more members than this are made aside before they are replied. */
const SMALL_SIZE = 512;

/** Replies with the members that all sets have. */
function sinter(call: Call, args: Args, reply: Reply): void {
  const found = readSets(call, args, 1, args.count, reply);
  if (found === undefined) return;
  if (found.includes(NO_REF)) return reply.set(0);
  replySet(reply, (visit) => intersect(call.database, found, Number.POSITIVE_INFINITY, visit));
}

/** Replies how many members all sets have, counting to LIMIT at most unless that is 0. */
function sintercard(call: Call, args: Args, reply: Reply): void {
  const count = clampedInt64(args, 1);
  if (!(count > 0)) return reply.error(ERR.numKeys);
  if (count > args.count - 2) return reply.error(ERR.tooManyKeys);
  let limit = 0;
  for (let i = 2 + count; i < args.count; i += 2) {
    if (!args.is(i, 'limit') || i + 1 === args.count) return reply.error(ERR.syntax);
    limit = clampedInt64(args, i + 1);
    if (!(limit >= 0)) return reply.error(ERR.limitNegative);
  }
  const found = readSets(call, args, 2, 2 + count, reply);
  if (found === undefined) return;
  let common = 0;
  if (!found.includes(NO_REF)) {
    intersect(call.database, found, limit === 0 ? Number.POSITIVE_INFINITY : limit, () => {
      common++;
    });
  }
  reply.integer(common);
}

/** Stores the members that all sets have; replies how many. */
function sinterstore(call: Call, args: Args, reply: Reply): void {
  const found = readSets(call, args, 2, args.count, reply);
  if (found === undefined) return;
  if (found.includes(NO_REF)) return storeNothing(call, args, reply);
  store(call, args, reply, 'sinterstore', makeIntersection(call, args, found));
}

/** Replies with the members of all sets. */
function sunion(call: Call, args: Args, reply: Reply): void {
  const found = readSets(call, args, 1, args.count, reply)?.filter((ref) => ref !== NO_REF);
  if (found === undefined) return;
  if (isSmall(call, found)) replyWith(call, makeUnion(call, args, found), reply);
  else replySet(reply, (visit) => unite(call.database, found, visit));
}

/** Stores the members of all sets; replies how many. */
function sunionstore(call: Call, args: Args, reply: Reply): void {
  const found = readSets(call, args, 2, args.count, reply)?.filter((ref) => ref !== NO_REF);
  if (found === undefined) return;
  store(call, args, reply, 'sunionstore', makeUnion(call, args, found));
}

/** Replies with the members of the first set that no other has. */
function sdiff(call: Call, args: Args, reply: Reply): void {
  const found = readSets(call, args, 1, args.count, reply);
  if (found === undefined) return;
  const [first, ...others] = found;
  if (first === NO_REF) return reply.set(0);
  const subtracted = others.filter((ref) => ref !== NO_REF);
  if (isSmall(call, [first]) || isSubtractedByRemoval(call.database.arena, first, subtracted)) {
    replyWith(call, makeDifference(call, args, first, subtracted), reply);
  } else replySet(reply, (visit) => subtract(call.database, first, subtracted, visit));
}

/** Stores the members of the first set that no other has; replies how many. */
function sdiffstore(call: Call, args: Args, reply: Reply): void {
  const found = readSets(call, args, 2, args.count, reply);
  if (found === undefined) return;
  const [first, ...others] = found;
  if (first === NO_REF) return storeNothing(call, args, reply);
  const subtracted = others.filter((ref) => ref !== NO_REF);
  store(call, args, reply, 'sdiffstore', makeDifference(call, args, first, subtracted));
}

/** The sets of arguments `from` to `to` - 1, NO_REF where there is none; undefined after an error was replied. */
function readSets({ database }: Call, args: Args, from: number, to: number, reply: Reply): Ref[] | undefined {
  const found: Ref[] = [];
  for (let i = from; i < to; i++) {
    const ref = database.read(args, i, SET);
    if (ref === WRONG_TYPE) {
      reply.error(ERR.wrongType);
      return undefined;
    }
    found.push(ref);
  }
  return found;
}

function isSmall({ database }: Call, found: readonly Ref[]): boolean {
  let total = 0;
  for (const ref of found) total += setSize(database.arena, ref);
  return total <= SMALL_SIZE;
}

/** An empty set in no database, under the key of argument 1. */
function newAside({ keyspace }: Call, args: Args, encoding: typeof INTSET | typeof LISTPACK): Ref {
  return initSet(
    keyspace.detached,
    keyspace.detached.create(args, 1, SET, encoding, emptySetBytes(encoding)),
    encoding,
  );
}

function makeIntersection(call: Call, args: Args, found: Ref[]): Ref {
  const { arena, detached, encodingLimits } = call.keyspace;
  const isOfIntegers = found.some((ref) => encodingOf(arena, ref) === INTSET);
  let result = newAside(call, args, isOfIntegers ? INTSET : LISTPACK);
  let hasOnlyIntegers = true;
  intersect(detached, found, Number.POSITIVE_INFINITY, (bytes, view, start, end) => {
    hasOnlyIntegers = hasOnlyIntegers && isInt64Text(bytes, start, end);
    result = addMember(detached, result, bytes, view, start, end) || result;
  });
  const mayBeIntset = hasOnlyIntegers && setSize(arena, result) <= encodingLimits.setMaxIntsetEntries;
  return mayBeIntset ? toIntset(detached, result) : result;
}

function makeUnion(call: Call, args: Args, found: readonly Ref[]): Ref {
  let result = newAside(call, args, INTSET);
  for (const ref of found) result = addMembersOf(call.keyspace.detached, result, ref);
  return result;
}

function makeDifference(call: Call, args: Args, first: Ref, others: Ref[]): Ref {
  const { arena, detached } = call.keyspace;
  let result = newAside(call, args, INTSET);
  if (others.includes(first)) return result;
  if (isSubtractedByRemoval(arena, first, others)) {
    result = addMembersOf(detached, result, first);
    for (const other of others) result = removeMembersOf(detached, result, other);
    return result;
  }
  subtract(detached, first, others, (bytes, view, start, end) => {
    result = addMember(detached, result, bytes, view, start, end) || result;
  });
  return result;
}

/** Replies with the members that `find` shows. */
function replySet(reply: Reply, find: (visit: MemberVisitor) => void): void {
  const beginning = reply.beginSet();
  let shown = 0;
  find((bytes, view, start, end) => {
    reply.bulk(bytes, view, start, end);
    shown++;
  });
  reply.endSet(beginning, shown);
}

/** Replies with a set made aside and gives it up. */
function replyWith({ keyspace }: Call, made: Ref, reply: Reply): void {
  const { arena } = keyspace;
  try {
    reply.set(setSize(arena, made));
    eachMember(arena, made, (bytes, view, start, end) => reply.bulk(bytes, view, start, end));
  } finally {
    keyspace.lazyFree.freeRecord(made);
  }
}

/** Puts a set made aside in the place of the destination, which goes if it is empty; replies with its size. */
function store(call: Call, args: Args, reply: Reply, event: EventName, made: Ref): void {
  const { arena, lazyFree } = call.keyspace;
  const size = setSize(arena, made);
  if (size === 0) {
    lazyFree.freeRecord(made);
    return storeNothing(call, args, reply);
  }
  call.database.putOver(args, 1, made, event);
  reply.integer(size);
}

/** An empty result: the destination goes. */
function storeNothing({ database }: Call, args: Args, reply: Reply): void {
  const old = database.find(args, 1);
  if (old !== NO_REF) database.remove(old, 'del');
  reply.integer(0);
}
