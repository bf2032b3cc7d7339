/**
 * A hash table in the arena, after Valkey's and Swiss tables: a bucket is one cache line.
 *
 *   bucket   | chain | 12 tags, a byte each | 12 refs |         16 words, 64 bytes
 *
 * A key's hash picks a bucket (low bits) and a tag (high byte). A lookup compares all twelve tags in three words, follows
 * the refs whose tag matches and compares keys: one miss for the bucket, one for the record. A full bucket chains to
 * overflow buckets, blocks of their own. Within a chain an entry removed is replaced by the last, so chains stay dense.
 *
 * The table's own state is a block too (`header`), so a collection costs no JavaScript object:
 *
 *   header   | count | bits | buckets | bits of the other | other buckets | next group to move | overflow buckets |
 *
 * Growing and shrinking are incremental: a second array of buckets is filled a group at a time by the operations that
 * change the table. A group is what shares the low bits of the smaller array. Groups move in order, so one comparison
 * tells which array holds a key, and it is never in both. SCAN's cursor counts groups with its bits reversed (Pieter
 * Noordhuis's way): what is there from beginning to end of a scan is returned, however the table is resized.
 *
 * What the table holds: records whose words 0 and 1 are those of memory/layout.ts; the key is found from them.
 */
import { equalBytes } from '../../bytes/copy.ts';
import { halfSipHash } from '../../bytes/siphash.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { KEY_LENGTH, keyOffset, segmentOf, wordOf } from '../memory/layout.ts';
import {
  BITS,
  BUCKET_BYTES,
  BUCKETS,
  blockAt,
  bucketFor,
  COUNT,
  chainAt,
  freeOverflows,
  HEADER_BLOCK_BYTES,
  NEXT_GROUP,
  OTHER_BITS,
  OTHER_BUCKETS,
  OVERFLOWS,
  placedHash,
  REFS,
  SLOTS,
  tagAt,
} from './bucket-chains.ts';

/** Entries a bucket, on average, at which the table doubles; 12 slots at 72 % leave one bucket in nine to chain. */
const GROW_AT = 8.6;

/** Entries a bucket, on average, at which it doubles even where the arena's limit on growth says no. */
const GROW_REGARDLESS_AT = 2 * GROW_AT;

/** Entries a bucket below which it halves. */
const SHRINK_AT = 2;

/**
 * Every so many insertions move a group while the table grows: they are done after a quarter of the insertions until the next
 * growth, and a pipeline of insertions takes hardly longer than at rest.
 */
const INSERTIONS_A_GROUP = 2;

const NOT_THERE = 'removed a record that is not in the table';

const MIN_BITS = 0;
const MAX_BITS = 26;

/** The first words of the records of a bucket being moved; nothing outlives the move in it. */
const metas = new Int32Array(SLOTS);

/** The hash key of a server: every table of an engine uses the same. */
export interface HashSeed {
  readonly k0: number;
  readonly k1: number;
}

/** An empty table; the block returned is its name for as long as it lives. */
export function newTable(arena: Arena): Ref {
  const header = arena.allocateZeroed(HEADER_BLOCK_BYTES);
  arena.words[segmentOf(header)][wordOf(header) + BUCKETS] = arena.allocateZeroed(BUCKET_BYTES);
  return header;
}

export function tableCount(arena: Arena, header: Ref): number {
  return arena.words[segmentOf(header)][wordOf(header) + COUNT];
}

/** Bytes of the table itself: header, buckets of both arrays, overflow buckets. */
export function tableBytes(arena: Arena, header: Ref): number {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  const other = words[at + OTHER_BUCKETS] === NO_REF ? 0 : arena.sizeOf(words[at + OTHER_BUCKETS] as Ref);
  return HEADER_BLOCK_BYTES + arena.sizeOf(words[at + BUCKETS] as Ref) + other + words[at + OVERFLOWS] * BUCKET_BYTES;
}

export interface TableShape {
  readonly buckets: number;
  /** Buckets of the array being filled, 0 when the table is at rest. */
  readonly movingTo: number;
  readonly groupsMoved: number;
  readonly overflows: number;
}

