/**
 * What the range commands ask for: bounds by rank, by score or by member, direction and limit. Whatever the kind, what is
 * found is a range of ranks.
 */
import { parseBoundDouble } from '../../bytes/parse-double.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { sortedSetLength } from '../values/sorted-set.ts';
import {
  LexBound,
  lexRange,
  NO_GREATEST,
  NO_LEAST,
  type RankRange,
  rankByBound,
  TEXT,
} from '../values/sorted-set-bounds.ts';
import { clampedInt64 } from './clamped-int64.ts';

/** By what a range is bounded. */
export const BY_RANK = 0;
export const BY_SCORE = 1;
export const BY_LEX = 2;
/** Not told yet: the options may. */
export const BY_OPTIONS = -1;

const OPEN = 0x28;
const CLOSED = 0x5b;
const PLUS = 0x2b;
const MINUS = 0x2d;

/** Reused by the commands: the readers below set it. */
export class RangeQuery {
  by = BY_RANK;
  isReverse = false;
  withScores = false;
  /** How many of the range to leave out, and to take after them; below 0: all, all. */
  offset = 0;
  limit = -1;
  first = 0;
  last = 0;
  least = 0;
  greatest = 0;
  isLeastExclusive = false;
  isGreatestExclusive = false;
  readonly leastMember = new LexBound();
  readonly greatestMember = new LexBound();

  /** Begins anew. */
  reset(by: number, isReverse: boolean): void {
    this.by = by;
    this.isReverse = isReverse;
    this.withScores = false;
    this.offset = 0;
    this.limit = -1;
  }
}

/**
 * Reads the options from argument `i` on into a query that was reset; kind and direction only where the kind is BY_OPTIONS,
 * which is then settled. False after an error was replied.
 */
export function readRangeOptions(query: RangeQuery, args: Args, i: number, mayShow: boolean, reply: Reply): boolean {
  const isFree = query.by === BY_OPTIONS;
  for (let at = i; at < args.count; at++) {
    if (mayShow && args.is(at, 'withscores')) query.withScores = true;
    else if (at + 2 < args.count && args.is(at, 'limit')) {
      query.offset = clampedInt64(args, at + 1);
      query.limit = clampedInt64(args, at + 2);
      if (Number.isNaN(query.offset) || Number.isNaN(query.limit)) return refused(reply, ERR.notInteger);
      at += 2;
    } else if (isFree && !query.isReverse && args.is(at, 'rev')) query.isReverse = true;
    else if (isFree && query.by === BY_OPTIONS && args.is(at, 'bylex')) query.by = BY_LEX;
    else if (isFree && query.by === BY_OPTIONS && args.is(at, 'byscore')) query.by = BY_SCORE;
    else return refused(reply, ERR.syntax);
  }
  if (query.by === BY_OPTIONS) query.by = BY_RANK;
  if (query.by === BY_RANK && query.limit !== -1) return refused(reply, ERR.limitOfRanks);
  if (query.by === BY_LEX && query.withScores) return refused(reply, ERR.scoresByLex);
  return true;
}

/** Reads arguments `i` and `i` + 1 as the bounds of a query of a settled kind. False after an error was replied. */
export function readBounds(query: RangeQuery, args: Args, i: number, reply: Reply): boolean {
  if (query.by === BY_RANK) {
    query.first = clampedInt64(args, i);
    query.last = clampedInt64(args, i + 1);
    return !(Number.isNaN(query.first) || Number.isNaN(query.last)) || refused(reply, ERR.notInteger);
  }
  const least = query.isReverse ? i + 1 : i;
  const greatest = query.isReverse ? i : i + 1;
  if (query.by === BY_LEX) {
    const isRead = readLexBound(args, least, query.leastMember) && readLexBound(args, greatest, query.greatestMember);
    return isRead || refused(reply, ERR.lexBound);
  }
  query.isLeastExclusive = isOpen(args, least);
  query.isGreatestExclusive = isOpen(args, greatest);
  query.least = readScoreBound(args, least, query.isLeastExclusive);
  query.greatest = readScoreBound(args, greatest, query.isGreatestExclusive);
  return !(Number.isNaN(query.least) || Number.isNaN(query.greatest)) || refused(reply, ERR.scoreBound);
}

function refused(reply: Reply, error: string): false {
  reply.error(error);
  return false;
}

function isOpen(args: Args, i: number): boolean {
  return args.length(i) > 0 && args.bytes[args.start[i]] === OPEN;
}

function readScoreBound(args: Args, i: number, isExclusive: boolean): number {
  return parseBoundDouble(args.bytes, args.start[i] + (isExclusive ? 1 : 0), args.end[i]);
}

/** Reads `-`, `+`, `[text` or `(text`; false when it is none of them. */
function readLexBound(args: Args, i: number, bound: LexBound): boolean {
  const start = args.start[i];
  const length = args.length(i);
  const kind = length > 0 ? args.bytes[start] : 0;
  if (kind === PLUS || kind === MINUS) {
    bound.kind = kind === PLUS ? NO_GREATEST : NO_LEAST;
    // As in Redis, what follows a NUL is not looked at.
    return length === 1 || args.bytes[start + 1] === 0;
  }
  bound.kind = TEXT;
  bound.isExclusive = kind === OPEN;
  bound.start = start + 1;
  bound.end = args.end[i];
  return kind === OPEN || kind === CLOSED;
}

/** The ranks that a query asks for, its limit observed; `args` are those it was read from. */
export function findRange(query: RangeQuery, arena: Arena, ref: Ref, args: Args, range: RankRange): void {
  // A limit that says all is allowed here, and not looked at.
  if (query.by === BY_RANK) return findRanks(query, sortedSetLength(arena, ref), range);
  if (query.by === BY_SCORE) {
    range.from = rankByBound(arena, ref, query.least, query.isLeastExclusive);
    range.to = rankByBound(arena, ref, query.greatest, !query.isGreatestExclusive);
  } else {
    const { leastMember, greatestMember, isReverse } = query;
    lexRange(arena, ref, args.bytes, args.view, leastMember, greatestMember, isReverse, range);
  }
  if (range.to < range.from) range.to = range.from;
  const { offset, limit } = query;
  const left = range.to - range.from - offset;
  const count = offset < 0 || left < 0 ? 0 : limit < 0 || limit > left ? left : limit;
  if (query.isReverse) {
    range.to -= count === 0 ? 0 : offset;
    range.from = range.to - count;
  } else {
    range.from += count === 0 ? 0 : offset;
    range.to = range.from + count;
  }
}

/** From index to index, negative ones counted from the end; of the reversed order where that is asked for. */
function findRanks({ first, last, isReverse }: RangeQuery, length: number, range: RankRange): void {
  const from = Math.max(0, first < 0 ? length + first : first);
  const to = Math.min(length, (last < 0 ? length + last : last) + 1);
  const isEmpty = from >= to;
  range.from = isEmpty ? 0 : isReverse ? length - to : from;
  range.to = isEmpty ? 0 : isReverse ? length - from : to;
}
