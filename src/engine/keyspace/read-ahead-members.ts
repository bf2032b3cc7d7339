/**
 * Reading ahead inside collections: the members that a pipeline's requests name, where their keys are sets, hashes or sorted
 * sets of many members. As for the keys themselves all buckets are touched first, then all records.
 */
import { halfSipHash } from '../../bytes/siphash.ts';
import type { Args } from '../../protocol/args.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { TYPE_MASK, ZSET } from '../memory/layout.ts';
import { bucketFor, WORTHWHILE_RECORDS } from '../structures/bucket-chains.ts';
import { tableCount } from '../structures/hashtable.ts';
import { encodingOf, HASHTABLE, headerOf, SKIPLIST } from '../values/encoding.ts';
import { memberTable } from '../values/sorted-set-index.ts';
import type { Database } from './database.ts';
import { READ_AHEAD, touchBuckets, touchRecords } from './touch-records.ts';

/** An argument longer than this is seldom a member; hashing it twice would cost more than is won. */
const MEMBER_LIMIT_BYTES = 128;

/** True for a record of a collection in which looking ahead is worth while. */
export function isLargeCollection(arena: Arena, record: Ref): boolean {
  return membersOf(arena, record) !== NO_REF;
}

const A = 97;
const I = 105;

export class MembersAhead {
  private readonly buckets = new Int32Array(READ_AHEAD);
  private readonly hashes = new Int32Array(READ_AHEAD);
  private readonly found = new Int32Array(READ_AHEAD);
  /** Holds what was read, so that the reads are not optimized away. */
  read = 0;

  /** Brings near what the requests name in the collections whose records are `records[0..count)`, NO_REF where there is none. */
  look(database: Database, records: Int32Array, batch: readonly Args[], count: number): void {
    const { arena, keyspace } = database;
    const { k0, k1 } = keyspace.seed;
    const { buckets, hashes } = this;
    let any = false;
    // Mostly all requests name the same key.
    let last = NO_REF;
    let table = NO_REF;
    for (let i = 0; i < count; i++) {
      buckets[i] = NO_REF;
      const record = records[i] as Ref;
      if (record === NO_REF || batch[i].count < 3) continue;
      if (record !== last) table = membersOf(arena, record);
      last = record;
      if (table === NO_REF) continue;
      const args = batch[i];
      const member = memberArgument(arena, record, args);
      if (member === 0) continue;
      const start = args.start[member];
      const end = args.end[member];
      if (end - start > MEMBER_LIMIT_BYTES) continue;
      hashes[i] = halfSipHash(args.bytes, args.view, start, end, k0, k1);
      buckets[i] = bucketFor(arena, table, hashes[i]);
      any = true;
    }
    if (any) this.read = touchBuckets(arena, buckets, count) ^ touchRecords(arena, buckets, hashes, this.found, count);
  }
}

/** The table of a collection's members if it is large, or NO_REF. */
function membersOf(arena: Arena, record: Ref): Ref {
  const encoding = encodingOf(arena, record);
  if (encoding !== HASHTABLE && encoding !== SKIPLIST) return NO_REF;
  const header = headerOf(arena, record);
  const table = encoding === HASHTABLE ? header : memberTable(arena, header);
  return tableCount(arena, table) < WORTHWHILE_RECORDS ? NO_REF : table;
}

/** Which argument names a member, 0 for none: the third, but behind a score the fourth; none of a range's. */
function memberArgument(arena: Arena, record: Ref, args: Args): number {
  const type = arena.words[record >>> 22][(record & 0x3fffff) << 2] & TYPE_MASK;
  if (type !== ZSET || args.count === 3) return 2;
  const second = args.bytes[args.start[0] + 1] | 32;
  return second === A || second === I ? 3 : 0;
}
