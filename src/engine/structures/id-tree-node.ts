/** The ID tree's blocks: where fields stand in them, and entries read, found, moved. See id-tree.ts. */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { wordOf } from '../memory/layout.ts';
import { compareIdAt, readIdAt, STREAM_ID_WORDS, type StreamId, writeIdAt } from './stream-id.ts';

/** Entries of a leaf, children of an inner node. */
export const NODE_CAPACITY = 32;
/** A node with fewer joins a neighbour that has room for them. */
export const NODE_MINIMUM = 10;
/** Entries of a tree's first leaf as it begins: most trees stay small. */
export const FIRST_CAPACITY = 4;

/** Words of a node. The links are those of leaves. */
const COUNT = 0;
export const PREVIOUS_LEAF = 1;
export const NEXT_LEAF = 2;
const CAPACITY = 3;
const IDS = 4;

/** Above this many words the fixed cost of `copyWithin` is the smaller one. */
const LONG_RUN_WORDS = 24;

/** An empty node with room for `capacity` entries of `width` words beside their IDs: of an inner node, one for the child. */
export function newNode(arena: Arena, capacity: number, width: number): Ref {
  const node = arena.allocate((IDS + capacity * (STREAM_ID_WORDS + width)) * 4);
  const words = arena.words[node >>> 22];
  const at = wordOf(node);
  words[at + COUNT] = 0;
  words[at + PREVIOUS_LEAF] = NO_REF;
  words[at + NEXT_LEAF] = NO_REF;
  words[at + CAPACITY] = capacity;
  return node;
}

export function countOf(arena: Arena, node: Ref): number {
  return arena.words[node >>> 22][((node & 0x3fffff) << 2) + COUNT];
}

export function capacityOf(arena: Arena, node: Ref): number {
  return arena.words[node >>> 22][((node & 0x3fffff) << 2) + CAPACITY];
}

/** The leaf behind a leaf, or before it; 0 at the end. */
export function neighbourOf(arena: Arena, leaf: Ref, link: number): Ref {
  return arena.words[leaf >>> 22][((leaf & 0x3fffff) << 2) + link] as Ref;
}

export function setNeighbour(arena: Arena, leaf: Ref, link: number, other: Ref): void {
  arena.words[leaf >>> 22][((leaf & 0x3fffff) << 2) + link] = other;
}

/** Where entry `slot`'s words beside its ID begin in its segment's `words`. */
export function entryWords(arena: Arena, node: Ref, slot: number, width: number): number {
  const at = (node & 0x3fffff) << 2;
  return at + IDS + arena.words[node >>> 22][at + CAPACITY] * STREAM_ID_WORDS + slot * width;
}

export function childAt(arena: Arena, node: Ref, slot: number): Ref {
  return arena.words[node >>> 22][entryWords(arena, node, slot, 1)] as Ref;
}

export function setChild(arena: Arena, node: Ref, slot: number, child: Ref): void {
  arena.words[node >>> 22][entryWords(arena, node, slot, 1)] = child;
}

export function readEntryId(arena: Arena, node: Ref, slot: number, id: StreamId): void {
  readIdAt(arena.words[node >>> 22], ((node & 0x3fffff) << 2) + IDS + slot * STREAM_ID_WORDS, id);
}

export function writeEntryId(arena: Arena, node: Ref, slot: number, id: StreamId): void {
  writeIdAt(arena.words[node >>> 22], ((node & 0x3fffff) << 2) + IDS + slot * STREAM_ID_WORDS, id);
}

/** Below 0, 0 or above 0, as entry `slot` is before, at or after `id`. */
export function compareEntry(arena: Arena, node: Ref, slot: number, id: StreamId): number {
  return compareIdAt(arena.words[node >>> 22], ((node & 0x3fffff) << 2) + IDS + slot * STREAM_ID_WORDS, id);
}

/** How many entries of the node are not after `id`. */
export function slotBehind(arena: Arena, node: Ref, id: StreamId): number {
  const words = arena.words[node >>> 22];
  const at = (node & 0x3fffff) << 2;
  let low = 0;
  let high = words[at + COUNT];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareIdAt(words, at + IDS + middle * STREAM_ID_WORDS, id) > 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Opens a gap at `slot`, whose ID and words are the caller's to write. The node has room. */
export function openSlot(arena: Arena, node: Ref, slot: number, width: number): void {
  const words = arena.words[node >>> 22];
  const at = wordOf(node);
  const after = words[at + COUNT]++ - slot;
  if (after === 0) return;
  const id = at + IDS + slot * STREAM_ID_WORDS;
  move(words, id, id + STREAM_ID_WORDS, after * STREAM_ID_WORDS);
  const entry = entryWords(arena, node, slot, width);
  move(words, entry, entry + width, after * width);
}

/** Takes out entry `slot`. */
export function closeSlot(arena: Arena, node: Ref, slot: number, width: number): void {
  const words = arena.words[node >>> 22];
  const at = wordOf(node);
  const after = --words[at + COUNT] - slot;
  if (after === 0) return;
  const id = at + IDS + slot * STREAM_ID_WORDS;
  move(words, id + STREAM_ID_WORDS, id, after * STREAM_ID_WORDS);
  const entry = entryWords(arena, node, slot, width);
  move(words, entry + width, entry, after * width);
}

/** Moves the entries of `from` from `slot` on behind those of `to`, which has room. */
export function moveEntries(arena: Arena, from: Ref, slot: number, to: Ref, width: number): void {
  const source = arena.words[from >>> 22];
  const at = wordOf(from);
  const target = arena.words[to >>> 22];
  const toAt = wordOf(to);
  const count = source[at + COUNT] - slot;
  const end = target[toAt + COUNT];
  const ids = STREAM_ID_WORDS;
  copy(source, at + IDS + slot * ids, target, toAt + IDS + end * ids, count * ids);
  copy(source, entryWords(arena, from, slot, width), target, entryWords(arena, to, end, width), count * width);
  source[at + COUNT] = slot;
  target[toAt + COUNT] = end + count;
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
