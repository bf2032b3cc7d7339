/**
 * Records of a hash table by chance: one with equal chances for all, several different ones, and eviction's samples.
 *
 * A draw is a chain and a place in it, of as many places as hardly any chain has records; a place that is none is drawn
 * again, so that full chains are not favoured. Of groups of chains fewer draws would be in vain, but there would be more to
 * look at.
 *
 * What a draw chooses has nothing to do with what the table holds. So the draws of the next calls are made ahead, and of a
 * large table the buckets and then the records that they lead to are touched, for the processor to wait for all of them
 * together. What a draw finds is decided when its turn comes.
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
  REFS,
  SLOTS,
  WORTHWHILE_RECORDS,
} from './bucket-chains.ts';
import { tableEach } from './hashtable-walk.ts';

/** Draws made ahead; two in three are in vain. */
const DRAWS_AHEAD = 32;
/** Words that the record of a short key reaches into. */
const RECORD_WORDS = 10;
/** Draws after which the next record is taken. */
const MOST_DRAWS = 2000;
/** Places of a chain above the mean of records, in standard deviations: one chain in a million has more records. */
const DEVIATIONS = 6;
/** Below one in so many, drawing until enough are different takes fewer steps than asking each in turn. */
const FEW_RATIO = 3;

/** What an unsigned 32-bit number is a multiple of, as a part of 1. */
const UNIT = 2 ** -32;

/** The draws that are left, by whose chance, for a table of how many chains: in any such table they choose as evenly. */
const ahead: { left: number; chains: number; random: () => number } = { left: 0, chains: 0, random: () => 0 };
const aheadChains = new Int32Array(DRAWS_AHEAD);
const aheadChances = new Uint32Array(DRAWS_AHEAD);
/** Their records as far as can be told; the first holds afterwards what was touched, lest the reads be optimized away. */
const candidates = new Int32Array(DRAWS_AHEAD);

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
  const words = arena.words[header >>> 22];
  const at = (header & 0x3fffff) << 2;
  if (words[at + COUNT] === 0) return NO_REF;
  const chains = fillableChains(words, at);
  const places = placesOfChain(words, at);
  for (let draws = 0; draws < MOST_DRAWS; draws++) {
    if (ahead.left === 0 || ahead.chains !== chains || ahead.random !== random) {
      drawAhead(arena, words, at, chains, places, random);
    }
    const left = --ahead.left;
    const ref = recordInChain(arena, fillableChain(words, at, aheadChains[left]), places, aheadChances[left]);
    if (ref !== NO_REF) return ref;
  }
  // So many misses are chance gone wrong: the next record there is.
  for (let index = below(chains, random()); ; index = (index + 1) % chains) {
    const ref = recordAt(arena, fillableChain(words, at, index), 0);
    if (ref !== NO_REF) return ref;
  }
}

/** Makes the next draws; of a large table at rest many, of which it touches all buckets, then all records. */
function drawAhead(
  arena: Arena,
  words: Int32Array,
  at: number,
  chains: number,
  places: number,
  random: () => number,
): void {
  const isWorthwhile = words[at + OTHER_BUCKETS] === NO_REF && words[at + COUNT] >= WORTHWHILE_RECORDS;
  const count = isWorthwhile ? DRAWS_AHEAD : 1;
  for (let i = 0; i < count; i++) {
    aheadChains[i] = below(chains, random());
    aheadChances[i] = random();
  }
  ahead.left = count;
  ahead.chains = chains;
  ahead.random = random;
  if (!isWorthwhile) return;
  const buckets = words[at + BUCKETS] as Ref;
  let read = 0;
  for (let i = 0; i < count; i++) read ^= firstWord(arena, blockAt(buckets, aheadChains[i]));
  for (let i = 0; i < count; i++) {
    candidates[i] = recordInChain(arena, blockAt(buckets, aheadChains[i]), places, aheadChances[i]);
  }
  for (let i = 0; i < count; i++) {
    if (candidates[i] === NO_REF) continue;
    const record = arena.words[candidates[i] >>> 22];
    const word = (candidates[i] & 0x3fffff) << 2;
    read ^= record[word] ^ record[word + RECORD_WORDS - 1];
  }
  candidates[0] = read;
}

/** As many places as hardly any chain has records. In the middle of a resize it is the larger chains that count. */
function placesOfChain(words: Int32Array, at: number): number {
  const bits = words[at + BITS];
  const smallBits = words[at + OTHER_BUCKETS] === NO_REF ? bits : Math.min(bits, words[at + OTHER_BITS]);
  const mean = words[at + COUNT] / (1 << smallBits);
  return Math.ceil(mean + DEVIATIONS * Math.sqrt(mean));
}

/** The record at the place that `chance` picks from a chain as if it had `places` records, if it has so many; else 0. */
function recordInChain(arena: Arena, chain: Ref, places: number, chance: number): Ref {
  const length = chainLength(arena, chain);
  const place = below(length > places ? length : places, chance);
  return place < length ? recordAt(arena, chain, place) : NO_REF;
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

/**
 * A number below `limit`, which is less than 2^31, from an unsigned 32-bit one: by multiplying, for `%` of what may be no
 * small integer is slow.
 */
function below(limit: number, chance: number): number {
  return (chance * limit * UNIT) | 0;
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
  if (words[at + OTHER_BUCKETS] === NO_REF) return 1 << bits;
  const otherBits = words[at + OTHER_BITS];
  const smallBits = Math.min(bits, otherBits);
  const moved = words[at + NEXT_GROUP];
  return (((1 << smallBits) - moved) << (bits - smallBits)) + (moved << (otherBits - smallBits));
}

/** Chain number `index` of those. */
function fillableChain(words: Int32Array, at: number, index: number): Ref {
  const bits = words[at + BITS];
  if (words[at + OTHER_BUCKETS] === NO_REF) return blockAt(words[at + BUCKETS] as Ref, index);
  const otherBits = words[at + OTHER_BITS];
  const smallBits = Math.min(bits, otherBits);
  const moved = words[at + NEXT_GROUP];
  const staying = (1 << smallBits) - moved;
  const inOld = staying << (bits - smallBits);
  // Buckets of one group are 2^smallBits apart.
  if (index < inOld) {
    const part = Math.floor(index / staying);
    return blockAt(words[at + BUCKETS] as Ref, (part << smallBits) + moved + (index - part * staying));
  }
  const part = Math.floor((index - inOld) / moved);
  return blockAt(words[at + OTHER_BUCKETS] as Ref, (part << smallBits) + (index - inOld - part * moved));
}
