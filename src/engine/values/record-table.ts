/** A hash table of records that a value owns: a large hash's fields, a large set's members. */
import type { Arena, Ref } from '../memory/arena.ts';
import { freeTable, type HashSeed, hashOf, tableBytes, tableCount, tableInsert } from '../structures/hashtable.ts';
import { tableDrain, tablePart } from '../structures/hashtable-walk.ts';

/** Buckets looked at between two comparisons with the number of samples. */
const SAMPLED_BUCKETS = 64;

/** Frees up to about `limit` records from bucket `from` on; returns where to go on, 0 when the table itself is freed too. */
export function drainRecordTable(arena: Arena, table: Ref, from: number, limit: number): number {
  const next = tableDrain(arena, table, from, Math.max(1, Math.ceil(limit / 8)), (record) => arena.free(record));
  if (next === 0) freeTable(arena, table);
  return next;
}

/** Adds to `copy` copies of about `limit` records, from bucket `from` on; returns where to go on, 0 at the end. `copied` gets each. */
export function copyRecords(
  arena: Arena,
  table: Ref,
  copy: Ref,
  from: number,
  limit: number,
  seed: HashSeed,
  copied: (fresh: Ref) => void = () => {},
): number {
  return tablePart(arena, table, from, Math.max(1, Math.ceil(limit / 8)), (record) => {
    const bytes = arena.sizeOf(record);
    const fresh = arena.allocate(bytes);
    const from = (record & 0x3fffff) << 4;
    arena.bytes[record >>> 22].copy(arena.bytes[fresh >>> 22], (fresh & 0x3fffff) << 4, from, from + bytes);
    tableInsert(arena, copy, hashOf(arena, fresh, seed), fresh, seed);
    copied(fresh);
  });
}

/**
 * Bytes of the table and its records: exact up to `samples` of them, beyond that as if the others were like those of the
 * first buckets, which hashing chose by chance.
 */
export function recordTableBytes(arena: Arena, table: Ref, samples: number): number {
  let bytes = 0;
  let seen = 0;
  let from = 0;
  do {
    from = tablePart(arena, table, from, SAMPLED_BUCKETS, (record) => {
      bytes += arena.sizeOf(record);
      seen++;
    });
  } while (from !== 0 && seen < samples);
  const records = from === 0 ? bytes : Math.round((bytes / seen) * tableCount(arena, table));
  return tableBytes(arena, table) + records;
}
