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

/** Writes the deadline of a record that has room for one. */
export function writeDeadline(arena: Arena, ref: Ref, deadline: number): void {
  const words = arena.words[segmentOf(ref)];
  const at = wordOf(ref);
  const high = Math.floor(deadline / 4294967296);
  words[at + DEADLINE_HIGH] = high;
  words[at + DEADLINE_LOW] = (deadline - high * 4294967296) | 0;
}
