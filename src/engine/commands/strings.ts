/** Strings: values of bytes. Counters stand in counters.ts, LCS in lcs.ts, single bits in bitmaps.ts. */
import { copyBytes } from '../../bytes/copy.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, invalidExpire, wrongArity } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { storeString } from '../keyspace/string-store.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { STRING, segmentOf } from '../memory/layout.ts';
import { RAW, setEncoding } from '../values/encoding.ts';
import {
  grownCapacity,
  setStringLength,
  stringCapacity,
  stringEncodingOf,
  stringLength,
  stringStart,
} from '../values/string.ts';
import { MILLISECONDS, readDeadline, SECONDS, TOO_FAR } from './expire-time.ts';
import { setKeys } from './set-keys.ts';
import {
  ACCESS,
  DELETE,
  DENYOOM,
  FAST,
  family,
  INSERT,
  key,
  keys,
  OW,
  QUICK,
  READONLY,
  RO,
  RW,
  row,
  UPDATE,
  VARIABLE_FLAGS,
  WRITE,
} from './spec.ts';
import {
  EX,
  EXAT,
  GET,
  KEEPTTL,
  NX,
  PERSIST,
  PX,
  readOptions,
  SYNTAX_ERROR,
  TIME_INDEX_SHIFT,
  TIMES,
  XX,
} from './string-options.ts';

export const strings = family('string', [
  row('GET', get, 2, READONLY | FAST, key(1, RO | ACCESS)),
  row('GETEX', getex, -2, WRITE | FAST, key(1, RW | ACCESS | UPDATE, 'RW and UPDATE because it changes the TTL')),
  row('GETDEL', getdel, 2, WRITE | FAST, key(1, RW | ACCESS | DELETE)),
  row('GETSET', getset, 3, WRITE | DENYOOM | FAST, key(1, RW | ACCESS | UPDATE)),
  row(
    'SET',
    set,
    -3,
    WRITE | DENYOOM | QUICK,
    key(1, RW | ACCESS | UPDATE | VARIABLE_FLAGS, 'RW and ACCESS due to the optional `GET` argument'),
    { getKeys: setKeys },
  ),
  row('SETNX', setnx, 3, WRITE | DENYOOM | FAST, key(1, OW | INSERT)),
  row('SETEX', setex, 4, WRITE | DENYOOM | QUICK, key(1, OW | UPDATE)),
  row('PSETEX', psetex, 4, WRITE | DENYOOM | QUICK, key(1, OW | UPDATE)),
  row('MGET', mget, -2, READONLY | FAST, keys(1, -1, 1, RO | ACCESS), { tips: ['request_policy:multi_shard'] }),
  row('MSET', mset, -3, WRITE | DENYOOM, keys(1, -1, 2, OW | UPDATE), {
    tips: ['request_policy:multi_shard', 'response_policy:all_succeeded'],
  }),
  row('MSETNX', msetnx, -3, WRITE | DENYOOM, keys(1, -1, 2, OW | INSERT)),
  row('STRLEN', strlen, 2, READONLY | FAST, key(1, RO)),
  row('APPEND', append, 3, WRITE | DENYOOM | FAST, key(1, RW | INSERT)),
  row('SETRANGE', setrange, 4, WRITE | DENYOOM, key(1, RW | UPDATE)),
  row('GETRANGE', getrange, 4, READONLY | QUICK, key(1, RO | ACCESS)),
  row('SUBSTR', getrange, 4, READONLY | QUICK, key(1, RO | ACCESS)),
]);

/** Replies with the value. */
function get(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, STRING);
  if (ref === NO_REF) reply.null();
  else if (ref === WRONG_TYPE) reply.error(ERR.wrongType);
  else replyString(call.database, ref, reply);
}

