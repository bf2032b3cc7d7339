/**
 * CRC-64 as Redis computes it (Jones's polynomial, reflected, no inversion): the checksum at the end of snapshots and of what
 * DUMP replies.
 *
 * Eight bytes a step: each has a table of what it does to a sum eight bytes, seven bytes … further on. JavaScript's integers
 * have 32 bits, so each table is two, one for each half.
 */

/** The polynomial, bits reversed. */
const POLYNOMIAL_HIGH = 0x95ac9329;
const POLYNOMIAL_LOW = 0xac4bc9b5;
const STEP = 8;

/** What byte `b` does to the sum when `i` bytes follow it in the step: entry `i * 256 + b`. */
const HIGH = new Int32Array(STEP * 256);
const LOW = new Int32Array(STEP * 256);

for (let byte = 0; byte < 256; byte++) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = (low & 1) === 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (isOdd) {
      low ^= POLYNOMIAL_LOW;
      high ^= POLYNOMIAL_HIGH;
    }
  }
  HIGH[byte] = high;
  LOW[byte] = low;
}
for (let at = 256; at < STEP * 256; at++) {
  const high = HIGH[at - 256];
  const low = LOW[at - 256];
  HIGH[at] = (high >>> 8) ^ HIGH[low & 255];
  LOW[at] = ((low >>> 8) | (high << 24)) ^ LOW[low & 255];
}

/** A sum being made; the halves are signed. */
export class Crc64 {
  high = 0;
  low = 0;

  /** Adds `bytes[start..end)`; `view` spans the same memory. */
  add(bytes: Uint8Array, view: DataView, start: number, end: number): void {
    let { high, low } = this;
    let p = start;
    for (; p + STEP <= end; p += STEP) {
      low ^= view.getInt32(p, true);
      high ^= view.getInt32(p + 4, true);
      const a = 1792 + (low & 255);
      const b = 1536 + ((low >>> 8) & 255);
      const c = 1280 + ((low >>> 16) & 255);
      const d = 1024 + (low >>> 24);
      const e = 768 + (high & 255);
      const f = 512 + ((high >>> 8) & 255);
      const g = 256 + ((high >>> 16) & 255);
      const h = high >>> 24;
      low = LOW[a] ^ LOW[b] ^ LOW[c] ^ LOW[d] ^ LOW[e] ^ LOW[f] ^ LOW[g] ^ LOW[h];
      high = HIGH[a] ^ HIGH[b] ^ HIGH[c] ^ HIGH[d] ^ HIGH[e] ^ HIGH[f] ^ HIGH[g] ^ HIGH[h];
    }
    for (; p < end; p++) {
      const at = (low ^ bytes[p]) & 255;
      low = ((low >>> 8) | (high << 24)) ^ LOW[at];
      high = (high >>> 8) ^ HIGH[at];
    }
    this.high = high;
    this.low = low;
  }
}
