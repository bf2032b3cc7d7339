/**
 * An ordered index with ranks: the entries of a sorted set in order of score, then of the member's bytes.
 *
 * A B+ tree whose inner nodes count what is below each child, so that an entry's rank, and the entry of a rank, are found
 * on one way down. Nodes are blocks of the arena (ordered-index-node.ts):
 *
 *   leaf    | entries | previous | next | - | 48 scores | 48 members |                            592 bytes
 *   inner   | children | - | - | - | 48 scores | 48 members | 48 children | 48 totals |            976 bytes
 *   header  | root | levels above the leaves | entries | the owner's word |                        16 bytes
 *
 * A member is the Ref of a record of memory/layout.ts, which belongs to the owner; its key is the member's bytes. Scores
 * stand in the nodes, side by side, so a search reads a member only where scores are equal. An inner node's entry repeats
 * the first entry below its child exactly, so a removed member is named nowhere.
 *
 * A full node splits in the middle, but at the end, or before the beginning, of the whole index it begins a new node with
 * the one entry: scores that only rise, as times do, fill their leaves. A node that falls below a third joins a
 * neighbour that has room for it; nodes do not borrow, so two neighbours together hold a third at least, which keeps the
 * tree as flat as the promise needs.
 *
 * Rejected: a skip list, as Redis has it: a cache miss for every step, and 40 bytes of pointers an entry where a leaf
 * takes 12 and the share of what is not filled.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { wordOf } from '../memory/layout.ts';
import {
  addToTotal,
  childAt,
  closeSlots,
  compareMembers,
  countOf,
  memberAt,
  moveEntries,
  NEXT_LEAF,
  NODE_CAPACITY,
  NODE_MINIMUM,
  newNode,
  openSlot,
  PREVIOUS_LEAF,
  scoreAt,
  setChild,
  setEntry,
  slotBehind,
  TOTALS,
  totalAt,
  totalBefore,
} from './ordered-index-node.ts';

export const INDEX_HEADER_BYTES = 16;
/** Words of the header. */
export const INDEX_ROOT = 0;
export const INDEX_HEIGHT = 1;
const INDEX_LENGTH = 2;
/** For whoever owns the index; these functions leave it alone. */
export const INDEX_OWNER = 3;

/** More levels than 2^31 entries need at the worst filling. */
const MAX_LEVELS = 24;

/** The way down to a leaf: inner node and slot of each level, those right above the leaves at 1. */
const pathNodes = new Int32Array(MAX_LEVELS);
const pathSlots = new Int32Array(MAX_LEVELS);

/** An empty index; the block returned is its name for as long as it lives. */
export function newIndex(arena: Arena): Ref {
  const header = arena.allocateZeroed(INDEX_HEADER_BYTES);
  const root = newNode(arena, true);
  arena.words[header >>> 22][wordOf(header) + INDEX_ROOT] = root;
  return header;
}

/** How many entries there are. */
export function indexLength(arena: Arena, header: Ref): number {
  return arena.words[header >>> 22][((header & 0x3fffff) << 2) + INDEX_LENGTH];
}

/** Adds an entry that is not there. */
export function indexInsert(arena: Arena, header: Ref, score: number, member: Ref): void {
  const leaf = descend(arena, header, score, member);
  const words = arena.words[header >>> 22];
  const at = wordOf(header);
  words[at + INDEX_LENGTH]++;
  const height = words[at + INDEX_HEIGHT];
  const slot = slotBehind(arena, leaf, score, member);
  for (let level = 1; level <= height; level++) {
    const node = pathNodes[level] as Ref;
    addToTotal(arena, node, pathSlots[level], 1);
    // A new first entry of a leaf is the first of all: only at the left edge does a way down end before a leaf.
    if (slot === 0) setEntry(arena, node, 0, score, member);
  }
  if (countOf(arena, leaf) < NODE_CAPACITY) {
    openSlot(arena, leaf, slot, true);
    setEntry(arena, leaf, slot, score, member);
  } else splitLeaf(arena, header, leaf, slot, score, member);
}

/** Removes an entry that is there. */
export function indexRemove(arena: Arena, header: Ref, score: number, member: Ref): void {
  const leaf = descend(arena, header, score, member);
  const slot = slotOf(arena, leaf, score, member);
  const words = arena.words[header >>> 22];
  const at = wordOf(header);
  words[at + INDEX_LENGTH]--;
  closeSlots(arena, leaf, slot, 1, true);
  repair(arena, header, leaf, 1);
}