/** Replies with the value and sets, changes or removes its deadline. */
function getex(call: Call, args: Args, reply: Reply): void {
  const options = readOptions(args, 2, PERSIST | TIMES);
  if (options === SYNTAX_ERROR) return reply.error(ERR.syntax);
  const database = call.database;
  const ref = database.read(args, 1, STRING);
  if (ref === NO_REF) return reply.null();
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if ((options & TIMES) !== 0) {
    const deadline = optionDeadline(call, args, options, reply);
    if (Number.isNaN(deadline)) return;
    replyString(database, ref, reply);
    if (deadline <= database.keyspace.now) database.remove(ref, 'del');
    else database.close(database.setDeadline(ref, deadline), 'expire');
    return;
  }
  replyString(database, ref, reply);
  if ((options & PERSIST) !== 0 && database.hasDeadline(ref)) database.close(database.persist(ref), 'persist');
}

/** Replies with the value and deletes the key. */
function getdel(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, STRING);
  if (ref === NO_REF) return reply.null();
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  replyString(call.database, ref, reply);
  call.database.remove(ref, 'del');
}

/** Sets the value, forgets the deadline, replies with the old value. */
function getset(call: Call, args: Args, reply: Reply): void {
  const database = call.database;
  const hash = database.hash(args, 1);
  const old = database.read(args, 1, STRING);
  if (old === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (old === NO_REF) reply.null();
  else replyString(database, old, reply);
  database.close(storeArgument(database, args, 1, hash, old, 2, false), 'set');
}

/** Sets the value. NX, XX: only if the key is not, is there. GET: replies with the old value. */
function set(call: Call, args: Args, reply: Reply): void {
  const database = call.database;
  const hash = database.hash(args, 1);
  if (args.count > 3) return setWithOptions(call, args, hash, reply);
  const ref = database.findHashed(args, 1, hash);
  database.close(storeArgument(database, args, 1, hash, ref, 2, false), 'set');
  reply.ok();
}

function setWithOptions(call: Call, args: Args, hash: number, reply: Reply): void {
  const database = call.database;
  const options = readOptions(args, 3, NX | XX | GET | KEEPTTL | TIMES);
  if (options === SYNTAX_ERROR) return reply.error(ERR.syntax);
  let deadline = 0;
  if ((options & TIMES) !== 0) {
    deadline = optionDeadline(call, args, options, reply);
    if (Number.isNaN(deadline)) return;
  }
  const old = (options & GET) !== 0 ? database.read(args, 1, STRING) : database.findHashed(args, 1, hash);
  if (old === WRONG_TYPE) return reply.error(ERR.wrongType);
  if ((options & GET) !== 0) {
    if (old === NO_REF) reply.null();
    else replyString(database, old, reply);
  }
  if (((options & NX) !== 0 && old !== NO_REF) || ((options & XX) !== 0 && old === NO_REF)) {
    if ((options & GET) === 0) reply.null();
    return;
  }
  let ref = storeArgument(database, args, 1, hash, old, 2, (options & KEEPTTL) !== 0);
  if (deadline !== 0) ref = database.setDeadline(ref, deadline);
  database.close(ref, 'set');
  if (deadline !== 0) database.notify(ref, 'expire');
  if ((options & GET) === 0) reply.ok();
}

/** Sets the value if the key is not there. */
function setnx(call: Call, args: Args, reply: Reply): void {
  const database = call.database;
  const hash = database.hash(args, 1);
  if (database.findHashed(args, 1, hash) !== NO_REF) return reply.integer(0);
  database.close(storeArgument(database, args, 1, hash, NO_REF, 2, false), 'set');
  reply.integer(1);
}

function setex(call: Call, args: Args, reply: Reply): void {
  setWithTime(call, args, SECONDS, reply);
}

function psetex(call: Call, args: Args, reply: Reply): void {
  setWithTime(call, args, MILLISECONDS, reply);
}

function setWithTime(call: Call, args: Args, unit: number, reply: Reply): void {
  const database = call.database;
  const deadline = positiveDeadline(call, args, 2, unit, true, reply);
  if (Number.isNaN(deadline)) return;
  const hash = database.hash(args, 1);
  const old = database.findHashed(args, 1, hash);
  const ref = database.setDeadline(storeArgument(database, args, 1, hash, old, 3, false), deadline);
  database.close(ref, 'set');
  database.notify(ref, 'expire');
  reply.ok();
}

/** Replies with the values of several keys; null where there is none or it is no string. */
function mget(call: Call, args: Args, reply: Reply): void {
  reply.array(args.count - 1);
  for (let i = 1; i < args.count; i++) {
    const ref = call.database.read(args, i, STRING);
    if (ref === NO_REF || ref === WRONG_TYPE) reply.null();
    else replyString(call.database, ref, reply);
  }
}

/** Sets several keys. */
function mset(call: Call, args: Args, reply: Reply): void {
  if (args.count % 2 === 0) return reply.error(wrongArity(call.command.fullName));
  storePairs(call.database, args);
  reply.ok();
}

/** Sets several keys if none of them is there. */
function msetnx(call: Call, args: Args, reply: Reply): void {
  if (args.count % 2 === 0) return reply.error(wrongArity(call.command.fullName));
  for (let i = 1; i < args.count; i += 2) {
    if (call.database.find(args, i) !== NO_REF) return reply.integer(0);
  }
  storePairs(call.database, args);
  reply.integer(1);
}

function storePairs(database: Database, args: Args): void {
  for (let i = 1; i < args.count; i += 2) {
    const hash = database.hash(args, i);
    const old = database.findHashed(args, i, hash);
    database.close(storeArgument(database, args, i, hash, old, i + 1, false), 'set');
  }
}

function strlen(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, STRING);
  if (ref === WRONG_TYPE) reply.error(ERR.wrongType);
  else reply.integer(ref === NO_REF ? 0 : stringLength(call.database.arena, ref));
}

