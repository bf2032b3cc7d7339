/**
 * BITFIELD: integers of any width at any bit of a string.
 *
 * The arguments are read twice: once to check all of them and to learn how long the string must be, then operation by
 * operation. That costs less than a list of operations, and there may be any number of them. Values stay numbers while
 * the width and the outcome allow it; the rest of the 64-bit range is computed as BigInt.
 */
import {
  NUMBER_BITS,
  POWERS_OF_TWO,
  readBits,
  readWideBits,
  writeBits,
  writeWideBits,
} from '../../bytes/bit-integer.ts';
import { INT64_MAX, parseSafeInteger } from '../../bytes/integer.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { STRING, segmentOf } from '../memory/layout.ts';
import { stringLength, stringStart } from '../values/string.ts';
import { makeRoomForBits, readBitOffset } from './bitmaps.ts';
import {
  ACCESS,
  DENYOOM,
  FAST,
  family,
  type KeyPosition,
  key,
  READONLY,
  RO,
  RW,
  row,
  UPDATE,
  VARIABLE_FLAGS,
  WRITE,
} from './spec.ts';

export const bitfields = family('bitmap', [
  row(
    'BITFIELD',
    bitfield,
    -2,
    WRITE | DENYOOM,
    key(1, RW | ACCESS | UPDATE | VARIABLE_FLAGS, 'This command allows both access and modification of the key'),
    { getKeys: bitfieldKeys },
  ),
  row('BITFIELD_RO', bitfieldReadOnly, -2, READONLY | FAST, key(1, RO | ACCESS)),
]);

const INVALID = 0;
const GET = 1;
const SET = 2;
const INCRBY = 3;
const OVERFLOW = 4;

/** What happens to a value that its field cannot hold. */
const WRAP = 1;
const SAT = 2;
const FAIL = 3;

/** A field's type in one number: its width, and whether it is signed. */
const SIGNED = 1 << 7;
const WIDTH_MASK = SIGNED - 1;
const LETTER_I = 105;
const LETTER_U = 117;

/** What a call will do, known before it does anything. One object, filled anew by every call. */
const plan = { replies: 0, writtenBits: 0 };

function bitfield(call: Call, args: Args, reply: Reply): void {
  const problem = makePlan(args, call.limits.maxBulkBytes);
  if (problem !== undefined) return reply.error(problem);
  if (plan.writtenBits === 0) readFields(call, args, reply);
  else changeFields(call, args, reply);
}

function bitfieldReadOnly(call: Call, args: Args, reply: Reply): void {
  const problem = makePlan(args, call.limits.maxBulkBytes);
  if (problem !== undefined) return reply.error(problem);
  if (plan.writtenBits !== 0) return reply.error(ERR.bitfieldReadOnly);
  readFields(call, args, reply);
}

/** BITFIELD reads its key unless an operation writes it, or cannot be understood. */
function bitfieldKeys(args: Args, out: KeyPosition[]): boolean {
  let flags = RO | ACCESS;
  for (let i = 2; i < args.count; i += argumentsOf(operationAt(args, i))) {
    const operation = operationAt(args, i);
    if (operation === GET || operation === OVERFLOW) continue;
    flags = RW | ACCESS | UPDATE;
    break;
  }
  out.push({ index: 1, flags });
  return true;
}

/** Checks every argument and fills `plan`; the error in them, if any. */
function makePlan(args: Args, limitBytes: number): string | undefined {
  plan.replies = 0;
  plan.writtenBits = 0;
  for (let i = 2; i < args.count; ) {
    const operation = operationAt(args, i);
    if (operation === INVALID) return ERR.syntax;
    if (operation === OVERFLOW) {
      if (overflowAt(args, i + 1) === INVALID) return ERR.bitfieldOverflow;
    } else {
      const type = typeAt(args, i + 1);
      if (type === INVALID) return ERR.bitfieldType;
      const bits = type & WIDTH_MASK;
      const offset = readBitOffset(args, i + 2, limitBytes, bits);
      if (Number.isNaN(offset)) return ERR.bitOffset;
      if (operation !== GET) {
        if (Number.isNaN(args.integer(i + 3)) && args.int64(i + 3) === undefined) return ERR.notInteger;
        plan.writtenBits = Math.max(plan.writtenBits, offset + bits);
      }
      plan.replies++;
    }
    i += argumentsOf(operation);
  }
  return undefined;
}

