/**
 * How a value is laid out: the encoding's number in its record, by Redis's own numbers, and where the bytes stand.
 *
 *   inline    strings, listpack, intset: behind the key in the key's own record; word 2 is their length
 *   outside   hashtable, skiplist, quicklist, stream: in blocks of their own; word 2 is the Ref of the first, the value's header
 *   timed     hashes with deadlines of fields, outside too: the header is a timer, which holds or names the rest
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { ENCODING_MASK, ENCODING_SHIFT, segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';

export const RAW = 0;
export const INT = 1;
export const HASHTABLE = 2;
export const INTSET = 6;
export const SKIPLIST = 7;
export const EMBSTR = 8;
export const QUICKLIST = 9;
export const STREAM_BLOCKS = 10;
export const LISTPACK = 11;
/** A small hash with deadlines of fields. */
export const LISTPACKEX = 12;
/** A large hash with deadlines of fields; Redis calls it a hashtable too, and has no number for it. */
export const HASHTABLEEX = 13;

const TIMED = (1 << LISTPACKEX) | (1 << HASHTABLEEX);
const OUTSIDE = (1 << HASHTABLE) | (1 << SKIPLIST) | (1 << QUICKLIST) | (1 << STREAM_BLOCKS) | TIMED;

/** The encoding kept in a record. */
export function encodingOf(arena: Arena, ref: Ref): number {
  return (arena.words[ref >>> 22][(ref & 0x3fffff) << 2] & ENCODING_MASK) >>> ENCODING_SHIFT;
}

export function setEncoding(arena: Arena, ref: Ref, encoding: number): void {
  const words = arena.words[segmentOf(ref)];
  const at = wordOf(ref);
  words[at] = (words[at] & ~ENCODING_MASK) | (encoding << ENCODING_SHIFT);
}

/** True when values of this encoding stand in blocks of their own. */
export function isOutside(encoding: number): boolean {
  return ((OUTSIDE >>> encoding) & 1) === 1;
}

/** True when values of this encoding stand behind a timer. */
export function isTimed(encoding: number): boolean {
  return ((TIMED >>> encoding) & 1) === 1;
}

/** The header block of a value that stands outside its record: of a timed one, its timer. */
export function headerOf(arena: Arena, ref: Ref): Ref {
  return arena.words[ref >>> 22][((ref & 0x3fffff) << 2) + VALUE_LENGTH] as Ref;
}

/** Makes the value named `header` that of a record just created with its encoding. */
export function setHeader(arena: Arena, ref: Ref, header: Ref): void {
  arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH] = header;
}