/** Adds bytes to the end; replies with the new length. */
function append(call: Call, args: Args, reply: Reply): void {
  const database = call.database;
  const hash = database.hash(args, 1);
  const ref = database.open(args, 1, STRING);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) {
    const created = storeArgument(database, args, 1, hash, NO_REF, 2, false);
    database.close(created, 'append');
    return reply.integer(args.length(2));
  }
  const old = stringLength(database.arena, ref);
  const length = old + args.length(2);
  if (length > call.limits.maxBulkBytes) return reply.error(ERR.stringTooLong);
  const grown = growString(database, ref, length);
  writeInto(database, grown, old, args, 2);
  database.close(grown, 'append');
  reply.integer(length);
}

/** Writes bytes at an offset, zero bytes before it where there was nothing; replies with the new length. */
function setrange(call: Call, args: Args, reply: Reply): void {
  const database = call.database;
  const offset = clampedInt64(args, 2);
  if (Number.isNaN(offset)) return reply.error(ERR.notInteger);
  if (offset < 0) return reply.error(ERR.offsetOutOfRange);
  let ref = database.open(args, 1, STRING);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const old = ref === NO_REF ? 0 : stringLength(database.arena, ref);
  const added = args.length(3);
  if (added === 0) return reply.integer(old);
  const end = offset + added;
  if (end > call.limits.maxBulkBytes) return reply.error(ERR.stringTooLong);
  const length = Math.max(old, end);
  if (ref === NO_REF) ref = database.create(args, 1, STRING, RAW, length);
  else ref = growString(database, ref, length);
  if (offset > old) {
    const start = stringStart(database.arena, ref);
    database.arena.bytes[segmentOf(ref)].fill(0, start + old, start + offset);
  }
  setStringLength(database.arena, ref, length);
  writeInto(database, ref, offset, args, 3);
  database.close(ref, 'setrange');
  reply.integer(length);
}

