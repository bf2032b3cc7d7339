/**
 * A quicklist: a deque of nodes, each a listpack with room on both sides (quicklist-node.ts).
 *
 *   header   word 0   first node, 0 when the list is empty
 *            word 1   last node
 *            word 2   elements
 *            word 3   bytes of all nodes' blocks, in units of 16
 *
 * `fill` limits the nodes as `list-max-listpack-size` says: above 0 it counts elements (and 8 KiB is the most), -1 to -5 are
 * 4 to 64 KiB. The limit is one of whole blocks, so that a full node fills its block. An element that is larger than a node
 * may be has a node of its own. An element is found from the nearer end, node by node.
 *
 * Elements are named by their node and their offset in its listpack; changing a node voids what was known of it.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, wordOf } from '../memory/layout.ts';
import {
  EMPTY_LISTPACK_BYTES,
  elementBytes,
  LISTPACK_HEADER_BYTES,
  newElementBytes,
  writeElement,
} from './listpack.ts';
import { elementOffset } from './listpack-index.ts';
import { removeEqualElements } from './listpack-removal.ts';
import {
  addToNodeCount,
  appendNode,
  fittingNode,
  NEXT,
  NODE_HEADER_BYTES,
  newNode,
  newNodeFrom,
  nodeBytes,
  nodeCount,
  nodeListpack,
  PREVIOUS,
  spliceNode,
  splitNode,
} from './quicklist-node.ts';

const HEADER_BYTES = 16;
const HEAD = 0;
const TAIL = 1;
const LENGTH = 2;
const UNITS = 3;

/** What a node may have at most, lest its listpack cannot tell how many elements it has. */
const MOST_ELEMENTS = 65534;
/** The most a node counted in elements takes. */
const COUNTED_NODE_BYTES = 8192;

/** The most bytes of a node's block; only a single element may make it larger. */
export function nodeByteLimit(fill: number): number {
  return fill >= 0 ? COUNTED_NODE_BYTES : 4096 << (Math.min(-fill, 5) - 1);
}

/** The most elements of a node. */
export function nodeCountLimit(fill: number): number {
  return fill < 0 ? MOST_ELEMENTS : Math.max(1, Math.min(fill, MOST_ELEMENTS));
}

/** A list with a copy of the elements of the listpack of `total` bytes at `from`; returns its header. */
export function newQuicklist(arena: Arena, source: Buffer, from: number, total: number): Ref {
  const list = newHeader(arena);
  if (total > EMPTY_LISTPACK_BYTES) {
    const node = newNodeFrom(arena, source, from, total);
    addLength(arena, list, nodeCount(arena, node));
    linkNode(arena, list, node, NO_REF, NO_REF);
  }
  return list;
}

export function quicklistLength(arena: Arena, list: Ref): number {
  return arena.words[list >>> 22][((list & 0x3fffff) << 2) + LENGTH] >>> 0;
}

/** The first node, or the last; 0 when the list is empty. */
export function endNode(arena: Arena, list: Ref, atHead: boolean): Ref {
  return arena.words[list >>> 22][((list & 0x3fffff) << 2) + (atHead ? HEAD : TAIL)] as Ref;
}

export function nextNode(arena: Arena, node: Ref): Ref {
  return arena.words[node >>> 22][((node & 0x3fffff) << 2) + NEXT] as Ref;
}

export function previousNode(arena: Arena, node: Ref): Ref {
  return arena.words[node >>> 22][((node & 0x3fffff) << 2) + PREVIOUS] as Ref;
}

/** Bytes of the header and all nodes. */
export function quicklistBytes(arena: Arena, list: Ref): number {
  return arena.sizeOf(list) + (arena.words[segmentOf(list)][wordOf(list) + UNITS] >>> 0) * 16;
}

/** An element: `offset` counts from its listpack's first byte. */
export interface Place {
  node: Ref;
  offset: number;
}

