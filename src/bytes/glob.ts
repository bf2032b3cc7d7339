/**
 * Redis's glob patterns, for KEYS, SCAN, PSUBSCRIBE, CONFIG GET and ACL rules.
 *
 *   *       any bytes, also none       [abc] [^abc] [a-z]   one byte of the class, or not of it
 *   ?       one byte                   \x                   the byte x itself
 *
 * Every part but '*' consumes exactly one byte of the text. So when a byte does not match, only the last '*' seen needs
 * to be retried, one byte further: giving an earlier '*' more would leave less text for the same rest. That makes the
 * match a loop with two remembered positions, at most (text × pattern) steps and no stack, where recursion over
 * hostile patterns takes exponential time. Patterns are not compiled to RegExp, which backtracks and would need the
 * text as a string.
 *
 * That product can still be ten thousand million where both are of a hundred thousand bytes, and a client chooses both:
 * what it subscribes to and what it publishes to. So only so many bytes are compared in vain, more than a pattern and a text
 * of 1 KiB can bring about; then there is no match.
 *
 * What Redis does with odd patterns is kept, because stored patterns (ACL rules, subscriptions) rely on it:
 * - an unterminated class ends with the pattern: "[abc" is "[abc]", "[^" is any byte, "[" matches nothing;
 * - a range takes its end literally, so in "[a-]" the "]" is the end of the range; a reversed range is turned round;
 * - bytes of a range compare as signed, so "[a-\xff]" holds everything from \xff (-1) up to "a";
 * - ignoring case, a range is turned round before its ends are lowered, and an escaped byte in a class keeps its case;
 * - a backslash that ends the pattern stands for itself;
 * - the empty text is matched by the empty pattern only, not by "*" (KEYS and SCAN do not ask when the pattern is "*").
 */

import { lowerByte } from './ascii.ts';

const STAR = 0x2a;
const QUESTION = 0x3f;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const CARET = 0x5e;
const DASH = 0x2d;

const MISMATCH = -1;
/** Bytes that may have matched behind a '*' before it turned out that the rest does not. */
const MOST_IN_VAIN = 1024 * 1024;

function signed(byte: number): number {
  return (byte << 24) >> 24;
}

function sameByte(a: number, b: number, ignoreCase: boolean): boolean {
  return a === b || (ignoreCase && lowerByte(a) === lowerByte(b));
}

function inRange(byte: number, from: number, to: number, ignoreCase: boolean): boolean {
  const a = signed(from);
  const b = signed(to);
  const c = signed(byte);
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  if (ignoreCase) return lowerByte(c) >= lowerByte(low) && lowerByte(c) <= lowerByte(high);
  return c >= low && c <= high;
}

/** Matches `byte` against the class whose '[' is at `at`: the offset after the class, or MISMATCH. */
function matchClass(pattern: Uint8Array, at: number, pe: number, byte: number, ignoreCase: boolean): number {
  let p = at + 1;
  const negated = p < pe && pattern[p] === CARET;
  if (negated) p++;
  let found = false;
  while (p < pe && pattern[p] !== CLOSE) {
    const left = pe - p;
    if (left >= 2 && pattern[p] === BACKSLASH) {
      if (pattern[p + 1] === byte) found = true;
      p += 2;
    } else if (left >= 3 && pattern[p + 1] === DASH) {
      if (inRange(byte, pattern[p], pattern[p + 2], ignoreCase)) found = true;
      p += 3;
    } else {
      if (sameByte(pattern[p], byte, ignoreCase)) found = true;
      p++;
    }
  }
  if (found === negated) return MISMATCH;
  return p < pe ? p + 1 : pe;
}

/** Matches `byte` against the part at `p`, which is not a '*': the offset of the next part, or MISMATCH. */
function matchByte(pattern: Uint8Array, p: number, pe: number, byte: number, ignoreCase: boolean): number {
  const part = pattern[p];
  if (part === QUESTION) return p + 1;
  if (part === OPEN) return matchClass(pattern, p, pe, byte, ignoreCase);
  const literal = part === BACKSLASH && p + 1 < pe ? p + 1 : p;
  return sameByte(pattern[literal], byte, ignoreCase) ? literal + 1 : MISMATCH;
}

/**
 * Whether the glob `pattern[ps, pe)` matches the whole of `text[ts, te)`.
 *
 * @param ignoreCase compares ASCII letters without case
 */
export function globMatch(
  pattern: Uint8Array,
  ps: number,
  pe: number,
  text: Uint8Array,
  ts: number,
  te: number,
  ignoreCase: boolean,
): boolean {
  if (ts === te) return ps === pe;
  let p = ps;
  let t = ts;
  let afterStar = MISMATCH;
  let inVain = 0;
  let starText = ts;

  while (t < te) {
    if (p < pe && pattern[p] === STAR) {
      p++;
      if (p === pe) return true;
      afterStar = p;
      starText = t;
      continue;
    }
    const next = p < pe ? matchByte(pattern, p, pe, text[t], ignoreCase) : MISMATCH;
    if (next !== MISMATCH) {
      p = next;
      t++;
    } else {
      if (afterStar === MISMATCH) return false;
      inVain += t - starText;
      if (inVain > MOST_IN_VAIN) return false;
      p = afterStar;
      starText++;
      t = starText;
    }
  }
  while (p < pe && pattern[p] === STAR) p++;
  return p === pe;
}
