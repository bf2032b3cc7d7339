/**
 * Records of a hash table by chance: one with equal chances for all, several different ones, and eviction's samples.
 *
 * A draw is a chain and a slot in it, of as many slots as hardly any chain has; a slot that is empty is drawn again, so that
 * full chains are not favoured. That takes four draws or so, each of a bucket that is far away: several are made together
 * and their buckets touched, so that the processor waits for them at the same time.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, wordOf } from '../memory/layout.ts';
import {
  BITS,
  BUCKETS,
  blockAt,
  COUNT,
  NEXT_GROUP,
  OTHER_BITS,
  OTHER_BUCKETS,
  OVERFLOWS,
  REFS,
  SLOTS,
} from './bucket-chains.ts';
import { tableEach } from './hashtable-walk.ts';

/** Draws made together. */
const TOGETHER = 8;
/** Draws after which the next record is taken; about 36 are needed at worst. */
const MOST_DRAWS = 2000;
/** Entries a chain, on average, above which some chains are longer than two buckets. */
const LONG_CHAINS_AT = 9;
/** Below one in so many, drawing until enough are different takes fewer steps than asking each in turn. */
const FEW_RATIO = 3;

/** The chains drawn together; behind them what was read of their buckets, so that the reads are not optimized away. */
const drawn = new Int32Array(TOGETHER + 1);

/**
 * Up to `limit` records that lie together at random places, into `out`; returns how many. Cheaper and less even than
 * `tableRandom`: meant for eviction's samples.
 */
export function tableSample(arena: Arena, header: Ref, random: () => number, out: Int32Array, limit: number): number {
  const words = arena.words[segmentOf(header)];
  const at = wordOf(header);
  const bits = words[at + BITS];
  const otherBits = words[at + OTHER_BUCKETS] === NO_REF ? bits : words[at + OTHER_BITS];
  const groupMask = (1 << Math.min(bits, otherBits)) - 1;
  let found = 0;
  // Sparse tables have empty buckets; a few draws find some records.
  for (let attempt = 0; attempt < 64 && found < limit; attempt++) {
    const index = random();
    const isMoved = otherBits !== bits && (index & groupMask) < words[at + NEXT_GROUP];
    const array = words[at + (isMoved ? OTHER_BUCKETS : BUCKETS)] as Ref;
    const mask = (1 << (isMoved ? otherBits : bits)) - 1;
    const place = random();
    const bucket = somewhereIn(arena, blockAt(array, index & mask), place >>> 8);
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
  const count = words[at + COUNT];
  if (count === 0) return NO_REF;
  const chains = fillableChains(words, at);
  const length = words[at + OVERFLOWS] === 0 ? 1 : count <= LONG_CHAINS_AT * chains ? 2 : 3;
  for (let draws = 0; draws < MOST_DRAWS; draws += TOGETHER) {
    for (let i = 0; i < TOGETHER; i++) {
      const chain = fillableChain(words, at, below(chains, random));
      drawn[i] = chain;
      drawn[TOGETHER] ^= arena.words[chain >>> 22][(chain & 0x3fffff) << 2];
    }
    for (let i = 0; i < TOGETHER; i++) {
      const ref = slotOf(arena, drawn[i] as Ref, length, random);
      if (ref !== NO_REF) return ref;
    }
  }
  // So many misses are chance gone wrong: the next record there is.
  for (let index = below(chains, random); ; index = (index + 1) % chains) {
    const chain = fillableChain(words, at, index);
    const entries = arena.words[segmentOf(chain)];
    const first = wordOf(chain) + REFS;
    for (let slot = 0; slot < SLOTS; slot++) if (entries[first + slot] !== NO_REF) return entries[first + slot] as Ref;
  }
}

/** What stands in a slot drawn from a chain as if it was of `length` buckets, if it is no longer. */
function slotOf(arena: Arena, chain: Ref, length: number, random: () => number): Ref {
  let buckets = 1;
  for (let next = nextBucket(arena, chain); next !== NO_REF; next = nextBucket(arena, next)) buckets++;
  const place = below(SLOTS * (buckets > length ? buckets : length), random);
  let skip = Math.floor(place / SLOTS);
  if (skip >= buckets) return NO_REF;
  let bucket = chain;
  for (; skip > 0; skip--) bucket = nextBucket(arena, bucket);
  return arena.words[segmentOf(bucket)][wordOf(bucket) + REFS + (place % SLOTS)] as Ref;
}

function nextBucket(arena: Arena, bucket: Ref): Ref {
  return arena.words[bucket >>> 22][(bucket & 0x3fffff) << 2] as Ref;
}

/** A number below `limit`, which is less than 2^31: by multiplying, for `%` of what may be no small integer is slow. */
function below(limit: number, random: () => number): number {
  return (random() * limit * 2 ** -32) | 0;
}

/** `count` different records chosen by chance, at most as many as there are; every choice is as likely. Allocates. */
export function tableRandomDistinct(arena: Arena, header: Ref, count: number, random: () => number): Ref[] {
  let left = arena.words[segmentOf(header)][wordOf(header) + COUNT];
  if (count * FEW_RATIO < left) {
    const chosen = new Set<Ref>();
    while (chosen.size < count) chosen.add(tableRandom(arena, header, random));
    return [...chosen];
  }
  // Each has the chance that as many as are still wanted fall to it of those that are left (Knuth's algorithm S).
  const chosen: Ref[] = [];
  tableEach(arena, header, (record) => {
    if (random() % left < count - chosen.length) chosen.push(record);
    left--;
  });
  return chosen;
}

/** How many chains there are that may have records: during a resize those of groups not moved yet, and of groups moved. */
function fillableChains(words: Int32Array, at: number): number {
  const bits = words[at + BITS];
  if (words[at + OTHER_BUCKETS] === NO_REF) return 2 ** bits;
  const otherBits = words[at + OTHER_BITS];
  const smallBits = Math.min(bits, otherBits);
  const moved = words[at + NEXT_GROUP];
  return (2 ** smallBits - moved) * 2 ** (bits - smallBits) + moved * 2 ** (otherBits - smallBits);
}

/** Chain number `index` of those. */
function fillableChain(words: Int32Array, at: number, index: number): Ref {
  const bits = words[at + BITS];
  if (words[at + OTHER_BUCKETS] === NO_REF) return blockAt(words[at + BUCKETS] as Ref, index);
  const otherBits = words[at + OTHER_BITS];
  const smallBits = Math.min(bits, otherBits);
  const moved = words[at + NEXT_GROUP];
  const staying = 2 ** smallBits - moved;
  const inOld = staying * 2 ** (bits - smallBits);
  // Buckets of one group are 2^smallBits apart.
  if (index < inOld) {
    const part = Math.floor(index / staying);
    return blockAt(words[at + BUCKETS] as Ref, part * 2 ** smallBits + moved + (index - part * staying));
  }
  const part = Math.floor((index - inOld) / moved);
  return blockAt(words[at + OTHER_BUCKETS] as Ref, part * 2 ** smallBits + (index - inOld - part * moved));
}