/**
 * Removes up to `limit` entries from a rank on, as many as stand together in one leaf: at most NODE_CAPACITY. Their members
 * are written into `members`; returns how many there were. The rank must be there.
 */
export function indexRemoveRun(arena: Arena, header: Ref, rank: number, limit: number, members: Int32Array): number {
  const words = arena.words[header >>> 22];
  const at = wordOf(header);
  let node = words[at + INDEX_ROOT] as Ref;
  let left = rank;
  for (let level = words[at + INDEX_HEIGHT]; level > 0; level--) {
    const inner = arena.words[node >>> 22];
    const first = ((node & 0x3fffff) << 2) + TOTALS;
    let slot = 0;
    for (let total = inner[first]; left >= total; total = inner[first + ++slot]) left -= total;
    pathNodes[level] = node;
    pathSlots[level] = slot;
    node = childAt(arena, node, slot);
  }
  const count = Math.min(limit, countOf(arena, node) - left);
  for (let i = 0; i < count; i++) members[i] = memberAt(arena, node, left + i);
  words[at + INDEX_LENGTH] -= count;
  closeSlots(arena, node, left, count, true);
  repair(arena, header, node, count);
  return count;
}

/**
 * Removes the first entry or the last, which must be there, and returns its member. What `indexRemoveRun` would do, for the
 * leaves that stay as they are.
 */
export function indexRemoveEnd(arena: Arena, header: Ref, isLast: boolean): Ref {
  const words = arena.words[header >>> 22];
  const at = (header & 0x3fffff) << 2;
  const height = words[at + INDEX_HEIGHT];
  let node = words[at + INDEX_ROOT] as Ref;
  for (let level = height; level > 0; level--) {
    const slot = isLast ? countOf(arena, node) - 1 : 0;
    pathNodes[level] = node;
    pathSlots[level] = slot;
    node = childAt(arena, node, slot);
  }
  const left = countOf(arena, node) - 1;
  const slot = isLast ? left : 0;
  const member = memberAt(arena, node, slot);
  words[at + INDEX_LENGTH]--;
  closeSlots(arena, node, slot, 1, true);
  if (left < NODE_MINIMUM) repair(arena, header, node, 1);
  else {
    const score = scoreAt(arena, node, 0);
    const first = memberAt(arena, node, 0);
    for (let level = 1; level <= height; level++) {
      addToTotal(arena, pathNodes[level] as Ref, pathSlots[level], -1);
      if (!isLast) setEntry(arena, pathNodes[level] as Ref, 0, score, first);
    }
  }
  return member;
}

/** Gives an entry that is there another score. */
export function indexUpdate(arena: Arena, header: Ref, score: number, member: Ref, fresh: number): void {
  const leaf = descend(arena, header, score, member);
  const slot = slotOf(arena, leaf, score, member);
  if (!staysInPlace(arena, leaf, slot, fresh, member)) {
    indexRemove(arena, header, score, member);
    indexInsert(arena, header, fresh, member);
    return;
  }
  setEntry(arena, leaf, slot, fresh, member);
  if (slot > 0) return;
  const height = arena.words[header >>> 22][wordOf(header) + INDEX_HEIGHT];
  for (let level = 1; level <= height; level++) {
    setEntry(arena, pathNodes[level] as Ref, pathSlots[level], fresh, member);
    if (pathSlots[level] > 0) return;
  }
}

/** How many entries stand before one that is there. */
export function indexRank(arena: Arena, header: Ref, score: number, member: Ref): number {
  const words = arena.words[header >>> 22];
  const at = (header & 0x3fffff) << 2;
  let node = words[at + INDEX_ROOT] as Ref;
  let rank = 0;
  for (let level = words[at + INDEX_HEIGHT]; level > 0; level--) {
    const slot = slotBehind(arena, node, score, member) - 1;
    rank += totalBefore(arena, node, slot);
    node = childAt(arena, node, slot);
  }
  return rank + slotOf(arena, node, score, member);
}

