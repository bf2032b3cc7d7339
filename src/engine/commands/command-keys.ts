/**
 * Where the keys of a call stand, from the key specifications of its command: for COMMAND GETKEYS, ACL rules and cluster
 * routing.
 *
 * A specification finds a range of arguments, so the work is bounded by the number of arguments whatever a client says
 * about the number of keys: a count that reaches beyond the last argument is refused before anything is done with it.
 * Specifications that cannot say where the keys are, or that depend on the options given (SET writes only, unless GET
 * makes it read), leave the answer to the row's own `getKeys`.
 */
import type { Args } from '../../protocol/args.ts';
import type { Command } from '../dispatch/command.ts';
import { INCOMPLETE, type KeyPosition, type KeySpec, NOT_KEY, VARIABLE_FLAGS } from './spec.ts';

/** Arguments `first`, `first + step`, … up to `last`. */
interface Range {
  readonly first: number;
  readonly last: number;
  readonly step: number;
}

const ABSENT = 'absent';

/** False for a command none of whose calls has a key. */
export function takesKeys({ row }: Command): boolean {
  return row.getKeys !== undefined || row.keys.some(isKey);
}

/**
 * The keys of the call `args` of `command`, in the order of its specifications; undefined when the arguments are
 * malformed so that their places cannot be told. The number of arguments must be one the command accepts.
 */
export function keysOf({ row }: Command, args: Args): KeyPosition[] | undefined {
  const depends = row.keys.some(({ flags }) => (flags & VARIABLE_FLAGS) !== 0);
  const found = depends && row.getKeys !== undefined ? undefined : keysBySpecs(row.keys, args);
  if (found !== undefined || row.getKeys === undefined) return found;
  const own: KeyPosition[] = [];
  return row.getKeys(args, own) ? own : undefined;
}

function keysBySpecs(specs: readonly KeySpec[], args: Args): KeyPosition[] | undefined {
  const keys: KeyPosition[] = [];
  for (const spec of specs) {
    if (!isKey(spec)) continue;
    const range = rangeOf(spec, args);
    if (range === ABSENT) continue;
    if (range === undefined || (spec.flags & INCOMPLETE) !== 0) return undefined;
    for (let index = range.first; index <= range.last; index += range.step) keys.push({ index, flags: spec.flags });
  }
  return keys;
}

function isKey({ flags }: KeySpec): boolean {
  return (flags & NOT_KEY) === 0;
}

/** The arguments that `spec` finds; undefined when it finds none where some should be. */
function rangeOf({ begin, find }: KeySpec, args: Args): Range | typeof ABSENT | undefined {
  if (begin === 'unknown' || find === 'unknown') return undefined;
  const start = 'index' in begin ? begin.index : afterKeyword(begin.keyword, begin.startFrom, args);
  if (start === undefined) return ABSENT;
  const range = 'last' in find ? wholeRange(find, start, args.count) : countedRange(find, start, args);
  return range !== undefined && range.first <= range.last && range.last < args.count ? range : undefined;
}

function wholeRange(find: { last: number; step: number; limit: number }, first: number, count: number): Range {
  const { last, step, limit } = find;
  if (last >= 0) return { first, last: first + last, step };
  if (limit <= 1) return { first, last: count + last, step };
  return { first, last: first + Math.trunc((count - first) / limit) + last, step };
}

function countedRange(
  find: { keynum: number; first: number; step: number },
  start: number,
  args: Args,
): Range | undefined {
  if (start + find.keynum >= args.count) return undefined;
  const count = args.integer(start + find.keynum);
  const first = start + find.first;
  return Number.isNaN(count) ? undefined : { first, last: first + (count - 1) * find.step, step: find.step };
}

/** The index after `keyword`, searched forward from `startFrom`, or backward from there when it counts from the end. */
function afterKeyword(keyword: string, startFrom: number, args: Args): number | undefined {
  const word = keyword.toLowerCase();
  if (startFrom >= 0) {
    for (let i = startFrom; i < args.count - 1; i++) if (args.is(i, word)) return i + 1;
  } else {
    for (let i = args.count + startFrom; i > 1; i--) if (args.is(i, word)) return i + 1;
  }
  return undefined;
}
