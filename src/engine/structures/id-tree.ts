/**
 * A map from stream IDs to a few words, in order of ID: a stream's blocks, and what is pending of it.
 *
 * A B+ tree. Each tree says how many words an entry has beside its ID (its width). Nodes are blocks of the arena
 * (id-tree-node.ts):
 *
 *   header  | root | levels above the leaves | entries | width | first leaf | last leaf |        24 bytes
 *   leaf    | entries | previous | next | capacity | IDs | words |
 *   inner   | children | - | - | capacity | IDs | children |                                    656 bytes
 *
 * An inner node's ID is at most the first below its child and above all before it; that of a node's first child is not
 * looked at. So taking out an entry changes no inner node unless a leaf empties or joins another.
 *
 * IDs mostly come in order: one behind the last is put into the last leaf without a search, and a full last leaf is
 * followed by an empty one, so that all but the last are full. The first leaf begins small and doubles, because most
 * trees have few entries. A node that falls below a third joins a neighbour that has room for it.
 *
 * Rejected: Redis's radix tree, which costs a block for every branch of 128 bits; the ordered index (ordered-index.ts),
 * whose keys are doubles and which counts, as nobody asks an entry's rank here.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { wordOf } from '../memory/layout.ts';
import {
  capacityOf,
  childAt,
  closeSlot,
  compareEntry,
  countOf,
  FIRST_CAPACITY,
  moveEntries,
  NEXT_LEAF,
  NODE_CAPACITY,
  NODE_MINIMUM,
  neighbourOf,
  newNode,
  openSlot,
  PREVIOUS_LEAF,
  readEntryId,
  setChild,
  setNeighbour,
  slotBehind,
  writeEntryId,
} from './id-tree-node.ts';
import { StreamId } from './stream-id.ts';

const HEADER_BYTES = 24;
/** Words of the header. */
export const TREE_ROOT = 0;
export const TREE_HEIGHT = 1;
const TREE_COUNT = 2;
const TREE_WIDTH = 3;
export const FIRST_LEAF = 4;
export const LAST_LEAF = 5;

/** More levels than 2^32 entries need at the worst filling. */
const MAX_LEVELS = 24;

/** The way down to a leaf: inner node and slot of each level, those right above the leaves at 1. */
const pathNodes = new Int32Array(MAX_LEVELS);
const pathSlots = new Int32Array(MAX_LEVELS);
const separator = new StreamId();

/** An entry's place; void after the tree changed in any other way than by the call that set it. */
export class IdPlace {
  leaf: Ref = NO_REF;
  slot = 0;
}

/** An empty tree; the block returned is its name for as long as it lives. */
export function newIdTree(arena: Arena, width: number): Ref {
  const tree = arena.allocateZeroed(HEADER_BYTES);
  const leaf = newNode(arena, FIRST_CAPACITY, width);
  const words = arena.words[tree >>> 22];
  const at = wordOf(tree);
  words[at + TREE_ROOT] = leaf;
  words[at + TREE_WIDTH] = width;
  words[at + FIRST_LEAF] = leaf;
  words[at + LAST_LEAF] = leaf;
  return tree;
}

/** How many entries there are. */
export function treeCount(arena: Arena, tree: Ref): number {
  return arena.words[tree >>> 22][((tree & 0x3fffff) << 2) + TREE_COUNT];
}

/** Words of an entry beside its ID. */
export function treeWidth(arena: Arena, tree: Ref): number {
  return arena.words[tree >>> 22][((tree & 0x3fffff) << 2) + TREE_WIDTH];
}

/** Sets `place` to the entry of an ID; false when there is none. */
export function treeFind(arena: Arena, tree: Ref, id: StreamId, place: IdPlace): boolean {
  const leaf = descend(arena, tree, id);
  const slot = slotBehind(arena, leaf, id) - 1;
  if (slot < 0 || compareEntry(arena, leaf, slot, id) !== 0) return false;
  place.leaf = leaf;
  place.slot = slot;
  return true;
}

