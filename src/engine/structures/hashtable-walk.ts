/**
 * Going through a hash table: SCAN, every record, emptying. By chance: hashtable-draws.ts.
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
  chainAt,
  freeOverflows,
  NEXT_GROUP,
  OTHER_BITS,
  OTHER_BUCKETS,
  OVERFLOWS,
  visitChain,
} from './bucket-chains.ts';

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
  tablePart(arena, header, 0, Number.POSITIVE_INFINITY, visit);
}

/**
 * Visits the records of up to `limit` buckets from bucket `from` on. Returns the bucket to go on with, 0 at the end; the
 * table must not be changed until then.
 */
export function tablePart(arena: Arena, header: Ref, from: number, limit: number, visit: (ref: Ref) => void): number {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  const total = 2 ** words[at + BITS] + (words[at + OTHER_BUCKETS] === NO_REF ? 0 : 2 ** words[at + OTHER_BITS]);
  const end = Math.min(from + limit, total);
  for (let index = from; index < end; index++) visitChain(arena, chainAt(arena, header, index), visit);
  return end === total ? 0 : end;
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
