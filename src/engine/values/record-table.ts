/** A hash table of records that a value owns: a large hash's fields, a large set's members. */
import type { Arena, Ref } from '../memory/arena.ts';
import { freeTable, type HashSeed, hashOf, tableBytes, tableInsert } from '../structures/hashtable.ts';
import { tableDrain, tableEach, tablePart } from '../structures/hashtable-walk.ts';

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

/** Bytes of the table and its records. */
export function recordTableBytes(arena: Arena, table: Ref): number {
  let bytes = tableBytes(arena, table);
  tableEach(arena, table, (record) => {
    bytes += arena.sizeOf(record);
  });
  return bytes;
}
