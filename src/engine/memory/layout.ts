/**
 * The record of a key: where each field stands. Everything that reads or writes a record uses these offsets.
 *
 *   word 0   type (3 bits) | encoding (4) | has a deadline (1) | access clock (24)
 *   word 1   length of the key
 *   word 2   length of a value behind the key, or the Ref of one that stands outside (values/encoding.ts)
 *   ---- only with a deadline: ----
 *   word 3   deadline, low half        (milliseconds since 1970, two's complement)
 *   word 4   deadline, high half
 *   word 5   next record in the timing wheel's slot
 *   word 6   previous record, 0 for the first
 *   word 7   place in the list of keys with a deadline
 *   ----
 *   key bytes, then the value's bytes if it stands here, then room to grow up to the block's size
 *
 * Words 0 and 1 are common to everything the hash table holds, so that one table serves keys, fields and members.
 */
import type { Arena, Ref } from './arena.ts';

/** The longest string that a record's signed 32-bit length holds, with some room for what stands before it. */
export const MAX_STRING_BYTES = 2 ** 31 - 2 ** 16;

export const HEADER_BYTES = 12;
export const DEADLINE_BYTES = 20;

export const META = 0;
export const KEY_LENGTH = 1;
export const VALUE_LENGTH = 2;
export const DEADLINE_LOW = 3;
export const DEADLINE_HIGH = 4;
export const WHEEL_NEXT = 5;
export const WHEEL_PREVIOUS = 6;
export const VOLATILE_INDEX = 7;
/** Of a timer: the key's record whose value it holds. Of a field's record: its place among the deadlines of its hash. */
export const TIMER_OWNER = VOLATILE_INDEX;
export const HEAP_PLACE = VOLATILE_INDEX;

export const TYPE_MASK = 0x07;
export const ENCODING_SHIFT = 3;
export const ENCODING_MASK = 0x78;
export const HAS_DEADLINE = 0x80;
export const ACCESS_SHIFT = 8;

/** Types, by Redis's own numbers. */
export const STRING = 0;
export const LIST = 1;
export const SET = 2;
export const ZSET = 3;
export const HASH = 4;
export const STREAM = 6;
/** No type of a key: a timer (values/hash-timer.ts), laid out as the record of an empty key. */
export const TIMER = 7;

if (HEADER_BYTES !== DEADLINE_LOW * 4 || DEADLINE_BYTES !== (VOLATILE_INDEX + 1 - DEADLINE_LOW) * 4) {
  throw new Error('the record layout contradicts itself');
}

/** Where a record's words begin in its segment's `words`. */
export function wordOf(ref: Ref): number {
  return (ref & 0x3fffff) << 2;
}

/** The segment a block lies in. */
export function segmentOf(ref: Ref): number {
  return ref >>> 22;
}

/** Bytes before the key, from the record's first word. */
export function keyOffset(meta: number): number {
  return HEADER_BYTES + ((meta >>> 7) & 1) * DEADLINE_BYTES;
}

/** A record's deadline in milliseconds; Infinity without one. */
export function deadlineOf(arena: Arena, ref: Ref): number {
  const words = arena.words[segmentOf(ref)];
  const at = wordOf(ref);
  if ((words[at] & HAS_DEADLINE) === 0) return Number.POSITIVE_INFINITY;
  return words[at + DEADLINE_HIGH] * 4294967296 + (words[at + DEADLINE_LOW] >>> 0);
}