/** Finds the element at `index`, which must be one. */
export function seekElement(arena: Arena, list: Ref, index: number, place: Place): void {
  const length = quicklistLength(arena, list);
  let node: Ref;
  let left = index;
  if (index < length >>> 1) {
    node = endNode(arena, list, true);
    for (let count = nodeCount(arena, node); left >= count; count = nodeCount(arena, node)) {
      left -= count;
      node = nextNode(arena, node);
    }
  } else {
    node = endNode(arena, list, false);
    let first = length - nodeCount(arena, node);
    while (index < first) {
      node = previousNode(arena, node);
      first -= nodeCount(arena, node);
    }
    left = index - first;
  }
  place.node = node;
  place.offset = offsetOf(arena, node, left);
}

/** Adds `source[start..end)` at one end. */
export function pushElement(
  arena: Arena,
  list: Ref,
  fill: number,
  atHead: boolean,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): void {
  const node = endNode(arena, list, atHead);
  const size = newElementBytes(source, start, end);
  if (node !== NO_REF && hasRoomFor(arena, node, size, fill)) {
    const offset = atHead ? LISTPACK_HEADER_BYTES : nodeBytes(arena, node) - 1;
    insertIntoNode(arena, list, fill, node, offset, size, source, sourceView, start, end);
    return;
  }
  const fresh = newNode(arena, size, nodeCountLimit(fill), atHead, source, sourceView, start, end);
  addLength(arena, list, 1);
  linkNode(arena, list, fresh, atHead ? NO_REF : node, atHead ? node : NO_REF);
}

/** Inserts `source[start..end)` before the element at `offset` of `node`, or at the node's end for the end mark's. */
export function insertElementAt(
  arena: Arena,
  list: Ref,
  fill: number,
  node: Ref,
  offset: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): void {
  const size = newElementBytes(source, start, end);
  if (hasRoomFor(arena, node, size, fill)) {
    insertIntoNode(arena, list, fill, node, offset, size, source, sourceView, start, end);
    return;
  }
  let left = node;
  let right: Ref;
  if (offset === LISTPACK_HEADER_BYTES) {
    left = previousNode(arena, node);
    right = node;
  } else if (offset === nodeBytes(arena, node) - 1) right = nextNode(arena, node);
  else {
    right = splitNode(arena, node, offset);
    linkNode(arena, list, right, node, nextNode(arena, node));
  }
  if (left !== NO_REF && hasRoomFor(arena, left, size, fill)) {
    const behind = nodeBytes(arena, left) - 1;
    insertIntoNode(arena, list, fill, left, behind, size, source, sourceView, start, end);
  } else if (right !== NO_REF && hasRoomFor(arena, right, size, fill)) {
    insertIntoNode(arena, list, fill, right, LISTPACK_HEADER_BYTES, size, source, sourceView, start, end);
  } else {
    const fresh = newNode(arena, size, nodeCountLimit(fill), false, source, sourceView, start, end);
    addLength(arena, list, 1);
    linkNode(arena, list, fresh, left, right);
  }
}

/** Puts `source[start..end)` in the place of the element at `offset` of `node`. */
export function replaceElementAt(
  arena: Arena,
  list: Ref,
  fill: number,
  node: Ref,
  offset: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): void {
  const segment = segmentOf(node);
  const old = elementBytes(arena.bytes[segment], arena.views[segment], nodeListpack(arena, node) + offset);
  const size = newElementBytes(source, start, end);
  const limit = nodeByteLimit(fill);
  const isFitting = NODE_HEADER_BYTES + nodeBytes(arena, node) - old + size <= limit;
  if (isFitting || nodeCount(arena, node) === 1) {
    const fresh = spliceNode(arena, node, offset, old, size, limit);
    if (fresh !== node) exchangeNode(arena, list, node, fresh);
    writeAt(arena, fresh, offset, source, sourceView, start, end);
    const fitting = fittingNode(arena, fresh);
    if (fitting !== fresh) exchangeNode(arena, list, fresh, fitting);
    return;
  }
  spliceNode(arena, node, offset, old, 0, limit);
  addToNodeCount(arena, node, -1);
  addLength(arena, list, -1);
  insertElementAt(arena, list, fill, node, offset, source, sourceView, start, end);
}

