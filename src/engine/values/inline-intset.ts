/** Changing an intset that stands in a key's record. */
import { isInt64Text, parseInt64, parseSafeInteger } from '../../bytes/integer.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import {
  INTSET_HEADER_BYTES,
  intsetBytes,
  intsetFind,
  intsetFindBig,
  intsetLength,
  intsetWidth,
  setIntsetLength,
  widenIntset,
  widthFor,
  writeEmptyIntset,
  writeIntsetAt,
} from '../structures/intset.ts';
import { type RecordOwner, spliceValue, valueStart } from './inline.ts';

/** What `indexIn` answers for text that is no integer. */
const NO_INTEGER = Number.NaN;

/** Makes the value of a record just created, with room for it, an empty intset. */
export function initIntset(arena: Arena, ref: Ref): void {
  writeEmptyIntset(arena.views[ref >>> 22], valueStart(arena, ref));
  arena.words[ref >>> 22][wordOf(ref) + VALUE_LENGTH] = INTSET_HEADER_BYTES;
}

/** The index of `bytes[start..end)`; -1 - the index it belongs at where it is not there; NO_INTEGER where it is none. */
export function indexIn(arena: Arena, ref: Ref, bytes: Buffer, start: number, end: number): number {
  const view = arena.views[ref >>> 22];
  const at = valueStart(arena, ref);
  const value = parseSafeInteger(bytes, start, end);
  if (!Number.isNaN(value)) return intsetFind(view, at, value);
  return isInt64Text(bytes, start, end) ? intsetFindBig(view, at, parseInt64(bytes, start, end) ?? 0n) : NO_INTEGER;
}

/** Adds the integer `bytes[start..end)` at the index where it belongs. The record may move: use the Ref returned. */
export function insertInteger(
  owner: RecordOwner,
  ref: Ref,
  index: number,
  bytes: Buffer,
  start: number,
  end: number,
): Ref {
  const safe = parseSafeInteger(bytes, start, end);
  const value = Number.isNaN(safe) ? (parseInt64(bytes, start, end) ?? 0n) : safe;
  const { arena } = owner;
  const segmentView = arena.views[ref >>> 22];
  const from = valueStart(arena, ref);
  const length = intsetLength(segmentView, from);
  const width = intsetWidth(segmentView, from);
  const needed = widthFor(value);
  let place: Ref;
  if (needed > width) {
    const old = intsetBytes(segmentView, from);
    place = spliceValue(owner, ref, old, 0, INTSET_HEADER_BYTES + needed * (length + 1) - old);
    const view = arena.views[place >>> 22];
    const at = valueStart(arena, place);
    widenIntset(view, at, needed);
    if (index < length) {
      const first = at + INTSET_HEADER_BYTES;
      arena.bytes[place >>> 22].copyWithin(first + needed, first, first + length * needed);
    }
  } else place = spliceValue(owner, ref, INTSET_HEADER_BYTES + index * width, 0, width);
  const view = arena.views[place >>> 22];
  const at = valueStart(arena, place);
  setIntsetLength(view, at, length + 1);
  writeIntsetAt(view, at, index, value);
  return place;
}

/** Removes the integer at `index`. The record may move: use the Ref returned. */
export function removeInteger(owner: RecordOwner, ref: Ref, index: number): Ref {
  const { arena } = owner;
  const width = intsetWidth(arena.views[ref >>> 22], valueStart(arena, ref));
  const length = intsetLength(arena.views[ref >>> 22], valueStart(arena, ref));
  const place = spliceValue(owner, ref, INTSET_HEADER_BYTES + index * width, width, 0);
  setIntsetLength(arena.views[place >>> 22], valueStart(arena, place), length - 1);
  return place;
}

/** Removes the integers at `indexes`, which rise. The record may move: use the Ref returned. */
export function removeIntegers(owner: RecordOwner, ref: Ref, indexes: readonly number[]): Ref {
  const { arena } = owner;
  const bytes = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  const at = valueStart(arena, ref);
  const width = intsetWidth(view, at);
  const length = intsetLength(view, at);
  const first = at + INTSET_HEADER_BYTES;
  let to = first + indexes[0] * width;
  for (let i = 0; i < indexes.length; i++) {
    const from = first + (indexes[i] + 1) * width;
    const end = first + (i + 1 < indexes.length ? indexes[i + 1] : length) * width;
    bytes.copyWithin(to, from, end);
    to += end - from;
  }
  setIntsetLength(view, at, length - indexes.length);
  return spliceValue(owner, ref, to - at, indexes.length * width, 0);
}
