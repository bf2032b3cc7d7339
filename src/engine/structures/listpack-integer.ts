/** Integers of a listpack as two halves of 32 bits: the whole signed range of 64 bits without text and without BigInt. */
import type { Halves } from '../../bytes/uint64.ts';
import { elementInteger } from './listpack.ts';

const INT64_KIND = 0xf4;
const INT64_BODY_BYTES = 9;

/** The bytes that an integer takes as an element. */
export function integerElementBytes(high: number, low: number): number {
  return bodyBytes(high, low) + 1;
}

/** Writes an integer as an element at `p`; returns the position behind it. */
export function writeIntegerElement(bytes: Buffer, view: DataView, p: number, high: number, low: number): number {
  const body = bodyBytes(high, low);
  if (body === 1) bytes[p] = low;
  else if (body === 2) {
    bytes[p] = 0xc0 | ((low >> 8) & 31);
    bytes[p + 1] = low & 255;
  } else if (body === INT64_BODY_BYTES) {
    bytes[p] = INT64_KIND;
    view.setInt32(p + 1, low, true);
    view.setInt32(p + 5, high, true);
  } else {
    bytes[p] = 0xf1 + body - 3;
    for (let i = 0; i < body - 1; i++) bytes[p + 1 + i] = (low >> (8 * i)) & 255;
  }
  bytes[p + body] = body;
  return p + body + 1;
}

/** Reads the element at `p`, which is an integer. */
export function readIntegerElement(bytes: Buffer, view: DataView, p: number, halves: Halves): void {
  if (bytes[p] === INT64_KIND) {
    halves.low = view.getInt32(p + 1, true);
    halves.high = view.getInt32(p + 5, true);
    return;
  }
  halves.low = elementInteger(bytes, view, p);
  halves.high = halves.low >> 31;
}

/** Head and data. */
function bodyBytes(high: number, low: number): number {
  if (high !== low >> 31) return INT64_BODY_BYTES;
  if (low >= 0 && low <= 127) return 1;
  if (low >= -4096 && low <= 4095) return 2;
  if (low >= -32768 && low <= 32767) return 3;
  return low >= -8388608 && low <= 8388607 ? 4 : 5;
}
