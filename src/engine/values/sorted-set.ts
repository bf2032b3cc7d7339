/**
 * Sorted sets.
 *
 *   listpack    member, score, member, score … in order, in the key's record (sorted-set-listpack.ts)
 *   skiplist    a table of members and an index of their order (sorted-set-index.ts)
 *
 * The second is called as Redis calls it, for OBJECT ENCODING; the index is a B+ tree. A sorted set leaves the listpack when
 * it has more than `zset-max-listpack-entries` members or one longer than `zset-max-listpack-value`, and does not come back,
 * unless it is made anew by a command that stores.
 *
 * Every range, whether by rank, by score or by member, is a range of ranks: sorted-set-bounds.ts finds its ends,
 * SortedSetWalk (sorted-set-walk.ts) goes through it.
 */

import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { hashText, tableFind } from '../structures/hashtable.ts';
import { LISTPACK_END, LISTPACK_HEADER_BYTES, ListpackCursor } from '../structures/listpack.ts';
import { indexLength } from '../structures/ordered-index.ts';
import {
  IndexPosition,
  positionMember,
  positionScore,
  seekRank,
  stepForward,
} from '../structures/ordered-index-walk.ts';
import { keyLength } from '../structures/record.ts';
import { encodingOf, headerOf, LISTPACK, SKIPLIST } from './encoding.ts';
import { type RecordOwner, setOutside, valueLength, valueStart } from './inline.ts';
import { initListpack } from './inline-listpack.ts';
import {
  findMember,
  freeIndexedSet,
  insertMember,
  memberTable,
  newIndexedSet,
  pointAtMember,
  recordRank,
  recordScore,
  removeEndRecord,
  removeRanks,
  removeRecord,
  rescoreMember,
} from './sorted-set-index.ts';
import {
  appendPair,
  findPair,
  insertPair,
  nextPair,
  packedLength,
  pairAt,
  pairRank,
  pairScore,
  readScore,
  removePairs,
} from './sorted-set-listpack.ts';

/** What `setScore` is asked: add to the score; only new members; only those there; only greater; only lower scores. */
export const INCREMENT = 1 << 0;
export const ONLY_NEW = 1 << 1;
export const ONLY_THERE = 1 << 2;
export const ONLY_GREATER = 1 << 3;
export const ONLY_LOWER = 1 << 4;

/** What it did. */
export const ADDED = 1;
export const UPDATED = 2;
/** The member has that score already. */
const UNCHANGED = 3;
/** The flags forbade it. */
export const REFUSED = 4;
/** The sum of opposite infinities is no score. */
export const NOT_A_NUMBER = 5;

/** Reused by whoever calls `setScore`. */
export class ScoreChange {
  status = UNCHANGED;
  /** The member's score afterwards; undefined in meaning where refused or no number. */
  score = 0;
}

/** A listpack must not grow beyond this. */
const LARGEST_LISTPACK_BYTES = 2 ** 30;

/** What the running function looks at; nothing outlives it in it. */
const cursor = new ListpackCursor();
const position = new IndexPosition();

/** How many members there are. */
export function sortedSetLength(arena: Arena, ref: Ref): number {
  if (encodingOf(arena, ref) === SKIPLIST) return indexLength(arena, headerOf(arena, ref));
  return packedLength(arena, ref);
}

/** The score of the member `bytes[start..end)`; NaN when it is not there. */
export function scoreOf(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): number {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) {
    const p = findPair(arena, ref, bytes, view, start, end);
    return p === 0 ? Number.NaN : pairScore(arena, ref, p);
  }
  const record = findMember(arena, headerOf(arena, ref), owner.keyspace.seed, bytes, view, start, end);
  return record === NO_REF ? Number.NaN : recordScore(arena, record);
}

/** How many members stand before the member `bytes[start..end)`; -1 when it is not there. */
export function rankOf(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): number {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) {
    const p = findPair(arena, ref, bytes, view, start, end);
    return p === 0 ? -1 : pairRank(arena, ref, p);
  }
  const header = headerOf(arena, ref);
  const record = findMember(arena, header, owner.keyspace.seed, bytes, view, start, end);
  return record === NO_REF ? -1 : recordRank(arena, header, record);
}

