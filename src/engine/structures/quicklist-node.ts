/**
 * A node of a quicklist: a block with a listpack somewhere in it.
 *
 *   word 0   previous node, 0 for the first
 *   word 1   next node, 0 for the last
 *   word 2   where the listpack begins, in bytes from the block's start
 *   ---- room ---- | listpack | ---- room ----
 *
 * Room on both sides makes a push at either end move a header or an end mark only, and a change in the middle the shorter
 * side only. The listpack is whole at any moment, so that a node can be written to a file as it is. Blocks double until
 * they reach the limit the list has for its nodes; so many pushes cost few copies, and full nodes waste nothing.
 *
 * Rejected: elements from the block's start, as in Redis: each LPUSH then moves the whole node.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, wordOf } from '../memory/layout.ts';
import {
  addToListpackCount,
  EMPTY_LISTPACK_BYTES,
  elementBytes,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  listpackBytes,
  previousElement,
  setListpackBytes,
  writeElement,
  writeEmptyListpack,
} from './listpack.ts';

export const NODE_HEADER_BYTES = 12;
export const PREVIOUS = 0;
export const NEXT = 1;
const START = 2;

/** What a node may have at most, lest its listpack cannot tell how many elements it has. */
export const MOST_NODE_ELEMENTS = 65534;
/** Blocks smaller than this are not worth exchanging for better fitting ones. */
const SHRINK_FROM_BYTES = 256;

/** Where the node's listpack begins in its segment's bytes. */
export function nodeListpack(arena: Arena, node: Ref): number {
  const at = (node & 0x3fffff) << 2;
  return (at << 2) + arena.words[node >>> 22][at + START];
}

/** The bytes of the node's listpack. */
export function nodeBytes(arena: Arena, node: Ref): number {
  return listpackBytes(arena.views[node >>> 22], nodeListpack(arena, node));
}

/** How many elements the node has. No list lets a node have more than a listpack's count can tell. */
export function nodeCount(arena: Arena, node: Ref): number {
  return arena.views[node >>> 22].getUint16(nodeListpack(arena, node) + 4, true);
}

/** Notes that elements were written into the node, or `delta` < 0 taken out. */
export function addToNodeCount(arena: Arena, node: Ref, delta: number): void {
  addToListpackCount(arena.views[node >>> 22], nodeListpack(arena, node), delta);
}

/**
 * A node without neighbours and with `source[start..end)`, an element of `size` bytes, room before or behind it in a block
 * of about `blockBytes`, or as large as it must be.
 */
export function newNode(
  arena: Arena,
  size: number,
  blockBytes: number,
  isRoomBefore: boolean,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): Ref {
  const total = EMPTY_LISTPACK_BYTES + size;
  const node = arena.allocate(Math.max(NODE_HEADER_BYTES + total, blockBytes));
  const segment = segmentOf(node);
  const bytes = arena.bytes[segment];
  const view = arena.views[segment];
  const at = initNode(arena, node, isRoomBefore ? arena.sizeOf(node) - total : NODE_HEADER_BYTES);
  const behind = writeElement(bytes, view, at + LISTPACK_HEADER_BYTES, source, sourceView, start, end);
  bytes[behind] = LISTPACK_END;
  setListpackBytes(view, at, total);
  addToListpackCount(view, at, 1);
  return node;
}

/** A node without neighbours and with a copy of the listpack of `total` bytes at `from`. */
export function newNodeFrom(arena: Arena, source: Buffer, from: number, total: number): Ref {
  const node = arena.allocate(NODE_HEADER_BYTES + total);
  source.copy(arena.bytes[segmentOf(node)], initNode(arena, node, NODE_HEADER_BYTES), from, from + total);
  return node;
}

/** A node without neighbours and with a copy of the `count` elements in `source[start..end)`. */
export function newNodeOf(arena: Arena, source: Buffer, start: number, end: number, count: number): Ref {
  const total = EMPTY_LISTPACK_BYTES + end - start;
  const node = arena.allocate(NODE_HEADER_BYTES + total);
  const bytes = arena.bytes[segmentOf(node)];
  const view = arena.views[segmentOf(node)];
  const at = initNode(arena, node, NODE_HEADER_BYTES);
  source.copy(bytes, at + LISTPACK_HEADER_BYTES, start, end);
  bytes[at + total - 1] = LISTPACK_END;
  setListpackBytes(view, at, total);
  addToListpackCount(view, at, count);
  return node;
}

