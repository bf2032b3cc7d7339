/**
 * Lists.
 *
 *   listpack    the elements in the key's record
 *   quicklist   a deque of listpacks (structures/quicklist.ts)
 *
 * A list leaves the record when it passes `list-max-listpack-size`, and comes back when it has become half as large, so that
 * a list at the limit is not converted again and again.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { ENCODING_MASK, ENCODING_SHIFT, segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import {
  elementBytes,
  findElement,
  LISTPACK_HEADER_BYTES,
  type ListpackCursor,
  listpackBytes,
  listpackCount,
  previousElement,
} from '../structures/listpack.ts';
import { elementOffset } from '../structures/listpack-index.ts';
import { removeEqualElements } from '../structures/listpack-removal.ts';
import {
  insertElementAt,
  nodeByteLimit,
  nodeCountLimit,
  type Place,
  pushElement,
  removeEqual,
  removeFromEnd,
  replaceElementAt,
  seekElement,
} from '../structures/quicklist.ts';
import { drainQuicklist, endNode, newQuicklist, nextNode, quicklistLength } from '../structures/quicklist-chain.ts';
import { nodeBytes, nodeListpack } from '../structures/quicklist-node.ts';
import { encodingOf, headerOf, LISTPACK, QUICKLIST, setEncoding } from './encoding.ts';
import { type RecordOwner, setOutside, spliceValue, valueLength, valueStart } from './inline.ts';
import { insertElement, removeElements, replaceElement } from './inline-listpack.ts';
import { ListWalk } from './list-walk.ts';

/** What the running function looks at; nothing outlives it in them. */
const walk = new ListWalk();
const place: Place = { node: NO_REF, offset: 0 };

export function listLength(arena: Arena, ref: Ref): number {
  const list = quicklistOf(arena, ref);
  if (list !== NO_REF) return quicklistLength(arena, list);
  return listpackCount(arena.bytes[ref >>> 22], arena.views[ref >>> 22], valueStart(arena, ref));
}

/**
 * Called before `count` elements of `bytes` bytes in all are added: lets the list leave its record if that makes it too
 * large. The record may move: use the Ref returned.
 */
export function prepareForMore(owner: RecordOwner, ref: Ref, bytes: number, count: number): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === QUICKLIST) return ref;
  const fill = fillOf(owner);
  const total = valueLength(arena, ref);
  const isSmall = total + bytes <= nodeByteLimit(fill);
  if (isSmall && listLength(arena, ref) + count <= nodeCountLimit(fill)) return ref;
  const segment = ref >>> 22;
  const list = newQuicklist(arena, arena.bytes[segment], arena.views[segment], valueStart(arena, ref), total);
  return setOutside(owner, ref, QUICKLIST, list);
}

/** Called after elements were removed: takes a list that has become small back into its record. It may move. */
export function shrinkList(owner: RecordOwner, ref: Ref): Ref {
  return takeIn(owner, ref, 1);
}

/** Called when a list was made as a whole: takes one that is within the limit into its record. It may move. */
export function settleList(owner: RecordOwner, ref: Ref): Ref {
  return takeIn(owner, ref, 0);
}

/** Takes a list within the limit, halved so many times, into its record. */
function takeIn(owner: RecordOwner, ref: Ref, halvings: number): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) return ref;
  const list = headerOf(arena, ref);
  const node = endNode(arena, list, true);
  if (node === NO_REF || node !== endNode(arena, list, false)) return ref;
  const fill = fillOf(owner);
  const total = nodeBytes(arena, node);
  // Unlike before growing, bytes are no limit where elements are counted.
  if (fill < 0 && total > nodeByteLimit(fill) >>> halvings) return ref;
  if (quicklistLength(arena, list) > nodeCountLimit(fill) >>> halvings) return ref;
  const fresh = owner.reserveValue(ref, total, 0);
  const from = nodeListpack(arena, node);
  const segment = segmentOf(fresh);
  arena.bytes[segmentOf(node)].copy(arena.bytes[segment], valueStart(arena, fresh), from, from + total);
  setEncoding(arena, fresh, LISTPACK);
  arena.words[segment][wordOf(fresh) + VALUE_LENGTH] = total;
  drainQuicklist(arena, list, 1);
  return fresh;
}

