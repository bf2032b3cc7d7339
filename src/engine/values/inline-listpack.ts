/** Changing a listpack that stands in a key's record. Offsets count from the listpack's first byte. */
import type { Arena, Ref } from '../memory/arena.ts';
import { VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import {
  addToListpackCount,
  EMPTY_LISTPACK_BYTES,
  elementBytes,
  newElementBytes,
  setListpackBytes,
  writeElement,
  writeEmptyListpack,
} from '../structures/listpack.ts';
import { type RecordOwner, spliceValue, valueLength, valueStart } from './inline.ts';

/** Makes the value of a record just created, with room for it, an empty listpack. */
export function initListpack(arena: Arena, ref: Ref): void {
  const start = valueStart(arena, ref);
  writeEmptyListpack(arena.bytes[ref >>> 22], arena.views[ref >>> 22], start);
  arena.words[ref >>> 22][wordOf(ref) + VALUE_LENGTH] = EMPTY_LISTPACK_BYTES;
}

/** Inserts `source[start..end)` as an element at `offset`. The record may move: use the Ref returned. */
export function insertElement(
  owner: RecordOwner,
  ref: Ref,
  offset: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  const place = spliceValue(owner, ref, offset, 0, newElementBytes(source, start, end));
  const segment = place >>> 22;
  const from = valueStart(arena, place);
  writeElement(arena.bytes[segment], arena.views[segment], from + offset, source, sourceView, start, end);
  setListpackBytes(arena.views[segment], from, valueLength(arena, place));
  addToListpackCount(arena.views[segment], from, 1);
  return place;
}

/** Puts `source[start..end)` in the place of the element at `offset`. The record may move: use the Ref returned. */
export function replaceElement(
  owner: RecordOwner,
  ref: Ref,
  offset: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  const old = elementBytes(arena.bytes[ref >>> 22], arena.views[ref >>> 22], valueStart(arena, ref) + offset);
  const place = spliceValue(owner, ref, offset, old, newElementBytes(source, start, end));
  const segment = place >>> 22;
  const from = valueStart(arena, place);
  writeElement(arena.bytes[segment], arena.views[segment], from + offset, source, sourceView, start, end);
  setListpackBytes(arena.views[segment], from, valueLength(arena, place));
  return place;
}

/** Removes `count` elements that take `bytes` bytes from `offset` on. The record may move: use the Ref returned. */
export function removeElements(owner: RecordOwner, ref: Ref, offset: number, bytes: number, count: number): Ref {
  const { arena } = owner;
  const place = spliceValue(owner, ref, offset, bytes, 0);
  const view = arena.views[place >>> 22];
  const from = valueStart(arena, place);
  setListpackBytes(view, from, valueLength(arena, place));
  addToListpackCount(view, from, -count);
  return place;
}
