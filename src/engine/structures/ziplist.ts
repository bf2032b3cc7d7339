/**
 * Ziplists, which listpacks have replaced: read only, from snapshots and payloads of Redis up to 6.2.
 *
 *   | total bytes, 4 | offset of the last entry, 4 | entries, 2 | entry … | 0xFF |
 *   entry     | bytes of the entry before, 1 or 0xFE and 4 | kind and length | data |
 *
 *   00xxxxxx                  string of up to 63 bytes
 *   01xxxxxx xxxxxxxx         string of up to 16383 bytes, length big-endian
 *   10000000 + 4 bytes        string of up to 2^32 - 1 bytes, length big-endian
 *   0xC0, 0xD0, 0xE0          integers of 16, 32, 64 bits
 *   0xF0, 0xFE                integers of 24, 8 bits
 *   0xF1 .. 0xFD              0 .. 12
 *
 * The count saturates at 65535.
 */
import type { ListpackCursor } from './listpack.ts';

export const ZIPLIST_HEADER_BYTES = 10;
export const ZIPLIST_END = 0xff;
const LONG_PREVIOUS = 0xfe;
const UNKNOWN_COUNT = 65535;

/** The number of entries when `bytes[start..end)` is a ziplist, checked to the last byte; else -1. */
export function checkZiplist(bytes: Buffer, view: DataView, start: number, end: number): number {
  if (end - start < ZIPLIST_HEADER_BYTES + 1 || view.getUint32(start, true) !== end - start) return -1;
  const last = end - 1;
  if (bytes[last] !== ZIPLIST_END) return -1;
  let count = 0;
  let previous = 0;
  let p = start + ZIPLIST_HEADER_BYTES;
  let tail = p;
  for (; p < last; count++) {
    const size = entryBytes(bytes, view, p, last, previous);
    if (size === 0) return -1;
    tail = p;
    previous = size;
    p += size;
  }
  if (view.getUint32(start + 4, true) !== tail - start) return -1;
  const declared = view.getUint16(start + 8, true);
  return declared === UNKNOWN_COUNT || declared === count ? count : -1;
}

/** Reads the entry at `p` of a ziplist that was checked; returns the position behind it. */
export function readZiplistEntry(bytes: Buffer, view: DataView, p: number, entry: ListpackCursor): number {
  const at = p + previousBytes(bytes[p]);
  const kind = bytes[at];
  if (kind < 0xc0) {
    const from = at + textHeadBytes(kind);
    const to = from + textLength(bytes, view, at);
    entry.point(bytes, view, from, to);
    return to;
  }
  const behind = at + 1 + integerBytes(kind);
  if (kind === 0xc0) entry.showInteger(view.getInt16(at + 1, true));
  else if (kind === 0xd0) entry.showInteger(view.getInt32(at + 1, true));
  else if (kind === 0xfe) entry.showInteger(view.getInt8(at + 1));
  else if (kind === 0xf0) {
    entry.showInteger(((bytes[at + 1] | (bytes[at + 2] << 8) | (bytes[at + 3] << 16)) << 8) >> 8);
  } else if (kind === 0xe0) showInt64(view, at + 1, entry);
  else entry.showInteger(kind - 0xf1);
  return behind;
}

function showInt64(view: DataView, p: number, entry: ListpackCursor): void {
  const value = view.getInt32(p + 4, true) * 4294967296 + view.getUint32(p, true);
  if (Number.isSafeInteger(value)) entry.showInteger(value);
  else entry.showBigInteger(view.getBigInt64(p, true));
}

/** The bytes of the entry at `p`, which ends at `last` at the latest and follows one of `previous` bytes; 0 if it is none. */
function entryBytes(bytes: Buffer, view: DataView, p: number, last: number, previous: number): number {
  const before = previousBytes(bytes[p]);
  const at = p + before;
  if (at >= last) return 0;
  if ((before === 1 ? bytes[p] : view.getUint32(p + 1, true)) !== previous) return 0;
  const kind = bytes[at];
  if (kind >= 0xc0) {
    const size = integerBytes(kind);
    return size < 0 || at + 1 + size > last ? 0 : before + 1 + size;
  }
  const head = textHeadBytes(kind);
  if (at + head > last) return 0;
  const length = textLength(bytes, view, at);
  return length > last - at - head ? 0 : before + head + length;
}

function previousBytes(first: number): number {
  return first < LONG_PREVIOUS ? 1 : 5;
}

/** The data of an integer of a kind; -1 when there is no such kind. */
function integerBytes(kind: number): number {
  switch (kind) {
    case 0xc0:
      return 2;
    case 0xd0:
      return 4;
    case 0xe0:
      return 8;
    case 0xf0:
      return 3;
    case 0xfe:
      return 1;
    default:
      return kind > 0xf0 && kind < 0xfe ? 0 : -1;
  }
}

function textHeadBytes(kind: number): number {
  return kind < 0x40 ? 1 : kind < 0x80 ? 2 : 5;
}

function textLength(bytes: Buffer, view: DataView, p: number): number {
  const kind = bytes[p];
  if (kind < 0x40) return kind;
  return kind < 0x80 ? ((kind & 63) << 8) | bytes[p + 1] : view.getUint32(p + 1, false);
}
