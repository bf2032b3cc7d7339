/**
 * Reading ahead: the keys of a pipeline's requests are looked for together, before the first of them runs.
 *
 * A lookup waits for memory twice, for the bucket and for the record, each time 100 ns in which the processor could do a
 * command's work. Requests that came together are known together: touching all their buckets in one tight loop, then all
 * their records in another, lets the processor wait for several at a time. The commands then find everything near.
 * Nothing is decided here: a key may be gone when its command runs, which looks for it again.
 *
 * Valkey and Redis 8 do the same with prefetch instructions, which JavaScript has not; a load does as well.
 */
import { halfSipHash } from '../../bytes/siphash.ts';
import type { Args } from '../../protocol/args.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { bucketFor } from '../structures/bucket-chains.ts';
import type { Database } from './database.ts';

/** Requests read ahead together. */
export const READ_AHEAD = 16;
/** A first argument longer than this is seldom a key; hashing it twice would cost more than is won. */
const KEY_LIMIT_BYTES = 128;
/** Below this many keys everything is near anyway. */
const WORTHWHILE_KEYS = 20_000;

export class ReadAhead {
  private readonly buckets = new Int32Array(READ_AHEAD);
  /** Holds what was read, so that the reads are not optimized away. */
  read = 0;

  /** Brings near what the first arguments of `batch[0..count)` name, supposing that they are keys. */
  look(database: Database, batch: readonly Args[], count: number): void {
    if (database.size < WORTHWHILE_KEYS) return;
    const { arena, keyspace } = database;
    const { k0, k1 } = keyspace.seed;
    const buckets = this.buckets;
    for (let i = 0; i < count; i++) {
      const args = batch[i];
      buckets[i] = NO_REF;
      if (args.count < 2) continue;
      const start = args.start[1];
      const end = args.end[1];
      if (end - start > KEY_LIMIT_BYTES) continue;
      args.hash = halfSipHash(args.bytes, args.view, start, end, k0, k1);
      args.hashed = 1;
      buckets[i] = bucketFor(arena, database.table, args.hash);
    }
    this.read = touchBuckets(arena, buckets, count) ^ touchRecords(arena, buckets, batch, count);
  }
}

function touchBuckets(arena: Arena, buckets: Int32Array, count: number): number {
  let read = 0;
  for (let i = 0; i < count; i++) {
    const bucket = buckets[i];
    if (bucket !== NO_REF) read ^= arena.words[bucket >>> 22][(bucket & 0x3fffff) << 2];
  }
  return read;
}

/** Touches the first record whose tag matches, in the cache lines that a short key and value reach into. */
function touchRecords(arena: Arena, buckets: Int32Array, batch: readonly Args[], count: number): number {
  let read = 0;
  for (let i = 0; i < count; i++) {
    const bucket = buckets[i];
    if (bucket === NO_REF) continue;
    const words = arena.words[bucket >>> 22];
    const at = (bucket & 0x3fffff) << 2;
    const tags = Math.imul((batch[i].hash >>> 24) | 1, 0x01010101);
    for (let group = 0; group < 3; group++) {
      const difference = words[at + 1 + group] ^ tags;
      const matches = (difference - 0x01010101) & ~difference & 0x80808080;
      if (matches === 0) continue;
      const lane = (31 - Math.clz32(matches & -matches)) >>> 3;
      const ref = words[at + 4 + (group << 2) + lane] as Ref;
      const record = arena.words[ref >>> 22];
      const word = (ref & 0x3fffff) << 2;
      read ^= record[word] ^ record[word + 16] ^ record[word + 26];
      break;
    }
  }
  return read;
}
