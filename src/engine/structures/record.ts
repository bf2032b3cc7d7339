/** Making, moving and reading key records; which table they are in is the caller's concern. */
import { copyBytes } from '../../bytes/copy.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import {
  DEADLINE_BYTES,
  DEADLINE_HIGH,
  DEADLINE_LOW,
  HAS_DEADLINE,
  HEADER_BYTES,
  KEY_LENGTH,
  keyOffset,
  META,
  segmentOf,
  TYPE_MASK,
  VALUE_LENGTH,
  wordOf,
} from '../memory/layout.ts';

/** A record without deadline for the key `bytes[start..end)`, with `valueBytes` of room behind it and a value length of 0. */
export function newRecord(
  arena: Arena,
  meta: number,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  valueBytes: number,
): Ref {
  const length = end - start;
  const ref = arena.allocate(HEADER_BYTES + length + valueBytes);
  const segment = ref >>> 22;
  const words = arena.words[segment];
  const at = (ref & 0x3fffff) << 2;
  words[at + META] = meta;
  words[at + KEY_LENGTH] = length;
  words[at + VALUE_LENGTH] = 0;
  copyBytes(arena.bytes[segment], arena.views[segment], (at << 2) + HEADER_BYTES, bytes, view, start, length);
  return ref;
}

/**
 * A copy of `ref` in a block of its own, with or without the words of a deadline and with room for `valueBytes`; the value
 * bytes behind the key are copied as far as they fit. Deadline words are copied when both have them. The old block stays.
 */
export function copyRecord(arena: Arena, ref: Ref, withDeadline: boolean, valueBytes: number, valueUsed: number): Ref {
  const oldWords = arena.words[segmentOf(ref)];
  const oldAt = wordOf(ref);
  const keyLength = oldWords[oldAt + KEY_LENGTH];
  const had = (oldWords[oldAt] & HAS_DEADLINE) !== 0;
  const header = HEADER_BYTES + (withDeadline ? DEADLINE_BYTES : 0);
  const fresh = arena.allocate(header + keyLength + valueBytes);
  const words = arena.words[segmentOf(fresh)];
  const at = wordOf(fresh);
  words[at + META] = (oldWords[oldAt] & ~HAS_DEADLINE) | (withDeadline ? HAS_DEADLINE : 0);
  words[at + KEY_LENGTH] = keyLength;
  words[at + VALUE_LENGTH] = oldWords[oldAt + VALUE_LENGTH];
  if (had && withDeadline) {
    for (let i = HEADER_BYTES >>> 2; i < header >>> 2; i++) words[at + i] = oldWords[oldAt + i];
  }
  const from = (oldAt << 2) + keyOffset(oldWords[oldAt]);
  const length = keyLength + Math.min(valueUsed, valueBytes);
  arena.bytes[segmentOf(ref)].copy(arena.bytes[segmentOf(fresh)], (at << 2) + header, from, from + length);
  return fresh;
}

/**
 * A copy of `ref` in a block of its own under the key `bytes[start..end)`, with the same deadline and the first `valueUsed`
 * bytes behind the key. What the value keeps outside its record then belongs to both.
 */
export function copyRecordAs(
  arena: Arena,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  valueUsed: number,
): Ref {
  const offset = keyOffset(arena.words[segmentOf(ref)][wordOf(ref)]);
  const length = end - start;
  const fresh = arena.allocate(offset + length + valueUsed);
  const words = arena.words[segmentOf(fresh)];
  const at = wordOf(fresh);
  const oldWords = arena.words[segmentOf(ref)];
  const oldAt = wordOf(ref);
  for (let i = 0; i < offset >>> 2; i++) words[at + i] = oldWords[oldAt + i];
  words[at + KEY_LENGTH] = length;
  const to = (at << 2) + offset;
  const from = (oldAt << 2) + offset + oldWords[oldAt + KEY_LENGTH];
  const segment = segmentOf(fresh);
  const oldSegment = segmentOf(ref);
  copyBytes(arena.bytes[segment], arena.views[segment], to, bytes, view, start, length);
  copyBytes(
    arena.bytes[segment],
    arena.views[segment],
    to + length,
    arena.bytes[oldSegment],
    arena.views[oldSegment],
    from,
    valueUsed,
  );
  return fresh;
}

