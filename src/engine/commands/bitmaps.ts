/** Bitmaps: strings whose bits are addressed one by one. Bit 0 is the highest bit of the first byte. */
import { andBytes, notBytes, orBytes, xorBytes } from '../../bytes/bit-logic.ts';
import { findBit } from '../../bytes/bit-search.ts';
import { parseSafeInteger } from '../../bytes/integer.ts';
import { countBits } from '../../bytes/popcount.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { remarkNew } from '../keyspace/remarks.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { ACCESS_SHIFT, ENCODING_SHIFT, STRING, segmentOf } from '../memory/layout.ts';
import { newRecord } from '../structures/record.ts';
import { RAW } from '../values/encoding.ts';
import { setStringLength, stringLength, stringStart } from '../values/string.ts';
import { ACCESS, DENYOOM, FAST, family, key, keys, OW, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';
import { growString } from './strings.ts';

export const bitmaps = family('bitmap', [
  row('SETBIT', setbit, 4, WRITE | DENYOOM, key(1, RW | ACCESS | UPDATE)),
  row('GETBIT', getbit, 3, READONLY | FAST, key(1, RO | ACCESS)),
  row('BITCOUNT', bitcount, -2, READONLY, key(1, RO | ACCESS)),
  row('BITPOS', bitpos, -3, READONLY, key(1, RO | ACCESS)),
  row('BITOP', bitop, -4, WRITE | DENYOOM, [...key(2, OW | UPDATE), ...keys(3, -1, 1, RO | ACCESS)]),
]);

const HASH_SIGN = 35;

/** Sets or clears a bit, zero bytes before it where there was nothing; replies with the bit it was. */
function setbit(call: Call, args: Args, reply: Reply): void {
  const offset = readBitOffset(args, 2, call.limits.maxBulkBytes);
  if (Number.isNaN(offset)) return reply.error(ERR.bitOffset);
  const bit = args.integer(3);
  if (bit !== 0 && bit !== 1) return reply.error(ERR.bitValue);
  const database = call.database;
  const opened = database.open(args, 1, STRING);
  if (opened === WRONG_TYPE) return reply.error(ERR.wrongType);
  const before = opened === NO_REF ? -1 : stringLength(database.arena, opened);
  const byte = Math.floor(offset / 8);
  const ref = makeRoomForBits(database, args, 1, opened, byte + 1);
  const bytes = database.arena.bytes[segmentOf(ref)];
  const at = stringStart(database.arena, ref) + byte;
  const mask = 0x80 >>> (offset & 7);
  const old = (bytes[at] & mask) === 0 ? 0 : 1;
  if (old !== bit) bytes[at] ^= mask;
  if (old !== bit || byte >= before) database.close(ref, 'setbit');
  reply.integer(old);
}

function getbit(call: Call, args: Args, reply: Reply): void {
  const offset = readBitOffset(args, 2, call.limits.maxBulkBytes);
  if (Number.isNaN(offset)) return reply.error(ERR.bitOffset);
  const ref = call.database.read(args, 1, STRING);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const arena = call.database.arena;
  const byte = Math.floor(offset / 8);
  if (ref === NO_REF || byte >= stringLength(arena, ref)) return reply.integer(0);
  const bits = arena.bytes[segmentOf(ref)][stringStart(arena, ref) + byte];
  reply.integer((bits >>> (7 - (offset & 7))) & 1);
}

/** Replies with the number of set bits in the string or a range of it. */
function bitcount(call: Call, args: Args, reply: Reply): void {
  if (args.count === 3 || args.count > 5) return reply.error(ERR.syntax);
  if (!isLimit(args, 2) || !isLimit(args, 3)) return reply.error(ERR.notInteger);
  if (!isUnit(args, 4)) return reply.error(ERR.syntax);
  const ref = call.database.read(args, 1, STRING);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF || (args.count > 2 && isBackwardsFromEnd(args, 2))) return reply.integer(0);
  const arena = call.database.arena;
  const length = stringLength(arena, ref);
  const from = rangeStart(args, 2, 4, length);
  const to = rangeEnd(args, 3, 4, length);
  const segment = segmentOf(ref);
  reply.integer(countBits(arena.bytes[segment], arena.views[segment], stringStart(arena, ref), from, to));
}