/** Sizes for DEBUG HTSTATS and INFO. */
export function tableShape(arena: Arena, header: Ref): TableShape {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  const moving = words[at + OTHER_BUCKETS] !== NO_REF;
  return {
    buckets: 2 ** words[at + BITS],
    movingTo: moving ? 2 ** words[at + OTHER_BITS] : 0,
    groupsMoved: words[at + NEXT_GROUP],
    overflows: words[at + OVERFLOWS],
  };
}

/** The record with the key `bytes[start..start + length)`, or 0. `hash` is the key's. */
export function tableFind(
  arena: Arena,
  header: Ref,
  hash: number,
  bytes: Buffer,
  view: DataView,
  start: number,
  length: number,
): Ref {
  let bucket = bucketFor(arena, header, hash);
  const tags = Math.imul((hash >>> 24) | 1, 0x01010101);
  for (;;) {
    const words = arena.words[bucket >>> 22];
    const at = (bucket & 0x3fffff) << 2;
    for (let group = 0; group < 3; group++) {
      const difference = words[at + 1 + group] ^ tags;
      // A zero byte in `difference` is a tag that matches; false matches are only ever above a true one.
      let matches = (difference - 0x01010101) & ~difference & 0x80808080;
      while (matches !== 0) {
        const lane = (31 - Math.clz32(matches & -matches)) >>> 3;
        const ref = words[at + REFS + (group << 2) + lane] as Ref;
        if (ref !== NO_REF && hasKey(arena, ref, bytes, view, start, length)) return ref;
        matches &= matches - 1;
      }
    }
    bucket = words[at] as Ref;
    if (bucket === NO_REF) return NO_REF;
  }
}

/** Adds a record whose key is not in the table. */
export function tableInsert(arena: Arena, header: Ref, hash: number, ref: Ref, seed: HashSeed): void {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  const count = ++words[at + COUNT];
  if (words[at + OTHER_BUCKETS] !== NO_REF) {
    if (count % INSERTIONS_A_GROUP === 0) tableMove(arena, header, seed, 1);
  } else if (count > GROW_AT * (1 << words[at + BITS])) grow(arena, header, count, words[at + BITS]);
  put(arena, header, bucketFor(arena, header, hash), hash, ref);
}

/** Puts `fresh` in the place of `old`, a record of the same key. */
export function tableReplace(arena: Arena, header: Ref, hash: number, old: Ref, fresh: Ref): void {
  for (let bucket = bucketFor(arena, header, hash); bucket !== NO_REF; ) {
    const words = arena.words[segmentOf(bucket)];
    const at = wordOf(bucket);
    for (let slot = 0; slot < SLOTS; slot++) {
      if (words[at + REFS + slot] === old) {
        words[at + REFS + slot] = fresh;
        return;
      }
    }
    bucket = words[at] as Ref;
  }
  throw new Error('replaced a record that is not in the table');
}

/** Takes a record out; the record itself stays with the caller. */
export function tableRemove(arena: Arena, header: Ref, hash: number, ref: Ref, seed: HashSeed): void {
  removeFromChain(arena, header, bucketFor(arena, header, hash), ref);
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  const count = --words[at + COUNT];
  if (words[at + OTHER_BUCKETS] !== NO_REF) tableMove(arena, header, seed, 1);
  else if (words[at + BITS] > MIN_BITS && count < SHRINK_AT * (1 << words[at + BITS])) {
    beginResize(arena, header, words[at + BITS] - 1);
  }
}

/** Moves up to `groups` groups of an unfinished resize. True when more are left. */
export function tableMove(arena: Arena, header: Ref, seed: HashSeed, groups: number): boolean {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  if (words[at + OTHER_BUCKETS] === NO_REF) return false;
  const bits = words[at + BITS];
  const otherBits = words[at + OTHER_BITS];
  const smallBits = bits < otherBits ? bits : otherBits;
  const total = 1 << smallBits;
  for (let i = 0; i < groups && words[at + NEXT_GROUP] < total; i++) {
    const group = words[at + NEXT_GROUP]++;
    const from = words[at + BUCKETS] as Ref;
    for (let b = group; b < 1 << bits; b += total) moveChain(arena, header, b, blockAt(from, b), seed);
  }
  if (words[at + NEXT_GROUP] < total) return true;
  arena.free(words[at + BUCKETS] as Ref);
  words[at + BUCKETS] = words[at + OTHER_BUCKETS];
  words[at + BITS] = otherBits;
  words[at + OTHER_BUCKETS] = NO_REF;
  words[at + NEXT_GROUP] = 0;
  return false;
}

