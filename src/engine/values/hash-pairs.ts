/** Small hashes as listpacks: where one stands, where a field stands in it, fields and values without deadlines. */
import type { Arena, Ref } from '../memory/arena.ts';
import { elementBytes, findElement, LISTPACK_HEADER_BYTES } from '../structures/listpack.ts';
import { headerOf, LISTPACK } from './encoding.ts';
import { type RecordOwner, valueLength, valueStart } from './inline.ts';
import { insertElement, removeElements, replaceElement } from './inline-listpack.ts';

/** The record, or timer, whose value is the listpack of a hash. */
export function packOf(arena: Arena, ref: Ref, encoding: number): Ref {
  return encoding === LISTPACK ? ref : headerOf(arena, ref);
}

/** Where the field `bytes[start..end)` stands in the listpack of `pack`, 0 when it is not there. */
export function fieldAt(
  arena: Arena,
  pack: Ref,
  encoding: number,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): number {
  const segment = pack >>> 22;
  const first = valueStart(arena, pack) + LISTPACK_HEADER_BYTES;
  const others = encoding === LISTPACK ? 1 : 2;
  return findElement(arena.bytes[segment], arena.views[segment], first, others, bytes, view, start, end);
}

/** Sets the value of the field that stands at `field`, or adds it (0). The record may move: use the Ref returned. */
export function setPair(
  owner: RecordOwner,
  ref: Ref,
  field: number,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  source: Buffer,
  sourceView: DataView,
  from: number,
  to: number,
): Ref {
  const { arena } = owner;
  if (field !== 0) {
    const behind = field + elementBytes(arena.bytes[ref >>> 22], arena.views[ref >>> 22], field);
    return replaceElement(owner, ref, behind - valueStart(arena, ref), source, sourceView, from, to);
  }
  const place = insertElement(owner, ref, valueLength(arena, ref) - 1, bytes, view, start, end);
  return insertElement(owner, place, valueLength(arena, place) - 1, source, sourceView, from, to);
}

/** Removes the field that stands at `field`, and its value. The record may move: use the Ref returned. */
export function removePair(owner: RecordOwner, ref: Ref, field: number): Ref {
  const { arena } = owner;
  const pack = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  const first = elementBytes(pack, view, field);
  const both = first + elementBytes(pack, view, field + first);
  return removeElements(owner, ref, field - valueStart(arena, ref), both, 2);
}