/** Replies with the position of the first bit that is 0, or 1; -1 when there is none. */
function bitpos(call: Call, args: Args, reply: Reply): void {
  const bit = args.integer(2);
  if (bit !== 0 && bit !== 1) {
    return reply.error(args.int64(2) === undefined ? ERR.notInteger : ERR.bitposBit);
  }
  if (args.count > 6) return reply.error(ERR.syntax);
  if (!isLimit(args, 3)) return reply.error(ERR.notInteger);
  if (!isUnit(args, 5)) return reply.error(ERR.syntax);
  if (!isLimit(args, 4)) return reply.error(ERR.notInteger);
  const ref = call.database.read(args, 1, STRING);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(bit === 0 ? 0 : -1);
  const arena = call.database.arena;
  const length = stringLength(arena, ref);
  const from = rangeStart(args, 3, 5, length);
  const to = rangeEnd(args, 4, 5, length);
  const segment = segmentOf(ref);
  const position = findBit(arena.bytes[segment], arena.views[segment], stringStart(arena, ref), from, to, bit);
  // Behind a string come zeroes without end, unless the range has an end.
  const continues = bit === 0 && args.count < 5 && from < to;
  reply.integer(position < 0 && continues ? to : position);
}

/** The first bit of a range in a string of `length` bytes: argument `i`, in the unit that argument `unit` names. */
function rangeStart(args: Args, i: number, unit: number, length: number): number {
  const inBits = args.count > unit && args.is(unit, 'bit');
  const start = args.count > i ? rangeLimit(args, i) : 0;
  const fromBeginning = start < 0 ? Math.max(0, start + (inBits ? length * 8 : length)) : start;
  return inBits ? fromBeginning : fromBeginning * 8;
}

/** The bit behind the range's last. */
function rangeEnd(args: Args, i: number, unit: number, length: number): number {
  const inBits = args.count > unit && args.is(unit, 'bit');
  const total = inBits ? length * 8 : length;
  const end = args.count > i ? rangeLimit(args, i) : total - 1;
  const fromBeginning = end < 0 ? Math.max(0, end + total) : end;
  const behind = Math.min(fromBeginning + 1, total);
  return inBits ? behind : behind * 8;
}

/** True when argument `i` is absent or an integer. */
function isLimit(args: Args, i: number): boolean {
  return args.count <= i || !Number.isNaN(rangeLimit(args, i));
}

/** True when argument `i` is absent or a unit's name. */
function isUnit(args: Args, i: number): boolean {
  return args.count <= i || args.is(i, 'byte') || args.is(i, 'bit');
}

/** A limit of a range; beyond 2^53, where no string is long enough to tell, rounded; NaN for no integer. */
function rangeLimit(args: Args, i: number): number {
  const value = args.integer(i);
  if (!Number.isNaN(value)) return value;
  const exact = args.int64(i);
  return exact === undefined ? Number.NaN : Number(exact);
}

/** True for a start behind the end, both counted from the string's end: empty, even where both lie before its beginning. */
function isBackwardsFromEnd(args: Args, first: number): boolean {
  const start = rangeLimit(args, first);
  const end = rangeLimit(args, first + 1);
  if (start >= 0 || end >= 0 || start !== end || Number.isSafeInteger(start))
    return start < 0 && end < 0 && start > end;
  return BigInt(args.text(first)) > BigInt(args.text(first + 1));
}

const AND = 1;
const OR = 2;
const XOR = 3;
const NOT = 4;

/** Room for the sources of nearly every BITOP; what needs more makes its own. */
const fewSources = new Int32Array(64);

