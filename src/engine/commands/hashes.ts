/** Hashes: fields with values. */

import { INT64_MAX, INT64_MIN, parseInt64, writeInteger } from '../../bytes/integer.ts';
import { addLongDouble, formatLongDouble, isFiniteLongDouble, parseLongDouble } from '../../bytes/long-double.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, wrongArity } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { HASH } from '../memory/layout.ts';
import { EMPTY_LISTPACK_BYTES, ListpackCursor } from '../structures/listpack.ts';
import { LISTPACK } from '../values/encoding.ts';
import {
  eachField,
  hashLength,
  randomField,
  randomFields,
  readField,
  removeField,
  scanFields,
  setField,
} from '../values/hash.ts';
import { initListpack } from '../values/inline-listpack.ts';
import { isTooManyPairs, readRandomCount } from './random-count.ts';
import { isMatched, readCursor, readScanOptions } from './scan-options.ts';
import { ACCESS, DELETE, DENYOOM, FAST, family, INSERT, key, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';

const ANY_ORDER = { tips: ['nondeterministic_output_order'] };
const BY_CHANCE = { tips: ['nondeterministic_output'] };

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
  row('HRANDFIELD', hrandfield, -2, READONLY, key(1, RO | ACCESS), BY_CHANCE),
  row('HSCAN', hscan, -3, READONLY, key(1, RO | ACCESS), BY_CHANCE),
]);

/** What the running command looks at; nothing outlives the call in them. */
const field = new ListpackCursor();
const value = new ListpackCursor();

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
  let ref = openHash(database, args, reply);
  if (ref === NO_REF) return -1;
  const before = hashLength(database.arena, ref);
  for (let i = 2; i < args.count; i += 2) ref = setArgument(database, ref, args, i, i + 1);
  // Redis counts every pair as a change, also one that a later pair overwrites.
  database.keyspace.effects.dirty += (args.count - 2) / 2 - 1;
  database.close(ref, 'hset');
  return hashLength(database.arena, ref) - before;
}

/** Sets a field that is not there. */
function hsetnx(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = openHash(database, args, reply);
  if (ref === NO_REF) return;
  if (hasField(database, ref, args, 2)) return reply.integer(0);
  database.close(setArgument(database, ref, args, 2, 3), 'hset');
  reply.integer(1);
}

