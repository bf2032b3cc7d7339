/**
 * Decimal integers as bytes: the only place that reads or writes them.
 *
 * Redis keeps a value as an integer only when its text is canonical, that is, when printing the integer gives the same
 * bytes back. So every reader here is strict: an optional '-', then digits without a leading zero; no '+', no "-0",
 * no spaces. What is accepted can be stored as a number and printed later without loss.
 *
 * A number holds an integer exactly up to 2^53 - 1. The hot readers stay there and answer NaN beyond it; `parseInt64`
 * covers the rest of the signed 64-bit range with BigInt, on the rare path only.
 *
 * Digits are gathered in groups of at most nine, because a group fits 32 bits: V8 then compiles the loops to integer
 * arithmetic. One loop in floating point is shorter, but slower for the short numbers that nearly all integers are.
 * Writing works from the end in pairs of digits out of a table, one division for two digits.
 */

export const INT64_MAX = 9223372036854775807n;
export const INT64_MIN = -9223372036854775808n;

const MINUS = 0x2d;
const ZERO = 0x30;

/** Digits of 2^63, the magnitude that no positive int64 reaches and exactly one negative does. */
const INT64_BOUND_DIGITS = Uint8Array.from('9223372036854775808', (digit) => digit.charCodeAt(0));

const GROUP_DIGITS = 9;
const POWERS_OF_TEN = Float64Array.from({ length: GROUP_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

const DIGIT_PAIRS = Uint8Array.from({ length: 200 }, (_, i) =>
  i % 2 === 0 ? ZERO + Math.floor(i / 20) : ZERO + ((i >> 1) % 10),
);
const PAIRS_PER_LARGE_HALF = 4;
const LARGE_HALF = 1e8;

/** Value of at most nine digits, or -1 when one of the bytes is not a digit. */
function digitGroup(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = bytes[i] - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = (value * 10 + digit) | 0;
  }
  return value;
}

/** The magnitude in `[from, to)`, which holds 10 to 18 digits, as a number that is exact only up to 2^53; -1 if not digits. */
function twoGroups(bytes: Uint8Array, from: number, to: number): number {
  const middle = from + GROUP_DIGITS;
  const high = digitGroup(bytes, from, middle);
  const low = digitGroup(bytes, middle, to);
  if (high < 0 || low < 0) return -1;
  return high * POWERS_OF_TEN[to - middle] + low;
}

/**
 * Reads the canonical integer that fills `[start, end)`.
 *
 * @returns the number, or NaN when the text is not a canonical integer or its magnitude exceeds 2^53 - 1
 *   (`isInt64Text` and `parseInt64` tell the two apart).
 */
export function parseSafeInteger(bytes: Uint8Array, start: number, end: number): number {
  if (start >= end) return Number.NaN;
  const negative = bytes[start] === MINUS;
  const from = negative ? start + 1 : start;
  const digits = end - from;
  if (digits === 0 || digits > 16) return Number.NaN;
  if (bytes[from] === ZERO) return digits === 1 && !negative ? 0 : Number.NaN;

  const magnitude = digits <= GROUP_DIGITS ? digitGroup(bytes, from, end) : twoGroups(bytes, from, end);
  if (magnitude < 0 || magnitude > Number.MAX_SAFE_INTEGER) return Number.NaN;
  return negative ? -magnitude : magnitude;
}

/** Whether `[start, end)` is the canonical text of a signed 64-bit integer. */
export function isInt64Text(bytes: Uint8Array, start: number, end: number): boolean {
  if (start >= end) return false;
  const negative = bytes[start] === MINUS;
  const from = negative ? start + 1 : start;
  const digits = end - from;
  if (digits === 0 || digits > INT64_BOUND_DIGITS.length) return false;
  if (bytes[from] === ZERO) return digits === 1 && !negative;
  for (let i = from; i < end; i++) {
    const digit = bytes[i] - ZERO;
    if (digit < 0 || digit > 9) return false;
  }
  if (digits < INT64_BOUND_DIGITS.length) return true;
  for (let i = 0; i < digits; i++) {
    const difference = bytes[from + i] - INT64_BOUND_DIGITS[i];
    if (difference !== 0) return difference < 0;
  }
  return negative;
}

/**
 * Reads the canonical signed 64-bit integer that fills `[start, end)`. Allocates a BigInt: for values past 2^53 - 1.
 *
 * @returns undefined when the text is not canonical or out of range.
 */
export function parseInt64(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  const small = parseSafeInteger(bytes, start, end);
  if (!Number.isNaN(small)) return BigInt(small);
  if (!isInt64Text(bytes, start, end)) return undefined;

  // 16 to 19 digits are left, so the last nine and the rest are both exact.
  const negative = bytes[start] === MINUS;
  const from = negative ? start + 1 : start;
  const middle = end - GROUP_DIGITS;
  const high = middle - from > GROUP_DIGITS ? twoGroups(bytes, from, middle) : digitGroup(bytes, from, middle);
  const magnitude = BigInt(high) * 1_000_000_000n + BigInt(digitGroup(bytes, middle, end));
  return negative ? -magnitude : magnitude;
}

/** Number of decimal digits of a non-negative integer below 10^9. */
function digitCount(n: number): number {
  if (n < 10000) {
    if (n < 100) return n < 10 ? 1 : 2;
    return n < 1000 ? 3 : 4;
  }
  if (n < 1000000) return n < 100000 ? 5 : 6;
  if (n < 100000000) return n < 10000000 ? 7 : 8;
  return 9;
}

/** Length in bytes of the decimal text of a safe integer, its sign included: 1 to 17. */
export function integerLength(n: number): number {
  const sign = n < 0 ? 1 : 0;
  const magnitude = n < 0 ? -n : n;
  if (magnitude < LARGE_HALF) return sign + digitCount(magnitude | 0);
  return sign + 2 * PAIRS_PER_LARGE_HALF + digitCount((magnitude / LARGE_HALF) | 0);
}

/** Writes the digits of `n`, below 2^31 and not negative, so that they end before `end`. */
function writeDigitsBackwards(bytes: Uint8Array, end: number, n: number): void {
  let rest = n | 0;
  let at = end;
  while (rest >= 100) {
    const next = (rest / 100) | 0;
    const pair = (rest - next * 100) << 1;
    at -= 2;
    bytes[at] = DIGIT_PAIRS[pair];
    bytes[at + 1] = DIGIT_PAIRS[pair + 1];
    rest = next;
  }
  if (rest >= 10) {
    bytes[at - 2] = DIGIT_PAIRS[rest << 1];
    bytes[at - 1] = DIGIT_PAIRS[(rest << 1) + 1];
  } else {
    bytes[at - 1] = ZERO + rest;
  }
}

/**
 * Writes the decimal text of the safe integer `n` at offset `at`; the caller leaves room for `integerLength(n)` bytes.
 *
 * @returns the offset after the last byte written.
 */
export function writeInteger(bytes: Uint8Array, at: number, n: number): number {
  const end = at + integerLength(n);
  let magnitude = n;
  if (n < 0) {
    bytes[at] = MINUS;
    magnitude = -n;
  }
  if (magnitude < LARGE_HALF) {
    writeDigitsBackwards(bytes, end, magnitude);
    return end;
  }

  // Both halves are below 10^8 and the division cannot round up to the next integer, see the tests at the seams.
  const high = (magnitude / LARGE_HALF) | 0;
  let low = (magnitude - high * LARGE_HALF) | 0;
  let position = end;
  for (let i = 0; i < PAIRS_PER_LARGE_HALF; i++) {
    const next = (low / 100) | 0;
    const pair = (low - next * 100) << 1;
    position -= 2;
    bytes[position] = DIGIT_PAIRS[pair];
    bytes[position + 1] = DIGIT_PAIRS[pair + 1];
    low = next;
  }
  writeDigitsBackwards(bytes, position, high);
  return end;
}
