/**
 * Going through a hash table: SCAN, chance, eviction's samples, emptying.
 *
 * SCAN's cursor counts groups with its bits reversed (Pieter Noordhuis's way): what is there from beginning to end of a
 * scan is returned, however the table is resized meanwhile.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, wordOf } from '../memory/layout.ts';
import {
  BITS,
  BUCKETS,
  blockAt,
  COUNT,
  chainAt,
  chainLength,
  freeOverflows,
  NEXT_GROUP,
  OTHER_BITS,
  OTHER_BUCKETS,
  OVERFLOWS,
  REFS,
  recordAt,
  SLOTS,
  visitChain,
} from './bucket-chains.ts';

/** Places a chain counts for when a record is drawn: as many as hardly any chain has. */
const CHAIN_PLACES = 3 * SLOTS;

/** Draws after which `tableRandom` takes the next record; about 36 are needed at worst, in the middle of shrinking. */
const MAX_DRAWS = 2000;

/**
 * Visits every record of the groups from `cursor` on until `count` were seen, and returns the next cursor, 0 at the end.
 * `visit` must not change the table; it gets the records one by one.
 */
export function tableScan(arena: Arena, header: Ref, cursor: number, count: number, visit: (ref: Ref) => void): number {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  let seen = 0;
  // Empty groups count too, ten for one record, or a sparse table would be walked whole in one call.
  let budget = count * 10;
  do {
    const moving = words[at + OTHER_BUCKETS] !== NO_REF;
    const bits = words[at + BITS];
    const smallBits = moving && words[at + OTHER_BITS] < bits ? words[at + OTHER_BITS] : bits;
    const mask = 2 ** smallBits - 1;
    const group = cursor & mask;
    const moved = moving && group < words[at + NEXT_GROUP];
    const array = words[at + (moved ? OTHER_BUCKETS : BUCKETS)] as Ref;
    const arrayBits = moved ? words[at + OTHER_BITS] : bits;
    for (let b = group; b < 2 ** arrayBits; b += mask + 1) seen += visitChain(arena, blockAt(array, b), visit);
    cursor = nextCursor(cursor, smallBits);
    budget--;
  } while (cursor !== 0 && seen < count && budget > 0);
  return cursor;
}

/**
 * Up to `limit` records that lie together at random places, into `out`; returns how many. Cheaper and less even than
 * `tableRandom`: meant for eviction's samples.
 */
export function tableSample(arena: Arena, header: Ref, random: () => number, out: Int32Array, limit: number): number {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  let found = 0;
  // During a resize the entries are spread over both arrays; a few draws find some.
  for (let attempt = 0; attempt < 64 && found < limit; attempt++) {
    const fromOther = words[at + OTHER_BUCKETS] !== NO_REF && (attempt & 1) === 1;
    const array = words[at + (fromOther ? OTHER_BUCKETS : BUCKETS)] as Ref;
    const bits = words[at + (fromOther ? OTHER_BITS : BITS)];
    const place = random();
    const bucket = somewhereIn(arena, blockAt(array, random() & ((1 << bits) - 1)), place >>> 8);
    const entries = arena.words[segmentOf(bucket)];
    const base = wordOf(bucket) + REFS;
    // From a random slot on: from the first on, the last slots of a full bucket would never be drawn.
    for (let i = 0, slot = place % SLOTS; i < SLOTS && found < limit; i++, slot = slot + 1 === SLOTS ? 0 : slot + 1) {
      if (entries[base + slot] !== NO_REF) out[found++] = entries[base + slot];
    }
  }
  return found;
}

/** A bucket of the chain that begins with `first`: each bit of `steps` that is set goes one further. */
function somewhereIn(arena: Arena, first: Ref, steps: number): Ref {
  let bucket = first;
  for (let left = steps; (left & 1) === 1; left >>>= 1) {
    const next = arena.words[segmentOf(bucket)][wordOf(bucket)] as Ref;
    if (next === NO_REF) return bucket;
    bucket = next;
  }
  return bucket;
}