/**
 * Replaces `removed` bytes at `offset` of the node's listpack by `inserted` bytes, which are the caller's to write, as is
 * the count. Blocks grow up to `limit` bytes, beyond it as far as they must. Returns another node when the block was too
 * small: the old one is then as it was, still in its list.
 */
export function spliceNode(
  arena: Arena,
  node: Ref,
  offset: number,
  removed: number,
  inserted: number,
  limit: number,
): Ref {
  const growth = inserted - removed;
  const before = nodeListpack(arena, node);
  const total = listpackBytes(arena.views[node >>> 22], before);
  const behind = total - offset - removed;
  const isFront = offset < behind;
  let place = node;
  if (growth > 0 && roomBeside(arena, node, total, isFront) < growth) {
    place = makeRoom(arena, node, total, growth, isFront, limit);
  }
  const segment = place >>> 22;
  const bytes = arena.bytes[segment];
  const view = arena.views[segment];
  let at = nodeListpack(arena, place);
  if (isFront) {
    const to = at - growth;
    if (offset === LISTPACK_HEADER_BYTES) view.setUint16(to + 4, view.getUint16(at + 4, true), true);
    else bytes.copyWithin(to, at, at + offset);
    arena.words[segment][((place & 0x3fffff) << 2) + START] -= growth;
    at = to;
  } else if (behind === 1) bytes[at + offset + inserted] = LISTPACK_END;
  else bytes.copyWithin(at + offset + inserted, at + offset + removed, at + total);
  setListpackBytes(view, at, total + growth);
  return place;
}

/**
 * Adds `source[start..end)`, an element of `size` bytes, at an end of a node that has room beside it and stays within the
 * limits of block and count; false when it does not: then nothing is done. What `spliceNode` would do, for the pushes that
 * need no more.
 */
export function pushIntoNode(
  arena: Arena,
  node: Ref,
  byteLimit: number,
  countLimit: number,
  atHead: boolean,
  size: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): boolean {
  const segment = node >>> 22;
  const at = (node & 0x3fffff) << 2;
  const words = arena.words[segment];
  const bytes = arena.bytes[segment];
  const view = arena.views[segment];
  const offset = words[at + START];
  const pack = (at << 2) + offset;
  const total = listpackBytes(view, pack);
  const count = view.getUint16(pack + 4, true);
  if (NODE_HEADER_BYTES + total + size > byteLimit || count >= countLimit) return false;
  let grown = pack;
  if (atHead) {
    if (offset - size < NODE_HEADER_BYTES) return false;
    grown -= size;
    words[at + START] = offset - size;
    writeElement(bytes, view, grown + LISTPACK_HEADER_BYTES, source, sourceView, start, end);
  } else {
    if (offset + total + size > arena.sizeOf(node)) return false;
    bytes[writeElement(bytes, view, pack + total - 1, source, sourceView, start, end)] = LISTPACK_END;
  }
  setListpackBytes(view, grown, total + size);
  view.setUint16(grown + 4, count + 1, true);
  return true;
}

/** Removes the first or last element of a node that has others. What `spliceNode` would do, for the pops that need no more. */
export function popFromNode(arena: Arena, node: Ref, atHead: boolean): void {
  const segment = node >>> 22;
  const at = (node & 0x3fffff) << 2;
  const bytes = arena.bytes[segment];
  const view = arena.views[segment];
  const offset = arena.words[segment][at + START];
  const pack = (at << 2) + offset;
  const total = listpackBytes(view, pack);
  const count = view.getUint16(pack + 4, true);
  const end = pack + total - 1;
  let size: number;
  let left = pack;
  if (atHead) {
    size = elementBytes(bytes, view, pack + LISTPACK_HEADER_BYTES);
    left += size;
    arena.words[segment][at + START] = offset + size;
  } else {
    const last = previousElement(bytes, end);
    size = end - last;
    bytes[last] = LISTPACK_END;
  }
  setListpackBytes(view, left, total - size);
  view.setUint16(left + 4, count - 1, true);
}

