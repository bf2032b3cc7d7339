/** How long a command may wait: an argument in seconds with decimals, or in milliseconds; 0 is for ever. */
import { INT64_MAX } from '../../bytes/integer.ts';
import { parseDouble } from '../../bytes/parse-double.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';

/** Numbers beyond a double's range, but not beyond what Redis reads. */
const VAST = /^[+-]?\d+(?:\.\d*)?e\+?\d{1,3}$/i;
const TINY = /^[+-]?\d+(?:\.\d*)?e-\d{1,3}$/i;

/**
 * The end of a wait of so many seconds from `now`, in milliseconds since 1970 and Infinity for none; or the error, in
 * Redis's words. Parts of a millisecond count as one.
 */
export function readTimeoutSeconds(args: Args, i: number, now: number): number | string {
  let seconds = parseDouble(args.bytes, args.start[i], args.end[i]);
  if (Number.isNaN(seconds)) {
    if (args.length(i) > 64) return ERR.timeoutNotFloat;
    const text = args.text(i);
    const size = VAST.test(text) ? Number.POSITIVE_INFINITY : TINY.test(text) ? Number.MIN_VALUE : Number.NaN;
    if (Number.isNaN(size)) return ERR.timeoutNotFloat;
    seconds = text.startsWith('-') ? -size : size;
  }
  return deadlineAfter(Math.ceil(seconds * 1000), now);
}

/** The same for a wait of so many milliseconds. */
export function readTimeoutMillis(args: Args, i: number, now: number): number | string {
  const millis = args.int64(i);
  return millis === undefined ? ERR.timeoutNotInteger : deadlineAfter(Number(millis), now);
}

function deadlineAfter(millis: number, now: number): number | string {
  if (millis < 0) return ERR.timeoutNegative;
  if (millis === 0) return Number.POSITIVE_INFINITY;
  return millis > Number(INT64_MAX) - now ? ERR.timeoutOutOfRange : now + millis;
}
