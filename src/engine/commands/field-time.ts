/**
 * What the commands on deadlines of fields have in common: the time, which is never before 1970 nor beyond what Redis keeps
 * of a field's deadline, and the announced list of fields.
 */
import type { Args } from '../../protocol/args.ts';
import { ERR, invalidExpire } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';

/** The latest deadline of a field. */
const LATEST = 2n ** 46n - 1n;

/** Argument `i` as a deadline counted from `base`; NaN after an error was replied. */
export function readFieldTime(call: Call, args: Args, i: number, unit: number, base: number, reply: Reply): number {
  const time = args.int64(i);
  if (time === undefined) reply.error(ERR.notInteger);
  else if (time < 0n) reply.error(ERR.fieldTimeNegative);
  else if (time > LATEST / BigInt(unit) || time * BigInt(unit) > LATEST - BigInt(base)) {
    reply.error(invalidExpire(call.command.fullName));
  } else return Number(time) * unit + base;
  return Number.NaN;
}

/** Reads `FIELDS count field …` at argument `i`, the fields being the rest; false after an error was replied. */
export function readFieldList(args: Args, i: number, reply: Reply, badCount: string = ERR.fieldCount): boolean {
  if (!args.is(i, 'fields')) reply.error(ERR.fieldsMissing);
  else if (!isCount(args, i + 1)) reply.error(badCount);
  else if (args.integer(i + 1) !== args.count - i - 2) reply.error(ERR.fieldCountMismatch);
  else return true;
  return false;
}

/** True for a number from 1 to the largest that a signed 64-bit number holds. */
function isCount(args: Args, i: number): boolean {
  const count = i < args.count ? args.int64(i) : undefined;
  return count !== undefined && count > 0n;
}
