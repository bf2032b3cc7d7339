/** The ordered index's blocks: where fields stand in them, and entries read, compared, moved. See ordered-index.ts. */
import { compareBytes } from '../../bytes/compare.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { KEY_LENGTH, keyOffset, wordOf } from '../memory/layout.ts';

/** Entries of a leaf, children of an inner node. An inner node of 48 fits the largest of the arena's fine size classes. */
export const NODE_CAPACITY = 48;
/** A node with fewer joins a neighbour that has room for them. */
export const NODE_MINIMUM = 16;

/** Words of a node. The links are those of leaves. */
export const NODE_COUNT = 0;
export const PREVIOUS_LEAF = 1;
export const NEXT_LEAF = 2;
const SCORES = 4;
export const MEMBERS = SCORES + NODE_CAPACITY * 2;
/** Only in inner nodes: the child's Ref, and how many entries are below it. */
export const CHILDREN = MEMBERS + NODE_CAPACITY;
export const TOTALS = CHILDREN + NODE_CAPACITY;

export const LEAF_BYTES = CHILDREN * 4;
export const INNER_BYTES = (TOTALS + NODE_CAPACITY) * 4;

/** Above this many words the fixed cost of `copyWithin` is the smaller one. */
const LONG_RUN_WORDS = 24;

/** An empty node. */
export function newNode(arena: Arena, isLeaf: boolean): Ref {
  const node = arena.allocate(isLeaf ? LEAF_BYTES : INNER_BYTES);
  const words = arena.words[node >>> 22];
  const at = wordOf(node);
  words[at + NODE_COUNT] = 0;
  words[at + PREVIOUS_LEAF] = NO_REF;
  words[at + NEXT_LEAF] = NO_REF;
  return node;
}

export function countOf(arena: Arena, node: Ref): number {
  return arena.words[node >>> 22][(node & 0x3fffff) << 2];
}

/** The score of entry `slot`; in an inner node, of the first entry below child `slot`. */
export function scoreAt(arena: Arena, node: Ref, slot: number): number {
  return arena.views[node >>> 22].getFloat64(((node & 0x3fffff) << 4) + (SCORES << 2) + (slot << 3), true);
}

/** The member of entry `slot`; in an inner node, of the first entry below child `slot`. */
export function memberAt(arena: Arena, node: Ref, slot: number): Ref {
  return arena.words[node >>> 22][((node & 0x3fffff) << 2) + MEMBERS + slot] as Ref;
}

export function childAt(arena: Arena, node: Ref, slot: number): Ref {
  return arena.words[node >>> 22][((node & 0x3fffff) << 2) + CHILDREN + slot] as Ref;
}

/** How many entries are below child `slot`. */
export function totalAt(arena: Arena, node: Ref, slot: number): number {
  return arena.words[node >>> 22][((node & 0x3fffff) << 2) + TOTALS + slot];
}

/** How many entries are below the children before `slot`. */
export function totalBefore(arena: Arena, node: Ref, slot: number): number {
  const words = arena.words[node >>> 22];
  const first = ((node & 0x3fffff) << 2) + TOTALS;
  let total = 0;
  for (let i = first; i < first + slot; i++) total += words[i];
  return total;
}

export function setEntry(arena: Arena, node: Ref, slot: number, score: number, member: Ref): void {
  const at = (node & 0x3fffff) << 2;
  arena.views[node >>> 22].setFloat64((at + SCORES + slot * 2) << 2, score, true);
  arena.words[node >>> 22][at + MEMBERS + slot] = member;
}

export function setChild(arena: Arena, node: Ref, slot: number, child: Ref, total: number): void {
  const words = arena.words[node >>> 22];
  const at = wordOf(node);
  words[at + CHILDREN + slot] = child;
  words[at + TOTALS + slot] = total;
}

export function addToTotal(arena: Arena, node: Ref, slot: number, delta: number): void {
  arena.words[node >>> 22][((node & 0x3fffff) << 2) + TOTALS + slot] += delta;
}

/** Opens a gap at `slot`, to be filled by `setEntry` and, in an inner node, `setChild`. The node has room. */
export function openSlot(arena: Arena, node: Ref, slot: number, isLeaf: boolean): void {
  const words = arena.words[node >>> 22];
  const at = wordOf(node);
  const after = words[at + NODE_COUNT]++ - slot;
  move(words, at + SCORES + slot * 2, at + SCORES + slot * 2 + 2, after * 2);
  move(words, at + MEMBERS + slot, at + MEMBERS + slot + 1, after);
  if (isLeaf) return;
  move(words, at + CHILDREN + slot, at + CHILDREN + slot + 1, after);
  move(words, at + TOTALS + slot, at + TOTALS + slot + 1, after);
}