/** The operation at argument `i`; INVALID when it is unknown or lacks arguments. */
function operationAt(args: Args, i: number): number {
  const operation = args.is(i, 'get')
    ? GET
    : args.is(i, 'set')
      ? SET
      : args.is(i, 'incrby')
        ? INCRBY
        : args.is(i, 'overflow')
          ? OVERFLOW
          : INVALID;
  return i + argumentsOf(operation) <= args.count ? operation : INVALID;
}

/** The arguments of an operation, its name included. */
function argumentsOf(operation: number): number {
  return operation === OVERFLOW ? 2 : operation === GET ? 3 : 4;
}

function overflowAt(args: Args, i: number): number {
  return args.is(i, 'wrap') ? WRAP : args.is(i, 'sat') ? SAT : args.is(i, 'fail') ? FAIL : INVALID;
}

/** The type that argument `i` names, such as i16 or u8: i1 to i64, u1 to u63. */
function typeAt(args: Args, i: number): number {
  const start = args.start[i];
  if (args.length(i) === 0) return INVALID;
  const signed = args.bytes[start] === LETTER_I;
  if (!signed && args.bytes[start] !== LETTER_U) return INVALID;
  const bits = parseSafeInteger(args.bytes, start + 1, args.end[i]);
  if (!(bits >= 1 && bits <= (signed ? 64 : 63))) return INVALID;
  return signed ? bits | SIGNED : bits;
}

/** Carries out a plan that only reads. */
function readFields(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, STRING);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.array(plan.replies);
  for (let i = 2; i < args.count; ) {
    const operation = operationAt(args, i);
    if (operation === GET) replyField(call, args, i, ref, reply);
    i += argumentsOf(operation);
  }
}

/** Carries out a plan that writes. The string is made as long as the plan says even when every write fails. */
function changeFields(call: Call, args: Args, reply: Reply): void {
  const database = call.database;
  const opened = database.open(args, 1, STRING);
  if (opened === WRONG_TYPE) return reply.error(ERR.wrongType);
  const before = opened === NO_REF ? -1 : stringLength(database.arena, opened);
  const length = Math.floor((plan.writtenBits + 7) / 8);
  const ref = makeRoomForBits(database, args, 1, opened, length);
  const grew = length > before;
  reply.array(plan.replies);
  let overflow = WRAP;
  let changes = 0;
  for (let i = 2; i < args.count; ) {
    const operation = operationAt(args, i);
    if (operation === OVERFLOW) overflow = overflowAt(args, i + 1);
    else if (operation === GET) replyField(call, args, i, ref, reply);
    else {
      const outcome = changeField(call, args, i, ref, overflow, reply);
      if (outcome === CHANGED || (outcome === SAME && grew)) changes++;
    }
    i += argumentsOf(operation);
  }
  if (changes === 0) return;
  // Every operation counts as a change of its own, all of them as one event.
  database.keyspace.effects.dirty += changes - 1;
  database.close(ref, 'setbit');
}

/** Replies with the field that the GET at argument `i` names, zero where there is no string. */
function replyField(call: Call, args: Args, i: number, ref: Ref, reply: Reply): void {
  const type = typeAt(args, i + 1);
  const bits = type & WIDTH_MASK;
  if (ref === NO_REF) return reply.integer(0);
  const arena = call.database.arena;
  const bytes = arena.bytes[segmentOf(ref)];
  const start = stringStart(arena, ref);
  const end = start + stringLength(arena, ref);
  const offset = readBitOffset(args, i + 2, call.limits.maxBulkBytes, bits);
  if (bits <= NUMBER_BITS) reply.integer(signed(readBits(bytes, start, end, offset, bits), type));
  else reply.int64(signedWide(readWideBits(bytes, start, end, offset, bits), type));
}

