/** Hashes: fields with values. */

import { INT64_MAX, INT64_MIN, parseInt64, parseSafeInteger, writeInteger } from '../../bytes/integer.ts';
import { addLongDouble, formatLongDouble, isFiniteLongDouble, parseLongDouble } from '../../bytes/long-double.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, wrongArity } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import type { EventName } from '../effects/events.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { hashLength, liveLength, removeField, setField, toHashtableFor } from '../values/hash.ts';
import {
  closeChanged,
  createHash,
  hasField,
  openHash,
  openOrCreateHash,
  readHash,
  replyField,
  replyFields,
  setArgument,
  value,
} from './hash-access.ts';
import { ACCESS, DELETE, DENYOOM, FAST, family, INSERT, key, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';

const ANY_ORDER = { tips: ['nondeterministic_output_order'] };

export const hashes = family('hash', [
  row('HSET', hset, -4, WRITE | DENYOOM | FAST, key(1, RW | UPDATE)),
  row('HMSET', hmset, -4, WRITE | DENYOOM | FAST, key(1, RW | UPDATE)),
  row('HSETNX', hsetnx, 4, WRITE | DENYOOM | FAST, key(1, RW | INSERT)),
  row('HGET', hget, 3, READONLY | FAST, key(1, RO | ACCESS)),
  row('HMGET', hmget, -3, READONLY | FAST, key(1, RO | ACCESS)),
  row('HGETALL', hgetall, 2, READONLY, key(1, RO | ACCESS), ANY_ORDER),
  row('HKEYS', hkeys, 2, READONLY, key(1, RO | ACCESS), ANY_ORDER),
  row('HVALS', hvals, 2, READONLY, key(1, RO | ACCESS), ANY_ORDER),
  row('HDEL', hdel, -3, WRITE | FAST, key(1, RW | DELETE)),
  row('HLEN', hlen, 2, READONLY | FAST, key(1, RO)),
  row('HSTRLEN', hstrlen, 3, READONLY | FAST, key(1, RO)),
  row('HEXISTS', hexists, 3, READONLY | FAST, key(1, RO)),
  row('HINCRBY', hincrby, 4, WRITE | DENYOOM | FAST, key(1, RW | ACCESS | UPDATE)),
  row('HINCRBYFLOAT', hincrbyfloat, 4, WRITE | DENYOOM | FAST, key(1, RW | ACCESS | UPDATE)),
]);

/** Sets fields; replies how many are new. */
function hset(call: Call, args: Args, reply: Reply): void {
  const added = setFields(call, args, reply);
  if (added >= 0) reply.integer(added);
}

/** Sets fields. */
function hmset(call: Call, args: Args, reply: Reply): void {
  if (setFields(call, args, reply) >= 0) reply.ok();
}

/** Sets the fields of the arguments; returns how many are new, -1 after an error was replied. */
function setFields(call: Call, args: Args, reply: Reply): number {
  if (args.count % 2 !== 0) {
    reply.error(wrongArity(call.command.fullName));
    return -1;
  }
  const { database } = call;
  let ref = openOrCreateHash(database, args, reply);
  if (ref === NO_REF) return -1;
  const before = liveLength(database, ref);
  const pairs = (args.count - 2) / 2;
  ref = toHashtableFor(database, ref, pairs);
  for (let i = 2; i < args.count; i += 2) ref = setArgument(database, ref, args, i, i + 1, false);
  database.close(ref, 'hset');
  database.keyspace.effects.dirty += pairs - 1;
  return liveLength(database, ref) - before;
}

/** Sets a field that is not there. */
function hsetnx(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = openOrCreateHash(database, args, reply);
  if (ref === NO_REF) return;
  if (hasField(database, ref, args, 2)) return reply.integer(0);
  database.close(setArgument(database, ref, args, 2, 3, false), 'hset');
  reply.integer(1);
}

/** Replies with a field's value. */
function hget(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = readHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  replyField(database, ref, args, 2, reply);
}

/** Replies with the values of several fields. */
function hmget(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = readHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) replyField(database, ref, args, i, reply);
}

/** Replies with all fields and values. */
function hgetall(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = readHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.map(0);
  reply.map(liveLength(database, ref));
  replyFields(database, ref, true, true, reply);
}

/** Replies with all fields. */
function hkeys(call: Call, args: Args, reply: Reply): void {
  replyHalf(call, args, true, reply);
}

/** Replies with all values. */
function hvals(call: Call, args: Args, reply: Reply): void {
  replyHalf(call, args, false, reply);
}

