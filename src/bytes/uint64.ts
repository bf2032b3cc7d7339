/**
 * Unsigned integers of 64 bits as two halves of 32, kept as signed words: the whole range without BigInt.
 *
 * Text is read as C's strtoull reads it, which is how Redis reads the parts of stream IDs: white space and a sign before the
 * digits are allowed, leading zeroes too, and a negative number wraps around unless its text is canonical.
 */
import { isInt64Text, parseSafeInteger, writeInteger } from './integer.ts';

const TWO_32 = 4294967296;
/** Halves above this make a number beyond 2^53. */
const SAFE_HIGH = 0x1fffff;

/** A number's halves; what `parseUint64` found. */
export interface Halves {
  high: number;
  low: number;
}

/** Reads the number that fills `bytes[start..end)`; false when it is none, or beyond 64 bits. */
export function parseUint64(bytes: Uint8Array, start: number, end: number, halves: Halves): boolean {
  const value = parseSafeInteger(bytes, start, end);
  if (Number.isNaN(value)) return parseLeniently(bytes, start, end, halves);
  if (value < 0) return false;
  halves.high = Math.floor(value / TWO_32) | 0;
  halves.low = value | 0;
  return true;
}

function parseLeniently(bytes: Uint8Array, start: number, end: number, halves: Halves): boolean {
  let at = start;
  while (at < end && (bytes[at] === 32 || (bytes[at] >= 9 && bytes[at] <= 13))) at++;
  const isNegative = bytes[at] === 45;
  // A canonical negative number is out of range; other texts of one wrap around.
  if (isNegative && isInt64Text(bytes, start, end)) return false;
  if (at < end && (isNegative || bytes[at] === 43)) at++;
  if (at === end) return false;
  let high = 0;
  let low = 0;
  for (; at < end; at++) {
    const digit = bytes[at] - 48;
    if (digit < 0 || digit > 9) return false;
    low = low * 10 + digit;
    const carry = Math.floor(low / TWO_32);
    low -= carry * TWO_32;
    high = high * 10 + carry;
    if (high >= TWO_32) return false;
  }
  halves.high = isNegative ? (low === 0 ? -high : ~high) | 0 : high | 0;
  halves.low = (isNegative ? -low : low) | 0;
  return true;
}

/** Writes the decimal text of a number at `at`, up to 20 bytes; returns the position behind it. */
export function writeUint64(bytes: Buffer, at: number, high: number, low: number): number {
  const top = high >>> 0;
  if (top <= SAFE_HIGH) return writeInteger(bytes, at, top * TWO_32 + (low >>> 0));
  const text = ((BigInt(top) << 32n) | BigInt(low >>> 0)).toString();
  return at + bytes.write(text, at, 'latin1');
}
