/** The hash table's layout and its chains of buckets: where fields stand, which chain a hash belongs to. See hashtable.ts. */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, wordOf } from '../memory/layout.ts';

/** Where a table has fewer records everything is near anyway: touching ahead what will be looked for is not worth while. */
export const WORTHWHILE_RECORDS = 20_000;

export const BUCKET_BYTES = 64;

export const SLOTS = 12;

export const REFS = 4;

export const HEADER_BLOCK_BYTES = 32;

export const COUNT = 0;

export const BITS = 1;

export const BUCKETS = 2;

export const OTHER_BITS = 3;

export const OTHER_BUCKETS = 4;

export const NEXT_GROUP = 5;

export const OVERFLOWS = 6;

/** The first bucket of the chain that holds the keys of this hash. */
export function bucketFor(arena: Arena, header: Ref, hash: number): Ref {
  const words = arena.words[header >>> 22];
  const at = (header & 0x3fffff) << 2;
  const bits = words[at + BITS];
  if (words[at + OTHER_BUCKETS] !== NO_REF) {
    const otherBits = words[at + OTHER_BITS];
    const group = hash & ((1 << (bits < otherBits ? bits : otherBits)) - 1);
    if (group < words[at + NEXT_GROUP]) return blockAt(words[at + OTHER_BUCKETS] as Ref, hash & ((1 << otherBits) - 1));
  }
  return blockAt(words[at + BUCKETS] as Ref, hash & ((1 << bits) - 1));
}

/** The tag of a slot: the high byte of its record's hash with the lowest bit set. */
export function tagAt(words: Int32Array, at: number, slot: number): number {
  return (words[at + 1 + (slot >> 2)] >>> ((slot & 3) << 3)) & 255;
}

/** What a record's place tells of its hash: the low bits, which number its bucket, and nearly all of the high byte. */
export function placedHash(tag: number, index: number): number {
  return ((tag & 0xfe) << 24) | index;
}

/** Bucket number `index` of an array; where an array spans segments they are consecutive, so names follow from the first. */
export function blockAt(array: Ref, index: number): Ref {
  return ((array + (index << 2)) | 0) as Ref;
}

/** Chain number `index`, those of the array being filled numbered behind the others. */
export function chainAt(arena: Arena, header: Ref, index: number): Ref {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  const main = 2 ** words[at + BITS];
  return index < main
    ? blockAt(words[at + BUCKETS] as Ref, index)
    : blockAt(words[at + OTHER_BUCKETS] as Ref, index - main);
}

export function visitChain(arena: Arena, first: Ref, visit: (ref: Ref) => void): number {
  let seen = 0;
  for (let bucket = first; bucket !== NO_REF; ) {
    const words = arena.words[segmentOf(bucket)];
    const at = wordOf(bucket);
    for (let slot = 0; slot < SLOTS; slot++) {
      const ref = words[at + REFS + slot] as Ref;
      if (ref === NO_REF) continue;
      visit(ref);
      seen++;
    }
    bucket = words[at] as Ref;
  }
  return seen;
}

/** Frees the buckets of a chain but the first; returns how many there were. */
export function freeOverflows(arena: Arena, first: Ref): number {
  const words = arena.words[segmentOf(first)];
  const at = wordOf(first);
  let freed = 0;
  for (let bucket = words[at] as Ref; bucket !== NO_REF; freed++) {
    const next = arena.words[segmentOf(bucket)][wordOf(bucket)] as Ref;
    arena.free(bucket);
    bucket = next;
  }
  words[at] = NO_REF;
  return freed;
}