/** Replies with the bytes between two offsets, both included, negative ones from the end. */
function getrange(call: Call, args: Args, reply: Reply): void {
  let start = clampedInt64(args, 2);
  let end = clampedInt64(args, 3);
  if (Number.isNaN(start) || Number.isNaN(end)) return reply.error(ERR.notInteger);
  const ref = call.database.read(args, 1, STRING);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const arena = call.database.arena;
  const length = ref === NO_REF ? 0 : stringLength(arena, ref);
  if (start < 0 && end < 0 && isAfter(args, start, end)) return reply.text('');
  if (start < 0) start = Math.max(0, start + length);
  if (end < 0) end = Math.max(0, end + length);
  if (end >= length) end = length - 1;
  if (start > end || length === 0) return reply.text('');
  const from = stringStart(arena, ref);
  reply.bulk(arena.bytes[segmentOf(ref)], arena.views[segmentOf(ref)], from + start, from + end + 1);
}

/** Whether GETRANGE's start lies behind its end; both may have been rounded. */
function isAfter(args: Args, start: number, end: number): boolean {
  if (start !== end || Number.isSafeInteger(start)) return start > end;
  return (args.int64(2) ?? 0n) > (args.int64(3) ?? 0n);
}

/** Replies with a record's string. */
function replyString(database: Database, ref: Ref, reply: Reply): void {
  const arena = database.arena;
  const start = stringStart(arena, ref);
  reply.bulk(arena.bytes[ref >>> 22], arena.views[ref >>> 22], start, start + stringLength(arena, ref));
}

/** Makes room for a string of `length` bytes that will go on growing, sets its length; it is raw from now on. */
export function growString(database: Database, ref: Ref, length: number): Ref {
  let grown = ref;
  const old = stringLength(database.arena, ref);
  if (length > stringCapacity(database.arena, ref)) grown = database.reserveValue(ref, grownCapacity(length), old);
  setStringLength(database.arena, grown, length);
  setEncoding(database.arena, grown, RAW);
  return grown;
}

/** Stores value argument `v` under key argument `i`, whose record `find` answered. */
function storeArgument(
  database: Database,
  args: Args,
  i: number,
  hash: number,
  old: Ref,
  v: number,
  keepDeadline: boolean,
): Ref {
  const start = args.start[v];
  const end = args.end[v];
  const encoding = stringEncodingOf(args.bytes, start, end);
  return storeString(database, args, i, hash, old, args.bytes, args.view, start, end, encoding, keepDeadline);
}

function writeInto(database: Database, ref: Ref, offset: number, args: Args, i: number): void {
  const arena = database.arena;
  const to = stringStart(arena, ref) + offset;
  const segment = segmentOf(ref);
  const length = args.length(i);
  copyBytes(arena.bytes[segment], arena.views[segment], to, args.bytes, args.view, args.start[i], length);
}

/** A signed 64-bit argument as a number, rounded beyond 2^53, where no string is long enough to tell; NaN for no integer. */
function clampedInt64(args: Args, i: number): number {
  const value = args.integer(i);
  if (!Number.isNaN(value)) return value;
  const exact = args.int64(i);
  return exact === undefined ? Number.NaN : Number(exact);
}

/** The deadline that the options name; NaN after an error was replied. */
function optionDeadline(call: Call, args: Args, options: number, reply: Reply): number {
  const unit = (options & (EX | EXAT)) !== 0 ? SECONDS : MILLISECONDS;
  return positiveDeadline(call, args, options >>> TIME_INDEX_SHIFT, unit, (options & (EX | PX)) !== 0, reply);
}

function positiveDeadline(call: Call, args: Args, i: number, unit: number, relative: boolean, reply: Reply): number {
  const deadline = readDeadline(args, i, unit, relative ? call.keyspace.now : 0);
  if (Number.isNaN(deadline)) reply.error(ERR.notInteger);
  else if (deadline === TOO_FAR || isNotPositive(args, i)) {
    reply.error(invalidExpire(call.command.fullName));
    return Number.NaN;
  }
  return deadline;
}

function isNotPositive(args: Args, i: number): boolean {
  const first = args.bytes[args.start[i]];
  return first === 45 || first === 48;
}
