/** What SCAN, HSCAN, SSCAN and ZSCAN ask for: cursor and options. */
import { globMatch } from '../../bytes/glob.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { ListpackCursor } from '../structures/listpack.ts';

const DEFAULT_COUNT = 10;
/** However many elements a call asks for, it visits hardly more than this: they take less than ten milliseconds. */
const COUNT_LIMIT = 1 << 14;
const UINT64_MAX = 0xffffffffffffffffn;
const STAR = 0x2a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;

/** `pattern` and `type` are argument indexes, 0 for any. */
export interface ScanOptions {
  count: number;
  pattern: number;
  type: number;
  /** HSCAN's NOVALUES. */
  noValues: boolean;
}

/**
 * Argument `i` as a cursor: an unsigned 64-bit number as C's strtoul reads it, of which a table uses the low 32 bits; NaN
 * when it is none. A sign is allowed, and no digits at all mean 0.
 */
export function readCursor(args: Args, i: number): number {
  const plain = args.integer(i);
  if (plain >= 0) return plain % 4294967296;
  const { bytes } = args;
  const start = args.start[i];
  const hasSign = args.length(i) > 0 && (bytes[start] === PLUS || bytes[start] === MINUS);
  let value = 0n;
  let at = hasSign ? start + 1 : start;
  if (hasSign && at === args.end[i]) return Number.NaN;
  for (; at < args.end[i]; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10n + BigInt(digit);
    if (value > UINT64_MAX) return Number.NaN;
  }
  return Number(BigInt.asUintN(32, hasSign && bytes[start] === MINUS ? -value : value));
}

/** Reads the options from argument `first` on, `extra` among them; an error's text where they are wrong. */
export function readScanOptions(args: Args, first: number, extra: 'type' | 'novalues' | 'none'): ScanOptions | string {
  const options: ScanOptions = { count: DEFAULT_COUNT, pattern: 0, type: 0, noValues: false };
  for (let i = first; i < args.count; i += 2) {
    const hasValue = i + 1 < args.count;
    if (hasValue && args.is(i, 'count')) {
      const count = args.int64(i + 1);
      if (count === undefined) return ERR.notInteger;
      if (count < 1n) return ERR.syntax;
      options.count = Math.min(Number(count), COUNT_LIMIT);
    } else if (hasValue && args.is(i, 'match')) options.pattern = matchesAll(args, i + 1) ? 0 : i + 1;
    else if (hasValue && extra === 'type' && args.is(i, 'type')) options.type = i + 1;
    else if (extra === 'novalues' && args.is(i, 'novalues')) {
      options.noValues = true;
      i--;
    } else return ERR.syntax;
  }
  return options;
}

/** Globs match no empty text, yet `*` alone stands for every key. */
export function matchesAll(args: Args, i: number): boolean {
  return args.length(i) === 1 && args.bytes[args.start[i]] === STAR;
}

/** True for an element that MATCH asks for. */
export function isMatched(
  element: Pick<ListpackCursor, 'bytes' | 'start' | 'end'>,
  args: Args,
  pattern: number,
): boolean {
  if (pattern === 0) return true;
  const { bytes, start, end } = element;
  return globMatch(args.bytes, args.start[pattern], args.end[pattern], bytes, start, end, false);
}