/** The leaf where the entry is or belongs; the path says how it was found. */
function descend(arena: Arena, header: Ref, score: number, member: Ref): Ref {
  const words = arena.words[header >>> 22];
  const at = (header & 0x3fffff) << 2;
  let node = words[at + INDEX_ROOT] as Ref;
  for (let level = words[at + INDEX_HEIGHT]; level > 0; level--) {
    const behind = slotBehind(arena, node, score, member);
    const slot = behind > 0 ? behind - 1 : 0;
    pathNodes[level] = node;
    pathSlots[level] = slot;
    node = childAt(arena, node, slot);
  }
  return node;
}

function slotOf(arena: Arena, leaf: Ref, score: number, member: Ref): number {
  const slot = slotBehind(arena, leaf, score, member) - 1;
  if (slot < 0 || memberAt(arena, leaf, slot) !== member) throw new Error('an entry is not in the ordered index');
  return slot;
}

/** True when entry `slot` with the score `fresh` would still stand between its neighbours. */
function staysInPlace(arena: Arena, leaf: Ref, slot: number, fresh: number, member: Ref): boolean {
  const words = arena.words[leaf >>> 22];
  const at = wordOf(leaf);
  if (slot > 0) {
    if (!isBefore(arena, leaf, slot - 1, fresh, member)) return false;
  } else if (words[at + PREVIOUS_LEAF] !== NO_REF) {
    const previous = words[at + PREVIOUS_LEAF] as Ref;
    if (!isBefore(arena, previous, countOf(arena, previous) - 1, fresh, member)) return false;
  }
  if (slot + 1 < countOf(arena, leaf)) return !isBefore(arena, leaf, slot + 1, fresh, member);
  const next = words[at + NEXT_LEAF] as Ref;
  return next === NO_REF || !isBefore(arena, next, 0, fresh, member);
}

/** True when entry `slot` stands before (`score`, `member`). */
function isBefore(arena: Arena, leaf: Ref, slot: number, score: number, member: Ref): boolean {
  const found = scoreAt(arena, leaf, slot);
  return found < score || (found === score && compareMembers(arena, memberAt(arena, leaf, slot), member) < 0);
}

/** Adds an entry at `slot` of a full leaf. The totals on the path count it already. */
function splitLeaf(arena: Arena, header: Ref, leaf: Ref, slot: number, score: number, member: Ref): void {
  const isFirst = slot === 0 && arena.words[leaf >>> 22][wordOf(leaf) + PREVIOUS_LEAF] === NO_REF;
  const isLast = slot === NODE_CAPACITY && arena.words[leaf >>> 22][wordOf(leaf) + NEXT_LEAF] === NO_REF;
  const cut = isFirst ? 0 : isLast ? NODE_CAPACITY : NODE_CAPACITY / 2;
  const fresh = newNode(arena, true);
  moveEntries(arena, leaf, cut, fresh, true);
  linkBehind(arena, leaf, fresh);
  const goesRight = slot > cut || isLast;
  const target = goesRight ? fresh : leaf;
  const place = goesRight ? slot - cut : slot;
  openSlot(arena, target, place, true);
  setEntry(arena, target, place, score, member);
  addNode(arena, header, leaf, fresh, countOf(arena, fresh), isLast);
}

/**
 * Hangs `fresh`, split off from `left` right before it with `moved` entries below, into the tree, splitting as many levels
 * as are full; `isLast` says that it is at the end of the index.
 */
function addNode(arena: Arena, header: Ref, left: Ref, fresh: Ref, moved: number, isLast: boolean): void {
  const height = arena.words[header >>> 22][wordOf(header) + INDEX_HEIGHT];
  let before = left;
  let added = fresh;
  let total = moved;
  for (let level = 1; level <= height; level++) {
    const parent = pathNodes[level] as Ref;
    const slot = pathSlots[level] + 1;
    addToTotal(arena, parent, slot - 1, -total);
    if (countOf(arena, parent) < NODE_CAPACITY) {
      addChild(arena, parent, slot, added, total);
      return;
    }
    const cut = isLast ? NODE_CAPACITY : NODE_CAPACITY / 2;
    const half = newNode(arena, false);
    moveEntries(arena, parent, cut, half, false);
    if (slot > cut || isLast) addChild(arena, half, slot - cut, added, total);
    else addChild(arena, parent, slot, added, total);
    before = parent;
    added = half;
    total = totalBefore(arena, half, countOf(arena, half));
  }
  const root = newNode(arena, false);
  const words = arena.words[header >>> 22];
  const at = wordOf(header);
  addChild(arena, root, 0, before, words[at + INDEX_LENGTH] - total);
  addChild(arena, root, 1, added, total);
  words[at + INDEX_ROOT] = root;
  words[at + INDEX_HEIGHT] = height + 1;
}

