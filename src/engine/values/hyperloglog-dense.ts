/**
 * HyperLogLog's dense form: 16384 registers of 6 bits, the lowest bits of a byte first, four registers in three bytes.
 *
 *   byte   0         1         2
 *          11000000  22221111  33333322
 */

export const REGISTERS = 1 << 14;
export const DENSE_REGISTER_BYTES = (REGISTERS * 6) / 8;

/** Raises the register `index` of the registers at `from` to `count`; false when it is as high already. */
export function raiseDense(bytes: Uint8Array, from: number, index: number, count: number): boolean {
  const bit = index * 6;
  const at = from + (bit >>> 3);
  const shift = bit & 7;
  // The last two registers of three bytes end in their byte: the one behind may be another value's.
  const isSplit = shift > 2;
  const pair = isSplit ? bytes[at] | (bytes[at + 1] << 8) : bytes[at];
  if (((pair >>> shift) & 63) >= count) return false;
  const raised = (pair & ~(63 << shift)) | (count << shift);
  bytes[at] = raised;
  if (isSplit) bytes[at + 1] = raised >>> 8;
  return true;
}

/** Counts the registers of each value. */
export function denseHistogram(bytes: Uint8Array, from: number, histogram: Int32Array): void {
  const end = from + DENSE_REGISTER_BYTES;
  for (let at = from; at < end; at += 3) {
    const four = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    histogram[four & 63]++;
    histogram[(four >>> 6) & 63]++;
    histogram[(four >>> 12) & 63]++;
    histogram[four >>> 18]++;
  }
}

/** Raises each of `registers`, a byte each, to what the dense registers at `from` have. */
export function mergeDense(bytes: Uint8Array, from: number, registers: Uint8Array): void {
  for (let i = 0, at = from; i < REGISTERS; i += 4, at += 3) {
    const four = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    if ((four & 63) > registers[i]) registers[i] = four & 63;
    if (((four >>> 6) & 63) > registers[i + 1]) registers[i + 1] = (four >>> 6) & 63;
    if (((four >>> 12) & 63) > registers[i + 2]) registers[i + 2] = (four >>> 12) & 63;
    if (four >>> 18 > registers[i + 3]) registers[i + 3] = four >>> 18;
  }
}

/** Writes `registers`, a byte each, in the dense form at `to`. */
export function packDense(registers: Uint8Array, bytes: Uint8Array, to: number): void {
  for (let i = 0, at = to; i < REGISTERS; i += 4, at += 3) {
    const four = registers[i] | (registers[i + 1] << 6) | (registers[i + 2] << 12) | (registers[i + 3] << 18);
    bytes[at] = four;
    bytes[at + 1] = four >>> 8;
    bytes[at + 2] = four >>> 16;
  }
}
