/**
 * The nodes of a quicklist as a chain: who is beside whom and how much there is in all; making, copying and freeing the
 * whole.
 *
 *   header   word 0   first node, 0 when the list is empty
 *            word 1   last node
 *            word 2   elements
 *            word 3   bytes of all nodes' blocks, in units of 16
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, wordOf } from '../memory/layout.ts';
import { elementBytes, LISTPACK_END, LISTPACK_HEADER_BYTES, listpackCount } from './listpack.ts';
import {
  MOST_NODE_ELEMENTS,
  NEXT,
  newNodeFrom,
  newNodeOf,
  nodeBytes,
  nodeCount,
  nodeListpack,
  PREVIOUS,
} from './quicklist-node.ts';

const HEADER_BYTES = 16;
const HEAD = 0;
const TAIL = 1;
const LENGTH = 2;
const UNITS = 3;

/** A list with a copy of the elements of the listpack of `total` bytes at `from`; returns its header. */
export function newQuicklist(arena: Arena, source: Buffer, view: DataView, from: number, total: number): Ref {
  const list = newEmptyQuicklist(arena);
  appendListpack(arena, list, source, view, from, total);
  return list;
}

/** Adds a copy of the elements of the listpack of `total` bytes at `from`, in a node of their own if it can count them. */
export function appendListpack(
  arena: Arena,
  list: Ref,
  source: Buffer,
  view: DataView,
  from: number,
  total: number,
): void {
  let left = listpackCount(source, view, from);
  addLength(arena, list, left);
  if (left > 0 && left <= MOST_NODE_ELEMENTS) {
    linkNode(arena, list, newNodeFrom(arena, source, from, total), endNode(arena, list, false), NO_REF);
    return;
  }
  let p = from + LISTPACK_HEADER_BYTES;
  while (source[p] !== LISTPACK_END) {
    const first = p;
    const count = Math.min(left, MOST_NODE_ELEMENTS);
    for (let i = 0; i < count; i++) p += elementBytes(source, view, p);
    linkNode(arena, list, newNodeOf(arena, source, first, p, count), endNode(arena, list, false), NO_REF);
    left -= count;
  }
}

/**
 * Adds copies of up to `limit` nodes to the end of `copy`, from the node `from` on, 0 for the first. Returns the node to go
 * on with, 0 at the end.
 */
export function copyNodes(arena: Arena, list: Ref, copy: Ref, from: number, limit: number): number {
  let node = from === 0 ? endNode(arena, list, true) : (from as Ref);
  for (let copied = 0; node !== NO_REF && copied < limit; copied++) {
    const fresh = newNodeFrom(arena, arena.bytes[node >>> 22], nodeListpack(arena, node), nodeBytes(arena, node));
    linkNode(arena, copy, fresh, endNode(arena, copy, false), NO_REF);
    addLength(arena, copy, nodeCount(arena, node));
    node = nextNode(arena, node);
  }
  return node;
}

/** Frees up to `limit` nodes, each as quick as an element of another value; 0 when all is freed, the header too. */
export function drainQuicklist(arena: Arena, list: Ref, limit: number): number {
  let node = endNode(arena, list, true);
  for (let freed = 0; node !== NO_REF && freed < limit; freed++) {
    const next = nextNode(arena, node);
    addLength(arena, list, -nodeCount(arena, node));
    countUnits(arena, list, -arena.sizeOf(node));
    arena.free(node);
    node = next;
  }
  arena.words[segmentOf(list)][wordOf(list) + HEAD] = node;
  if (node !== NO_REF) return 1;
  arena.free(list);
  return 0;
}

export function quicklistLength(arena: Arena, list: Ref): number {
  return arena.words[list >>> 22][((list & 0x3fffff) << 2) + LENGTH] >>> 0;
}

/** Bytes of the header and all nodes. */
export function quicklistBytes(arena: Arena, list: Ref): number {
  return arena.sizeOf(list) + (arena.words[segmentOf(list)][wordOf(list) + UNITS] >>> 0) * 16;
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

/** Notes that the list has `delta` elements more, or fewer. */
export function addLength(arena: Arena, list: Ref, delta: number): void {
  arena.words[list >>> 22][((list & 0x3fffff) << 2) + LENGTH] += delta;
}

/** Puts a node between two neighbours, 0 where the list ends. */
export function linkNode(arena: Arena, list: Ref, node: Ref, previous: Ref, next: Ref): void {
  arena.words[segmentOf(node)][wordOf(node) + PREVIOUS] = previous;
  arena.words[segmentOf(node)][wordOf(node) + NEXT] = next;
  joinNeighbours(arena, list, previous, next, node, node);
  countUnits(arena, list, arena.sizeOf(node));
}

/** Takes a node out and frees it. */
export function unlinkNode(arena: Arena, list: Ref, node: Ref): void {
  const previous = previousNode(arena, node);
  const next = nextNode(arena, node);
  joinNeighbours(arena, list, previous, next, next, previous);
  countUnits(arena, list, -arena.sizeOf(node));
  arena.free(node);
}

/** Lets `fresh`, a copy of `node` with its neighbours' names, take its place; frees `node`. */
export function exchangeNode(arena: Arena, list: Ref, node: Ref, fresh: Ref): void {
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

function countUnits(arena: Arena, list: Ref, bytes: number): void {
  arena.words[segmentOf(list)][wordOf(list) + UNITS] += bytes / 16;
}

/** A list without nodes; returns its header. */
export function newEmptyQuicklist(arena: Arena): Ref {
  const list = arena.allocate(HEADER_BYTES);
  const words = arena.words[segmentOf(list)];
  const at = wordOf(list);
  words[at + HEAD] = NO_REF;
  words[at + TAIL] = NO_REF;
  words[at + LENGTH] = 0;
  words[at + UNITS] = 0;
  return list;
}