/** Replies with a field's value. */
function hget(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = database.read(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  replyField(database, ref, args, 2, reply);
}

/** Replies with the values of several fields. */
function hmget(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = database.read(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) replyField(database, ref, args, i, reply);
}

/** Replies with all fields and values. */
function hgetall(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = database.read(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.map(0);
  reply.map(hashLength(database.arena, ref));
  eachField(database.arena, ref, field, value, () => {
    replyText(reply, field);
    replyText(reply, value);
  });
}

/** Replies with all fields. */
function hkeys(call: Call, args: Args, reply: Reply): void {
  replyAll(call, args, reply, field);
}

/** Replies with all values. */
function hvals(call: Call, args: Args, reply: Reply): void {
  replyAll(call, args, reply, value);
}

function replyAll(call: Call, args: Args, reply: Reply, shown: ListpackCursor): void {
  const { database } = call;
  const ref = database.read(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.array(0);
  reply.array(hashLength(database.arena, ref));
  eachField(database.arena, ref, field, value, () => replyText(reply, shown));
}

/** Deletes fields; the key goes with the last. Replies how many were there. */
function hdel(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  let ref = database.open(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(0);
  let removed = 0;
  for (let i = 2; i < args.count && hashLength(database.arena, ref) > 0; i++) {
    const left = removeField(database, ref, args.bytes, args.view, args.start[i], args.end[i]);
    if (left === NO_REF) continue;
    ref = left;
    removed++;
  }
  if (removed > 0) closeShrunk(database, ref, removed);
  reply.integer(removed);
}

/** Tells of removed fields, and removes the key when none is left. */
function closeShrunk(database: Database, ref: Ref, removed: number): void {
  database.keyspace.effects.dirty += removed - 1;
  database.close(ref, 'hdel');
  if (hashLength(database.arena, ref) > 0) return;
  database.notify(ref, 'del');
  database.discard(ref);
}

/** Replies how many fields there are. */
function hlen(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.integer(ref === NO_REF ? 0 : hashLength(call.database.arena, ref));
}

/** Replies how long a field's value is. */
function hstrlen(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const found = ref !== NO_REF && hasField(call.database, ref, args, 2);
  reply.integer(found ? value.end - value.start : 0);
}

/** Replies whether a field is there. */
function hexists(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.integer(ref !== NO_REF && hasField(call.database, ref, args, 2) ? 1 : 0);
}

/** Adds an integer to a field, 0 where there is none. */
function hincrby(call: Call, args: Args, reply: Reply): void {
  const delta = args.int64(3);
  if (delta === undefined) return reply.error(ERR.notInteger);
  const { database, scratch } = call;
  const ref = database.open(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const old = ref !== NO_REF && hasField(database, ref, args, 2) ? parseInt64(value.bytes, value.start, value.end) : 0n;
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
  const ref = database.open(args, 1, HASH);
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

/** One field drawn by chance; with a count several, different ones unless it is negative. WITHVALUES: with their values. */
function hrandfield(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  if (args.count === 2) {
    const ref = database.read(args, 1, HASH);
    if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
    if (ref === NO_REF) return reply.null();
    randomField(database, ref, field, value);
    return replyText(reply, field);
  }
  const count = readRandomCount(args, 2, reply);
  if (Number.isNaN(count)) return;
  const withValues = args.count === 4 && args.is(3, 'withvalues');
  if (args.count > 3 && !withValues) return reply.error(ERR.syntax);
  if (withValues && isTooManyPairs(args, 2)) return reply.error(ERR.outOfRange);
  const ref = database.read(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF || count === 0) return reply.array(0);
  const length = hashLength(database.arena, ref);
  const shown = count < 0 ? -count : Math.min(count, length);
  if (withValues) reply.pairs(shown);
  else reply.array(shown);
  const show = (): void => {
    if (withValues) reply.pair();
    replyText(reply, field);
    if (withValues) replyText(reply, value);
  };
  if (count < 0) {
    for (let i = 0; i < shown; i++) {
      randomField(database, ref, field, value);
      show();
    }
  } else if (shown === length) eachField(database.arena, ref, field, value, show);
  else randomFields(database, ref, shown, field, value, show);
}

/** The next fields of a scan, with their values unless NOVALUES, and the cursor to go on with, 0 at the end. */
function hscan(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const cursor = readCursor(args, 2);
  if (Number.isNaN(cursor)) return reply.error(ERR.invalidCursor);
  const ref = database.read(args, 1, HASH);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const options = ref === NO_REF ? undefined : readScanOptions(args, 3, 'novalues');
  if (typeof options === 'string') return reply.error(options);
  const shown: Buffer[] = [];
  const next =
    options === undefined
      ? 0
      : scanFields(database.arena, ref, cursor, options.count, field, value, () => {
          if (!isMatched(field, args, options.pattern)) return;
          shown.push(copyOf(field));
          if (!options.noValues) shown.push(copyOf(value));
        });
  reply.array(2);
  reply.text(String(next));
  reply.array(shown.length);
  for (const text of shown) reply.buffer(text);
}

/** The hash to write into, made where there is none; NO_REF after an error was replied. */
function openHash(database: Database, args: Args, reply: Reply): Ref {
  const ref = database.open(args, 1, HASH);
  if (ref === WRONG_TYPE) {
    reply.error(ERR.wrongType);
    return NO_REF;
  }
  return ref === NO_REF ? createHash(database, args) : ref;
}

function createHash(database: Database, args: Args): Ref {
  const ref = database.create(args, 1, HASH, LISTPACK, EMPTY_LISTPACK_BYTES);
  initListpack(database.arena, ref);
  return ref;
}

/** Points `value` at a field's value; false when there is no such field. */
function hasField(database: Database, ref: Ref, args: Args, i: number): boolean {
  return readField(database, ref, args.bytes, args.view, args.start[i], args.end[i], value);
}

function setArgument(database: Database, ref: Ref, args: Args, f: number, v: number): Ref {
  const { bytes, view, start, end } = args;
  return setField(database, ref, bytes, view, start[f], end[f], bytes, view, start[v], end[v]);
}

/** Sets field argument 2 to the text in the call's scratch. */
function setScratch({ database, scratch }: Call, args: Args, found: Ref, length: number, event: string): void {
  const ref = found === NO_REF ? createHash(database, args) : found;
  const { bytes, view, start, end } = args;
  database.close(setField(database, ref, bytes, view, start[2], end[2], scratch.bytes, scratch.view, 0, length), event);
}

function replyField(database: Database, ref: Ref, args: Args, i: number, reply: Reply): void {
  if (ref === NO_REF || !hasField(database, ref, args, i)) reply.null();
  else replyText(reply, value);
}

function replyText(reply: Reply, text: ListpackCursor): void {
  reply.bulk(text.bytes, text.view, text.start, text.end);
}

function copyOf({ bytes, start, end }: ListpackCursor): Buffer {
  return Buffer.from(bytes.subarray(start, end));
}
