/**
 * Indexes of named records: a stream's groups, a group's consumers, producers and what they call their entries.
 *
 *   record   | - | length | - | name | what its kind has |
 *
 * The records stand in an ordered index (structures/ordered-index.ts) with one score for all, which orders them by name.
 * What stands behind a name has no alignment, so it is read through the view.
 */
import { equalBytes } from '../../bytes/copy.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { HEADER_BYTES, KEY_LENGTH, wordOf } from '../memory/layout.ts';
import type { ListpackCursor } from '../structures/listpack.ts';
import { indexInsert, indexLength, indexRemoveRun } from '../structures/ordered-index.ts';
import { IndexPosition, positionMember, rankByMember, seekRank } from '../structures/ordered-index-walk.ts';

/** The score of all names. */
const SAME = 0;

const position = new IndexPosition();
const removed = new Int32Array(1);

/** Where what stands behind a record's name begins in its segment's bytes. */
export function bodyOf(arena: Arena, record: Ref): number {
  const at = (record & 0x3fffff) << 2;
  return (at << 2) + HEADER_BYTES + arena.words[record >>> 22][at + KEY_LENGTH];
}

/** Points at a record's name. */
export function pointAtName(arena: Arena, record: Ref, name: ListpackCursor): void {
  const segment = record >>> 22;
  const start = ((record & 0x3fffff) << 4) + HEADER_BYTES;
  name.point(arena.bytes[segment], arena.views[segment], start, bodyOf(arena, record));
}

/** The record named `bytes[start..end)` in an index of names; 0 when there is none. */
export function findName(arena: Arena, index: Ref, bytes: Buffer, view: DataView, start: number, end: number): Ref {
  const rank = rankByMember(arena, index, bytes, view, start, end, false);
  if (rank === indexLength(arena, index)) return NO_REF;
  const record = nameAt(arena, index, rank);
  const length = end - start;
  if (arena.words[record >>> 22][wordOf(record) + KEY_LENGTH] !== length) return NO_REF;
  const name = ((record & 0x3fffff) << 4) + HEADER_BYTES;
  const segment = record >>> 22;
  return equalBytes(arena.bytes[segment], arena.views[segment], name, bytes, view, start, length) ? record : NO_REF;
}

/** The record at a rank, which must be there, of an index of names. */
export function nameAt(arena: Arena, index: Ref, rank: number): Ref {
  seekRank(arena, index, rank, position);
  return positionMember(arena, position);
}

/** Puts a record, whose name is not there, into an index of names. */
export function insertName(arena: Arena, index: Ref, record: Ref): void {
  indexInsert(arena, index, SAME, record);
}

/** Takes a record out of an index of names; it is the caller's then. */
export function removeName(arena: Arena, index: Ref, record: Ref): void {
  const segment = record >>> 22;
  const name = ((record & 0x3fffff) << 4) + HEADER_BYTES;
  const end = bodyOf(arena, record);
  const rank = rankByMember(arena, index, arena.bytes[segment], arena.views[segment], name, end, false);
  indexRemoveRun(arena, index, rank, 1, removed);
}
