/**
 * The first, last and step of COMMAND INFO: what clients older than key specifications know of a command's keys. It can
 * only tell one range of arguments, so it is derived from those specifications that are plain ranges in a row; whatever
 * they leave out makes the command's keys movable, which tells the client to ask COMMAND GETKEYS.
 */
import { INCOMPLETE, type KeySpec } from './spec.ts';

export interface LegacyKeys {
  /** Argument index of the first key; 0 when there is none to tell. */
  readonly first: number;
  /** Of the last; negative: counted from the end. */
  readonly last: number;
  readonly step: number;
  readonly movable: boolean;
}

interface Range {
  readonly index: number;
  /** Argument index, not relative to `index`. */
  readonly last: number;
  readonly step: number;
  readonly incomplete: boolean;
}

export function legacyKeysOf(specs: readonly KeySpec[]): LegacyKeys {
  const ranges = specs.map(rangeOf);
  const [only] = ranges;
  if (ranges.length === 1 && only !== undefined) {
    return { first: only.index, last: only.last, step: only.step, movable: only.incomplete };
  }
  let movable = false;
  let first = 0;
  let last = 0;
  for (const range of ranges) {
    if (range === undefined || range.step !== 1 || (first !== 0 && range.index !== last + 1)) {
      movable = true;
      continue;
    }
    movable ||= range.incomplete;
    if (first === 0) first = range.index;
    last = range.last;
  }
  return { first, last, step: first === 0 ? 0 : 1, movable };
}

function rangeOf({ begin, find, flags }: KeySpec): Range | undefined {
  if (typeof begin === 'string' || typeof find === 'string' || !('index' in begin) || !('last' in find))
    return undefined;
  const last = find.last < 0 ? find.last : begin.index + find.last;
  return { index: begin.index, last, step: find.step, incomplete: (flags & INCOMPLETE) !== 0 };
}
