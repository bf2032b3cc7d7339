/** Printing of doubles with a fixed number of digits behind the point. */
import { writeInteger } from './integer.ts';

/** Beyond this JavaScript's `toFixed` prints an exponent. */
const FIXED_LIMIT = 1e21;
const TRAILING_ZEROS = /\.?0+$/;
/** Digits of a coordinate behind the point. */
const COORDINATE_DIGITS = 17;
const DISTANCE_SCALE = 1e4;
/** Adding and taking this away rounds a smaller number to an integer, ties to even. */
const ROUNDER = 2 ** 52;

/**
 * As C's `%.<digits>f` prints it: the exact value rounded once, ties to even; `inf`, `-inf`, `nan` where there are no digits.
 */
export function formatFixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (magnitude >= FIXED_LIMIT) return `${sign}${BigInt(magnitude)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`;
  // A tie has one digit more, a 5; `toFixed` rounds it up, which is wrong behind an even digit.
  const doubled = magnitude * 2 ** (digits + 1);
  if (doubled % 2 === 1) {
    const exact = magnitude.toFixed(digits + 1).slice(0, digits === 0 ? -2 : -1);
    if (Number(exact.at(-1)) % 2 === 0) return sign + exact;
  }
  return sign + magnitude.toFixed(digits);
}

/** A coordinate as Redis prints it: at most 17 digits behind the point, no zeros at the end. */
export function formatCoordinate(value: number): string {
  const text = formatFixed(value, COORDINATE_DIGITS).replace(TRAILING_ZEROS, '');
  return text === '-0' ? '0' : text;
}

/**
 * Writes a distance as Redis prints it, with four digits behind the point, into `bytes` at `at`; returns the position
 * behind it. Distances on the earth are small; what does not fit a safe integer of ten-thousandths is printed longhand.
 */
export function writeDistance(bytes: Buffer, at: number, distance: number): number {
  const scaled = distance * DISTANCE_SCALE;
  if (!(scaled < ROUNDER)) return at + bytes.write(formatFixed(distance, 4), at, 'latin1');
  const units = scaled + ROUNDER - ROUNDER;
  const whole = Math.floor(units / DISTANCE_SCALE);
  let rest = units - whole * DISTANCE_SCALE;
  const end = writeInteger(bytes, at, whole) + 5;
  bytes[end - 5] = 46;
  for (let i = end - 1; i > end - 5; i--) {
    bytes[i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  return end;
}
