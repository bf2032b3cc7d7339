/** The order of byte strings, without allocating: what C's memcmp says, and the shorter first where one begins the other. */

/** Below 0, 0 or above 0 as `a[aStart..aEnd)` stands before, equals or stands behind `b[bStart..bEnd)`. */
export function compareBytes(
  a: Buffer,
  aView: DataView,
  aStart: number,
  aEnd: number,
  b: Buffer,
  bView: DataView,
  bStart: number,
  bEnd: number,
): number {
  const aLength = aEnd - aStart;
  const bLength = bEnd - bStart;
  const shared = aLength < bLength ? aLength : bLength;
  const words = shared & ~3;
  let i = 0;
  for (; i < words; i += 4) {
    // Most significant byte first, unsigned: the words then order as their bytes do.
    const x = aView.getUint32(aStart + i, false);
    const y = bView.getUint32(bStart + i, false);
    if (x !== y) return x < y ? -1 : 1;
  }
  for (; i < shared; i++) {
    const difference = a[aStart + i] - b[bStart + i];
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}