/** Adds `source[start..end)` at one end; `prepareForMore` was called. The record may move: use the Ref returned. */
export function pushToList(
  owner: RecordOwner,
  ref: Ref,
  atHead: boolean,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === QUICKLIST) {
    pushElement(arena, headerOf(arena, ref), fillOf(owner), atHead, source, sourceView, start, end);
    return ref;
  }
  const offset = atHead ? LISTPACK_HEADER_BYTES : valueLength(arena, ref) - 1;
  return insertElement(owner, ref, offset, source, sourceView, start, end);
}

/**
 * Adds `source[starts[i]..ends[i])` for each i from `from` below `to` at one end, one after the other. The record may move:
 * use the Ref returned.
 */
export function pushAllToList(
  owner: RecordOwner,
  ref: Ref,
  atHead: boolean,
  source: Buffer,
  sourceView: DataView,
  starts: Int32Array,
  ends: Int32Array,
  from: number,
  to: number,
): Ref {
  const { arena } = owner;
  const list = quicklistOf(arena, ref);
  if (list === NO_REF) return pushAllToSmall(owner, ref, atHead, source, sourceView, starts, ends, from, to);
  const fill = fillOf(owner);
  for (let i = from; i < to; i++) pushElement(arena, list, fill, atHead, source, sourceView, starts[i], ends[i]);
  return ref;
}

/** The same for a list in its record, which it may leave. */
function pushAllToSmall(
  owner: RecordOwner,
  ref: Ref,
  atHead: boolean,
  source: Buffer,
  sourceView: DataView,
  starts: Int32Array,
  ends: Int32Array,
  from: number,
  to: number,
): Ref {
  let bytes = 0;
  for (let i = from; i < to; i++) bytes += ends[i] - starts[i];
  let place = prepareForMore(owner, ref, bytes, to - from);
  for (let i = from; i < to; i++) place = pushToList(owner, place, atHead, source, sourceView, starts[i], ends[i]);
  return place;
}

/** Reads the first element of a list that is not empty, or the last. */
export function readEnd(arena: Arena, ref: Ref, atHead: boolean, element: ListpackCursor): void {
  let segment = ref >>> 22;
  let pack: number;
  if (encodingOf(arena, ref) === QUICKLIST) {
    const node = endNode(arena, headerOf(arena, ref), atHead);
    segment = node >>> 22;
    pack = nodeListpack(arena, node);
  } else pack = valueStart(arena, ref);
  const bytes = arena.bytes[segment];
  const view = arena.views[segment];
  const end = pack + listpackBytes(view, pack) - 1;
  element.read(bytes, view, atHead ? pack + LISTPACK_HEADER_BYTES : previousElement(bytes, end));
}

/** Removes the first `count` elements, or the last; there must be so many. The record may move: use the Ref returned. */
export function removeFromList(owner: RecordOwner, ref: Ref, atHead: boolean, count: number): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === QUICKLIST) {
    removeFromEnd(arena, headerOf(arena, ref), fillOf(owner), atHead, count);
    return ref;
  }
  const length = listLength(arena, ref);
  const from = atHead ? LISTPACK_HEADER_BYTES : inlineOffset(arena, ref, length - count);
  const to = atHead ? inlineOffset(arena, ref, count) : valueLength(arena, ref) - 1;
  return removeElements(owner, ref, from, to - from, count);
}

/** Sets the element at `index`, which must be one; `prepareForMore` was called. The record may move: use the Ref returned. */
export function setElement(
  owner: RecordOwner,
  ref: Ref,
  index: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) {
    return replaceElement(owner, ref, inlineOffset(arena, ref, index), source, sourceView, start, end);
  }
  const list = headerOf(arena, ref);
  seekElement(arena, list, index, place);
  replaceElementAt(arena, list, fillOf(owner), place.node, place.offset, source, sourceView, start, end);
  return ref;
}

/**
 * Inserts `source[start..end)` before or after the first element equal to `source[pivot..pivotEnd)`; 0 when there is none.
 * The record may move, even then: use the Ref returned. As in Redis, the list leaves its record for an element that it then
 * does not get: else a list would be searched before it is known where it stands.
 */
