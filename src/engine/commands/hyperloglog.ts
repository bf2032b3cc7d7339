/** HyperLogLogs: strings that count distinct elements, approximately. */
import type { Args } from '../../protocol/args.ts';
import { ERR, unknownPfdebug } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { NO_EVENT } from '../effects/events.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { STRING } from '../memory/layout.ts';
import { RAW, setEncoding } from '../values/encoding.ts';
import {
  addToDense,
  CORRUPT,
  countRegisters,
  countValue,
  describeRuns,
  EMPTY_HYPERLOGLOG_BYTES,
  exactKeptCount,
  forgetCount,
  initHyperLogLog,
  isHyperLogLog,
  isSparse,
  keepCount,
  keptCount,
  makeDense,
  makeRoomToRaise,
  mergeRegisters,
  raiseRegister,
  registerOf,
  setRegisters,
} from '../values/hyperloglog.ts';
import { REGISTERS } from '../values/hyperloglog-dense.ts';
import { selfTest } from '../values/hyperloglog-self-test.ts';
import {
  ACCESS,
  ADMIN,
  DENYOOM,
  FAST,
  family,
  INSERT,
  key,
  keys,
  MAY_REPLICATE,
  NO_KEYS,
  QUICK,
  READONLY,
  RO,
  RW,
  row,
  WRITE,
} from './spec.ts';

const COUNT_NOTES = 'RW because it may change the internal representation of the key, and propagate to replicas';
/** What Redis replies where registers have values that no hash gives: the count fits no signed 64-bit integer. */
const TOO_LARGE = -(2n ** 63n);

export const hyperLogLogs = family('hyperloglog', [
  row('PFADD', pfadd, -2, WRITE | DENYOOM | FAST, key(1, RW | INSERT)),
  row('PFCOUNT', pfcount, -2, READONLY | MAY_REPLICATE | QUICK, [
    { ...keys(1, -1, 1, RW | ACCESS)[0], notes: COUNT_NOTES },
  ]),
  row('PFMERGE', pfmerge, -2, WRITE | DENYOOM, [...key(1, RW | ACCESS | INSERT), ...keys(2, -1, 1, RO | ACCESS)]),
  row('PFDEBUG', pfdebug, 3, WRITE | DENYOOM | ADMIN, key(2, RW | ACCESS)),
  row('PFSELFTEST', pfselftest, 1, ADMIN, NO_KEYS),
]);

/** The registers of several HyperLogLogs, a byte each; nothing outlives the call in them. */
const merged = new Uint8Array(REGISTERS);

/** Adds elements; replies 1 when that changed anything, the key made among it. */
function pfadd(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  let ref = database.open(args, 1, STRING);
  let changes = 0;
  if (ref === NO_REF) {
    ref = createHyperLogLog(database, args);
    changes = 1;
  } else if (isRefused(database, ref, reply)) return;
  const { bytes, view, start, end, count } = args;
  const isDense = !isSparse(database.arena, ref);
  if (isDense) changes = addToDense(database.arena, ref, bytes, view, start, end, 2, count);
  for (let i = 2; i < count && !isDense; i++) {
    ref = makeRoomToRaise(database, ref);
    const raised = raiseRegister(database, ref, registerOf(bytes, view, start[i], end[i]));
    if (raised === CORRUPT) return reply.error(ERR.corruptHyperLogLog);
    if (raised === NO_REF) continue;
    ref = raised;
    changes++;
  }
  if (changes === 0) return reply.integer(0);
  forgetCount(database.arena, ref);
  database.keyspace.effects.dirty += changes - 1;
  database.close(ref, 'pfadd');
  reply.integer(1);
}

/** Replies with the approximate number of distinct elements in one HyperLogLog, or in several together. */
function pfcount(call: Call, args: Args, reply: Reply): void {
  if (args.count > 2) return countSeveral(call.database, args, reply);
  const { database } = call;
  const { arena } = database;
  const ref = database.read(args, 1, STRING);
  if (ref === NO_REF) return reply.integer(0);
  if (isRefused(database, ref, reply)) return;
  const kept = keptCount(arena, ref);
  if (kept > Number.MAX_SAFE_INTEGER) return reply.int64(exactKeptCount(arena, ref));
  if (!Number.isNaN(kept)) return reply.integer(kept);
  const count = countValue(arena, ref);
  if (Number.isNaN(count)) return reply.error(ERR.corruptHyperLogLog);
  keepCount(arena, ref, count);
  database.close(ref, NO_EVENT);
  replyCount(count, reply);
}

function countSeveral(database: Database, args: Args, reply: Reply): void {
  merged.fill(0);
  for (let i = 1; i < args.count; i++) {
    const ref = database.read(args, i, STRING);
    if (ref !== NO_REF && !isMerged(database, ref, reply)) return;
  }
  replyCount(countRegisters(merged), reply);
}

