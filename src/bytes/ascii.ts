/** Case without locale: only A to Z have a lower case, every other byte is itself, as in C's default locale. */

const UPPER_A = 0x41;
const UPPER_Z = 0x5a;
const CASE_BIT = 0x20;

/** The lower case of one byte. */
export function lowerByte(byte: number): number {
  return byte >= UPPER_A && byte <= UPPER_Z ? byte | CASE_BIT : byte;
}
