/**
 * Integers of any width at any bit offset, highest bit first, as BITFIELD keeps them. Bit 0 is the highest bit of the
 * first byte. Up to NUMBER_BITS bits they are numbers; wider ones are put together from two parts as BigInt.
 */

/** The widest integer whose signed and unsigned values, and the sum of two, are exact as numbers. */
export const NUMBER_BITS = 52;

const LOW_PART_BITS = 32;

/** Powers of two up to the 53rd: `2 ** n` is a call, and shifts end at 31. */
export const POWERS_OF_TWO = Float64Array.from({ length: 54 }, (_, exponent) => 2 ** exponent);

/**
 * The unsigned integer in the `bits` (1 to NUMBER_BITS) bits from bit `offset` on, counted from byte `start`. What lies at
 * byte `end` and behind it counts as zero.
 */
export function readBits(bytes: Uint8Array, start: number, end: number, offset: number, bits: number): number {
  let at = start + Math.floor(offset / 8);
  const skipped = offset & 7;
  let value = at < end ? bytes[at] & (0xff >>> skipped) : 0;
  let left = bits + skipped - 8;
  if (left <= 0) return value >>> -left;
  for (; left >= 8; left -= 8) {
    at++;
    value = value * 256 + (at < end ? bytes[at] : 0);
  }
  if (left === 0) return value;
  at++;
  return value * (1 << left) + (at < end ? bytes[at] >>> (8 - left) : 0);
}

/** Writes the lowest `bits` (1 to NUMBER_BITS) bits of `value`, a safe integer, at bit `offset` counted from byte `start`. */
export function writeBits(bytes: Uint8Array, start: number, offset: number, bits: number, value: number): void {
  let rest = value;
  let end = offset + bits;
  while (end > offset) {
    const at = start + Math.floor((end - 1) / 8);
    const below = 7 - ((end - 1) & 7);
    const count = Math.min(8 - below, end - offset);
    const mask = (1 << count) - 1;
    const low = rest & mask;
    bytes[at] = (bytes[at] & ~(mask << below)) | (low << below);
    rest = (rest - low) / (1 << count);
    end -= count;
  }
}

/** As `readBits`, of 1 to 64 bits. */
export function readWideBits(bytes: Uint8Array, start: number, end: number, offset: number, bits: number): bigint {
  if (bits <= LOW_PART_BITS) return BigInt(readBits(bytes, start, end, offset, bits));
  const highBits = bits - LOW_PART_BITS;
  const high = readBits(bytes, start, end, offset, highBits);
  const low = readBits(bytes, start, end, offset + highBits, LOW_PART_BITS);
  return (BigInt(high) << BigInt(LOW_PART_BITS)) | BigInt(low);
}

/** As `writeBits`, of 1 to 64 bits. */
export function writeWideBits(bytes: Uint8Array, start: number, offset: number, bits: number, value: bigint): void {
  const low = Number(BigInt.asUintN(LOW_PART_BITS, value));
  if (bits <= LOW_PART_BITS) return writeBits(bytes, start, offset, bits, low);
  const highBits = bits - LOW_PART_BITS;
  const high = Number(BigInt.asUintN(highBits, value >> BigInt(LOW_PART_BITS)));
  writeBits(bytes, start, offset, highBits, high);
  writeBits(bytes, start, offset + highBits, LOW_PART_BITS, low);
}
