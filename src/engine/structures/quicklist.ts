/**
 * A quicklist: a deque of nodes, each a listpack with room on both sides (quicklist-node.ts), in a chain
 * (quicklist-chain.ts).
 *
 * `fill` limits the nodes as `list-max-listpack-size` says: above 0 it counts elements (and 8 KiB is the most), -1 to -5 are
 * 4 to 64 KiB. The limit is one of whole blocks, so that a full node fills its block. An element that is larger than a node
 * may be has a node of its own. An element is found from the nearer end, node by node.
 *
 * As in Redis, removing leaves nodes as small as they become, and only a node parted by an insertion is joined to its
 * neighbours where they make one.
 *
 * Elements are named by their node and their offset in its listpack; changing a node voids what was known of it.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf } from '../memory/layout.ts';
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
  addLength,
  endNode,
  exchangeNode,
  linkNode,
  nextNode,
  previousNode,
  quicklistBytes,
  quicklistLength,
  unlinkNode,
} from './quicklist-chain.ts';
import {
  addToNodeCount,
  appendNode,
  fittingNode,
  MOST_NODE_ELEMENTS,
  NODE_HEADER_BYTES,
  newNode,
  nodeBytes,
  nodeCount,
  nodeListpack,
  popFromNode,
  pushIntoNode,
  spliceNode,
  splitNode,
} from './quicklist-node.ts';

/** The most that a node counted in elements takes. */
const COUNTED_NODE_BYTES = 8192;
/** Doubling it meets every limit. */
const SMALL_NODE_BYTES = 512;

/** The most bytes of a node's block; only a single element may make it larger. */
export function nodeByteLimit(fill: number): number {
  return fill >= 0 ? COUNTED_NODE_BYTES : 4096 << (Math.min(-fill, 5) - 1);
}

/** The most elements of a node. */
export function nodeCountLimit(fill: number): number {
  return fill < 0 ? MOST_NODE_ELEMENTS : Math.max(1, Math.min(fill, MOST_NODE_ELEMENTS));
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
  const bytes = nodeByteLimit(fill);
  const count = nodeCountLimit(fill);
  if (node !== NO_REF && pushIntoNode(arena, node, bytes, count, atHead, size, source, sourceView, start, end)) {
    addLength(arena, list, 1);
  } else makeRoomAndPush(arena, list, fill, node, atHead, size, source, sourceView, start, end);
}

/** Adds an element of `size` bytes at one end, of which `node` has no room for it: lets it grow, or makes another. */
function makeRoomAndPush(
  arena: Arena,
  list: Ref,
  fill: number,
  node: Ref,
  atHead: boolean,
  size: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): void {
  if (node !== NO_REF && hasRoomFor(arena, node, size, fill)) {
    const offset = atHead ? LISTPACK_HEADER_BYTES : nodeBytes(arena, node) - 1;
    insertIntoNode(arena, list, fill, node, offset, size, source, sourceView, start, end);
    return;
  }
  const fresh = newNode(arena, size, pushedNodeBytes(arena, list, fill, size), atHead, source, sourceView, start, end);
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
    const previous = previousNode(arena, left);
    if (mayJoin(arena, previous, left, fill)) left = joinNodes(arena, list, fill, previous, left);
    const next = nextNode(arena, right);
    if (mayJoin(arena, right, next, fill)) right = joinNodes(arena, list, fill, right, next);
  }
  if (left !== NO_REF && hasRoomFor(arena, left, size, fill)) {
    const behind = nodeBytes(arena, left) - 1;
    insertIntoNode(arena, list, fill, left, behind, size, source, sourceView, start, end);
  } else if (right !== NO_REF && hasRoomFor(arena, right, size, fill)) {
    insertIntoNode(arena, list, fill, right, LISTPACK_HEADER_BYTES, size, source, sourceView, start, end);
  } else {
    const fresh = newNode(arena, size, smallNodeBytes(fill, size), false, source, sourceView, start, end);
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
    exchangeForFitting(arena, list, fresh);
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
    if (left === 1) {
      popFromNode(arena, node, atHead);
      addLength(arena, list, -1);
      return;
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
    if (nodeCount(arena, at) === 0) unlinkNode(arena, list, at);
    else exchangeForFitting(arena, list, at);
  }
  return removed;
}

/** The block of a new node: small, for it doubles until it has the list's limit, or room for one element if that is all. */
function smallNodeBytes(fill: number, size: number): number {
  return Math.min(SMALL_NODE_BYTES, NODE_HEADER_BYTES + EMPTY_LISTPACK_BYTES + size * nodeCountLimit(fill));
}

/**
 * The block of a new node at an end. The longer a list is the less its last block matters: a node has an eighth of the
 * list's bytes at once, so that those of long lists need not grow. Large elements might leave much of it unused.
 */
function pushedNodeBytes(arena: Arena, list: Ref, fill: number, size: number): number {
  const limit = nodeByteLimit(fill);
  const small = smallNodeBytes(fill, size);
  const isWorthRoom = fill < 0 && size <= limit >>> 4;
  return isWorthRoom ? Math.max(small, Math.min(limit, quicklistBytes(arena, list) >>> 3)) : small;
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

/** Gives a node that has become small a smaller block. */
function exchangeForFitting(arena: Arena, list: Ref, node: Ref): void {
  const fitting = fittingNode(arena, node);
  if (fitting !== node) exchangeNode(arena, list, node, fitting);
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

/** True when two neighbours make one node that has room left: else the next insertion would part them again. */
function mayJoin(arena: Arena, left: Ref, right: Ref, fill: number): boolean {
  if (left === NO_REF || right === NO_REF) return false;
  const limit = nodeByteLimit(fill);
  return (
    nodeBytes(arena, left) + nodeBytes(arena, right) <= limit - (limit >>> 2) &&
    nodeCount(arena, left) + nodeCount(arena, right) <= nodeCountLimit(fill)
  );
}

/** Makes two neighbours one node and returns it. */
function joinNodes(arena: Arena, list: Ref, fill: number, left: Ref, right: Ref): Ref {
  const joined = appendNode(arena, left, right, nodeByteLimit(fill));
  if (joined !== left) exchangeNode(arena, list, left, joined);
  unlinkNode(arena, list, right);
  return joined;
}
