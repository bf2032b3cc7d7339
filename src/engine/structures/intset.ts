/**
 * An intset: integers in rising order, all of one width, byte for byte as Redis lays them out.
 *
 *   | width, 4 | integers, 4 | integer … |        width 2, 4 or 8 bytes; everything little-endian
 *
 * The width is that of the widest integer that was ever added; it never shrinks. An integer that needs more widens all
 * others, and then stands at one of the ends.
 *
 * Integers are numbers as far as a number holds them exactly, and BigInt beyond 2^53. Reading an integer of 64 bits as a
 * number rounds, but never past a safe integer, so searching for a safe integer may compare the rounded ones.
 *
 * Positions are absolute in the bytes of a segment; whoever owns the intset makes the room (values/inline-intset.ts).
 */

export const INTSET_HEADER_BYTES = 8;

export function writeEmptyIntset(view: DataView, at: number): void {
  view.setUint32(at, 2, true);
  view.setUint32(at + 4, 0, true);
}

/** Bytes of one integer: 2, 4 or 8. */
export function intsetWidth(view: DataView, at: number): number {
  return view.getUint32(at, true);
}

export function intsetLength(view: DataView, at: number): number {
  return view.getUint32(at + 4, true);
}

export function setIntsetLength(view: DataView, at: number, length: number): void {
  view.setUint32(at + 4, length, true);
}

/** Total bytes, header included. */
export function intsetBytes(view: DataView, at: number): number {
  return INTSET_HEADER_BYTES + intsetWidth(view, at) * intsetLength(view, at);
}

/** True when `bytes[start..end)` is an intset with an integer at least, all of them in rising order. */
export function checkIntset(view: DataView, start: number, end: number): boolean {
  if (end - start < INTSET_HEADER_BYTES) return false;
  const width = intsetWidth(view, start);
  if (width !== 2 && width !== 4 && width !== 8) return false;
  const length = intsetLength(view, start);
  if (length === 0 || length * width !== end - start - INTSET_HEADER_BYTES) return false;
  for (let index = 1; index < length; index++) {
    const before = roundedAt(view, start, width, index - 1);
    const value = roundedAt(view, start, width, index);
    const isRising = Number.isSafeInteger(value)
      ? before < value
      : intsetBigAt(view, start, index - 1) < intsetBigAt(view, start, index);
    if (!isRising) return false;
  }
  return true;
}

/** The width that an integer needs. */
export function widthFor(value: number | bigint): number {
  if (value >= -32768 && value <= 32767) return 2;
  return value >= -2147483648 && value <= 2147483647 ? 4 : 8;
}

/** The integer at `index`; NaN beyond 2^53, which `intsetBigAt` reads. */
export function intsetAt(view: DataView, at: number, index: number): number {
  const value = roundedAt(view, at, intsetWidth(view, at), index);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

export function intsetBigAt(view: DataView, at: number, index: number): bigint {
  const width = intsetWidth(view, at);
  return width === 8
    ? view.getBigInt64(at + INTSET_HEADER_BYTES + index * 8, true)
    : BigInt(roundedAt(view, at, width, index));
}

/** The index of a safe integer; where it is not there, -1 - the index it belongs at. */
export function intsetFind(view: DataView, at: number, value: number): number {
  const width = intsetWidth(view, at);
  let low = 0;
  let high = intsetLength(view, at) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const there = roundedAt(view, at, width, middle);
    if (there === value) return middle;
    if (there < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1 - low;
}

/** `intsetFind` for an integer of any size. */
export function intsetFindBig(view: DataView, at: number, value: bigint): number {
  let low = 0;
  let high = intsetLength(view, at) - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const there = intsetBigAt(view, at, middle);
    if (there === value) return middle;
    if (there < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1 - low;
}

/** Overwrites the integer at `index`, for which the width must do. */
export function writeIntsetAt(view: DataView, at: number, index: number, value: number | bigint): void {
  const width = intsetWidth(view, at);
  const p = at + INTSET_HEADER_BYTES + index * width;
  if (typeof value === 'bigint') view.setBigInt64(p, value, true);
  else writeNumber(view, p, width, value);
}

/** Gives the integers a greater width; there must be room behind them. */
export function widenIntset(view: DataView, at: number, width: number): void {
  const old = intsetWidth(view, at);
  const first = at + INTSET_HEADER_BYTES;
  // From the last on: each goes to where only integers already moved have been.
  for (let i = intsetLength(view, at) - 1; i >= 0; i--) {
    writeNumber(view, first + i * width, width, roundedAt(view, at, old, i));
  }
  view.setUint32(at, width, true);
}

function writeNumber(view: DataView, p: number, width: number, value: number): void {
  if (width === 2) view.setInt16(p, value, true);
  else if (width === 4) view.setInt32(p, value, true);
  else {
    view.setInt32(p + 4, Math.floor(value / 4294967296), true);
    view.setInt32(p, value | 0, true);
  }
}

function roundedAt(view: DataView, at: number, width: number, index: number): number {
  const p = at + INTSET_HEADER_BYTES + index * width;
  if (width === 2) return view.getInt16(p, true);
  if (width === 4) return view.getInt32(p, true);
  return view.getInt32(p + 4, true) * 4294967296 + view.getUint32(p, true);
}