/** Removes the first `count` elements, or the last; there must be so many. */
export function removeFromEnd(arena: Arena, list: Ref, fill: number, atHead: boolean, count: number): void {
  let left = count;
  while (left > 0) {
    const node = endNode(arena, list, atHead);
    const held = nodeCount(arena, node);
    if (held <= left) {
      unlinkNode(arena, list, node);
      addLength(arena, list, -held);
      left -= held;
      continue;
    }
    const from = atHead ? LISTPACK_HEADER_BYTES : offsetOf(arena, node, held - left);
    const to = atHead ? offsetOf(arena, node, left) : nodeBytes(arena, node) - 1;
    spliceNode(arena, node, from, to - from, 0, nodeByteLimit(fill));
    addToNodeCount(arena, node, -left);
    addLength(arena, list, -left);
    left = 0;
  }
}

/**
 * Removes up to `limit` elements equal to `source[start..end)` from the element at `offset` of `node` on; returns how many
 * there were.
 */
export function removeEqual(
  arena: Arena,
  list: Ref,
  fill: number,
  node: Ref,
  offset: number,
  limit: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): number {
  let removed = 0;
  let from = offset;
  let next: Ref;
  for (let at = node; at !== NO_REF && removed < limit; at = next) {
    const segment = at >>> 22;
    const pack = nodeListpack(arena, at);
    const bytes = arena.bytes[segment];
    const view = arena.views[segment];
    const gone = removeEqualElements(bytes, view, pack, from, limit - removed, source, sourceView, start, end);
    next = nextNode(arena, at);
    from = LISTPACK_HEADER_BYTES;
    if (gone === 0) continue;
    removed += gone;
    addLength(arena, list, -gone);
    tidyNode(arena, list, fill, at);
  }
  return removed;
}

/** Frees up to `limit` nodes, each as quick as an element of another value; 0 when all is freed, the header too. */
export function drainQuicklist(arena: Arena, list: Ref, limit: number): number {
  let node = endNode(arena, list, true);
  for (let freed = 0; node !== NO_REF && freed < limit; freed++) {
    const next = nextNode(arena, node);
    countUnits(arena, list, -arena.sizeOf(node));
    arena.free(node);
    node = next;
  }
  arena.words[segmentOf(list)][wordOf(list) + HEAD] = node;
  if (node !== NO_REF) return 1;
  arena.free(list);
  return 0;
}

/** A copy of everything; returns its header. */
export function copyQuicklist(arena: Arena, list: Ref): Ref {
  const copy = newHeader(arena);
  addLength(arena, copy, quicklistLength(arena, list));
  for (let node = endNode(arena, list, true); node !== NO_REF; node = nextNode(arena, node)) {
    const fresh = newNodeFrom(arena, arena.bytes[node >>> 22], nodeListpack(arena, node), nodeBytes(arena, node));
    linkNode(arena, copy, fresh, endNode(arena, copy, false), NO_REF);
  }
  return copy;
}

/** The offset of a node's element at `index`; of its end mark for the count. */
function offsetOf(arena: Arena, node: Ref, index: number): number {
  const segment = node >>> 22;
  return elementOffset(arena.bytes[segment], arena.views[segment], nodeListpack(arena, node), index);
}

function hasRoomFor(arena: Arena, node: Ref, size: number, fill: number): boolean {
  return (
    NODE_HEADER_BYTES + nodeBytes(arena, node) + size <= nodeByteLimit(fill) &&
    nodeCount(arena, node) < nodeCountLimit(fill)
  );
}

function insertIntoNode(
  arena: Arena,
  list: Ref,
  fill: number,
  node: Ref,
  offset: number,
  size: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): void {
  const place = spliceNode(arena, node, offset, 0, size, nodeByteLimit(fill));
  if (place !== node) exchangeNode(arena, list, node, place);
  writeAt(arena, place, offset, source, sourceView, start, end);
  addToNodeCount(arena, place, 1);
  addLength(arena, list, 1);
}

function writeAt(
  arena: Arena,
  node: Ref,
  offset: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): void {
  const segment = node >>> 22;
  const at = nodeListpack(arena, node) + offset;
  writeElement(arena.bytes[segment], arena.views[segment], at, source, sourceView, start, end);
}

