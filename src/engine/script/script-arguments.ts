/** What EVAL and FCALL have in common: a script, a number of keys, the keys, other arguments. */
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import { clampedInt64 } from '../commands/clamped-int64.ts';
import { DENYOOM, type KeySpec, MAY_REPLICATE, STALE, WRITE } from '../commands/spec.ts';
import { textOf } from './known-texts.ts';
import { ALLOW_OOM, ALLOW_STALE, NO_WRITES } from './shebang.ts';

const COUNT_AT = 2;
/** Where the keys begin. */
export const FIRST_KEY = 3;

/** How many keys there are, or the error. `notInteger` is for a count that is no number. */
export function keyCountOf(args: Args, notInteger: string = ERR.notInteger): number | string {
  const count = clampedInt64(args, COUNT_AT);
  if (Number.isNaN(count)) return notInteger;
  if (count > args.count - FIRST_KEY) return ERR.tooManyKeys;
  return count < 0 ? ERR.keysNegative : count;
}

/** Keys behind their count. Nobody knows what a script does with them. */
export function keysBehindCount(flags: number, notes?: string): KeySpec[] {
  const find = { keynum: 0, first: 1, step: 1 };
  return [{ flags, begin: { index: COUNT_AT }, find, ...(notes === undefined ? {} : { notes }) }];
}

/** The flags of a call of a script that declares what it does. */
export function callFlags(flags: number, declared: number): number {
  const writes = (declared & NO_WRITES) === 0;
  const growsMemory = (declared & (ALLOW_OOM | NO_WRITES)) === 0;
  return (
    (flags & ~(STALE | DENYOOM | WRITE | MAY_REPLICATE)) |
    (writes ? WRITE : 0) |
    (growsMemory ? DENYOOM : 0) |
    ((declared & ALLOW_STALE) !== 0 ? STALE : 0)
  );
}

/** A table of arguments `from`..`to`. */
export function tableOf(args: Args, from: number, to: number): LuaTable {
  const items: LuaValue[] = [];
  const { bytes, view, start, end } = args;
  for (let i = from; i < to; i++) items.push(textOf(bytes, view, start[i], end[i]));
  return new LuaTable(items);
}