/** What became of a SET or INCRBY. */
const FAILED = 0;
const SAME = 1;
const CHANGED = 2;

/** Carries out the SET or INCRBY at argument `i` and replies to it. */
function changeField(call: Call, args: Args, i: number, ref: Ref, overflow: number, reply: Reply): number {
  const type = typeAt(args, i + 1);
  const bits = type & WIDTH_MASK;
  if (bits > NUMBER_BITS) return changeWideField(call, args, i, ref, overflow, reply);
  const isSet = operationAt(args, i) === SET;
  const { arena } = call.database;
  const bytes = arena.bytes[segmentOf(ref)];
  const start = stringStart(arena, ref);
  const end = start + stringLength(arena, ref);
  const offset = readBitOffset(args, i + 2, call.limits.maxBulkBytes, bits);
  const old = signed(readBits(bytes, start, end, offset, bits), type);
  const wanted = isSet ? args.integer(i + 3) : old + args.integer(i + 3);
  if (!Number.isSafeInteger(wanted)) return changeWideField(call, args, i, ref, overflow, reply);

  const isSigned = type >= SIGNED;
  const max = POWERS_OF_TWO[isSigned ? bits - 1 : bits] - 1;
  const min = isSigned ? -POWERS_OF_TWO[bits - 1] : 0;
  let value = wanted;
  if (wanted < min || wanted > max) {
    if (overflow === FAIL) {
      reply.null();
      return FAILED;
    }
    if (overflow === WRAP)
      value = signed(wanted - Math.floor(wanted / POWERS_OF_TWO[bits]) * POWERS_OF_TWO[bits], type);
    // SET takes its argument as unsigned first: a negative one is beyond every maximum.
    else value = wanted > max || (isSet && !isSigned) ? max : min;
  }
  writeBits(bytes, start, offset, bits, value);
  reply.integer(isSet ? old : value);
  return value === old ? SAME : CHANGED;
}

/** The same over the whole range. */
function changeWideField(call: Call, args: Args, i: number, ref: Ref, overflow: number, reply: Reply): number {
  const type = typeAt(args, i + 1);
  const bits = type & WIDTH_MASK;
  const isSet = operationAt(args, i) === SET;
  const { arena } = call.database;
  const bytes = arena.bytes[segmentOf(ref)];
  const start = stringStart(arena, ref);
  const end = start + stringLength(arena, ref);
  const offset = readBitOffset(args, i + 2, call.limits.maxBulkBytes, bits);
  const old = signedWide(readWideBits(bytes, start, end, offset, bits), type);
  const argument = args.int64(i + 3) ?? 0n;
  const wanted = isSet ? argument : old + argument;

  const isSigned = type >= SIGNED;
  const max = (1n << BigInt(isSigned ? bits - 1 : bits)) - 1n;
  const min = isSigned ? -max - 1n : 0n;
  let value = wanted;
  if (wanted < min || wanted > max) {
    if (overflow === FAIL) {
      reply.null();
      return FAILED;
    }
    if (overflow === WRAP) value = signedWide(BigInt.asUintN(bits, wanted), type);
    // Redis takes the distance from a SET's value to the maximum in 64 bits: where it wraps, the value counts as too large.
    else value = wanted > max || (isSet && (!isSigned || max - wanted > INT64_MAX)) ? max : min;
  }
  writeWideBits(bytes, start, offset, bits, value);
  reply.int64(isSet ? old : value);
  return value === old ? SAME : CHANGED;
}

/** The value of a field whose bits are those of `unsigned`. */
function signed(unsigned: number, type: number): number {
  if (type < SIGNED) return unsigned;
  const bits = type & WIDTH_MASK;
  return unsigned >= POWERS_OF_TWO[bits - 1] ? unsigned - POWERS_OF_TWO[bits] : unsigned;
}

function signedWide(unsigned: bigint, type: number): bigint {
  return type < SIGNED ? unsigned : BigInt.asIntN(type & WIDTH_MASK, unsigned);
}
