/**
 * The order in which SORT gives the elements it loaded.
 *
 *   numbers   by weight, equal ones by their bytes
 *   ALPHA     by the bytes of the weight; a missing weight comes first
 *
 * The weight is the element itself, or what BY leads to: where that is nothing, 0. What is equal then keeps the order in
 * which it was loaded. Redis compares texts by the locale's rules; Hotset's locale is C.
 */
import { parseWeight } from '../../bytes/parse-double.ts';
import type { Database } from '../keyspace/database.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import type { KeyPattern } from './key-pattern.ts';
import { SortTexts } from './sort-texts.ts';

const value = new ListpackCursor();

/** The numbers of `elements` in order; undefined when a weight is no number. */
export function sortedByNumber(
  database: Database,
  elements: SortTexts,
  count: number,
  by: KeyPattern | undefined,
  isDescending: boolean,
): Uint32Array | undefined {
  const weights = new Float64Array(count);
  let areNumbers = true;
  for (let i = 0; i < count; i++) {
    if (!readWeight(database, elements, i, by)) continue;
    const weight = parseWeight(value.bytes, value.start, value.end);
    if (Number.isNaN(weight)) areNumbers = false;
    else weights[i] = weight;
  }
  if (!areNumbers) return undefined;
  const sign = isDescending ? -1 : 1;
  return numbered(count).sort((a, b) => {
    if (weights[a] !== weights[b]) return weights[a] < weights[b] ? -sign : sign;
    return sign * elements.compare(a, b);
  });
}

/** The numbers of `elements` in order. */
export function sortedByText(
  database: Database,
  elements: SortTexts,
  count: number,
  by: KeyPattern | undefined,
  isDescending: boolean,
): Uint32Array {
  const sign = isDescending ? -1 : 1;
  if (by === undefined) return numbered(count).sort((a, b) => sign * elements.compare(a, b));
  const weights = new SortTexts(count);
  const isThere = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    isThere[i] = readWeight(database, elements, i, by) ? 1 : 0;
    weights.addBytes(value.bytes, value.start, isThere[i] === 1 ? value.end : value.start);
  }
  return numbered(count).sort((a, b) =>
    isThere[a] + isThere[b] === 2 ? sign * weights.compare(a, b) : sign * (isThere[a] - isThere[b]),
  );
}

/** 0, 1, 2, … */
export function numbered(count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}

/** Points `value` at the weight of element `i`; false when there is none. */
function readWeight(database: Database, elements: SortTexts, i: number, by: KeyPattern | undefined): boolean {
  const { bytes, view, start } = elements;
  if (by !== undefined) return by.read(database, bytes, view, start[i], start[i + 1], value);
  value.point(bytes, view, start[i], start[i + 1]);
  return true;
}
