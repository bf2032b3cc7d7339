/** Sets: adding, removing, asking, and walking through. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { SET } from '../memory/layout.ts';
import {
  addMember,
  emptySetBytes,
  encodingForNew,
  hasMember,
  initSet,
  prepareForMembers,
  removeMember,
  setSize,
} from '../values/set.ts';
import { eachMember, scanMembers } from '../values/set-walk.ts';
import { isMatched, readCursor, readScanOptions } from './scan-options.ts';
import { ACCESS, DELETE, DENYOOM, FAST, family, INSERT, key, READONLY, RO, RW, row, WRITE } from './spec.ts';

export const sets = family('set', [
  row('SADD', sadd, -3, WRITE | DENYOOM | FAST, key(1, RW | INSERT)),
  row('SREM', srem, -3, WRITE | FAST, key(1, RW | DELETE)),
  row('SMOVE', smove, 4, WRITE | FAST, [...key(1, RW | ACCESS | DELETE), ...key(2, RW | INSERT)]),
  row('SISMEMBER', sismember, 3, READONLY | FAST, key(1, RO)),
  row('SMISMEMBER', smismember, -3, READONLY | FAST, key(1, RO | ACCESS)),
  row('SCARD', scard, 2, READONLY | FAST, key(1, RO)),
  row('SMEMBERS', smembers, 2, READONLY, key(1, RO | ACCESS), { tips: ['nondeterministic_output_order'] }),
  row('SSCAN', sscan, -3, READONLY, key(1, RO | ACCESS), { tips: ['nondeterministic_output'] }),
]);

/** The most room a new set is given beforehand. */
const ROOM_LIMIT_BYTES = 1024;
/** What a member takes in a new set beside its bytes, if it is short. */
const MEMBER_OVERHEAD_BYTES = 2;

/** Adds members; replies how many are new. */
function sadd(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const found = database.open(args, 1, SET);
  if (found === WRONG_TYPE) return reply.error(ERR.wrongType);
  const { bytes, view, start, end, count } = args;
  let ref =
    found === NO_REF ? createSet(database, args, 1, 2, args.count - 2) : prepareForMembers(database, found, count - 2);
  let added = 0;
  for (let i = 2; i < count; i++) {
    const fresh = addMember(database, ref, bytes, view, start[i], end[i]);
    if (fresh === NO_REF) continue;
    ref = fresh;
    added++;
  }
  if (added > 0) {
    call.keyspace.effects.dirty += added - 1;
    database.close(ref, 'sadd');
  }
  reply.integer(added);
}

/** Removes members; the key goes with the last. Replies how many were there. */
function srem(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  let ref = database.open(args, 1, SET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(0);
  let removed = 0;
  for (let i = 2; i < args.count && setSize(database.arena, ref) > 0; i++) {
    const left = removeMember(database, ref, args.bytes, args.view, args.start[i], args.end[i]);
    if (left === NO_REF) continue;
    ref = left;
    removed++;
  }
  if (removed > 0) {
    call.keyspace.effects.dirty += removed - 1;
    database.close(ref, 'srem');
    dropIfEmpty(database, ref);
  }
  reply.integer(removed);
}

/** Moves a member from one set to another; replies whether it was there. */
function smove(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const { bytes, view, start, end } = args;
  const source = database.open(args, 1, SET);
  const target = database.open(args, 2, SET);
  if (source === NO_REF) return reply.integer(0);
  if (source === WRONG_TYPE || target === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (source === target) return reply.integer(hasMember(database, source, bytes, view, start[3], end[3]) ? 1 : 0);
  const left = removeMember(database, source, bytes, view, start[3], end[3]);
  if (left === NO_REF) return reply.integer(0);
  database.close(left, 'srem');
  dropIfEmpty(database, left);
  const place = target === NO_REF ? createSet(database, args, 2, 3, 1) : target;
  const grown = addMember(database, place, bytes, view, start[3], end[3]);
  if (grown !== NO_REF) database.close(grown, 'sadd');
  reply.integer(1);
}

/** Replies whether something is a member. */
function sismember(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, SET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.integer(isMember(call.database, ref, args, 2));
}

/** Replies for each argument whether it is a member. */
function smismember(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, SET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) reply.integer(isMember(call.database, ref, args, i));
}

function isMember(database: Database, ref: Ref, args: Args, i: number): number {
  return ref !== NO_REF && hasMember(database, ref, args.bytes, args.view, args.start[i], args.end[i]) ? 1 : 0;
}

/** Replies how many members there are. */
function scard(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, SET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.integer(ref === NO_REF ? 0 : setSize(call.database.arena, ref));
}

/** Replies with all members. */
function smembers(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = database.read(args, 1, SET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.set(0);
  reply.set(setSize(database.arena, ref));
  eachMember(database.arena, ref, (bytes, view, start, end) => reply.bulk(bytes, view, start, end));
}

/** The next members of a scan and the cursor to go on with, 0 at the end. */
function sscan(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const cursor = readCursor(args, 2);
  if (Number.isNaN(cursor)) return reply.error(ERR.invalidCursor);
  const ref = database.read(args, 1, SET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const options = ref === NO_REF ? undefined : readScanOptions(args, 3, 'none');
  if (typeof options === 'string') return reply.error(options);
  const shown: Buffer[] = [];
  const next =
    options === undefined
      ? 0
      : scanMembers(database.arena, ref, cursor, options.count, (bytes, _view, start, end) => {
          if (isMatched({ bytes, start, end }, args, options.pattern))
            shown.push(Buffer.from(bytes.subarray(start, end)));
        });
  reply.array(2);
  reply.text(String(next));
  reply.array(shown.length);
  for (const member of shown) reply.buffer(member);
}

/** Adds an empty set under argument `i`, for `count` members from argument `first` on; closed like any change. */
function createSet(database: Database, args: Args, i: number, first: number, count: number): Ref {
  const { bytes, start, end } = args;
  const encoding = encodingForNew(database, bytes, start[first], end[first], count);
  let room = 0;
  for (let j = first; j < first + count && room < ROOM_LIMIT_BYTES; j++) {
    room += end[j] - start[j] + MEMBER_OVERHEAD_BYTES;
  }
  const valueBytes = emptySetBytes(encoding) + Math.min(room, ROOM_LIMIT_BYTES);
  return initSet(database, database.create(args, i, SET, encoding, valueBytes), encoding);
}

/** Removes the key of a set that has no member left. */
function dropIfEmpty(database: Database, ref: Ref): void {
  if (setSize(database.arena, ref) > 0) return;
  database.notify(ref, 'del');
  database.discard(ref);
}
