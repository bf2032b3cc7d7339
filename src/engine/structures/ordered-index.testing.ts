/** Proof that an ordered index is whole: order, totals, first entries, links, filling. */
import { expect } from 'vitest';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { wordOf } from '../memory/layout.ts';
import { INDEX_HEIGHT, INDEX_ROOT, indexLength } from './ordered-index.ts';
import {
  childAt,
  compareMembers,
  countOf,
  memberAt,
  NEXT_LEAF,
  NODE_CAPACITY,
  PREVIOUS_LEAF,
  scoreAt,
  totalAt,
} from './ordered-index-node.ts';

export interface Entry {
  readonly score: number;
  readonly member: Ref;
}

/** The entries in order. Fails when the index contradicts itself. */
export function entriesOf(arena: Arena, header: Ref): Entry[] {
  const words = arena.words[header >>> 22];
  const at = wordOf(header);
  const leaves: Ref[] = [];
  const height = words[at + INDEX_HEIGHT];
  const entries = walk(arena, words[at + INDEX_ROOT] as Ref, height, leaves);
  expect(entries).toHaveLength(indexLength(arena, header));
  if (height > 0) expect(countOf(arena, words[at + INDEX_ROOT] as Ref)).toBeGreaterThan(1);
  for (const [i, leaf] of leaves.entries()) {
    const leafWords = arena.words[leaf >>> 22];
    expect(leafWords[wordOf(leaf) + PREVIOUS_LEAF]).toBe(leaves[i - 1] ?? NO_REF);
    expect(leafWords[wordOf(leaf) + NEXT_LEAF]).toBe(leaves[i + 1] ?? NO_REF);
  }
  for (let i = 1; i < entries.length; i++) {
    const [a, b] = [entries[i - 1], entries[i]];
    if (!(a.score < b.score)) expect(a.score === b.score && compareMembers(arena, a.member, b.member) < 0).toBe(true);
  }
  return entries;
}

function walk(arena: Arena, node: Ref, level: number, leaves: Ref[]): Entry[] {
  const count = countOf(arena, node);
  expect(count).toBeLessThanOrEqual(NODE_CAPACITY);
  if (level === 0) {
    leaves.push(node);
    return Array.from({ length: count }, (_, i) => ({
      score: scoreAt(arena, node, i),
      member: memberAt(arena, node, i),
    }));
  }
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    const child = childAt(arena, node, i);
    const below = walk(arena, child, level - 1, leaves);
    expect(below.length).toBe(totalAt(arena, node, i));
    expect(below[0]).toEqual({ score: scoreAt(arena, node, i), member: memberAt(arena, node, i) });
    entries.push(...below);
  }
  return entries;
}
