/**
 * MurmurHash64A (Austin Appleby's MurmurHash2 for 64 bits): what HyperLogLog hashes its elements with.
 *
 * A 64-bit number is two 32-bit halves: BigInt would allocate at every step. The product with the constant needs the upper
 * half of a 32 by 32 bit product, which is put together from 16-bit parts.
 */

const M_LOW = 0x5bd1e995;
const M_HIGH = 0xc6a4a793;
const M_LOW_0 = M_LOW & 0xffff;
const M_LOW_1 = M_LOW >>> 16;

/**
 * The hash of `bytes[start..end)` under a 32-bit seed, written to `hash`: lower half, upper half. `view` spans the same
 * memory as `bytes`.
 */
export function murmurHash64A(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  seed: number,
  hash: Int32Array,
): void {
  const length = end - start;
  let high = timesHigh(length, 0);
  let low = seed ^ Math.imul(length, M_LOW);
  const wordsEnd = start + (length & ~7);
  let at = start;
  for (; at < wordsEnd; at += 8) {
    const first = view.getInt32(at, true);
    let wordHigh = timesHigh(first, view.getInt32(at + 4, true));
    let wordLow = Math.imul(first, M_LOW);
    wordLow ^= wordHigh >>> 15;
    wordHigh = timesHigh(wordLow, wordHigh);
    high ^= wordHigh;
    low ^= Math.imul(wordLow, M_LOW);
    high = timesHigh(low, high);
    low = Math.imul(low, M_LOW);
  }
  if (at < end) {
    if (end - at >= 4) {
      low ^= view.getInt32(at, true);
      at += 4;
      for (let shift = 0; at < end; at++, shift += 8) high ^= bytes[at] << shift;
    } else {
      for (let shift = 0; at < end; at++, shift += 8) low ^= bytes[at] << shift;
    }
    high = timesHigh(low, high);
    low = Math.imul(low, M_LOW);
  }
  low ^= high >>> 15;
  high = timesHigh(low, high);
  low = Math.imul(low, M_LOW);
  hash[0] = low ^ (high >>> 15);
  hash[1] = high;
}

/** The upper half of the 64-bit number (low, high) times the constant. */
function timesHigh(low: number, high: number): number {
  const low0 = low & 0xffff;
  const low1 = low >>> 16;
  const middle = (Math.imul(low1, M_LOW_0) + (Math.imul(low0, M_LOW_0) >>> 16)) | 0;
  const carried = (Math.imul(low0, M_LOW_1) + (middle & 0xffff)) | 0;
  const upper = (Math.imul(low1, M_LOW_1) + (middle >>> 16) + (carried >>> 16)) | 0;
  return (upper + Math.imul(low, M_HIGH) + Math.imul(high, M_LOW)) | 0;
}