/** True when `ref` is a record of the table under this hash. */
export function tableHolds(arena: Arena, header: Ref, hash: number, ref: Ref): boolean {
  for (let bucket = bucketFor(arena, header, hash); bucket !== NO_REF; ) {
    const words = arena.words[segmentOf(bucket)];
    const at = wordOf(bucket);
    for (let slot = 0; slot < SLOTS; slot++) if (words[at + REFS + slot] === ref) return true;
    bucket = words[at] as Ref;
  }
  return false;
}

/** Frees the table's own blocks, not the records. After a complete `tableDrain` this takes no time. */
export function freeTable(arena: Arena, header: Ref): void {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  for (let index = 0; words[at + OVERFLOWS] > 0; index++) {
    words[at + OVERFLOWS] -= freeOverflows(arena, chainAt(arena, header, index));
  }
  arena.free(words[at + BUCKETS] as Ref);
  if (words[at + OTHER_BUCKETS] !== NO_REF) arena.free(words[at + OTHER_BUCKETS] as Ref);
  arena.free(header);
}

function hasKey(arena: Arena, ref: Ref, bytes: Buffer, view: DataView, start: number, length: number): boolean {
  const segment = ref >>> 22;
  const words = arena.words[segment];
  const at = (ref & 0x3fffff) << 2;
  if (words[at + KEY_LENGTH] !== length) return false;
  const from = (at << 2) + keyOffset(words[at]);
  return equalBytes(arena.bytes[segment], arena.views[segment], from, bytes, view, start, length);
}

/** The hash of the key `bytes[start..end)`. */
export function hashText(bytes: Buffer, view: DataView, start: number, end: number, seed: HashSeed): number {
  return halfSipHash(bytes, view, start, end, seed.k0, seed.k1);
}

/** The hash of a record's key. */
export function hashOf(arena: Arena, ref: Ref, seed: HashSeed): number {
  return hashAfter(arena, ref, metaOf(arena, ref), seed);
}

/** A record's first word. */
function metaOf(arena: Arena, ref: Ref): number {
  return arena.words[ref >>> 22][(ref & 0x3fffff) << 2];
}

/** The hash of the key of a record whose first word is `meta`. */
function hashAfter(arena: Arena, ref: Ref, meta: number, seed: HashSeed): number {
  const segment = ref >>> 22;
  const at = (ref & 0x3fffff) << 2;
  const from = (at << 2) + keyOffset(meta);
  const end = from + arena.words[segment][at + KEY_LENGTH];
  return halfSipHash(arena.bytes[segment], arena.views[segment], from, end, seed.k0, seed.k1);
}

/** Doubles the table unless there is no room for it; it then fills further, its chains longer, and tries again. */
function grow(arena: Arena, header: Ref, count: number, bits: number): void {
  if (bits === MAX_BITS) return;
  const bytes = BUCKET_BYTES * 2 ** (bits + 1);
  if (arena.mayGrowBy(bytes) || count > GROW_REGARDLESS_AT * 2 ** bits) beginResize(arena, header, bits + 1);
}

/** Makes the other array, if it finds room in the arena. */
function beginResize(arena: Arena, header: Ref, bits: number): void {
  const bytes = BUCKET_BYTES * 2 ** bits;
  if (!arena.hasSegmentsFor(bytes)) return;
  const buckets = arena.allocateZeroed(bytes);
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  words[at + OTHER_BITS] = bits;
  words[at + OTHER_BUCKETS] = buckets;
  words[at + NEXT_GROUP] = 0;
}

function put(arena: Arena, header: Ref, first: Ref, hash: number, ref: Ref): void {
  let bucket = first;
  for (;;) {
    const words = arena.words[segmentOf(bucket)];
    const at = wordOf(bucket);
    for (let slot = 0; slot < SLOTS; slot++) {
      if (words[at + REFS + slot] === NO_REF) {
        setSlot(words, at, slot, (hash >>> 24) | 1, ref);
        return;
      }
    }
    if (words[at] === NO_REF) {
      const overflow = arena.allocateZeroed(BUCKET_BYTES);
      arena.words[segmentOf(bucket)][at] = overflow;
      arena.words[segmentOf(header)][wordOf(header) + OVERFLOWS]++;
    }
    bucket = arena.words[segmentOf(bucket)][at] as Ref;
  }
}