/** Moves the elements from `offset` on into a node of their own, without neighbours, and returns it. */
export function splitNode(arena: Arena, node: Ref, offset: number): Ref {
  const bytes = arena.bytes[segmentOf(node)];
  const view = arena.views[segmentOf(node)];
  const at = nodeListpack(arena, node);
  const end = at + listpackBytes(view, at) - 1;
  let count = 0;
  for (let p = at + offset; p < end; p += elementBytes(bytes, view, p)) count++;
  const right = newNodeOf(arena, bytes, at + offset, end, count);
  bytes[at + offset] = LISTPACK_END;
  setListpackBytes(view, at, offset + 1);
  addToListpackCount(view, at, -count);
  return right;
}

/** Appends a copy of the elements of `right` to `node`. Returns another node when the block was too small. */
export function appendNode(arena: Arena, node: Ref, right: Ref, limit: number): Ref {
  const added = nodeBytes(arena, right) - EMPTY_LISTPACK_BYTES;
  const offset = nodeBytes(arena, node) - 1;
  const place = spliceNode(arena, node, offset, 0, added, limit);
  const to = nodeListpack(arena, place) + offset;
  const from = nodeListpack(arena, right) + LISTPACK_HEADER_BYTES;
  arena.bytes[segmentOf(right)].copy(arena.bytes[segmentOf(place)], to, from, from + added);
  addToNodeCount(arena, place, nodeCount(arena, right));
  return place;
}

/** The same node in a block that fits when its own is twice too large: another node then, the old one as it was. */
export function fittingNode(arena: Arena, node: Ref): Ref {
  const needed = NODE_HEADER_BYTES + nodeBytes(arena, node);
  const size = arena.sizeOf(node);
  if (size < SHRINK_FROM_BYTES || size < needed * 2) return node;
  return movedNode(arena, node, needed, NODE_HEADER_BYTES);
}

function roomBeside(arena: Arena, node: Ref, total: number, isFront: boolean): number {
  const start = arena.words[node >>> 22][((node & 0x3fffff) << 2) + START];
  return isFront ? start - NODE_HEADER_BYTES : arena.sizeOf(node) - start - total;
}

/** Moves the listpack in its block, or into a larger one, so that there is room for `growth` bytes on the side asked for. */
function makeRoom(arena: Arena, node: Ref, total: number, growth: number, isFront: boolean, limit: number): Ref {
  const needed = NODE_HEADER_BYTES + total + growth;
  let size = arena.sizeOf(node);
  const mayGrow = needed > size || (size < limit && size - needed < size >>> 2);
  if (mayGrow) size = Math.max(needed, Math.min(limit, size * 2));
  const words = arena.words[segmentOf(node)];
  const isFirst = words[wordOf(node) + PREVIOUS] === NO_REF;
  const isLast = words[wordOf(node) + NEXT] === NO_REF;
  const spare = size - needed;
  const spareBefore = isFront && isFirst && !isLast ? spare : !isFront && isLast && !isFirst ? 0 : spare >>> 1;
  const start = NODE_HEADER_BYTES + spareBefore + (isFront ? growth : 0);
  if (mayGrow) return movedNode(arena, node, size, start);
  const at = nodeListpack(arena, node);
  arena.bytes[segmentOf(node)].copyWithin((wordOf(node) << 2) + start, at, at + total);
  words[wordOf(node) + START] = start;
  return node;
}

/** A copy of a node, neighbours included, in a block of at least `size` bytes. */
function movedNode(arena: Arena, node: Ref, size: number, start: number): Ref {
  const fresh = arena.allocate(size);
  const from = nodeListpack(arena, node);
  const total = nodeBytes(arena, node);
  const words = arena.words[segmentOf(node)];
  const to = initNode(arena, fresh, start);
  const freshWords = arena.words[segmentOf(fresh)];
  freshWords[wordOf(fresh) + PREVIOUS] = words[wordOf(node) + PREVIOUS];
  freshWords[wordOf(fresh) + NEXT] = words[wordOf(node) + NEXT];
  arena.bytes[segmentOf(node)].copy(arena.bytes[segmentOf(fresh)], to, from, from + total);
  return fresh;
}

/** Makes a block a node without neighbours whose listpack, empty as yet, begins at `start`; returns where that is. */
function initNode(arena: Arena, node: Ref, start: number): number {
  const segment = segmentOf(node);
  const words = arena.words[segment];
  const at = wordOf(node);
  words[at + PREVIOUS] = NO_REF;
  words[at + NEXT] = NO_REF;
  words[at + START] = start;
  const position = (at << 2) + start;
  writeEmptyListpack(arena.bytes[segment], arena.views[segment], position);
  return position;
}
