/** Reading expiry arguments: seconds or milliseconds, from now or since 1970, as a deadline in milliseconds since 1970. */

import { INT64_MAX, INT64_MIN } from '../../bytes/integer.ts';
import type { Args } from '../../protocol/args.ts';

/** What `readDeadline` answers for no integer, and for one whose deadline no signed 64-bit number can hold. */
const NOT_AN_INTEGER = Number.NaN;
export const TOO_FAR = Number.POSITIVE_INFINITY;

export const SECONDS = 1000;
export const MILLISECONDS = 1;

/**
 * The deadline that argument `i` names; `base` is what it counts from: the current time, or 0. Beyond 2^53 it is rounded to
 * the nearest number, in the year 287396.
 */
export function readDeadline(args: Args, i: number, unit: number, base: number): number {
  const value = args.integer(i);
  const deadline = value * unit + base;
  if (Number.isSafeInteger(deadline) && Number.isSafeInteger(value * unit)) return deadline;
  const exact = args.int64(i);
  if (exact === undefined) return NOT_AN_INTEGER;
  const millis = exact * BigInt(unit);
  if (millis > INT64_MAX - BigInt(base) || millis < INT64_MIN) return TOO_FAR;
  return Number(millis + BigInt(base));
}

/** The same deadline exactly, for what `readDeadline` had to round. */
export function readExactDeadline(args: Args, i: number, unit: number, base: number): bigint {
  return (args.int64(i) ?? 0n) * BigInt(unit) + BigInt(base);
}
