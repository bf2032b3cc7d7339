/**
 * Reading doubles as C's `strtod` does, which is what Redis reads scores with: decimal, hexadecimal, infinities.
 *
 * Digits that make a number up to 2^53 - 1 without their point, as those of a time in microseconds do, are an exact integer
 * divided by an exact power of ten, so one rounding gives the nearest double and nothing is allocated. Everything else
 * becomes a text first (scan-double.ts).
 */
import { EXACT_DIGITS, isSpace, POWERS_OF_TEN, scanDouble, scannedEnd } from './scan-double.ts';

const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const ZERO = 0x30;

/** Longer texts cannot become JavaScript strings. */
const LONGEST_TEXT = 2 ** 28;
/** Doubles closer to zero have fewer digits. */
const LEAST_NORMAL = 2 ** -1022;

const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const HAS_DIGIT = /[1-9]/;
const LEADING_SPACE = /^[ \t-\r]+/;

/**
 * The number that fills `bytes[start..end)`, possibly infinite when the text says so; NaN when it is no number, says NaN,
 * overflows or underflows to zero.
 */
export function parseDouble(bytes: Buffer, start: number, end: number): number {
  const exact = parseShort(bytes, start, end);
  if (!Number.isNaN(exact)) return exact;
  if (end - start > LONGEST_TEXT) return Number.NaN;
  const text = bytes.toString('latin1', start, end);
  const value = parseText(text);
  if (Number.isFinite(value) ? value !== 0 || isZero(text) : INFINITE.test(text)) return value;
  return Number.NaN;
}

/**
 * The same for a bound of a range of scores, read more leniently: space before it, nothing at all for 0, the text's end at
 * its first NUL, overflow to infinity and underflow to zero.
 */
export function parseBoundDouble(bytes: Buffer, start: number, end: number): number {
  const exact = parseShort(bytes, start, end);
  if (!Number.isNaN(exact)) return exact;
  if (end - start > LONGEST_TEXT) return Number.NaN;
  const text = bytes.toString('latin1', start, end).split('\0', 1)[0];
  return text === '' ? 0 : parseText(text.replace(LEADING_SPACE, ''));
}

/**
 * The same for a weight of SORT: as lenient, but what a double cannot hold, or not with all its digits because it is tiny, is
 * no number.
 */
export function parseWeight(bytes: Buffer, start: number, end: number): number {
  const value = parseBoundDouble(bytes, start, end);
  if (Math.abs(value) >= LEAST_NORMAL && value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY) {
    return value;
  }
  const text = bytes.toString('latin1', start, Math.min(end, start + LONGEST_TEXT)).split('\0', 1)[0];
  const digits = text.replace(LEADING_SPACE, '');
  if (value === 0) return text === '' || isZero(digits) ? value : Number.NaN;
  return INFINITE.test(digits) ? value : Number.NaN;
}

/** Reads digits with a point at most, and infinities; NaN for anything that takes more. */
function parseShort(bytes: Buffer, start: number, end: number): number {
  const sign = bytes[start];
  let at = sign === MINUS || sign === PLUS ? start + 1 : start;
  if (at >= end) return Number.NaN;
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (; at < end; at++) {
    const byte = bytes[at];
    if (byte === POINT && point < 0) {
      point = digits;
      continue;
    }
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9 || ++digits > EXACT_DIGITS) return parseShortInfinity(bytes, start, end);
    mantissa = mantissa * 10 + digit;
  }
  if (digits === 0 || mantissa > Number.MAX_SAFE_INTEGER) return Number.NaN;
  const value = point < 0 ? mantissa : mantissa / POWERS_OF_TEN[digits - point];
  return sign === MINUS ? -value : value;
}

function parseShortInfinity(bytes: Buffer, start: number, end: number): number {
  const sign = bytes[start];
  const at = sign === MINUS || sign === PLUS ? start + 1 : start;
  const isInfinite =
    end - at === 3 && (bytes[at] | 32) === 105 && (bytes[at + 1] | 32) === 110 && (bytes[at + 2] | 32) === 102;
  if (!isInfinite) return Number.NaN;
  return sign === MINUS ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** The nearest double to what the whole text says; NaN when it is no number. */
function parseText(text: string): number {
  if (isSpace(text.charCodeAt(0))) return Number.NaN;
  const value = scanDouble(text, 0);
  return text !== '' && scannedEnd() === text.length ? value : Number.NaN;
}

/** True for the text of a zero: no digit but 0 before the exponent. */
function isZero(text: string): boolean {
  const isHexadecimal = /^[+-]?0x/i.test(text);
  const digits = isHexadecimal ? text.slice(text.search(/x/i) + 1).split(/p/i, 1)[0] : text.split(/e/i, 1)[0];
  return isHexadecimal ? !/[1-9a-f]/i.test(digits) : !HAS_DIGIT.test(digits);
}