/** Stores the outcome of a bitwise operation between strings under the destination; replies with its length. */
function bitop(call: Call, args: Args, reply: Reply): void {
  const operation = operationOf(args);
  if (operation === 0) return reply.error(ERR.syntax);
  if (operation === NOT && args.count !== 4) return reply.error(ERR.bitopNot);
  const { database } = call;
  const count = args.count - 3;
  const sources = count <= fewSources.length ? fewSources : new Int32Array(count);
  let length = 0;
  for (let i = 0; i < count; i++) {
    const ref = database.read(args, 3 + i, STRING);
    if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
    sources[i] = ref;
    if (ref !== NO_REF) length = Math.max(length, stringLength(database.arena, ref));
  }
  const old = database.find(args, 2);
  if (length > 0) {
    const outcome = newString(database, args, 2, old, length);
    combine(database, outcome, length, operation, sources, count);
    if (old === NO_REF) remarkNew(database, args, 2);
    else database.discard(old);
    database.put(outcome);
    database.close(outcome, 'set');
  } else if (old !== NO_REF) database.remove(old, 'del');
  reply.integer(length);
}

function operationOf(args: Args): number {
  return args.is(1, 'and') ? AND : args.is(1, 'or') ? OR : args.is(1, 'xor') ? XOR : args.is(1, 'not') ? NOT : 0;
}

/** A record for key argument `i` that is not in the table yet, because the string it will replace may be a source. */
function newString(database: Database, args: Args, i: number, old: Ref, length: number): Ref {
  const clock = database.keyspace.clock;
  const access = clock.lfu && old !== NO_REF ? database.accessBits(old) : clock.initial();
  const meta = STRING | (RAW << ENCODING_SHIFT) | (access << ACCESS_SHIFT);
  const ref = newRecord(database.arena, meta, args.bytes, args.view, args.start[i], args.end[i], length);
  setStringLength(database.arena, ref, length);
  return ref;
}

/** Fills `outcome` with the first source, zeroes behind it, and applies the others one by one. */
function combine(
  database: Database,
  outcome: Ref,
  length: number,
  operation: number,
  sources: Int32Array,
  count: number,
): void {
  const arena = database.arena;
  const bytes = arena.bytes[segmentOf(outcome)];
  const view = arena.views[segmentOf(outcome)];
  const start = stringStart(arena, outcome);
  for (let i = 0; i < count; i++) {
    const ref = sources[i];
    const used = ref === NO_REF ? 0 : stringLength(arena, ref);
    if (used > 0) {
      const source = arena.bytes[segmentOf(ref)];
      const sourceView = arena.views[segmentOf(ref)];
      const from = stringStart(arena, ref);
      if (i === 0) source.copy(bytes, start, from, from + used);
      else if (operation === AND) andBytes(bytes, view, start, source, sourceView, from, used);
      else if (operation === OR) orBytes(bytes, view, start, source, sourceView, from, used);
      else xorBytes(bytes, view, start, source, sourceView, from, used);
    }
    if (used < length && (i === 0 || operation === AND)) bytes.fill(0, start + used, start + length);
  }
  if (operation === NOT) notBytes(bytes, view, start, length);
}

/**
 * Reads argument `i` as the offset of a bit in a string of up to `limitBytes` bytes; `#n`, where `unitBits` is given, is
 * the offset of the n-th of neighbouring units of so many bits. NaN when it is none.
 */
export function readBitOffset(args: Args, i: number, limitBytes: number, unitBits = 0): number {
  const start = args.start[i];
  const counted = unitBits > 0 && args.length(i) > 0 && args.bytes[start] === HASH_SIGN;
  const value = counted ? parseSafeInteger(args.bytes, start + 1, args.end[i]) * unitBits : args.integer(i);
  return value >= 0 && value < limitBytes * 8 ? value : Number.NaN;
}

/**
 * Makes the string that `open` answered for key argument `i` at least `length` bytes long, zeroes behind what it had; makes
 * the key when it is not there. The string is raw from now on.
 */
export function makeRoomForBits(database: Database, args: Args, i: number, opened: Ref, length: number): Ref {
  const arena = database.arena;
  const old = opened === NO_REF ? 0 : stringLength(arena, opened);
  let ref = opened;
  if (ref === NO_REF) {
    ref = database.create(args, i, STRING, RAW, length);
    setStringLength(arena, ref, length);
  } else ref = growString(database, ref, Math.max(old, length));
  if (length > old) {
    const start = stringStart(arena, ref);
    arena.bytes[segmentOf(ref)].fill(0, start + old, start + length);
  }
  return ref;
}