/** After a node has lost elements: removes it when it is empty, else joins it to a neighbour or gives it a smaller block. */
function tidyNode(arena: Arena, list: Ref, fill: number, node: Ref): void {
  if (nodeCount(arena, node) === 0) return unlinkNode(arena, list, node);
  const previous = previousNode(arena, node);
  const next = nextNode(arena, node);
  if (previous !== NO_REF && mayJoin(arena, previous, node, fill)) joinNodes(arena, list, fill, previous, node);
  else if (next !== NO_REF && mayJoin(arena, node, next, fill)) joinNodes(arena, list, fill, node, next);
  else {
    const fitting = fittingNode(arena, node);
    if (fitting !== node) exchangeNode(arena, list, node, fitting);
  }
}

/** True when two neighbours make one node that has room left: else the next insertion would part them again. */
function mayJoin(arena: Arena, left: Ref, right: Ref, fill: number): boolean {
  const limit = nodeByteLimit(fill);
  return (
    nodeBytes(arena, left) + nodeBytes(arena, right) <= limit - (limit >>> 2) &&
    nodeCount(arena, left) + nodeCount(arena, right) <= nodeCountLimit(fill)
  );
}

function joinNodes(arena: Arena, list: Ref, fill: number, left: Ref, right: Ref): void {
  const joined = appendNode(arena, left, right, nodeByteLimit(fill));
  if (joined !== left) exchangeNode(arena, list, left, joined);
  unlinkNode(arena, list, right);
}

function newHeader(arena: Arena): Ref {
  const list = arena.allocate(HEADER_BYTES);
  const words = arena.words[segmentOf(list)];
  const at = wordOf(list);
  words[at + HEAD] = NO_REF;
  words[at + TAIL] = NO_REF;
  words[at + LENGTH] = 0;
  words[at + UNITS] = 0;
  return list;
}

/** Puts a node between two neighbours, 0 where the list ends. */
function linkNode(arena: Arena, list: Ref, node: Ref, previous: Ref, next: Ref): void {
  arena.words[segmentOf(node)][wordOf(node) + PREVIOUS] = previous;
  arena.words[segmentOf(node)][wordOf(node) + NEXT] = next;
  joinNeighbours(arena, list, previous, next, node, node);
  countUnits(arena, list, arena.sizeOf(node));
}

/** Takes a node out and frees it. */
function unlinkNode(arena: Arena, list: Ref, node: Ref): void {
  const previous = previousNode(arena, node);
  const next = nextNode(arena, node);
  joinNeighbours(arena, list, previous, next, next, previous);
  countUnits(arena, list, -arena.sizeOf(node));
  arena.free(node);
}

/** Lets `fresh`, a copy of `node` with its neighbours' names, take its place; frees `node`. */
function exchangeNode(arena: Arena, list: Ref, node: Ref, fresh: Ref): void {
  joinNeighbours(arena, list, previousNode(arena, node), nextNode(arena, node), fresh, fresh);
  countUnits(arena, list, arena.sizeOf(fresh) - arena.sizeOf(node));
  arena.free(node);
}

/** Tells `previous` what follows it and `next` what is before it; the header where there is no such neighbour. */
function joinNeighbours(arena: Arena, list: Ref, previous: Ref, next: Ref, afterPrevious: Ref, beforeNext: Ref): void {
  if (previous === NO_REF) arena.words[segmentOf(list)][wordOf(list) + HEAD] = afterPrevious;
  else arena.words[segmentOf(previous)][wordOf(previous) + NEXT] = afterPrevious;
  if (next === NO_REF) arena.words[segmentOf(list)][wordOf(list) + TAIL] = beforeNext;
  else arena.words[segmentOf(next)][wordOf(next) + PREVIOUS] = beforeNext;
}

function addLength(arena: Arena, list: Ref, delta: number): void {
  arena.words[list >>> 22][((list & 0x3fffff) << 2) + LENGTH] += delta;
}

function countUnits(arena: Arena, list: Ref, bytes: number): void {
  arena.words[segmentOf(list)][wordOf(list) + UNITS] += bytes / 16;
}
