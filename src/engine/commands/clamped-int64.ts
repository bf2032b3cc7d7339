import type { Args } from '../../protocol/args.ts';

/** A signed 64-bit argument as a number, rounded beyond 2^53, where no list is long enough to tell; NaN for no integer. */
export function clampedInt64(args: Args, i: number): number {
  const value = args.integer(i);
  if (!Number.isNaN(value)) return value;
  const exact = args.int64(i);
  return exact === undefined ? Number.NaN : Number(exact);
}
