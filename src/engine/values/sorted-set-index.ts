/**
 * Sorted sets of the encoding `skiplist`: a table of members and an index of their order.
 *
 *   header    the ordered index's own (structures/ordered-index.ts); its owner's word is the table
 *   member    | 0 | length | 8 | the member's bytes | score, 8 bytes |        a record, in the table and in the index
 *
 * The score stands twice: behind the member, where a lookup by member finds it, and in the index.
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { HEADER_BYTES, KEY_LENGTH, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { bucketFor, WORTHWHILE_RECORDS } from '../structures/bucket-chains.ts';
import {
  freeTable,
  type HashSeed,
  hashOf,
  hashText,
  newTable,
  tableFind,
  tableInsert,
  tableRemove,
} from '../structures/hashtable.ts';
import { tableDrain } from '../structures/hashtable-walk.ts';
import type { ListpackCursor } from '../structures/listpack.ts';
import {
  INDEX_OWNER,
  indexInsert,
  indexLength,
  indexRank,
  indexRemove,
  indexRemoveEnd,
  indexRemoveRun,
  indexUpdate,
  newIndex,
} from '../structures/ordered-index.ts';
import { countOf, memberAt, NODE_CAPACITY } from '../structures/ordered-index-node.ts';
import {
  drainIndex,
  IndexPosition,
  indexBytes,
  positionMember,
  positionScore,
  seekRank,
  stepForward,
} from '../structures/ordered-index-walk.ts';
import { newRecord } from '../structures/record.ts';
import { recordTableBytes } from './record-table.ts';

const SCORE_BYTES = 8;
/** Elements that freeing one of the index's nodes, or emptying one of the table's buckets, counts for. */
const ELEMENTS_A_NODE = 32;
const ELEMENTS_A_BUCKET = 8;

/** So many removals at an end are prepared for together. */
const REMOVALS_AHEAD = 8;
/** Words that the record of a short member reaches into. */
const RECORD_WORDS = 10;

/** What was touched, so that the reads are not optimized away. */
const touched = new Int32Array(1);
/** Where the running function is; nothing outlives it there. */
const position = new IndexPosition();
const run = new Int32Array(NODE_CAPACITY);

/** An empty sorted set; its name is the value's header. */
export function newIndexedSet(arena: Arena): Ref {
  const header = newIndex(arena);
  const table = newTable(arena);
  arena.words[header >>> 22][wordOf(header) + INDEX_OWNER] = table;
  return header;
}

/** The table of member records. */
export function memberTable(arena: Arena, header: Ref): Ref {
  return arena.words[header >>> 22][((header & 0x3fffff) << 2) + INDEX_OWNER] as Ref;
}

/** The record of the member `bytes[start..end)`, 0 when it is not there. */
export function findMember(
  arena: Arena,
  header: Ref,
  seed: HashSeed,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): Ref {
  const hash = hashText(bytes, view, start, end, seed);
  return tableFind(arena, memberTable(arena, header), hash, bytes, view, start, end - start);
}

/** The score of a member's record. */
export function recordScore(arena: Arena, record: Ref): number {
  return arena.views[record >>> 22].getFloat64(scoreStart(arena, record), true);
}

/** Points at the member of a record. */
export function pointAtMember(arena: Arena, record: Ref, member: ListpackCursor): void {
  const segment = record >>> 22;
  const at = (record & 0x3fffff) << 2;
  const start = (at << 2) + HEADER_BYTES;
  member.point(arena.bytes[segment], arena.views[segment], start, start + arena.words[segment][at + KEY_LENGTH]);
}

/** Adds a member that is not there. */
export function insertMember(
  arena: Arena,
  header: Ref,
  seed: HashSeed,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  score: number,
): void {
  indexInsert(arena, header, score, addRecord(arena, header, seed, bytes, view, start, end, score));
}

/** Gives a member another score. */
export function rescoreMember(arena: Arena, header: Ref, record: Ref, score: number): void {
  indexUpdate(arena, header, recordScore(arena, record), record, score);
  writeScore(arena, record, score);
}

/** Removes a member; `hash` is the member's. */
export function removeRecord(arena: Arena, header: Ref, seed: HashSeed, record: Ref, hash: number): void {
  indexRemove(arena, header, recordScore(arena, record), record);
  dropRecord(arena, header, seed, record, hash);
}

/** Takes a record out of the table that is not in the index, and frees it; `hash` is the member's. */
export function dropRecord(arena: Arena, header: Ref, seed: HashSeed, record: Ref, hash: number): void {
  tableRemove(arena, memberTable(arena, header), hash, record, seed);
  arena.free(record);
}

/** Removes the first member, or the last. */
export function removeEndRecord(arena: Arena, header: Ref, seed: HashSeed, isLast: boolean): void {
  const record = indexRemoveEnd(arena, header, isLast);
  dropRecord(arena, header, seed, record, hashOf(arena, record, seed));
}