function replyHalf(call: Call, args: Args, ofFields: boolean, reply: Reply): void {
  const { database } = call;
  const ref = readHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.array(0);
  reply.array(liveLength(database, ref));
  replyFields(database, ref, ofFields, !ofFields, reply);
}

/** Deletes fields; the key goes with the last. Replies how many were there. */
function hdel(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  let ref = openHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(0);
  let removed = 0;
  for (let i = 2; i < args.count && hashLength(database.arena, ref) > 0; i++) {
    const left = removeField(database, ref, args.bytes, args.view, args.start[i], args.end[i]);
    if (left === NO_REF) continue;
    ref = left;
    removed++;
  }
  if (removed > 0) closeChanged(database, ref, 'hdel', removed);
  reply.integer(removed);
}

/** Replies how many fields there are. */
function hlen(call: Call, args: Args, reply: Reply): void {
  const ref = readHash(call.database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.integer(ref === NO_REF ? 0 : liveLength(call.database, ref));
}

/** Replies how long a field's value is. */
function hstrlen(call: Call, args: Args, reply: Reply): void {
  const ref = readHash(call.database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const found = ref !== NO_REF && hasField(call.database, ref, args, 2);
  reply.integer(found ? value.end - value.start : 0);
}

/** Replies whether a field is there. */
function hexists(call: Call, args: Args, reply: Reply): void {
  const ref = readHash(call.database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.integer(ref !== NO_REF && hasField(call.database, ref, args, 2) ? 1 : 0);
}

/** Adds an integer to a field, 0 where there is none. */
function hincrby(call: Call, args: Args, reply: Reply): void {
  const delta = args.integer(3);
  if (Number.isNaN(delta) && args.int64(3) === undefined) return reply.error(ERR.notInteger);
  const { database, scratch } = call;
  const ref = openHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const found = ref !== NO_REF && hasField(database, ref, args, 2);
  const sum = delta + (found ? parseSafeInteger(value.bytes, value.start, value.end) : 0);
  // NaN, too: where one of the two is no integer, or one beyond what a number holds exactly.
  if (!Number.isSafeInteger(sum)) return addExactly(call, args, ref, found, reply);
  setScratch(call, args, ref, writeInteger(scratch.bytes, 0, sum), 'hincrby');
  reply.integer(sum);
}

/** HINCRBY with all 64 bits: `value` is what the field holds, if it was found. */
function addExactly(call: Call, args: Args, ref: Ref, found: boolean, reply: Reply): void {
  const { scratch } = call;
  const delta = args.int64(3) ?? 0n;
  const old = found ? parseInt64(value.bytes, value.start, value.end) : 0n;
  if (old === undefined) return reply.error(ERR.hashNotInteger);
  const sum = old + delta;
  if (sum > INT64_MAX || sum < INT64_MIN) return reply.error(ERR.overflow);
  const number = Number(sum);
  const end = Number.isSafeInteger(number)
    ? writeInteger(scratch.bytes, 0, number)
    : scratch.bytes.write(sum.toString(), 0, 'latin1');
  setScratch(call, args, ref, end, 'hincrby');
  reply.int64(sum);
}

/** Adds a decimal number to a field; replies with the sum as text. */
function hincrbyfloat(call: Call, args: Args, reply: Reply): void {
  const delta = parseLongDouble(args.text(3));
  if (delta === undefined) return reply.error(ERR.notFloat);
  if (!isFiniteLongDouble(delta)) return reply.error(ERR.valueNanOrInfinity);
  const { database, scratch } = call;
  const ref = openHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const found = ref !== NO_REF && hasField(database, ref, args, 2);
  const old = parseLongDouble(found ? value.bytes.toString('latin1', value.start, value.end) : '0');
  if (old === undefined) return reply.error(ERR.hashNotFloat);
  const sum = addLongDouble(old, delta);
  if (!isFiniteLongDouble(sum)) return reply.error(ERR.nanOrInfinity);
  const text = formatLongDouble(sum);
  setScratch(call, args, ref, scratch.bytes.write(text, 0, 'latin1'), 'hincrbyfloat');
  reply.text(text);
}

/** Sets field argument 2 to the text in the call's scratch. */
function setScratch({ database, scratch }: Call, args: Args, found: Ref, length: number, event: EventName): void {
  const ref = found === NO_REF ? createHash(database, args) : found;
  const { bytes, view, start, end } = args;
  const { bytes: text, view: textView } = scratch;
  database.close(setField(database, ref, bytes, view, start[2], end[2], text, textView, 0, length, true), event);
}
