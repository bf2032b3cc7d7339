/**
 * The ends of ranges: every range of a sorted set, whether by score or by member, is a range of ranks.
 *
 * Ranges by member are meant for sets whose scores are all equal. Of others an index gives what a binary search happens to
 * find, a listpack what Redis finds in one, walking from an end.
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { LISTPACK_HEADER_BYTES, listpackBytes, previousElement } from '../structures/listpack.ts';
import { indexLength } from '../structures/ordered-index.ts';
import { rankByMember, rankByScore } from '../structures/ordered-index-walk.ts';
import { encodingOf, headerOf, LISTPACK } from './encoding.ts';
import { valueStart } from './inline.ts';
import { comparePair, nextPair, packedLength, pairsByScore } from './sorted-set-listpack.ts';

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