/** Takes out the `count` entries from `slot` on. */
export function closeSlots(arena: Arena, node: Ref, slot: number, count: number, isLeaf: boolean): void {
  const words = arena.words[node >>> 22];
  const at = wordOf(node);
  words[at + NODE_COUNT] -= count;
  const after = words[at + NODE_COUNT] - slot;
  move(words, at + SCORES + (slot + count) * 2, at + SCORES + slot * 2, after * 2);
  move(words, at + MEMBERS + slot + count, at + MEMBERS + slot, after);
  if (isLeaf) return;
  move(words, at + CHILDREN + slot + count, at + CHILDREN + slot, after);
  move(words, at + TOTALS + slot + count, at + TOTALS + slot, after);
}

/** Moves the entries of `from` from `slot` on behind those of `to`, which has room; returns how many. */
export function moveEntries(arena: Arena, from: Ref, slot: number, to: Ref, isLeaf: boolean): number {
  const source = arena.words[from >>> 22];
  const at = wordOf(from);
  const target = arena.words[to >>> 22];
  const toAt = wordOf(to);
  const count = source[at + NODE_COUNT] - slot;
  const end = target[toAt + NODE_COUNT];
  copy(source, at + SCORES + slot * 2, target, toAt + SCORES + end * 2, count * 2);
  copy(source, at + MEMBERS + slot, target, toAt + MEMBERS + end, count);
  if (!isLeaf) {
    copy(source, at + CHILDREN + slot, target, toAt + CHILDREN + end, count);
    copy(source, at + TOTALS + slot, target, toAt + TOTALS + end, count);
  }
  source[at + NODE_COUNT] = slot;
  target[toAt + NODE_COUNT] = end + count;
  return count;
}

/** How many entries of the node are not above (`score`, `member`). */
export function slotBehind(arena: Arena, node: Ref, score: number, member: Ref): number {
  const view = arena.views[node >>> 22];
  const words = arena.words[node >>> 22];
  const at = (node & 0x3fffff) << 2;
  const scores = (at + SCORES) << 2;
  let low = 0;
  let high = words[at];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = view.getFloat64(scores + (middle << 3), true);
    const isAbove =
      found > score || (found === score && compareMembers(arena, words[at + MEMBERS + middle] as Ref, member) > 0);
    if (isAbove) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many entries have a score below `score`, or not above it when `inclusive`. */
export function slotByScore(arena: Arena, node: Ref, score: number, inclusive: boolean): number {
  const view = arena.views[node >>> 22];
  const at = (node & 0x3fffff) << 2;
  const scores = (at + SCORES) << 2;
  let low = 0;
  let high = arena.words[node >>> 22][at];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const found = view.getFloat64(scores + (middle << 3), true);
    if (found < score || (inclusive && found === score)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many entries have a member below `bytes[start..end)`, or not above it when `inclusive`. */
export function slotByMember(
  arena: Arena,
  node: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  inclusive: boolean,
): number {
  let low = 0;
  let high = countOf(arena, node);
  while (low < high) {
    const middle = (low + high) >>> 1;
    const order = compareMember(arena, memberAt(arena, node, middle), bytes, view, start, end);
    if (order < 0 || (inclusive && order === 0)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The order of two members' bytes. */
export function compareMembers(arena: Arena, a: Ref, b: Ref): number {
  if (a === b) return 0;
  const words = arena.words[b >>> 22];
  const at = (b & 0x3fffff) << 2;
  const start = (at << 2) + keyOffset(words[at]);
  return compareMember(arena, a, arena.bytes[b >>> 22], arena.views[b >>> 22], start, start + words[at + KEY_LENGTH]);
}

/** The order of a member's bytes and `bytes[start..end)`. */
function compareMember(arena: Arena, member: Ref, bytes: Buffer, view: DataView, start: number, end: number): number {
  const segment = member >>> 22;
  const words = arena.words[segment];
  const at = (member & 0x3fffff) << 2;
  const from = (at << 2) + keyOffset(words[at]);
  const to = from + words[at + KEY_LENGTH];
  return compareBytes(arena.bytes[segment], arena.views[segment], from, to, bytes, view, start, end);
}

/** Moves words within a node; the runs may overlap. */
function move(words: Int32Array, from: number, to: number, length: number): void {
  if (length > LONG_RUN_WORDS) words.copyWithin(to, from, from + length);
  else if (from > to) for (let i = 0; i < length; i++) words[to + i] = words[from + i];
  else for (let i = length - 1; i >= 0; i--) words[to + i] = words[from + i];
}

function copy(source: Int32Array, from: number, target: Int32Array, to: number, length: number): void {
  for (let i = 0; i < length; i++) target[to + i] = source[from + i];
}
