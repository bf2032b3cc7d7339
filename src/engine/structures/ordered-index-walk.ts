/** Going through an ordered index: the entry of a rank, bounds by score and by member, both directions, emptying. */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { wordOf } from '../memory/layout.ts';
import { INDEX_HEADER_BYTES, INDEX_HEIGHT, INDEX_ROOT } from './ordered-index.ts';
import {
  CHILDREN,
  childAt,
  countOf,
  INNER_BYTES,
  LEAF_BYTES,
  MEMBERS,
  memberAt,
  NEXT_LEAF,
  NODE_COUNT,
  PREVIOUS_LEAF,
  scoreAt,
  slotByMember,
  slotByScore,
  TOTALS,
  totalBefore,
} from './ordered-index-node.ts';

/** A place in an index that is not changed meanwhile. Reused: `seekRank` sets it. */
export class IndexPosition {
  leaf: Ref = NO_REF;
  slot = 0;
}

/** Sets `position` to the entry of a rank, which must be there. */
export function seekRank(arena: Arena, header: Ref, rank: number, position: IndexPosition): void {
  const words = arena.words[header >>> 22];
  const at = (header & 0x3fffff) << 2;
  let node = words[at + INDEX_ROOT] as Ref;
  let left = rank;
  for (let level = words[at + INDEX_HEIGHT]; level > 0; level--) {
    const inner = arena.words[node >>> 22];
    const base = (node & 0x3fffff) << 2;
    const end = base + TOTALS + inner[base + NODE_COUNT];
    let child = base + TOTALS;
    for (; child + 4 <= end; child += 4) {
      const four = inner[child] + inner[child + 1] + inner[child + 2] + inner[child + 3];
      if (left < four) break;
      left -= four;
    }
    for (let total = inner[child]; left >= total; total = inner[++child]) left -= total;
    node = inner[child - TOTALS + CHILDREN] as Ref;
  }
  position.leaf = node;
  position.slot = left;
}

/** Sets `position` to the first entry whose score is not below `score`; its leaf is NO_REF when there is none. */
export function seekScore(arena: Arena, header: Ref, score: number, position: IndexPosition): void {
  const words = arena.words[header >>> 22];
  const at = (header & 0x3fffff) << 2;
  let node = words[at + INDEX_ROOT] as Ref;
  for (let level = words[at + INDEX_HEIGHT]; level > 0; level--) {
    node = childAt(arena, node, Math.max(0, slotByScore(arena, node, score, false) - 1));
  }
  position.leaf = node;
  position.slot = slotByScore(arena, node, score, false) - 1;
  stepForward(arena, position);
}

/** Goes one entry on; behind the last there is none, which the caller must know. */
export function stepForward(arena: Arena, position: IndexPosition): void {
  if (++position.slot >= countOf(arena, position.leaf)) enterNeighbour(arena, position, false);
}

/** Goes one entry back; before the first there is none, which the caller must know. */
export function stepBack(arena: Arena, position: IndexPosition): void {
  if (position.slot-- === 0) enterNeighbour(arena, position, true);
}

/** Goes on to the next leaf's first entry, or to the previous one's last. */
function enterNeighbour(arena: Arena, position: IndexPosition, isReverse: boolean): void {
  const link = isReverse ? PREVIOUS_LEAF : NEXT_LEAF;
  const leaf = arena.words[position.leaf >>> 22][wordOf(position.leaf) + link] as Ref;
  position.leaf = leaf;
  position.slot = isReverse && leaf !== NO_REF ? countOf(arena, leaf) - 1 : 0;
}

/**
 * Reads up to `limit` entries, as many as stand together in one leaf: their members into `members`, their scores into `scores`
 * if there is such. Goes on behind them, in reverse before them, and returns how many there were. The first must be there.
 */
