/**
 * Bitwise operations between runs of bytes, in place, four bytes at a time. Each views the same memory as its buffer;
 * neither has to be aligned. Target and source must not overlap.
 */

/** target &= source, over `length` bytes. */
export function andBytes(
  target: Uint8Array,
  targetView: DataView,
  to: number,
  source: Uint8Array,
  sourceView: DataView,
  from: number,
  length: number,
): void {
  const words = length & ~3;
  let i = 0;
  for (; i < words; i += 4) {
    targetView.setInt32(to + i, targetView.getInt32(to + i, true) & sourceView.getInt32(from + i, true), true);
  }
  for (; i < length; i++) target[to + i] &= source[from + i];
}

/** target |= source, over `length` bytes. */
export function orBytes(
  target: Uint8Array,
  targetView: DataView,
  to: number,
  source: Uint8Array,
  sourceView: DataView,
  from: number,
  length: number,
): void {
  const words = length & ~3;
  let i = 0;
  for (; i < words; i += 4) {
    targetView.setInt32(to + i, targetView.getInt32(to + i, true) | sourceView.getInt32(from + i, true), true);
  }
  for (; i < length; i++) target[to + i] |= source[from + i];
}

/** target ^= source, over `length` bytes. */
export function xorBytes(
  target: Uint8Array,
  targetView: DataView,
  to: number,
  source: Uint8Array,
  sourceView: DataView,
  from: number,
  length: number,
): void {
  const words = length & ~3;
  let i = 0;
  for (; i < words; i += 4) {
    targetView.setInt32(to + i, targetView.getInt32(to + i, true) ^ sourceView.getInt32(from + i, true), true);
  }
  for (; i < length; i++) target[to + i] ^= source[from + i];
}

/** Inverts the `length` bytes from `at` on. */
export function notBytes(bytes: Uint8Array, view: DataView, at: number, length: number): void {
  const words = length & ~3;
  let i = 0;
  for (; i < words; i += 4) view.setInt32(at + i, ~view.getInt32(at + i, true), true);
  for (; i < length; i++) bytes[at + i] = ~bytes[at + i];
}