/** Adds an ID that is not there and sets `place` to its entry, whose words are the caller's to write. */
export function treeInsert(arena: Arena, tree: Ref, id: StreamId, place: IdPlace): void {
  const words = arena.words[tree >>> 22];
  const at = wordOf(tree);
  const width = words[at + TREE_WIDTH];
  const last = words[at + LAST_LEAF] as Ref;
  const end = countOf(arena, last);
  words[at + TREE_COUNT]++;
  if (end > 0 && end < capacityOf(arena, last) && compareEntry(arena, last, end - 1, id) < 0) {
    place.leaf = last;
    place.slot = end;
  } else {
    place.leaf = descend(arena, tree, id);
    place.slot = slotBehind(arena, place.leaf, id);
    if (countOf(arena, place.leaf) === capacityOf(arena, place.leaf)) makeRoom(arena, tree, width, id, place);
  }
  openSlot(arena, place.leaf, place.slot, width);
  writeEntryId(arena, place.leaf, place.slot, id);
}

/** Removes the entry of an ID that is there. */
export function treeRemove(arena: Arena, tree: Ref, id: StreamId): void {
  const words = arena.words[tree >>> 22];
  const at = wordOf(tree);
  const width = words[at + TREE_WIDTH];
  const leaf = descend(arena, tree, id);
  const slot = slotBehind(arena, leaf, id) - 1;
  if (slot < 0 || compareEntry(arena, leaf, slot, id) !== 0) throw new Error('an ID is not in the tree');
  words[at + TREE_COUNT]--;
  closeSlot(arena, leaf, slot, width);
  repair(arena, tree, leaf, width);
}

/** The leaf where an ID is or belongs; the path says how it was found. */
function descend(arena: Arena, tree: Ref, id: StreamId): Ref {
  const words = arena.words[tree >>> 22];
  const at = (tree & 0x3fffff) << 2;
  let node = words[at + TREE_ROOT] as Ref;
  for (let level = words[at + TREE_HEIGHT]; level > 0; level--) {
    const behind = slotBehind(arena, node, id);
    const slot = behind > 0 ? behind - 1 : 0;
    pathNodes[level] = node;
    pathSlots[level] = slot;
    node = childAt(arena, node, slot);
  }
  return node;
}

/** The leaf where an ID is or belongs, for whoever only looks. */
export function leafOf(arena: Arena, tree: Ref, id: StreamId): Ref {
  return descend(arena, tree, id);
}

/** Makes room in the full leaf that `place` names, and lets it name where the entry of `id` now belongs. */
function makeRoom(arena: Arena, tree: Ref, width: number, id: StreamId, place: IdPlace): void {
  const { leaf, slot } = place;
  if (capacityOf(arena, leaf) < NODE_CAPACITY) {
    place.leaf = grownLeaf(arena, tree, leaf, width);
    return;
  }
  const isLast = slot === NODE_CAPACITY && neighbourOf(arena, leaf, NEXT_LEAF) === NO_REF;
  const cut = isLast ? NODE_CAPACITY : NODE_CAPACITY / 2;
  const fresh = newNode(arena, NODE_CAPACITY, width);
  moveEntries(arena, leaf, cut, fresh, width);
  linkBehind(arena, tree, leaf, fresh);
  if (slot > cut || isLast) {
    place.leaf = fresh;
    place.slot = slot - cut;
  }
  if (isLast) separator.copy(id);
  else readEntryId(arena, fresh, 0, separator);
  addNode(arena, tree, leaf, fresh, isLast);
}

/** The tree's only leaf in a block twice as large. */
function grownLeaf(arena: Arena, tree: Ref, leaf: Ref, width: number): Ref {
  const fresh = newNode(arena, capacityOf(arena, leaf) * 2, width);
  moveEntries(arena, leaf, 0, fresh, width);
  arena.free(leaf);
  const words = arena.words[tree >>> 22];
  const at = wordOf(tree);
  words[at + TREE_ROOT] = fresh;
  words[at + FIRST_LEAF] = fresh;
  words[at + LAST_LEAF] = fresh;
  return fresh;
}

/** Hangs `fresh` behind `left` into the tree under `separator`, splitting as many levels as are full. */
function addNode(arena: Arena, tree: Ref, left: Ref, fresh: Ref, isLast: boolean): void {
  const words = arena.words[tree >>> 22];
  const at = wordOf(tree);
  let before = left;
  let added = fresh;
  for (let level = 1; level <= words[at + TREE_HEIGHT]; level++) {
    const parent = pathNodes[level] as Ref;
    const slot = pathSlots[level] + 1;
    if (countOf(arena, parent) < NODE_CAPACITY) {
      addChild(arena, parent, slot, added);
      return;
    }
    const cut = isLast ? NODE_CAPACITY : NODE_CAPACITY / 2;
    const half = newNode(arena, NODE_CAPACITY, 1);
    moveEntries(arena, parent, cut, half, 1);
    if (slot > cut || isLast) addChild(arena, half, slot - cut, added);
    else addChild(arena, parent, slot, added);
    readEntryId(arena, half, 0, separator);
    before = parent;
    added = half;
  }
  const root = newNode(arena, NODE_CAPACITY, 1);
  addChild(arena, root, 0, before);
  addChild(arena, root, 1, added);
  words[at + TREE_ROOT] = root;
  words[at + TREE_HEIGHT]++;
}