export function insertBeside(
  owner: RecordOwner,
  ref: Ref,
  isAfter: boolean,
  source: Buffer,
  sourceView: DataView,
  pivot: number,
  pivotEnd: number,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  const fresh = prepareForMore(owner, ref, end - start, 1);
  if (!findFirst(arena, fresh, source, sourceView, pivot, pivotEnd)) return NO_REF;
  const isInline = encodingOf(arena, fresh) === LISTPACK;
  const { node } = place;
  const segment = isInline ? fresh >>> 22 : node >>> 22;
  const pack = isInline ? valueStart(arena, fresh) : nodeListpack(arena, node);
  const pivotBytes = elementBytes(arena.bytes[segment], arena.views[segment], pack + place.offset);
  const offset = isAfter ? place.offset + pivotBytes : place.offset;
  if (isInline) return insertElement(owner, fresh, offset, source, sourceView, start, end);
  insertElementAt(arena, headerOf(arena, fresh), fillOf(owner), node, offset, source, sourceView, start, end);
  return fresh;
}

/**
 * Removes up to `limit` elements equal to `source[start..end)`, the first ones or the last. The record may move: use the
 * Ref returned.
 */
export function removeEqualFromList(
  owner: RecordOwner,
  ref: Ref,
  limit: number,
  backwards: boolean,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  let most = limit;
  if (backwards) {
    most = findLast(arena, ref, limit, source, sourceView, start, end);
    if (most === 0) return ref;
  }
  if (encodingOf(arena, ref) === QUICKLIST) {
    const list = headerOf(arena, ref);
    const node = backwards ? place.node : endNode(arena, list, true);
    const offset = backwards ? place.offset : LISTPACK_HEADER_BYTES;
    removeEqual(arena, list, node, offset, most, source, sourceView, start, end);
    return ref;
  }
  const segment = ref >>> 22;
  const pack = valueStart(arena, ref);
  const offset = backwards ? place.offset : LISTPACK_HEADER_BYTES;
  const view = arena.views[segment];
  const old = valueLength(arena, ref);
  removeEqualElements(arena.bytes[segment], view, pack, offset, most, source, sourceView, start, end);
  const total = listpackBytes(view, pack);
  return total === old ? ref : spliceValue(owner, ref, total, old - total, 0);
}

/** Notes the place of the last but `limit` - 1 equal element, or the first there is; returns how many there are from it on. */
function findLast(
  arena: Arena,
  ref: Ref,
  limit: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): number {
  let found = 0;
  walk.begin(arena, ref, listLength(arena, ref) - 1, true);
  while (found < limit && walk.next()) {
    if (!walk.element.equals(source, sourceView, start, end)) continue;
    place.node = walk.place.node;
    place.offset = walk.place.offset;
    found++;
  }
  return found;
}

/** Notes the place of the first element equal to `source[start..end)`; false when there is none. */
function findFirst(arena: Arena, ref: Ref, source: Buffer, sourceView: DataView, start: number, end: number): boolean {
  if (encodingOf(arena, ref) === LISTPACK) {
    return findFrom(arena, ref >>> 22, valueStart(arena, ref), NO_REF, source, sourceView, start, end);
  }
  let node = endNode(arena, headerOf(arena, ref), true);
  for (; node !== NO_REF; node = nextNode(arena, node)) {
    if (findFrom(arena, node >>> 22, nodeListpack(arena, node), node, source, sourceView, start, end)) return true;
  }
  return false;
}

function findFrom(
  arena: Arena,
  segment: number,
  pack: number,
  node: Ref,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): boolean {
  const first = pack + LISTPACK_HEADER_BYTES;
  const found = findElement(arena.bytes[segment], arena.views[segment], first, 0, source, sourceView, start, end);
  if (found === 0) return false;
  place.node = node;
  place.offset = found - pack;
  return true;
}

function inlineOffset(arena: Arena, ref: Ref, index: number): number {
  return elementOffset(arena.bytes[ref >>> 22], arena.views[ref >>> 22], valueStart(arena, ref), index);
}

/** The chain of nodes of a list that has left its record; NO_REF of one that has not. */
function quicklistOf(arena: Arena, ref: Ref): Ref {
  const words = arena.words[ref >>> 22];
  const at = (ref & 0x3fffff) << 2;
  return (words[at] & ENCODING_MASK) === QUICKLIST << ENCODING_SHIFT ? (words[at + VALUE_LENGTH] as Ref) : NO_REF;
}

function fillOf(owner: RecordOwner): number {
  return owner.keyspace.encodingLimits.listMaxListpackSize;
}
