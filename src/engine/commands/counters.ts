/** Counters: strings that hold a number, changed in place. The whole signed 64-bit range; floats as x87 computes them. */

import {
  INT64_MAX,
  INT64_MIN,
  integerLength,
  parseInt64,
  parseSafeInteger,
  writeInteger,
} from '../../bytes/integer.ts';
import { addLongDouble, formatLongDouble, isFiniteLongDouble, parseLongDouble } from '../../bytes/long-double.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import type { EventName } from '../effects/events.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { storeString } from '../keyspace/string-store.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { STRING, segmentOf } from '../memory/layout.ts';
import { INT, setEncoding } from '../values/encoding.ts';
import { stringLength, stringStart, textEncodingOf } from '../values/string.ts';
import { ACCESS, DENYOOM, FAST, family, key, RW, row, UPDATE, WRITE } from './spec.ts';

const CHANGES = RW | ACCESS | UPDATE;

export const counters = family('string', [
  row('INCR', incr, 2, WRITE | DENYOOM | FAST, key(1, CHANGES)),
  row('DECR', decr, 2, WRITE | DENYOOM | FAST, key(1, CHANGES)),
  row('INCRBY', incrby, 3, WRITE | DENYOOM | FAST, key(1, CHANGES)),
  row('DECRBY', decrby, 3, WRITE | DENYOOM | FAST, key(1, CHANGES)),
  row('INCRBYFLOAT', incrbyfloat, 3, WRITE | DENYOOM | FAST, key(1, CHANGES)),
]);

function incr(call: Call, args: Args, reply: Reply): void {
  add(call, args, 1, reply);
}

function decr(call: Call, args: Args, reply: Reply): void {
  add(call, args, -1, reply);
}

function incrby(call: Call, args: Args, reply: Reply): void {
  const delta = args.integer(2);
  if (!Number.isNaN(delta)) return add(call, args, delta, reply);
  const exact = args.int64(2);
  if (exact === undefined) return reply.error(ERR.notInteger);
  addExact(call, args, exact, reply);
}

function decrby(call: Call, args: Args, reply: Reply): void {
  const delta = args.integer(2);
  if (!Number.isNaN(delta)) return add(call, args, -delta, reply);
  const exact = args.int64(2);
  if (exact === undefined) return reply.error(ERR.notInteger);
  if (exact === INT64_MIN) return reply.error(ERR.decrementOverflow);
  addExact(call, args, -exact, reply);
}

/** Adds a safe integer to the number under the key, 0 when there is none. */
function add(call: Call, args: Args, delta: number, reply: Reply): void {
  const database = call.database;
  const hash = database.hash(args, 1);
  const ref = database.open(args, 1, STRING);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  let value = 0;
  if (ref !== NO_REF) {
    const start = stringStart(database.arena, ref);
    value = parseSafeInteger(database.arena.bytes[segmentOf(ref)], start, start + stringLength(database.arena, ref));
  }
  const sum = value + delta;
  if (!Number.isSafeInteger(sum)) return addExact(call, args, BigInt(delta), reply);
  if (ref !== NO_REF && overwriteInteger(database.arena, ref, sum)) {
    database.close(ref, 'incrby');
    return reply.integer(sum);
  }
  const scratch = call.scratch;
  const end = writeInteger(scratch.bytes, 0, sum);
  database.close(storeString(database, args, 1, hash, ref, scratch.bytes, scratch.view, 0, end, INT, true), 'incrby');
  reply.integer(sum);
}

/** Writes a number over one of as many digits: most counts are as long as the one before. False when it is not. */
function overwriteInteger(arena: Arena, ref: Ref, value: number): boolean {
  if (integerLength(value) !== stringLength(arena, ref)) return false;
  writeInteger(arena.bytes[segmentOf(ref)], stringStart(arena, ref), value);
  setEncoding(arena, ref, INT);
  return true;
}

/** The same over the whole signed 64-bit range. */
function addExact(call: Call, args: Args, delta: bigint, reply: Reply): void {
  const database = call.database;
  const ref = database.open(args, 1, STRING);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const value = ref === NO_REF ? 0n : int64At(call, ref);
  if (value === undefined) return reply.error(ERR.notInteger);
  const sum = value + delta;
  if (sum > INT64_MAX || sum < INT64_MIN) return reply.error(ERR.overflow);
  const end = call.scratch.bytes.write(sum.toString(), 0, 'latin1');
  storeScratch(call, args, ref, end, INT, 'incrby');
  reply.int64(sum);
}

/** Adds a decimal number; replies with the sum as text. */
function incrbyfloat(call: Call, args: Args, reply: Reply): void {
  const database = call.database;
  const ref = database.open(args, 1, STRING);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const value = parseLongDouble(ref === NO_REF ? '0' : textAt(call, ref));
  const delta = parseLongDouble(args.text(2));
  if (value === undefined || delta === undefined) return reply.error(ERR.notFloat);
  const sum = addLongDouble(value, delta);
  if (!isFiniteLongDouble(sum)) return reply.error(ERR.nanOrInfinity);
  const text = formatLongDouble(sum);
  const end = call.scratch.bytes.write(text, 0, 'latin1');
  storeScratch(call, args, ref, end, textEncodingOf(end), 'incrbyfloat');
  reply.text(text);
}

function storeScratch(call: Call, args: Args, ref: Ref, end: number, encoding: number, event: EventName): void {
  const { database, scratch } = call;
  const hash = database.hash(args, 1);
  database.close(storeString(database, args, 1, hash, ref, scratch.bytes, scratch.view, 0, end, encoding, true), event);
}

function int64At(call: Call, ref: Ref): bigint | undefined {
  const arena = call.database.arena;
  const start = stringStart(arena, ref);
  return parseInt64(arena.bytes[segmentOf(ref)], start, start + stringLength(arena, ref));
}

function textAt(call: Call, ref: Ref): string {
  const arena = call.database.arena;
  const start = stringStart(arena, ref);
  return arena.bytes[segmentOf(ref)].toString('latin1', start, start + stringLength(arena, ref));
}
