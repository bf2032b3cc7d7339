/** Going through an ID tree: bounds, both directions, entries' words, emptying. */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { wordOf } from '../memory/layout.ts';
import { FIRST_LEAF, type IdPlace, LAST_LEAF, leafOf, TREE_HEIGHT, TREE_ROOT, treeWidth } from './id-tree.ts';
import {
  childAt,
  compareEntry,
  countOf,
  entryWords,
  NEXT_LEAF,
  neighbourOf,
  PREVIOUS_LEAF,
  readEntryId,
  slotBehind,
} from './id-tree-node.ts';
import type { StreamId } from './stream-id.ts';

/** Sets `place` to the first entry; false when there is none. */
export function seekFirst(arena: Arena, tree: Ref, place: IdPlace): boolean {
  place.leaf = arena.words[tree >>> 22][((tree & 0x3fffff) << 2) + FIRST_LEAF] as Ref;
  place.slot = 0;
  return countOf(arena, place.leaf) > 0;
}

/** Sets `place` to the last entry; false when there is none. */
export function seekLast(arena: Arena, tree: Ref, place: IdPlace): boolean {
  place.leaf = arena.words[tree >>> 22][((tree & 0x3fffff) << 2) + LAST_LEAF] as Ref;
  place.slot = countOf(arena, place.leaf) - 1;
  return place.slot >= 0;
}

/** Sets `place` to the first entry that is not before `id`; false when there is none. */
export function seekAtLeast(arena: Arena, tree: Ref, id: StreamId, place: IdPlace): boolean {
  if (seekAtMost(arena, tree, id, place)) {
    return compareEntry(arena, place.leaf, place.slot, id) === 0 || stepForward(arena, place);
  }
  return seekFirst(arena, tree, place);
}

/** Sets `place` to the last entry that is not after `id`; false when there is none. */
export function seekAtMost(arena: Arena, tree: Ref, id: StreamId, place: IdPlace): boolean {
  place.leaf = leafOf(arena, tree, id);
  place.slot = slotBehind(arena, place.leaf, id);
  return stepBack(arena, place);
}

/** Goes to the next entry; false when there is none. */
export function stepForward(arena: Arena, place: IdPlace): boolean {
  if (++place.slot < countOf(arena, place.leaf)) return true;
  const next = neighbourOf(arena, place.leaf, NEXT_LEAF);
  if (next === NO_REF) return false;
  place.leaf = next;
  place.slot = 0;
  return true;
}

/** Goes to the entry before; false when there is none. */
export function stepBack(arena: Arena, place: IdPlace): boolean {
  if (place.slot-- > 0) return true;
  const previous = neighbourOf(arena, place.leaf, PREVIOUS_LEAF);
  if (previous === NO_REF) return false;
  place.leaf = previous;
  place.slot = countOf(arena, previous) - 1;
  return true;
}

/** Reads the ID of an entry. */
export function readPlaceId(arena: Arena, place: IdPlace, id: StreamId): void {
  readEntryId(arena, place.leaf, place.slot, id);
}

/** Where an entry's words begin in the `words` of its leaf's segment. */
function placeWords(arena: Arena, tree: Ref, place: IdPlace): number {
  return entryWords(arena, place.leaf, place.slot, treeWidth(arena, tree));
}

/** The first word of an entry. */
export function wordAt(arena: Arena, tree: Ref, place: IdPlace): number {
  return arena.words[place.leaf >>> 22][placeWords(arena, tree, place)];
}

export function setWordAt(arena: Arena, tree: Ref, place: IdPlace, value: number): void {
  arena.words[place.leaf >>> 22][placeWords(arena, tree, place)] = value;
}

/**
 * Frees up to `leaves` of the tree's leaves, giving `visit` the first word of each entry of a tree that has words. Returns
 * how many leaves it may free yet, -1 when some are left; else the tree itself is freed too. Nothing else may be done with
 * a tree once this has begun.
 */
export function drainIdTree(arena: Arena, tree: Ref, leaves: number, visit: (word: number) => void): number {
  const words = arena.words[tree >>> 22];
  const at = wordOf(tree);
  const width = treeWidth(arena, tree);
  let left = leaves;
  for (let leaf = words[at + FIRST_LEAF] as Ref; leaf !== NO_REF; left--) {
    if (left <= 0) return -1;
    const next = neighbourOf(arena, leaf, NEXT_LEAF);
    if (width > 0) {
      for (let slot = countOf(arena, leaf) - 1; slot >= 0; slot--) {
        visit(arena.words[leaf >>> 22][entryWords(arena, leaf, slot, width)]);
      }
    }
    arena.free(leaf);
    words[at + FIRST_LEAF] = next;
    leaf = next;
  }
  freeInner(arena, words[at + TREE_ROOT] as Ref, words[at + TREE_HEIGHT]);
  arena.free(tree);
  return left;
}

/** Frees the inner nodes from `node` on, which stands so many levels above the leaves. */
function freeInner(arena: Arena, node: Ref, level: number): void {
  if (level === 0) return;
  for (let slot = countOf(arena, node) - 1; slot >= 0 && level > 1; slot--) {
    freeInner(arena, childAt(arena, node, slot), level - 1);
  }
  arena.free(node);
}

/** Bytes of the tree's own blocks. */
export function idTreeBytes(arena: Arena, tree: Ref): number {
  const words = arena.words[tree >>> 22];
  const at = wordOf(tree);
  return arena.sizeOf(tree) + sumNodes(arena, words[at + TREE_ROOT] as Ref, words[at + TREE_HEIGHT], sizeOfNode);
}

/** How many nodes the tree has. */
export function idTreeNodes(arena: Arena, tree: Ref): number {
  const words = arena.words[tree >>> 22];
  const at = wordOf(tree);
  return sumNodes(arena, words[at + TREE_ROOT] as Ref, words[at + TREE_HEIGHT], () => 1);
}

function sizeOfNode(arena: Arena, node: Ref): number {
  return arena.sizeOf(node);
}

function sumNodes(arena: Arena, node: Ref, level: number, worth: (arena: Arena, node: Ref) => number): number {
  let sum = worth(arena, node);
  for (let slot = countOf(arena, node) - 1; slot >= 0 && level > 0; slot--) {
    sum += sumNodes(arena, childAt(arena, node, slot), level - 1, worth);
  }
  return sum;
}
