/** The options of SET and GETEX: which are there, whether they go together, where the time stands. */
import type { Args } from '../../protocol/args.ts';

/** Option bits of SET and GETEX; the index of the time argument stands above them. */
export const NX = 1 << 0;
export const XX = 1 << 1;
export const GET = 1 << 2;
export const KEEPTTL = 1 << 3;
export const PERSIST = 1 << 4;
export const EX = 1 << 5;
export const PX = 1 << 6;
export const EXAT = 1 << 7;
const PXAT = 1 << 8;
export const TIMES = EX | PX | EXAT | PXAT;
export const TIME_INDEX_SHIFT = 10;
const OPTIONS = (1 << TIME_INDEX_SHIFT) - 1;
export const SYNTAX_ERROR = -1;

/**
 * Reads the options from argument `from` on, those of `allowed`: their bits, with the time argument's index above
 * TIME_INDEX_SHIFT; SYNTAX_ERROR when they are unknown or at odds. Of a time given twice the last counts.
 */
export function readOptions(args: Args, from: number, allowed: number): number {
  let options = 0;
  for (let i = from; i < args.count; i++) {
    const option = optionAt(args, i);
    if ((option & allowed) === 0 || conflicts(option, options)) return SYNTAX_ERROR;
    options |= option;
    if ((option & TIMES) !== 0) {
      if (++i === args.count) return SYNTAX_ERROR;
      options = (options & OPTIONS) | (i << TIME_INDEX_SHIFT);
    }
  }
  return options;
}

function optionAt(args: Args, i: number): number {
  switch (args.length(i)) {
    case 2:
      return args.is(i, 'nx') ? NX : args.is(i, 'xx') ? XX : args.is(i, 'ex') ? EX : args.is(i, 'px') ? PX : 0;
    case 3:
      return args.is(i, 'get') ? GET : 0;
    case 4:
      return args.is(i, 'exat') ? EXAT : args.is(i, 'pxat') ? PXAT : 0;
    case 7:
      return args.is(i, 'keepttl') ? KEEPTTL : args.is(i, 'persist') ? PERSIST : 0;
    default:
      return 0;
  }
}

function conflicts(option: number, seen: number): boolean {
  if (option === NX) return (seen & XX) !== 0;
  if (option === XX) return (seen & NX) !== 0;
  if (option === GET) return false;
  return (seen & (TIMES | KEEPTTL | PERSIST) & ~option) !== 0;
}