function setSlot(words: Int32Array, at: number, slot: number, tag: number, ref: Ref): void {
  words[at + REFS + slot] = ref;
  const word = at + 1 + (slot >> 2);
  const shift = (slot & 3) << 3;
  words[word] = (words[word] & ~(255 << shift)) | (tag << shift);
}

function removeFromChain(arena: Arena, header: Ref, first: Ref, ref: Ref): void {
  const only = arena.words[first >>> 22];
  const base = (first & 0x3fffff) << 2;
  if (only[base] !== NO_REF) return removeFromLongChain(arena, header, first, ref);
  // A single bucket may have holes.
  let slot = 0;
  while (slot < SLOTS && only[base + REFS + slot] !== ref) slot++;
  if (slot === SLOTS) throw new Error(NOT_THERE);
  setSlot(only, base, slot, 0, NO_REF);
}

/** Removes a record from a chain of several buckets, which stays dense: its last entry fills the hole. */
function removeFromLongChain(arena: Arena, header: Ref, first: Ref, ref: Ref): void {
  let holeBucket = NO_REF;
  let holeSlot = -1;
  let beforeLast = NO_REF;
  let last = first;
  for (;;) {
    const words = arena.words[segmentOf(last)];
    const at = wordOf(last);
    for (let slot = 0; slot < SLOTS && holeSlot < 0; slot++) {
      if (words[at + REFS + slot] === ref) {
        holeBucket = last;
        holeSlot = slot;
      }
    }
    if (words[at] === NO_REF) break;
    beforeLast = last;
    last = words[at] as Ref;
  }
  if (holeSlot < 0) throw new Error(NOT_THERE);
  const words = arena.words[segmentOf(last)];
  const at = wordOf(last);
  // The last bucket is filled from the front.
  const filler = lastSlot(words, at);
  setSlot(
    arena.words[segmentOf(holeBucket)],
    wordOf(holeBucket),
    holeSlot,
    tagAt(words, at, filler),
    words[at + REFS + filler] as Ref,
  );
  setSlot(words, at, filler, 0, NO_REF);
  if (lastSlot(words, at) < 0) {
    arena.words[segmentOf(beforeLast)][wordOf(beforeLast)] = NO_REF;
    arena.free(last);
    arena.words[segmentOf(header)][wordOf(header) + OVERFLOWS]--;
  }
}

function lastSlot(words: Int32Array, at: number): number {
  let slot = SLOTS - 1;
  while (slot >= 0 && words[at + REFS + slot] === NO_REF) slot--;
  return slot;
}

/**
 * Moves the entries of chain `index` to the other array and frees its overflow buckets. In a smaller array a record's place
 * follows from where it was; for a larger one the records are read, to hash their keys.
 */
function moveChain(arena: Arena, header: Ref, index: number, first: Ref, seed: HashSeed): void {
  const state = wordOf(header);
  const isShrinking = arena.words[segmentOf(header)][state + OTHER_BITS] < arena.words[segmentOf(header)][state + BITS];
  for (let bucket = first; bucket !== NO_REF; ) {
    const words = arena.words[segmentOf(bucket)];
    const at = wordOf(bucket);
    // Looking at all records first, the processor waits for all of them at once.
    for (let slot = 0; slot < SLOTS && !isShrinking; slot++) {
      metas[slot] = metaOf(arena, words[at + REFS + slot] as Ref);
    }
    for (let slot = 0; slot < SLOTS; slot++) {
      const ref = words[at + REFS + slot] as Ref;
      if (ref === NO_REF) continue;
      const hash = isShrinking ? placedHash(tagAt(words, at, slot), index) : hashAfter(arena, ref, metas[slot], seed);
      const table = arena.words[segmentOf(header)];
      const target = blockAt(table[state + OTHER_BUCKETS] as Ref, hash & ((1 << table[state + OTHER_BITS]) - 1));
      put(arena, header, target, hash, ref);
    }
    const next = words[at] as Ref;
    if (bucket === first) words.fill(0, at, at + BUCKET_BYTES / 4);
    else {
      arena.free(bucket);
      arena.words[segmentOf(header)][state + OVERFLOWS]--;
    }
    bucket = next;
  }
}