function addChild(arena: Arena, parent: Ref, slot: number, child: Ref, total: number): void {
  openSlot(arena, parent, slot, false);
  setEntry(arena, parent, slot, scoreAt(arena, child, 0), memberAt(arena, child, 0));
  setChild(arena, parent, slot, child, total);
}

/** Makes the path right after `removed` entries of its leaf went: totals, first entries, nodes too empty to stay. */
function repair(arena: Arena, header: Ref, leaf: Ref, removed: number): void {
  const words = arena.words[header >>> 22];
  const at = wordOf(header);
  const height = words[at + INDEX_HEIGHT];
  let node = leaf;
  for (let level = 1; level <= height; level++) {
    const parent = pathNodes[level] as Ref;
    const slot = pathSlots[level];
    const isLeaf = level === 1;
    addToTotal(arena, parent, slot, -removed);
    const count = countOf(arena, node);
    if (count === 0) {
      closeSlots(arena, parent, slot, 1, false);
      dropNode(arena, node, isLeaf);
    } else {
      setEntry(arena, parent, slot, scoreAt(arena, node, 0), memberAt(arena, node, 0));
      if (count < NODE_MINIMUM) joinNeighbour(arena, parent, slot, count, isLeaf);
    }
    node = parent;
  }
  while (words[at + INDEX_HEIGHT] > 0 && countOf(arena, words[at + INDEX_ROOT] as Ref) === 1) {
    const root = words[at + INDEX_ROOT] as Ref;
    words[at + INDEX_ROOT] = childAt(arena, root, 0);
    words[at + INDEX_HEIGHT]--;
    arena.free(root);
  }
}

/** Joins child `slot`, which has `count` entries, with the one before or behind it if both fit one node. */
function joinNeighbour(arena: Arena, parent: Ref, slot: number, count: number, isLeaf: boolean): void {
  if (slot > 0 && countOf(arena, childAt(arena, parent, slot - 1)) + count <= NODE_CAPACITY) {
    join(arena, parent, slot - 1, isLeaf);
  } else if (
    slot + 1 < countOf(arena, parent) &&
    countOf(arena, childAt(arena, parent, slot + 1)) + count <= NODE_CAPACITY
  ) {
    join(arena, parent, slot, isLeaf);
  }
}

/** Moves all of the child behind `slot` into child `slot`. */
function join(arena: Arena, parent: Ref, slot: number, isLeaf: boolean): void {
  const right = childAt(arena, parent, slot + 1);
  moveEntries(arena, right, 0, childAt(arena, parent, slot), isLeaf);
  addToTotal(arena, parent, slot, totalAt(arena, parent, slot + 1));
  closeSlots(arena, parent, slot + 1, 1, false);
  dropNode(arena, right, isLeaf);
}

function dropNode(arena: Arena, node: Ref, isLeaf: boolean): void {
  if (isLeaf) {
    const words = arena.words[node >>> 22];
    const at = wordOf(node);
    const previous = words[at + PREVIOUS_LEAF] as Ref;
    const next = words[at + NEXT_LEAF] as Ref;
    if (previous !== NO_REF) arena.words[previous >>> 22][wordOf(previous) + NEXT_LEAF] = next;
    if (next !== NO_REF) arena.words[next >>> 22][wordOf(next) + PREVIOUS_LEAF] = previous;
  }
  arena.free(node);
}

function linkBehind(arena: Arena, leaf: Ref, fresh: Ref): void {
  const words = arena.words[leaf >>> 22];
  const at = wordOf(leaf);
  const next = words[at + NEXT_LEAF] as Ref;
  const freshWords = arena.words[fresh >>> 22];
  freshWords[wordOf(fresh) + PREVIOUS_LEAF] = leaf;
  freshWords[wordOf(fresh) + NEXT_LEAF] = next;
  words[at + NEXT_LEAF] = fresh;
  if (next !== NO_REF) arena.words[next >>> 22][wordOf(next) + PREVIOUS_LEAF] = fresh;
}
