/**
 * Records of a hash table by chance: one with equal chances for all, several different ones, and eviction's samples.
 *
 * A draw is a group of a few neighbouring chains and a place in it, of as many places as hardly any group has records; a
 * place that is none is drawn again, so that full groups are not favoured. Single chains differ more in length than groups
 * of them do, so more draws would be in vain; and the buckets of a group are in one page of memory. Two draws are made
 * together and their buckets touched, so that the processor waits for them at the same time.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, wordOf } from '../memory/layout.ts';
import { BITS, BUCKETS, blockAt, COUNT, NEXT_GROUP, OTHER_BITS, OTHER_BUCKETS, REFS, SLOTS } from './bucket-chains.ts';
import { tableEach } from './hashtable-walk.ts';

/** Chains of a group. */
const GROUP_CHAINS = 4;
/** Draws made together; one in two or so is in vain. */
const TOGETHER = 2;
/** Draws after which the next record is taken. */
const MOST_DRAWS = 2000;
/** Places of a group above its mean of records, in standard deviations: one group in a hundred million has more records. */
const DEVIATIONS = 6;
/** Below one in so many, drawing until enough are different takes fewer steps than asking each in turn. */
const FEW_RATIO = 3;

/** The groups drawn together; behind them what was read of their buckets, so that the reads are not optimized away. */
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
  if (words[at + COUNT] === 0) return NO_REF;
  const chains = fillableChains(words, at);
  const groups = Math.ceil(chains / GROUP_CHAINS);
  const places = placesOfGroup(words, at);
  for (let draws = 0; draws < MOST_DRAWS; draws += TOGETHER) {
    for (let i = 0; i < TOGETHER; i++) {
      drawn[i] = below(groups, random) * GROUP_CHAINS;
      const end = Math.min(drawn[i] + GROUP_CHAINS, chains);
      for (let index = drawn[i]; index < end; index++)
        drawn[TOGETHER] ^= firstWord(arena, fillableChain(words, at, index));
    }
    for (let i = 0; i < TOGETHER; i++) {
      const ref = recordInGroup(arena, words, at, drawn[i], Math.min(drawn[i] + GROUP_CHAINS, chains), places, random);
      if (ref !== NO_REF) return ref;
    }
  }
  // So many misses are chance gone wrong: the next record there is.
  for (let index = below(chains, random); ; index = (index + 1) % chains) {
    const ref = recordAt(arena, fillableChain(words, at, index), 0);
    if (ref !== NO_REF) return ref;
  }
}

/** As many places as hardly any group of chains has records. In the middle of a resize it is the larger chains that count. */
function placesOfGroup(words: Int32Array, at: number): number {
  const bits = words[at + BITS];
  const smallBits = words[at + OTHER_BUCKETS] === NO_REF ? bits : Math.min(bits, words[at + OTHER_BITS]);
  const mean = (GROUP_CHAINS * words[at + COUNT]) / 2 ** smallBits;
  return Math.ceil(mean + DEVIATIONS * Math.sqrt(mean));
}

/** The record at a place drawn from the chains `first` to `end` - 1 as if they had `places` records, if they have so many. */
function recordInGroup(
  arena: Arena,
  words: Int32Array,
  at: number,
  first: number,
  end: number,
  places: number,
  random: () => number,
): Ref {
  let size = 0;
  for (let index = first; index < end; index++) size += chainLength(arena, fillableChain(words, at, index));
  let place = below(size > places ? size : places, random);
  if (place >= size) return NO_REF;
  for (let index = first; ; index++) {
    const chain = fillableChain(words, at, index);
    const length = chainLength(arena, chain);
    if (place < length) return recordAt(arena, chain, place);
    place -= length;
  }
}

function chainLength(arena: Arena, chain: Ref): number {
  let length = 0;
  for (let bucket = chain; bucket !== NO_REF; bucket = firstWord(arena, bucket)) {
    length += bucketLength(arena.words[bucket >>> 22], (bucket & 0x3fffff) << 2);
  }
  return length;
}

/** The record at a position of a chain, empty slots not counted, or 0. */
function recordAt(arena: Arena, chain: Ref, position: number): Ref {
  let left = position;
  for (let bucket = chain; bucket !== NO_REF; bucket = firstWord(arena, bucket)) {
    const words = arena.words[bucket >>> 22];
    const refs = ((bucket & 0x3fffff) << 2) + REFS;
    for (let slot = 0; slot < SLOTS; slot++)
      if (words[refs + slot] !== NO_REF && left-- === 0) return words[refs + slot] as Ref;
  }
  return NO_REF;
}

/** Records of the bucket at `at`: the lowest bit of a tag is set, of an empty slot's clear. */
function bucketLength(words: Int32Array, at: number): number {
  const tags = (words[at + 1] & 0x01010101) + (words[at + 2] & 0x01010101) + (words[at + 3] & 0x01010101);
  return Math.imul(tags, 0x01010101) >>> 24;
}

/** The first word of a bucket: the one that goes on with it. */
function firstWord(arena: Arena, bucket: Ref): Ref {
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