export function readRun(
  arena: Arena,
  position: IndexPosition,
  isReverse: boolean,
  limit: number,
  members: Int32Array,
  scores: Float64Array | undefined,
): number {
  const { leaf, slot } = position;
  const words = arena.words[leaf >>> 22];
  const at = (leaf & 0x3fffff) << 2;
  const rest = isReverse ? slot + 1 : words[at + NODE_COUNT] - slot;
  const count = limit < rest ? limit : rest;
  const step = isReverse ? -1 : 1;
  for (let i = 0, from = at + MEMBERS + slot; i < count; i++, from += step) members[i] = words[from];
  if (scores !== undefined) {
    for (let i = 0, from = slot; i < count; i++, from += step) scores[i] = scoreAt(arena, leaf, from);
  }
  position.slot = slot + step * count;
  if (count === rest) enterNeighbour(arena, position, isReverse);
  return count;
}

export function positionScore(arena: Arena, position: IndexPosition): number {
  return scoreAt(arena, position.leaf, position.slot);
}

export function positionMember(arena: Arena, position: IndexPosition): Ref {
  return memberAt(arena, position.leaf, position.slot);
}

/** How many entries have a score below `score`, or not above it when `inclusive`. */
export function rankByScore(arena: Arena, header: Ref, score: number, inclusive: boolean): number {
  const words = arena.words[header >>> 22];
  const at = (header & 0x3fffff) << 2;
  let node = words[at + INDEX_ROOT] as Ref;
  let rank = 0;
  for (let level = words[at + INDEX_HEIGHT]; level > 0; level--) {
    const behind = slotByScore(arena, node, score, inclusive);
    if (behind === 0) return rank;
    rank += totalBefore(arena, node, behind - 1);
    node = childAt(arena, node, behind - 1);
  }
  return rank + slotByScore(arena, node, score, inclusive);
}

/** How many entries have a member below `bytes[start..end)`, or not above it when `inclusive`; all scores must be equal. */
export function rankByMember(
  arena: Arena,
  header: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  inclusive: boolean,
): number {
  const words = arena.words[header >>> 22];
  const at = (header & 0x3fffff) << 2;
  let node = words[at + INDEX_ROOT] as Ref;
  let rank = 0;
  for (let level = words[at + INDEX_HEIGHT]; level > 0; level--) {
    const behind = slotByMember(arena, node, bytes, view, start, end, inclusive);
    if (behind === 0) return rank;
    rank += totalBefore(arena, node, behind - 1);
    node = childAt(arena, node, behind - 1);
  }
  return rank + slotByMember(arena, node, bytes, view, start, end, inclusive);
}

/** Bytes of the index itself, its header included, without the members. */
export function indexBytes(arena: Arena, header: Ref): number {
  const words = arena.words[header >>> 22];
  const at = wordOf(header);
  return INDEX_HEADER_BYTES + nodeBytes(arena, words[at + INDEX_ROOT] as Ref, words[at + INDEX_HEIGHT]);
}

function nodeBytes(arena: Arena, node: Ref, level: number): number {
  if (level === 0) return LEAF_BYTES;
  const count = countOf(arena, node);
  if (level === 1) return INNER_BYTES + count * LEAF_BYTES;
  let bytes = INNER_BYTES;
  for (let slot = 0; slot < count; slot++) bytes += nodeBytes(arena, childAt(arena, node, slot), level - 1);
  return bytes;
}

/**
 * Frees up to `limit` nodes, from the end of an index that is read no more; true when more are left. The header stays, and
 * keeps what is left to free.
 */
export function drainIndex(arena: Arena, header: Ref, limit: number): boolean {
  const words = arena.words[header >>> 22];
  const at = wordOf(header);
  for (let freed = 0; freed < limit && words[at + INDEX_ROOT] !== NO_REF; freed++) {
    let parent = NO_REF;
    let node = words[at + INDEX_ROOT] as Ref;
    for (let level = words[at + INDEX_HEIGHT]; level > 0 && countOf(arena, node) > 0; level--) {
      parent = node;
      node = childAt(arena, node, countOf(arena, node) - 1);
    }
    arena.free(node);
    if (parent === NO_REF) words[at + INDEX_ROOT] = NO_REF;
    else arena.words[parent >>> 22][wordOf(parent) + NODE_COUNT]--;
  }
  return words[at + INDEX_ROOT] !== NO_REF;
}
