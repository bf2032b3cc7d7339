/** The arguments of LMPOP, ZMPOP and those of them that wait: `numkeys key … side [COUNT count]`. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import { clampedInt64 } from './clamped-int64.ts';

export interface PopChoice {
  /** The keys: `keys` arguments from `first` on. */
  readonly first: number;
  readonly keys: number;
  /** What `readSide` read. */
  readonly side: boolean;
  readonly count: number;
}

/** Reads them from argument `i` on, `numkeys`; or the error. `readSide` reads which end is meant, undefined for none. */
export function readPopChoice(
  args: Args,
  i: number,
  readSide: (args: Args, i: number) => boolean | undefined,
): PopChoice | string {
  const keys = clampedInt64(args, i);
  if (!(keys > 0)) return ERR.numKeys;
  const first = i + 1;
  const where = first + keys;
  const side = where < args.count ? readSide(args, where) : undefined;
  if (side === undefined) return ERR.syntax;
  if (args.count === where + 1) return { first, keys, side, count: 1 };
  if (args.count < where + 3 || !args.is(where + 1, 'count')) return ERR.syntax;
  const count = clampedInt64(args, where + 2);
  if (!(count > 0)) return ERR.countNotPositive;
  return args.count > where + 3 ? ERR.syntax : { first, keys, side, count };
}
