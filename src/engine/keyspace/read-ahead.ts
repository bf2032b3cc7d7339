/**
 * Reading ahead: the keys of a pipeline's requests are looked for together, before the first of them runs.
 *
 * A lookup waits for memory twice, for the bucket and for the record, each time 100 ns in which the processor could do a
 * command's work. Requests that came together are known together: touching all their buckets in one tight loop, then all
 * their records in another, lets the processor wait for several at a time. The commands then find everything near.
 * Nothing is decided here: a key may be gone when its command runs, which looks for it again. Where the key is a large
 * collection the same is done for the member that the request names (read-ahead-members.ts).
 *
 * Valkey and Redis 8 do the same with prefetch instructions, which JavaScript has not; a load does as well.
 */
import { equalBytes } from '../../bytes/copy.ts';
import { halfSipHash } from '../../bytes/siphash.ts';
import type { Args } from '../../protocol/args.ts';
import { NO_REF } from '../memory/arena.ts';
import { bucketFor, WORTHWHILE_RECORDS } from '../structures/bucket-chains.ts';
import type { Database } from './database.ts';
import { isLargeCollection, MembersAhead } from './read-ahead-members.ts';
import { READ_AHEAD, touchBuckets, touchRecords } from './touch-records.ts';

/** A first argument longer than this is seldom a key; hashing it twice would cost more than is won. */
const KEY_LIMIT_BYTES = 128;

export class ReadAhead {
  private readonly buckets = new Int32Array(READ_AHEAD);
  private readonly hashes = new Int32Array(READ_AHEAD);
  private readonly records = new Int32Array(READ_AHEAD);
  private readonly members = new MembersAhead();
  /** Holds what was read, so that the reads are not optimized away. */
  read = 0;

  /** Brings near what the arguments of `batch[0..count)` name, supposing that the first are keys. */
  look(database: Database, batch: readonly Args[], count: number): void {
    const { buckets, hashes, records } = this;
    if (database.size < WORTHWHILE_RECORDS) {
      if (!lookAtFirst(database, batch, count, records)) return;
    } else {
      const { arena, keyspace } = database;
      const { k0, k1 } = keyspace.seed;
      for (let i = 0; i < count; i++) {
        const args = batch[i];
        buckets[i] = NO_REF;
        if (args.count < 2) continue;
        const start = args.start[1];
        const end = args.end[1];
        if (end - start > KEY_LIMIT_BYTES) continue;
        args.hash = halfSipHash(args.bytes, args.view, start, end, k0, k1);
        args.hashed = 1;
        hashes[i] = args.hash;
        buckets[i] = bucketFor(arena, database.table, args.hash);
      }
      this.read = touchBuckets(arena, buckets, count) ^ touchRecords(arena, buckets, hashes, records, count);
    }
    this.members.look(database, records, batch, count);
  }
}

/**
 * Where all keys are near: the hash of the first request's key and, if it is a large collection, its record, for all requests
 * that name the same. True when there is such a record.
 */
function lookAtFirst(database: Database, batch: readonly Args[], count: number, records: Int32Array): boolean {
  const first = batch[0];
  if (first.count < 2 || first.length(1) > KEY_LIMIT_BYTES) return false;
  const hash = database.hash(first, 1);
  let record = first.count < 3 ? NO_REF : database.findHashed(first, 1, hash);
  if (record !== NO_REF && !isLargeCollection(database.arena, record)) record = NO_REF;
  for (let i = 0; i < count; i++) {
    const args = batch[i];
    const isSame = args.count > 1 && namesSameKey(first, args);
    records[i] = isSame ? record : NO_REF;
    if (!isSame) continue;
    args.hash = hash;
    args.hashed = 1;
  }
  return record !== NO_REF;
}

function namesSameKey(a: Args, b: Args): boolean {
  const length = a.end[1] - a.start[1];
  return (
    b.end[1] - b.start[1] === length && equalBytes(a.bytes, a.view, a.start[1], b.bytes, b.view, b.start[1], length)
  );
}
