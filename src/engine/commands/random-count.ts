import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';

/** Half of the 64-bit range: what HRANDFIELD, SRANDMEMBER and ZRANDMEMBER take as a count. */
const LIMIT = 2n ** 62n;

/** The count of a draw by chance, negative to allow repetitions; NaN after an error was replied. */
export function readRandomCount(args: Args, i: number, reply: Reply): number {
  const count = args.int64(i);
  if (count !== undefined && count >= -LIMIT && count <= LIMIT) return Number(count);
  reply.error(count === undefined ? ERR.notInteger : ERR.outOfRange);
  return Number.NaN;
}
