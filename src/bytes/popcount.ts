/**
 * Counting set bits in a run of bytes.
 *
 * JavaScript has no instruction for it, and the usual arithmetic costs about twelve operations for 32 bits. So the long
 * loop takes eight words at a time and adds them as columns: a full adder over whole words leaves one word of ones, one
 * of twos, one of fours and one of eights, of which only the last must be counted there and then. That halves the work.
 * Rejected: a table for every byte, which is four loads a word and evicts what the caller has in the first cache.
 */

const BLOCK_BYTES = 32;

/** The set bits of a 32-bit word. */
function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The set bits in `[start, end)`, a multiple of BLOCK_BYTES bytes. */
function countBlocks(view: DataView, start: number, end: number): number {
  let eightsTotal = 0;
  let ones = 0;
  let twos = 0;
  let fours = 0;
  for (let at = start; at < end; at += BLOCK_BYTES) {
    let a = view.getInt32(at, true);
    let b = view.getInt32(at + 4, true);
    let half = ones ^ a;
    const twosA = (ones & a) | (half & b);
    ones = half ^ b;
    a = view.getInt32(at + 8, true);
    b = view.getInt32(at + 12, true);
    half = ones ^ a;
    const twosB = (ones & a) | (half & b);
    ones = half ^ b;
    half = twos ^ twosA;
    const foursA = (twos & twosA) | (half & twosB);
    twos = half ^ twosB;

    a = view.getInt32(at + 16, true);
    b = view.getInt32(at + 20, true);
    half = ones ^ a;
    const twosC = (ones & a) | (half & b);
    ones = half ^ b;
    a = view.getInt32(at + 24, true);
    b = view.getInt32(at + 28, true);
    half = ones ^ a;
    const twosD = (ones & a) | (half & b);
    ones = half ^ b;
    half = twos ^ twosC;
    const foursB = (twos & twosC) | (half & twosD);
    twos = half ^ twosD;

    half = fours ^ foursA;
    eightsTotal += bitsOf((fours & foursA) | (half & foursB));
    fours = half ^ foursB;
  }
  return 8 * eightsTotal + 4 * bitsOf(fours) + 2 * bitsOf(twos) + bitsOf(ones);
}

function countBytes(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  const blocks = end - ((end - start) % BLOCK_BYTES);
  let count = blocks > start ? countBlocks(view, start, blocks) : 0;
  let at = blocks;
  for (; at + 4 <= end; at += 4) count += bitsOf(view.getInt32(at, true));
  for (; at < end; at++) count += bitsOf(bytes[at]);
  return count;
}

/**
 * The set bits among bits `from` to `to`, the last not included, of the bytes that begin at `start`. Bit 0 is the highest
 * bit of the first byte. `view` spans the same memory as `bytes`.
 */
export function countBits(bytes: Uint8Array, view: DataView, start: number, from: number, to: number): number {
  if (from >= to) return 0;
  const first = start + Math.floor(from / 8);
  const last = start + Math.floor((to - 1) / 8);
  const headMask = 0xff >>> (from & 7);
  const tailMask = 0xff & (0xff80 >>> ((to - 1) & 7));
  if (first === last) return bitsOf(bytes[first] & headMask & tailMask);
  return bitsOf(bytes[first] & headMask) + countBytes(bytes, view, first + 1, last) + bitsOf(bytes[last] & tailMask);
}