function addChild(arena: Arena, parent: Ref, slot: number, child: Ref): void {
  openSlot(arena, parent, slot, 1);
  writeEntryId(arena, parent, slot, separator);
  setChild(arena, parent, slot, child);
}

/** Makes the path right after an entry of its leaf went: nodes too empty to stay. */
function repair(arena: Arena, tree: Ref, leaf: Ref, width: number): void {
  const words = arena.words[tree >>> 22];
  const at = wordOf(tree);
  const height = words[at + TREE_HEIGHT];
  let node = leaf;
  for (let level = 1; level <= height; level++) {
    const parent = pathNodes[level] as Ref;
    const slot = pathSlots[level];
    const count = countOf(arena, node);
    if (count >= NODE_MINIMUM) return;
    const nodeWidth = level === 1 ? width : 1;
    if (count === 0) {
      closeSlot(arena, parent, slot, 1);
      dropNode(arena, tree, node, level === 1);
    } else joinNeighbour(arena, tree, parent, slot, level === 1, nodeWidth);
    node = parent;
  }
  while (words[at + TREE_HEIGHT] > 0 && countOf(arena, words[at + TREE_ROOT] as Ref) === 1) {
    const root = words[at + TREE_ROOT] as Ref;
    words[at + TREE_ROOT] = childAt(arena, root, 0);
    words[at + TREE_HEIGHT]--;
    arena.free(root);
  }
}

/** Joins child `slot` with the one before or behind it if both fit one node. */
function joinNeighbour(arena: Arena, tree: Ref, parent: Ref, slot: number, isLeaf: boolean, width: number): void {
  const count = countOf(arena, childAt(arena, parent, slot));
  if (slot > 0 && countOf(arena, childAt(arena, parent, slot - 1)) + count <= NODE_CAPACITY) {
    join(arena, tree, parent, slot - 1, isLeaf, width);
  } else if (
    slot + 1 < countOf(arena, parent) &&
    countOf(arena, childAt(arena, parent, slot + 1)) + count <= NODE_CAPACITY
  ) {
    join(arena, tree, parent, slot, isLeaf, width);
  }
}

/** Moves all of the child behind `slot` into child `slot`. */
function join(arena: Arena, tree: Ref, parent: Ref, slot: number, isLeaf: boolean, width: number): void {
  const right = childAt(arena, parent, slot + 1);
  if (!isLeaf) {
    // The ID of its first child was not looked at and may be too great; among the others it is.
    readEntryId(arena, parent, slot + 1, separator);
    writeEntryId(arena, right, 0, separator);
  }
  moveEntries(arena, right, 0, childAt(arena, parent, slot), width);
  closeSlot(arena, parent, slot + 1, 1);
  dropNode(arena, tree, right, isLeaf);
}

function dropNode(arena: Arena, tree: Ref, node: Ref, isLeaf: boolean): void {
  if (isLeaf) {
    const words = arena.words[tree >>> 22];
    const at = wordOf(tree);
    const previous = neighbourOf(arena, node, PREVIOUS_LEAF);
    const next = neighbourOf(arena, node, NEXT_LEAF);
    if (previous === NO_REF) words[at + FIRST_LEAF] = next;
    else setNeighbour(arena, previous, NEXT_LEAF, next);
    if (next === NO_REF) words[at + LAST_LEAF] = previous;
    else setNeighbour(arena, next, PREVIOUS_LEAF, previous);
  }
  arena.free(node);
}

function linkBehind(arena: Arena, tree: Ref, leaf: Ref, fresh: Ref): void {
  const next = neighbourOf(arena, leaf, NEXT_LEAF);
  setNeighbour(arena, fresh, PREVIOUS_LEAF, leaf);
  setNeighbour(arena, fresh, NEXT_LEAF, next);
  setNeighbour(arena, leaf, NEXT_LEAF, fresh);
  if (next === NO_REF) arena.words[tree >>> 22][wordOf(tree) + LAST_LEAF] = fresh;
  else setNeighbour(arena, next, PREVIOUS_LEAF, fresh);
}