/** Removes `count` members from a rank on, which must be there: the way down is gone once a leaf, not once a member. */
export function removeRanks(arena: Arena, header: Ref, seed: HashSeed, from: number, count: number): void {
  for (let left = count; left > 0; ) {
    const removed = indexRemoveRun(arena, header, from, left, run);
    for (let i = 0; i < removed; i++) {
      dropRecord(arena, header, seed, run[i] as Ref, hashOf(arena, run[i] as Ref, seed));
    }
    left -= removed;
  }
}

/**
 * Called before the first entry or the last, at which `end` points, is removed: every so many times what removing the next
 * ones will wait for is touched, all records and then all their buckets, so that the processor waits for them together.
 */
export function touchAtEnd(arena: Arena, header: Ref, seed: HashSeed, end: IndexPosition): void {
  const { leaf, slot } = end;
  const count = countOf(arena, leaf);
  if (count % REMOVALS_AHEAD !== 0 || indexLength(arena, header) < WORTHWHILE_RECORDS) return;
  const first = slot === 0 ? 0 : count - REMOVALS_AHEAD;
  let read = 0;
  for (let i = 0; i < REMOVALS_AHEAD; i++) {
    run[i] = memberAt(arena, leaf, first + i);
    const words = arena.words[run[i] >>> 22];
    const at = (run[i] & 0x3fffff) << 2;
    read ^= words[at] ^ words[at + RECORD_WORDS - 1];
  }
  const table = memberTable(arena, header);
  for (let i = 0; i < REMOVALS_AHEAD; i++) {
    run[i] = bucketFor(arena, table, hashOf(arena, run[i] as Ref, seed));
  }
  for (let i = 0; i < REMOVALS_AHEAD; i++) read ^= arena.words[run[i] >>> 22][(run[i] & 0x3fffff) << 2];
  touched[0] = read;
}

/** The rank of a member's record. */
export function recordRank(arena: Arena, header: Ref, record: Ref): number {
  return indexRank(arena, header, recordScore(arena, record), record);
}

/**
 * Adds a record to the table alone, for sets made in two steps: all members with their final scores, then `indexRecord` of
 * each.
 */
export function addRecord(
  arena: Arena,
  header: Ref,
  seed: HashSeed,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  score: number,
): Ref {
  const hash = hashText(bytes, view, start, end, seed);
  const record = newRecord(arena, 0, bytes, view, start, end, SCORE_BYTES);
  arena.words[record >>> 22][wordOf(record) + VALUE_LENGTH] = SCORE_BYTES;
  writeScore(arena, record, score);
  tableInsert(arena, memberTable(arena, header), hash, record, seed);
  return record;
}

/** Sets the score of a record that is not in the index yet. */
export function writeScore(arena: Arena, record: Ref, score: number): void {
  arena.views[record >>> 22].setFloat64(scoreStart(arena, record), score, true);
}

/** Puts a record of the table into the index. */
export function indexRecord(arena: Arena, header: Ref, record: Ref): void {
  indexInsert(arena, header, recordScore(arena, record), record);
}

function scoreStart(arena: Arena, record: Ref): number {
  const at = (record & 0x3fffff) << 2;
  return (at << 2) + HEADER_BYTES + arena.words[record >>> 22][at + KEY_LENGTH];
}

/** Adds up to `limit` members to `copy`, from rank `from` on; returns the rank to go on with, 0 at the end. */
export function copyMembers(arena: Arena, header: Ref, copy: Ref, from: number, limit: number, seed: HashSeed): number {
  const end = Math.min(from + limit, indexLength(arena, header));
  if (from < end) seekRank(arena, header, from, position);
  for (let rank = from; rank < end; rank++) {
    const record = positionMember(arena, position);
    const segment = record >>> 22;
    const start = ((record & 0x3fffff) << 4) + HEADER_BYTES;
    const end = scoreStart(arena, record);
    const score = positionScore(arena, position);
    insertMember(arena, copy, seed, arena.bytes[segment], arena.views[segment], start, end, score);
    stepForward(arena, position);
  }
  return end === indexLength(arena, header) ? 0 : end;
}

/** Bytes of index, table and members, of which `samples` are looked at. */
export function indexedSetBytes(arena: Arena, header: Ref, samples: number): number {
  return indexBytes(arena, header) + recordTableBytes(arena, memberTable(arena, header), samples);
}

/**
 * Frees up to about `limit` elements, first the index, then the table and its records. `from` and what is returned count
 * from 1 the buckets of the table; 0 is the beginning, and the end.
 */
export function drainIndexedSet(arena: Arena, header: Ref, from: number, limit: number): number {
  if (drainIndex(arena, header, Math.ceil(limit / ELEMENTS_A_NODE))) return 1;
  const table = memberTable(arena, header);
  const buckets = Math.max(1, Math.ceil(limit / ELEMENTS_A_BUCKET));
  const next = tableDrain(arena, table, Math.max(0, from - 1), buckets, (record) => arena.free(record));
  if (next !== 0) return next + 1;
  freeTable(arena, table);
  arena.free(header);
  return 0;
}

/** Frees a set at once, one that was made for a reply. */
export function freeIndexedSet(arena: Arena, header: Ref): void {
  drainIndexedSet(arena, header, 0, Number.MAX_SAFE_INTEGER);
}