/** Writes another key into a record whose block has room for it, the first `valueUsed` bytes of the value kept. */
export function rekeyInPlace(
  arena: Arena,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  valueUsed: number,
): void {
  const segment = segmentOf(ref);
  const words = arena.words[segment];
  const at = wordOf(ref);
  const length = end - start;
  const old = words[at + KEY_LENGTH];
  const key = (at << 2) + keyOffset(words[at]);
  if (length !== old) arena.bytes[segment].copyWithin(key + length, key + old, key + old + valueUsed);
  words[at + KEY_LENGTH] = length;
  copyBytes(arena.bytes[segment], arena.views[segment], key, bytes, view, start, length);
}

/**
 * Makes room for the words of a deadline in a record that has none, inside its block, the first `valueUsed` bytes of the
 * value kept. False when the block is too small.
 */
export function insertDeadlineWords(arena: Arena, ref: Ref, valueUsed: number): boolean {
  const segment = segmentOf(ref);
  const words = arena.words[segment];
  const at = wordOf(ref);
  const used = words[at + KEY_LENGTH] + valueUsed;
  if (HEADER_BYTES + DEADLINE_BYTES + used > arena.sizeOf(ref)) return false;
  const from = (at << 2) + HEADER_BYTES;
  arena.bytes[segment].copyWithin(from + DEADLINE_BYTES, from, from + used);
  words[at] |= HAS_DEADLINE;
  return true;
}

/** Removes the words of a deadline from a record, the first `valueUsed` bytes of the value kept. Its block stays. */
export function removeDeadlineWords(arena: Arena, ref: Ref, valueUsed: number): void {
  const segment = segmentOf(ref);
  const words = arena.words[segment];
  const at = wordOf(ref);
  const to = (at << 2) + HEADER_BYTES;
  const from = to + DEADLINE_BYTES;
  arena.bytes[segment].copyWithin(to, from, from + words[at + KEY_LENGTH] + valueUsed);
  words[at] &= ~HAS_DEADLINE;
}

export function typeOf(arena: Arena, ref: Ref): number {
  return arena.words[ref >>> 22][(ref & 0x3fffff) << 2] & TYPE_MASK;
}

/** Where the key's bytes begin in its segment. */
export function keyStart(arena: Arena, ref: Ref): number {
  const at = wordOf(ref);
  return (at << 2) + keyOffset(arena.words[segmentOf(ref)][at]);
}

export function keyLength(arena: Arena, ref: Ref): number {
  return arena.words[segmentOf(ref)][wordOf(ref) + KEY_LENGTH];
}

/** A copy of the key's bytes. */
export function keyBytes(arena: Arena, ref: Ref): Buffer {
  const start = keyStart(arena, ref);
  return Buffer.from(arena.bytes[segmentOf(ref)].subarray(start, start + keyLength(arena, ref)));
}

/** Writes the deadline of a record that has room for one; the greatest a signed 64-bit number holds stands for any later. */
export function writeDeadline(arena: Arena, ref: Ref, deadline: number): void {
  const words = arena.words[segmentOf(ref)];
  const at = wordOf(ref);
  const high = Math.floor(deadline / 4294967296);
  const isTooFar = high > 0x7fffffff;
  words[at + DEADLINE_HIGH] = isTooFar ? 0x7fffffff : high;
  words[at + DEADLINE_LOW] = isTooFar ? -1 : (deadline - high * 4294967296) | 0;
}

/** The same for deadlines beyond 2^53, which a number would round. */
export function writeFarDeadline(arena: Arena, ref: Ref, deadline: bigint): void {
  const words = arena.words[segmentOf(ref)];
  const at = wordOf(ref);
  words[at + DEADLINE_HIGH] = Number(deadline >> 32n);
  words[at + DEADLINE_LOW] = Number(BigInt.asIntN(32, deadline));
}

/** The deadline of a record that has one, exactly. Allocates; numbers do up to 2^53. */
export function exactDeadlineOf(arena: Arena, ref: Ref): bigint {
  const words = arena.words[segmentOf(ref)];
  const at = wordOf(ref);
  return (BigInt(words[at + DEADLINE_HIGH]) << 32n) | BigInt(words[at + DEADLINE_LOW] >>> 0);
}
