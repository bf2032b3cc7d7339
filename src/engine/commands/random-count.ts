import { INT64_MAX, INT64_MIN } from '../../bytes/integer.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import { LARGEST_BYTES, ReplyTooLong } from '../../protocol/output-buffer.ts';
import type { Reply } from '../../protocol/reply.ts';

/** No element of a reply is shorter. */
const LEAST_ELEMENT_BYTES = 6;
const MOST_PAIRS = INT64_MAX / 2n;

/** The count of a draw by chance, negative to allow repetitions; NaN after an error was replied. */
export function readRandomCount(args: Args, i: number, reply: Reply): number {
  const count = args.int64(i);
  if (count !== undefined && count > INT64_MIN) return Number(count);
  reply.error(count === undefined ? ERR.notInteger : ERR.rankOutOfRange);
  return Number.NaN;
}

/** Whether a count that was read is too large where every element comes with a second one. */
export function isTooManyPairs(args: Args, i: number): boolean {
  const count = args.int64(i) ?? 0n;
  return count > MOST_PAIRS || count < -MOST_PAIRS;
}

/** Breaks a command off at once whose reply of `count` elements would be too long at the end. */
export function refuseEndless(count: number): void {
  if (count * LEAST_ELEMENT_BYTES > LARGEST_BYTES) throw new ReplyTooLong();
}
