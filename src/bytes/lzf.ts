/**
 * LZF, Marc Lehmann's compression, in which snapshots keep long strings: quick, and good enough for text that repeats itself.
 *
 *   000LLLLL                       L + 1 bytes follow as they are
 *   LLLooooo oooooooo              copy L + 2 bytes (L from 1 to 6) from o + 1 bytes back
 *   111ooooo LLLLLLLL oooooooo     copy L + 9 bytes
 *
 * A copy may read what it has just written, so a run of one byte is a copy from one byte back. The compressor remembers for
 * each hash of three bytes where they stood last; it takes the first match it finds. Nothing is remembered from one string to
 * the next, so the same bytes always give the same result.
 */
import { copyBytes } from './copy.ts';

const MOST_LITERALS = 32;
/** A copy as long as this has its length in a byte of its own. */
const LONG_COPY = 9;
const LONGEST_COPY = 264;
const FARTHEST = 8192;
/** Bits of the hash, for short and for long strings: a table that is hardly used costs more to empty than it saves. */
const LEAST_HASH_BITS = 6;
const MOST_HASH_BITS = 14;

/** Where three bytes of a hash stood last, as far as the running function's hash goes. */
const places = new Int32Array(1 << MOST_HASH_BITS);

/**
 * Compresses `source[start..end)` into `target` from `at` on. Returns the length, 0 when it would be more than `limit`
 * bytes; `target` must have room for `limit`.
 */
export function compressLzf(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  limit: number,
): number {
  const shift = Math.max(32 - MOST_HASH_BITS, Math.min(32 - LEAST_HASH_BITS, Math.clz32(end - start)));
  places.fill(-1, 0, 1 << (32 - shift));
  const stop = at + limit;
  let out = at + 1;
  let literals = 0;
  let p = start;
  while (p < end) {
    const from = p + 2 < end ? remember(source, p, shift) : -1;
    if (from < 0 || p - from > FARTHEST || !isMatch(source, from, p)) {
      if (out >= stop) return 0;
      target[out++] = source[p++];
      if (++literals === MOST_LITERALS) {
        target[out - literals - 1] = literals - 1;
        literals = 0;
        out++;
      }
      continue;
    }
    if (literals > 0) target[out - literals - 1] = literals - 1;
    else out--;
    literals = 0;
    const length = matchLength(source, from, p, Math.min(LONGEST_COPY, end - p));
    if (out + (length < LONG_COPY ? 2 : 3) > stop) return 0;
    out = writeCopy(target, out, length, p - from - 1) + 1;
    const next = p + length;
    // The last positions of what was copied are worth knowing, those before seldom.
    if (next + 2 < end) {
      remember(source, next - 2, shift);
      remember(source, next - 1, shift);
    }
    p = next;
  }
  if (literals > 0) target[out - literals - 1] = literals - 1;
  else out--;
  return out - at <= limit ? out - at : 0;
}

/** The length that `source[start..end)` has uncompressed; -1 when it is not LZF. */
export function uncompressedLength(source: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let p = start; p < end; ) {
    const control = source[p++];
    if (control < 32) {
      p += control + 1;
      if (p > end) return -1;
      length += control + 1;
      continue;
    }
    const isLong = control >= 224;
    if (p + (isLong ? 2 : 1) > end) return -1;
    const copied = isLong ? source[p++] + 9 : (control >>> 5) + 2;
    const distance = ((control & 31) << 8) + source[p++] + 1;
    if (distance > length) return -1;
    length += copied;
  }
  return length;
}

/** Uncompresses `source[start..end)`, which `uncompressedLength` found good, into `target` from `at` on. */
export function uncompressLzf(
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
  target: Buffer,
  targetView: DataView,
  at: number,
): void {
  let out = at;
  for (let p = start; p < end; ) {
    const control = source[p++];
    if (control < 32) {
      copyBytes(target, targetView, out, source, sourceView, p, control + 1);
      p += control + 1;
      out += control + 1;
      continue;
    }
    const copied = control >= 224 ? source[p++] + 9 : (control >>> 5) + 2;
    let from = out - ((control & 31) << 8) - source[p++] - 1;
    for (let i = 0; i < copied; i++) target[out++] = target[from++];
  }
}

/** Notes that the three bytes at `p` stand there; returns where the last with their hash stood. */
function remember(source: Uint8Array, p: number, shift: number): number {
  const three = (source[p] << 16) | (source[p + 1] << 8) | source[p + 2];
  const hash = Math.imul(three, 0x9e3779b1) >>> shift;
  const place = places[hash];
  places[hash] = p;
  return place;
}

function isMatch(source: Uint8Array, a: number, b: number): boolean {
  return source[a] === source[b] && source[a + 1] === source[b + 1] && source[a + 2] === source[b + 2];
}

function matchLength(source: Uint8Array, a: number, b: number, most: number): number {
  let length = 3;
  while (length < most && source[a + length] === source[b + length]) length++;
  return length;
}

/** Writes a copy of `length` bytes from `offset` + 1 bytes back; returns the position behind it. */
function writeCopy(target: Uint8Array, at: number, length: number, offset: number): number {
  let out = at;
  if (length < 9) target[out++] = ((length - 2) << 5) | (offset >>> 8);
  else {
    target[out++] = 0xe0 | (offset >>> 8);
    target[out++] = length - 9;
  }
  target[out++] = offset & 255;
  return out;
}