/**
 * Gives the member `bytes[start..end)` the score `score`, or adds it to the score it has, as `flags` say; `change` tells what
 * came of it. The record may move: use the Ref returned.
 */
export function setScore(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  score: number,
  flags: number,
  change: ScoreChange,
): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) {
    const p = findPair(arena, ref, bytes, view, start, end);
    if (p !== 0) {
      decide(pairScore(arena, ref, p), score, flags, change);
      if (change.status !== UPDATED) return ref;
      return insertPair(owner, removePairs(owner, ref, p, 1), bytes, view, start, end, change.score);
    }
    if (!decideNew(score, flags, change)) return ref;
    if (fits(owner, ref, end - start)) return insertPair(owner, ref, bytes, view, start, end, score);
    const place = toSkiplist(owner, ref);
    insertMember(arena, headerOf(arena, place), owner.keyspace.seed, bytes, view, start, end, score);
    return place;
  }
  const header = headerOf(arena, ref);
  const record = findMember(arena, header, owner.keyspace.seed, bytes, view, start, end);
  if (record !== NO_REF) {
    decide(recordScore(arena, record), score, flags, change);
    if (change.status === UPDATED) rescoreMember(arena, header, record, change.score);
  } else if (decideNew(score, flags, change)) {
    insertMember(arena, header, owner.keyspace.seed, bytes, view, start, end, score);
  }
  return ref;
}

/** What becomes of a member that has the score `old`. */
function decide(old: number, score: number, flags: number, change: ScoreChange): void {
  const fresh = (flags & INCREMENT) !== 0 ? old + score : score;
  change.score = fresh;
  if ((flags & ONLY_NEW) !== 0) change.status = REFUSED;
  else if (Number.isNaN(fresh)) change.status = NOT_A_NUMBER;
  else if (((flags & ONLY_LOWER) !== 0 && fresh >= old) || ((flags & ONLY_GREATER) !== 0 && fresh <= old)) {
    change.status = REFUSED;
  } else change.status = fresh === old ? UNCHANGED : UPDATED;
}

/** True when a member that is not there is to be added. */
function decideNew(score: number, flags: number, change: ScoreChange): boolean {
  change.score = score;
  change.status = (flags & ONLY_THERE) === 0 ? ADDED : REFUSED;
  return change.status === ADDED;
}

/**
 * Removes the member `bytes[start..end)`; 0 when it is not there. An empty sorted set is the caller's to remove. The record
 * may move: use the Ref returned.
 */
export function removeMember(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) {
    const p = findPair(arena, ref, bytes, view, start, end);
    return p === 0 ? NO_REF : removePairs(owner, ref, p, 1);
  }
  const header = headerOf(arena, ref);
  const { seed } = owner.keyspace;
  const hash = hashText(bytes, view, start, end, seed);
  const record = tableFind(arena, memberTable(arena, header), hash, bytes, view, start, end - start);
  if (record === NO_REF) return NO_REF;
  removeRecord(arena, header, seed, record, hash);
  return ref;
}

/** Removes the `count` members from rank `from` on, which must be there. It may move: use the Ref returned. */
export function removeRange(owner: RecordOwner, ref: Ref, from: number, count: number): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) return removePairs(owner, ref, pairAt(arena, ref, from), count);
  removeRanks(arena, headerOf(arena, ref), owner.keyspace.seed, from, count);
  return ref;
}

/** Removes the first member, or the last, of a set that has others. It may move: use the Ref returned. */
export function removeEnd(owner: RecordOwner, ref: Ref, isLast: boolean): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) {
    return removePairs(owner, ref, pairAt(arena, ref, isLast ? packedLength(arena, ref) - 1 : 0), 1);
  }
  removeEndRecord(arena, headerOf(arena, ref), owner.keyspace.seed, isLast);
  return ref;
}