/** Raises the destination's registers to the greatest of all sources and its own. */
function pfmerge(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  merged.fill(0);
  let isDense = false;
  for (let i = 1; i < args.count; i++) {
    const ref = database.read(args, i, STRING);
    if (ref === NO_REF) continue;
    if (!isMerged(database, ref, reply)) return;
    if (!isSparse(database.arena, ref)) isDense = true;
  }
  let ref = database.open(args, 1, STRING);
  if (ref === NO_REF) ref = createHyperLogLog(database, args);
  setEncoding(database.arena, ref, RAW);
  ref = isDense ? setRegisters(database, ref, merged) : raiseAll(database, ref);
  forgetCount(database.arena, ref);
  database.close(ref, 'pfadd');
  reply.ok();
}

/** Raises a sound value's registers to the merged ones, one by one: the same bytes as in Redis come of it. */
function raiseAll(database: Database, ref: Ref): Ref {
  let place = ref;
  for (let i = 0; i < REGISTERS; i++) {
    if (merged[i] === 0) continue;
    place = makeRoomToRaise(database, place);
    const raised = raiseRegister(database, place, i | (merged[i] << 14));
    if (raised !== NO_REF) place = raised;
  }
  return place;
}

/** Shows how a HyperLogLog is kept: its registers, its runs, its form; makes it dense. */
function pfdebug(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = database.open(args, 2, STRING);
  if (ref === NO_REF) return reply.error(ERR.keyDoesNotExist);
  if (isRefused(database, ref, reply)) return;
  const wasSparse = isSparse(database.arena, ref);
  if (args.is(1, 'getreg')) {
    if (!isDenseNow(database, ref, reply)) return;
    replyRegisters(database, database.find(args, 2), reply);
  } else if (args.is(1, 'decode')) {
    if (!wasSparse) return reply.error(ERR.hyperLogLogNotSparse);
    const runs = describeRuns(database.arena, ref);
    if (runs === undefined) reply.error(ERR.corruptHyperLogLog);
    else reply.text(runs);
  } else if (args.is(1, 'encoding')) reply.status(wasSparse ? 'sparse' : 'dense');
  else if (args.is(1, 'todense')) {
    if (isDenseNow(database, ref, reply)) reply.integer(wasSparse ? 1 : 0);
  } else reply.error(unknownPfdebug(args.text(1)));
}

/** Makes a value dense that is not; false after an error was replied. The record may move. */
function isDenseNow(database: Database, ref: Ref, reply: Reply): boolean {
  if (!isSparse(database.arena, ref)) return true;
  const place = makeDense(database, ref);
  if (place === CORRUPT) {
    reply.error(ERR.corruptHyperLogLog);
    return false;
  }
  database.close(place, NO_EVENT);
  return true;
}

function replyRegisters(database: Database, ref: Ref, reply: Reply): void {
  merged.fill(0);
  mergeRegisters(database.arena, ref, merged);
  reply.array(REGISTERS);
  for (let i = 0; i < REGISTERS; i++) reply.integer(merged[i]);
}

/** Tries registers and estimates on values of its own. */
function pfselftest(call: Call, _: Args, reply: Reply): void {
  const failure = selfTest(call.keyspace.random);
  if (failure === undefined) reply.ok();
  else reply.error(`ERR TESTFAILED ${failure}`);
}

function createHyperLogLog(database: Database, args: Args): Ref {
  const ref = database.create(args, 1, STRING, RAW, EMPTY_HYPERLOGLOG_BYTES);
  initHyperLogLog(database.arena, ref);
  return ref;
}

/**
 * True after an error was replied, for a key of another type or a string of another form. Otherwise the string is raw from
 * now on, as in Redis whatever these commands have looked into.
 */
function isRefused(database: Database, ref: Ref, reply: Reply): boolean {
  if (ref === WRONG_TYPE) reply.error(ERR.wrongType);
  else if (!isHyperLogLog(database.arena, ref)) reply.error(ERR.notHyperLogLog);
  else {
    setEncoding(database.arena, ref, RAW);
    return false;
  }
  return true;
}

/** Adds a key's registers to the merged ones; false after an error was replied. */
function isMerged(database: Database, ref: Ref, reply: Reply): boolean {
  if (ref === WRONG_TYPE) reply.error(ERR.wrongType);
  else if (!isHyperLogLog(database.arena, ref)) reply.error(ERR.notHyperLogLog);
  else if (!mergeRegisters(database.arena, ref, merged)) reply.error(ERR.corruptHyperLogLog);
  else return true;
  return false;
}

function replyCount(count: number, reply: Reply): void {
  if (count <= Number.MAX_SAFE_INTEGER) reply.integer(count);
  else reply.int64(count < 2 ** 63 ? BigInt(count) : TOO_LARGE);
}
