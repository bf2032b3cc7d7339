/**
 * Zipmaps, the small hashes of Redis up to 2.4: read only.
 *
 *   | fields | field length | field | value length | spare | value | spare bytes | … | 0xFF |
 *
 * Lengths are one byte up to 253, beyond it 0xFE and four bytes, little-endian. The number of fields saturates at 254.
 */
import type { ListpackCursor } from './listpack.ts';

export const ZIPMAP_HEADER_BYTES = 1;
export const ZIPMAP_END = 0xff;
const LONG = 0xfe;

/** The number of fields when `bytes[start..end)` is a zipmap, checked to the last byte; else -1. */
export function checkZipmap(bytes: Buffer, view: DataView, start: number, end: number): number {
  if (end - start < ZIPMAP_HEADER_BYTES + 1) return -1;
  const last = end - 1;
  if (bytes[last] !== ZIPMAP_END) return -1;
  let count = 0;
  for (let p = start + ZIPMAP_HEADER_BYTES; p < last; count++) {
    p = behindText(bytes, view, p, last, 0);
    if (p === 0) return -1;
    p = behindText(bytes, view, p, last, 1);
    if (p === 0) return -1;
  }
  return bytes[start] >= LONG || bytes[start] === count ? count : -1;
}

/** Reads the field at `p` of a zipmap that was checked; returns the position of its value. */
export function readZipmapField(bytes: Buffer, view: DataView, p: number, field: ListpackCursor): number {
  const from = p + lengthBytes(bytes[p]);
  const to = from + textLength(bytes, view, p);
  field.point(bytes, view, from, to);
  return to;
}

/** Reads the value at `p`; returns the position behind it. */
export function readZipmapValue(bytes: Buffer, view: DataView, p: number, value: ListpackCursor): number {
  const spare = p + lengthBytes(bytes[p]);
  const to = spare + 1 + textLength(bytes, view, p);
  value.point(bytes, view, spare + 1, to);
  return to + bytes[spare];
}

/** Where a text of the map ends with what is spare behind it, at `last` at the latest; 0 when it does not. */
function behindText(bytes: Buffer, view: DataView, p: number, last: number, spareBytes: number): number {
  const head = lengthBytes(bytes[p]);
  if (p >= last || bytes[p] === ZIPMAP_END || p + head + spareBytes > last) return 0;
  const spare = spareBytes === 0 ? 0 : bytes[p + head];
  const length = textLength(bytes, view, p);
  if (head > 1 && length < LONG) return 0;
  if (length > last - p - head - spareBytes - spare) return 0;
  return p + head + spareBytes + length + spare;
}

function lengthBytes(first: number): number {
  return first < LONG ? 1 : 5;
}

function textLength(bytes: Buffer, view: DataView, p: number): number {
  return bytes[p] < LONG ? bytes[p] : view.getUint32(p + 1, true);
}
