/** Finding the first bit of a value in a run of bytes. */

/** The first byte in `[from, to)` other than `filler`, 0 or 255; `to` when there is none. */
function skipBytes(bytes: Uint8Array, view: DataView, from: number, to: number, filler: number): number {
  const word = filler === 0 ? 0 : -1;
  let at = from;
  for (; at + 16 <= to; at += 16) {
    const a = (view.getInt32(at, true) ^ word) | (view.getInt32(at + 4, true) ^ word);
    const b = (view.getInt32(at + 8, true) ^ word) | (view.getInt32(at + 12, true) ^ word);
    if ((a | b) !== 0) break;
  }
  while (at < to && bytes[at] === filler) at++;
  return at;
}

/**
 * The first bit equal to `bit`, 0 or 1, among bits `from` to `to`, the last not included, of the bytes that begin at
 * `start`; -1 when there is none. Bit 0 is the highest bit of the first byte. `view` spans the same memory as `bytes`.
 */
export function findBit(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  from: number,
  to: number,
  bit: number,
): number {
  if (from >= to) return -1;
  const filler = bit === 0 ? 0xff : 0;
  const last = start + Math.floor((to - 1) / 8);
  let at = start + Math.floor(from / 8);
  let found = (bytes[at] ^ filler) & (0xff >>> (from & 7));
  if (found === 0) {
    at = skipBytes(bytes, view, at + 1, last + 1, filler);
    if (at > last) return -1;
    found = bytes[at] ^ filler;
  }
  const position = (at - start) * 8 + Math.clz32(found) - 24;
  return position < to ? position : -1;
}