/** A record chosen with equal chances for all; 0 in an empty table. `random` gives unsigned 32-bit numbers. */
export function tableRandom(arena: Arena, header: Ref, random: () => number): Ref {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  if (words[at + COUNT] === 0) return NO_REF;
  const total = 2 ** words[at + BITS] + (words[at + OTHER_BUCKETS] === NO_REF ? 0 : 2 ** words[at + OTHER_BITS]);
  // A place is a chain and a position in it; empty places are drawn again, so that full chains are not favoured.
  for (let attempt = 0; attempt < MAX_DRAWS; attempt++) {
    const chain = chainAt(arena, header, random() % total);
    const length = chainLength(arena, chain);
    const place = random() % (length > CHAIN_PLACES ? length : CHAIN_PLACES);
    if (place < length) return recordAt(arena, chain, place);
  }
  // So many misses are chance gone wrong: the next record there is.
  for (let index = random() % total; ; index = (index + 1) % total) {
    const ref = recordAt(arena, chainAt(arena, header, index), 0);
    if (ref !== NO_REF) return ref;
  }
}

/**
 * Hands every record of up to `limit` buckets, from bucket `from` on, to `take`, which may free it, and frees the overflow
 * buckets; for a table that is read no more. Returns the bucket to go on with, 0 at the end.
 */
export function tableDrain(arena: Arena, header: Ref, from: number, limit: number, take: (ref: Ref) => void): number {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  const total = 2 ** words[at + BITS] + (words[at + OTHER_BUCKETS] === NO_REF ? 0 : 2 ** words[at + OTHER_BITS]);
  const end = Math.min(from + limit, total);
  for (let b = from; b < end; b++) {
    const chain = chainAt(arena, header, b);
    visitChain(arena, chain, take);
    words[at + OVERFLOWS] -= freeOverflows(arena, chain);
  }
  return end === total ? 0 : end;
}

/** Visits every record; `visit` must not change the table. */
export function tableEach(arena: Arena, header: Ref, visit: (ref: Ref) => void): void {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  const total = 2 ** words[at + BITS] + (words[at + OTHER_BUCKETS] === NO_REF ? 0 : 2 ** words[at + OTHER_BITS]);
  for (let index = 0; index < total; index++) visitChain(arena, chainAt(arena, header, index), visit);
}

/** Adds one to the cursor's low `bits` bits, reversed: the most significant moves first. */
function nextCursor(cursor: number, bits: number): number {
  const mask = 2 ** bits - 1;
  let reversed = reverseBits(cursor | ~mask | 0);
  reversed = (reversed + 1) | 0;
  return reverseBits(reversed) >>> 0;
}

function reverseBits(value: number): number {
  let v = value;
  v = ((v >>> 1) & 0x55555555) | ((v & 0x55555555) << 1);
  v = ((v >>> 2) & 0x33333333) | ((v & 0x33333333) << 2);
  v = ((v >>> 4) & 0x0f0f0f0f) | ((v & 0x0f0f0f0f) << 4);
  v = ((v >>> 8) & 0x00ff00ff) | ((v & 0x00ff00ff) << 8);
  return (v >>> 16) | (v << 16);
}

/** `count` different records chosen by chance, fewer than the table has. Allocates what it returns. */
export function tableRandomDistinct(arena: Arena, header: Ref, count: number, random: () => number): Ref[] {
  const total = arena.words[segmentOf(header)][wordOf(header) + COUNT];
  // Of most of the table: all, of which the first are exchanged by chance. Of a few: draws, until they are different.
  if (count * 3 > total) {
    const all: Ref[] = [];
    tableEach(arena, header, (record) => {
      all.push(record);
    });
    for (let i = 0; i < count; i++) {
      const other = i + (random() % (total - i));
      [all[i], all[other]] = [all[other], all[i]];
    }
    all.length = count;
    return all;
  }
  const chosen = new Set<Ref>();
  while (chosen.size < count) chosen.add(tableRandom(arena, header, random));
  return [...chosen];
}
