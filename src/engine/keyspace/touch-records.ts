/** Touching what lookups will read, many at a time: see read-ahead.ts. Both answer what they read, so that V8 lets them read. */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';

/** Requests read ahead together. */
export const READ_AHEAD = 16;

/** Touches buckets, NO_REF for none. */
export function touchBuckets(arena: Arena, buckets: Int32Array, count: number): number {
  let read = 0;
  for (let i = 0; i < count; i++) {
    const bucket = buckets[i];
    if (bucket !== NO_REF) read ^= arena.words[bucket >>> 22][(bucket & 0x3fffff) << 2];
  }
  return read;
}

/**
 * Touches the first record whose tag matches, in the cache lines that a short key and value reach into. Puts its name into
 * `records`: it is of that key, or of another whose hash is like its own.
 */
export function touchRecords(
  arena: Arena,
  buckets: Int32Array,
  hashes: Int32Array,
  records: Int32Array,
  count: number,
): number {
  let read = 0;
  for (let i = 0; i < count; i++) {
    const bucket = buckets[i];
    records[i] = NO_REF;
    if (bucket === NO_REF) continue;
    const words = arena.words[bucket >>> 22];
    const at = (bucket & 0x3fffff) << 2;
    const tags = Math.imul((hashes[i] >>> 24) | 1, 0x01010101);
    for (let group = 0; group < 3; group++) {
      const difference = words[at + 1 + group] ^ tags;
      const matches = (difference - 0x01010101) & ~difference & 0x80808080;
      if (matches === 0) continue;
      const lane = (31 - Math.clz32(matches & -matches)) >>> 3;
      const ref = words[at + 4 + (group << 2) + lane] as Ref;
      records[i] = ref;
      const record = arena.words[ref >>> 22];
      const word = (ref & 0x3fffff) << 2;
      read ^= record[word] ^ record[word + 16] ^ record[word + 26];
      break;
    }
  }
  return read;
}
