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
 * Every range, whether by rank, by score or by member, is a range of ranks here: `rankByBound` and `lexRange` find its ends,
 * SortedSetWalk (sorted-set-walk.ts) goes through it.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import {
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  listpackBytes,
  previousElement,
} from '../structures/listpack.ts';
import { indexLength } from '../structures/ordered-index.ts';
import { rankByMember, rankByScore } from '../structures/ordered-index-walk.ts';
import { encodingOf, headerOf, LISTPACK, SKIPLIST } from './encoding.ts';
import { type RecordOwner, setOutside, valueLength, valueStart } from './inline.ts';
import { initListpack } from './inline-listpack.ts';
import {
  findMember,
  insertMember,
  newIndexedSet,
  recordRank,
  recordScore,
  removeRanks,
  removeRecord,
  rescoreMember,
} from './sorted-set-index.ts';
import {
  comparePair,
  findPair,
  insertPair,
  nextPair,
  packedLength,
  pairAt,
  pairRank,
  pairScore,
  pairsByScore,
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
export const UNCHANGED = 3;
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
  const record = findMember(arena, header, owner.keyspace.seed, bytes, view, start, end);
  if (record === NO_REF) return NO_REF;
  removeRecord(arena, header, owner.keyspace.seed, record);
  return ref;
}

/** Removes the `count` members from rank `from` on, which must be there. It may move: use the Ref returned. */
export function removeRange(owner: RecordOwner, ref: Ref, from: number, count: number): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) return removePairs(owner, ref, pairAt(arena, ref, from), count);
  removeRanks(arena, headerOf(arena, ref), owner.keyspace.seed, from, count);
  return ref;
}

/** How many scores are below `score`, or not above it when `inclusive`. */
export function rankByBound(arena: Arena, ref: Ref, score: number, inclusive: boolean): number {
  if (encodingOf(arena, ref) === LISTPACK) return pairsByScore(arena, ref, score, inclusive);
  return rankByScore(arena, headerOf(arena, ref), score, inclusive);
}

/** A bound among members in the order of their bytes; NO_LEAST and NO_GREATEST are before and behind all. */
export const NO_LEAST = -1;
export const TEXT = 0;
export const NO_GREATEST = 1;

/** Reused by whoever asks for ranges by member. */
export class LexBound {
  kind = NO_LEAST;
  isExclusive = false;
  start = 0;
  end = 0;
}

/** Ranks `from` up to, not including, `to`. */
export class RankRange {
  from = 0;
  to = 0;
}

/**
 * The ranks of the members from `least` to `greatest`, texts that stand in `bytes`. Meant for sets whose scores are all equal:
 * of others a listpack gives what Redis finds, walking from its beginning, or from its end when `isReverse`.
 */
export function lexRange(
  arena: Arena,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  least: LexBound,
  greatest: LexBound,
  isReverse: boolean,
  range: RankRange,
): void {
  if (encodingOf(arena, ref) === LISTPACK) packedLexRange(arena, ref, bytes, view, least, greatest, isReverse, range);
  else {
    const header = headerOf(arena, ref);
    const length = indexLength(arena, header);
    range.from = rankByLex(arena, header, length, bytes, view, least, least.isExclusive);
    range.to = rankByLex(arena, header, length, bytes, view, greatest, !greatest.isExclusive);
  }
  if (range.to < range.from) range.to = range.from;
}

function rankByLex(
  arena: Arena,
  header: Ref,
  length: number,
  bytes: Buffer,
  view: DataView,
  bound: LexBound,
  inclusive: boolean,
): number {
  if (bound.kind !== TEXT) return bound.kind === NO_LEAST ? 0 : length;
  return rankByMember(arena, header, bytes, view, bound.start, bound.end, inclusive);
}

function packedLexRange(
  arena: Arena,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  least: LexBound,
  greatest: LexBound,
  isReverse: boolean,
  range: RankRange,
): void {
  const length = packedLength(arena, ref);
  range.from = 0;
  range.to = 0;
  const first = valueStart(arena, ref) + LISTPACK_HEADER_BYTES;
  const last = lastPair(arena, ref);
  if (length === 0 || !isAtLeast(arena, ref, last, bytes, view, least)) return;
  if (!isAtMost(arena, ref, first, bytes, view, greatest)) return;
  if (isReverse) {
    let p = last;
    let rank = length - 1;
    for (; !isAtMost(arena, ref, p, bytes, view, greatest); rank--) p = previousPair(arena, ref, p);
    range.to = rank + 1;
    for (; rank >= 0 && isAtLeast(arena, ref, p, bytes, view, least); rank--) {
      if (rank > 0) p = previousPair(arena, ref, p);
    }
    range.from = rank + 1;
  } else {
    let p = first;
    let rank = 0;
    for (; !isAtLeast(arena, ref, p, bytes, view, least); rank++) p = nextPair(arena, ref, p);
    range.from = rank;
    for (; rank < length && isAtMost(arena, ref, p, bytes, view, greatest); rank++) p = nextPair(arena, ref, p);
    range.to = rank;
  }
}

function isAtLeast(arena: Arena, ref: Ref, p: number, bytes: Buffer, view: DataView, bound: LexBound): boolean {
  if (bound.kind !== TEXT) return bound.kind === NO_LEAST;
  const order = comparePair(arena, ref, p, bytes, view, bound.start, bound.end);
  return order > 0 || (order === 0 && !bound.isExclusive);
}

function isAtMost(arena: Arena, ref: Ref, p: number, bytes: Buffer, view: DataView, bound: LexBound): boolean {
  if (bound.kind !== TEXT) return bound.kind === NO_GREATEST;
  const order = comparePair(arena, ref, p, bytes, view, bound.start, bound.end);
  return order < 0 || (order === 0 && !bound.isExclusive);
}

function lastPair(arena: Arena, ref: Ref): number {
  const start = valueStart(arena, ref);
  return previousPair(arena, ref, start + listpackBytes(arena.views[ref >>> 22], start) - 1);
}

function previousPair(arena: Arena, ref: Ref, p: number): number {
  const pack = arena.bytes[ref >>> 22];
  return previousElement(pack, previousElement(pack, p));
}

/** Makes the value of a record just created with the encoding LISTPACK an empty sorted set. */
export function initSortedSet(arena: Arena, ref: Ref): void {
  initListpack(arena, ref);
}

/** Makes the set named `header` the value of a record just created with the encoding SKIPLIST. */
export function adoptIndexedSet(arena: Arena, ref: Ref, header: Ref): void {
  arena.words[ref >>> 22][wordOf(ref) + VALUE_LENGTH] = header;
}

/** True when one more member of so many bytes is allowed in the listpack. */
function fits(owner: RecordOwner, ref: Ref, bytes: number): boolean {
  const { zsetMaxListpackEntries, zsetMaxListpackValue } = owner.keyspace.encodingLimits;
  if (bytes > zsetMaxListpackValue || packedLength(owner.arena, ref) >= zsetMaxListpackEntries) return false;
  return valueLength(owner.arena, ref) + bytes < LARGEST_LISTPACK_BYTES;
}

/** Moves the members out of the listpack. The record may move: use the Ref returned. */
function toSkiplist(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
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
