/**
 * Strings: the bytes stand in the key's own record, behind the key.
 *
 * Integers are kept as text too: GET is a copy, and INCR reads and writes up to twenty digits in place. Only the name of
 * the encoding is kept, for OBJECT ENCODING: what SET was given decides, as in Redis.
 */
import { isInt64Text } from '../../bytes/integer.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { KEY_LENGTH, keyOffset, segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { EMBSTR, INT, RAW } from './encoding.ts';

/** Redis embeds strings of up to this many bytes in their object. */
const EMBEDDED_LIMIT_BYTES = 44;
const INT_TEXT_LIMIT_BYTES = 20;

/** The encoding that Redis would choose for a new string. */
export function stringEncodingOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length <= INT_TEXT_LIMIT_BYTES && isInt64Text(bytes, start, end)) return INT;
  return textEncodingOf(length);
}

/** The encoding of a new string of `length` bytes that is not kept as an integer, whatever it says. */
export function textEncodingOf(length: number): number {
  return length <= EMBEDDED_LIMIT_BYTES ? EMBSTR : RAW;
}

/** Where the string's bytes begin in its segment. */
export function stringStart(arena: Arena, ref: Ref): number {
  const words = arena.words[ref >>> 22];
  const at = (ref & 0x3fffff) << 2;
  return (at << 2) + keyOffset(words[at]) + words[at + KEY_LENGTH];
}

export function stringLength(arena: Arena, ref: Ref): number {
  return arena.words[ref >>> 22][((ref & 0x3fffff) << 2) + VALUE_LENGTH];
}

export function setStringLength(arena: Arena, ref: Ref, length: number): void {
  arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH] = length;
}

/** The bytes a string may grow to without moving. */
export function stringCapacity(arena: Arena, ref: Ref): number {
  const words = arena.words[segmentOf(ref)];
  const at = wordOf(ref);
  return arena.sizeOf(ref) - keyOffset(words[at]) - words[at + KEY_LENGTH];
}

/** Room to reserve for a string that grows to `length` and will grow again: twice, later a quarter more. */
export function grownCapacity(length: number): number {
  return length < 1 << 20 ? length * 2 : length + Math.max(1 << 20, length >>> 2);
}