/** The encoding of a new sorted set that may get `expected` members at once, the first of them so many bytes long. */
export function encodingForNew(owner: RecordOwner, expected: number, bytes: number): number {
  const { zsetMaxListpackEntries, zsetMaxListpackValue } = owner.keyspace.encodingLimits;
  return expected <= zsetMaxListpackEntries && bytes <= zsetMaxListpackValue ? LISTPACK : SKIPLIST;
}

/** Makes the value of a record just created, with EMPTY_LISTPACK_BYTES of room or more, an empty sorted set. It may move. */
export function initSortedSet(owner: RecordOwner, ref: Ref, encoding: number): Ref {
  if (encoding === SKIPLIST) return setOutside(owner, ref, SKIPLIST, newIndexedSet(owner.arena));
  initListpack(owner.arena, ref);
  return ref;
}

/** Gets ready for `count` members at once: more than a listpack may hold leave it. It may move: use the Ref returned. */
export function prepareForMore(owner: RecordOwner, ref: Ref, count: number): Ref {
  const isPacked = encodingOf(owner.arena, ref) === LISTPACK;
  return isPacked && count > owner.keyspace.encodingLimits.zsetMaxListpackEntries ? toSkiplist(owner, ref) : ref;
}

/**
 * Makes the set named `header` the value of a record that is an empty listpack: packed if the limits allow it. The record may
 * move: use the Ref returned.
 */
export function adoptIndexedSet(owner: RecordOwner, ref: Ref, header: Ref): Ref {
  const { arena } = owner;
  if (indexLength(arena, header) === 0) {
    freeIndexedSet(arena, header);
    return ref;
  }
  if (!fitsPacked(owner, header)) return setOutside(owner, ref, SKIPLIST, header);
  let place = ref;
  seekRank(arena, header, 0, position);
  for (let left = indexLength(arena, header); left > 0; left--) {
    pointAtMember(arena, positionMember(arena, position), cursor);
    const { bytes, view, start, end } = cursor;
    place = appendPair(owner, place, bytes, view, start, end, positionScore(arena, position));
    stepForward(arena, position);
  }
  freeIndexedSet(arena, header);
  return place;
}

/** True when a set that was made aside may be a listpack. */
function fitsPacked(owner: RecordOwner, header: Ref): boolean {
  const { arena } = owner;
  const { zsetMaxListpackEntries, zsetMaxListpackValue } = owner.keyspace.encodingLimits;
  const length = indexLength(arena, header);
  if (length > zsetMaxListpackEntries) return false;
  let total = 0;
  seekRank(arena, header, 0, position);
  for (let i = 0; i < length; i++) {
    const bytes = keyLength(arena, positionMember(arena, position));
    total += bytes;
    if (bytes > zsetMaxListpackValue || total >= LARGEST_LISTPACK_BYTES) return false;
    stepForward(arena, position);
  }
  return true;
}

/** True when one more member of so many bytes is allowed in the listpack. */
function fits(owner: RecordOwner, ref: Ref, bytes: number): boolean {
  const { zsetMaxListpackEntries, zsetMaxListpackValue } = owner.keyspace.encodingLimits;
  if (bytes > zsetMaxListpackValue || packedLength(owner.arena, ref) >= zsetMaxListpackEntries) return false;
  return valueLength(owner.arena, ref) + bytes < LARGEST_LISTPACK_BYTES;
}

/** Moves the members out of the listpack, if they are in one. The record may move: use the Ref returned. */
export function toSkiplist(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === SKIPLIST) return ref;
  const { seed } = owner.keyspace;
  const header = newIndexedSet(arena);
  const pack = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  for (let p = valueStart(arena, ref) + LISTPACK_HEADER_BYTES; pack[p] !== LISTPACK_END; p = nextPair(arena, ref, p)) {
    const at = cursor.read(pack, view, p);
    const score = readScore(pack, view, at);
    insertMember(arena, header, seed, cursor.bytes, cursor.view, cursor.start, cursor.end, score);
  }
  return setOutside(owner, ref, SKIPLIST, header);
}
