/** Sorted sets, from RDB. No member may be there twice, and every score must be a number. */
import { compareBytes } from '../../bytes/compare.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { ZSET } from '../memory/layout.ts';
import {
  EMPTY_LISTPACK_BYTES,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  type ListpackCursor,
} from '../structures/listpack.ts';
import { LISTPACK, SKIPLIST } from '../values/encoding.ts';
import { ADDED, initSortedSet, ScoreChange, setScore, toSkiplist } from '../values/sorted-set.ts';
import { readScore } from '../values/sorted-set-listpack.ts';
import { RDB_ZSET, RDB_ZSET_LISTPACK } from './rdb-types.ts';
import { copiedValue, newValue, type Reading } from './reading.ts';

const change = new ScoreChange();

const LEAST_MEMBER_BYTES = 2;

/** Reads members and scores one by one; 0, and the input has failed, when it is no sorted set or empty. */
export function readScores(reading: Reading, type: number): Ref {
  const { input, records, first: member } = reading;
  const count = input.count(LEAST_MEMBER_BYTES);
  if (count === 0) input.fail();
  if (input.failed) return NO_REF;
  let ref = emptySortedSet(reading, count);
  for (let i = 0; i < count && input.text(member); i++) {
    const score = type === RDB_ZSET ? input.textDouble() : input.double();
    if (!input.failed) ref = addMember(reading, ref, score);
  }
  if (!input.failed) return ref;
  records.keyspace.lazyFree.freeRecord(ref);
  return NO_REF;
}

/** Reads a sorted set that is one string: a listpack or a ziplist. One that is out of order is put in order. */
export function readPackedScores(reading: Reading, type: number): Ref {
  const { input, records, packed } = reading;
  if (!(type === RDB_ZSET_LISTPACK ? packed.readListpack(input, 'Zset') : packed.readZiplist(input, 'Zset')))
    return NO_REF;
  if (packed.count === 0 || packed.count % 2 === 1) {
    input.refuse('Zset');
    return NO_REF;
  }
  if (!isInOrder(reading)) return addPacked(reading);
  if (!packed.isDistinct(1)) {
    input.refuse('Zset');
    return NO_REF;
  }
  const ref = copiedValue(reading, ZSET, LISTPACK, packed.text);
  return packed.count > records.keyspace.encodingLimits.zsetMaxListpackEntries * 2 ? toSkiplist(records, ref) : ref;
}

/** True when the members of `packed` stand in order, and all scores are numbers. */
function isInOrder({ packed, first: member, second: previous }: Reading): boolean {
  const { bytes, view, start } = packed.text;
  let last = Number.NEGATIVE_INFINITY;
  previous.point(bytes, view, start, start);
  for (let p = start + LISTPACK_HEADER_BYTES, isFirst = true; bytes[p] !== LISTPACK_END; isFirst = false) {
    p = member.read(bytes, view, p);
    const score = readScore(bytes, view, p);
    if (!(score >= last) || (score === last && !isFirst && isNotAbove(member, previous))) return false;
    last = score;
    // The cursor's own digits do not survive the next member.
    if (member.isInteger) copyDigits(member, previous);
    else previous.point(bytes, view, member.start, member.end);
    p = member.read(bytes, view, p);
  }
  return true;
}

function isNotAbove(member: ListpackCursor, previous: ListpackCursor): boolean {
  return (
    compareBytes(
      previous.bytes,
      previous.view,
      previous.start,
      previous.end,
      member.bytes,
      member.view,
      member.start,
      member.end,
    ) >= 0
  );
}

function copyDigits(from: ListpackCursor, to: ListpackCursor): void {
  if (Number.isNaN(from.integer)) to.showBigInteger(BigInt(from.bytes.toString('latin1', from.start, from.end)));
  else to.showInteger(from.integer);
}

/** Adds the members of `packed` one by one. */
function addPacked(reading: Reading): Ref {
  const { input, records, packed, first: member, second: skipped } = reading;
  const { bytes, view, start } = packed.text;
  let ref = emptySortedSet(reading, packed.count >>> 1);
  for (let p = start + LISTPACK_HEADER_BYTES; bytes[p] !== LISTPACK_END && !input.failed; ) {
    const at = member.read(bytes, view, p);
    ref = addMember(reading, ref, readScore(bytes, view, at));
    p = skipped.read(bytes, view, at);
  }
  if (!input.failed) return ref;
  records.keyspace.lazyFree.freeRecord(ref);
  return NO_REF;
}

/** Adds `member`, which must be new, with a score, which must be a number; else the input has failed. */
function addMember({ input, records, first: member }: Reading, ref: Ref, score: number): Ref {
  if (Number.isNaN(score)) {
    input.fail();
    return ref;
  }
  const place = setScore(records, ref, member.bytes, member.view, member.start, member.end, score, 0, change);
  if (change.status !== ADDED) input.fail();
  return place;
}

function emptySortedSet(reading: Reading, count: number): Ref {
  const { records } = reading;
  const isSmall = count <= records.keyspace.encodingLimits.zsetMaxListpackEntries;
  const encoding = isSmall ? LISTPACK : SKIPLIST;
  return initSortedSet(records, newValue(reading, ZSET, encoding, EMPTY_LISTPACK_BYTES), encoding);
}
