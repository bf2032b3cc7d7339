/** Sorted sets: members with scores, added, rescored, removed and asked for one by one. */
import { parseDouble } from '../../bytes/parse-double.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, wrongArity } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { ZSET } from '../memory/layout.ts';
import {
  INCREMENT,
  ONLY_GREATER,
  ONLY_LOWER,
  ONLY_NEW,
  ONLY_THERE,
  rankOf,
  removeMember,
  scoreOf,
  sortedSetLength,
} from '../values/sorted-set.ts';
import { closeShrunk } from './sorted-set-removal.ts';
import { COUNT_CHANGED, scoresFor, setScores } from './sorted-set-scoring.ts';
import { ACCESS, DELETE, DENYOOM, FAST, family, key, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';

export const sortedSets = family('sorted-set', [
  row('ZADD', zadd, -4, WRITE | DENYOOM | FAST, key(1, RW | UPDATE)),
  row('ZINCRBY', zincrby, 4, WRITE | DENYOOM | FAST, key(1, RW | ACCESS | UPDATE)),
  row('ZREM', zrem, -3, WRITE | FAST, key(1, RW | DELETE)),
  row('ZCARD', zcard, 2, READONLY | FAST, key(1, RO)),
  row('ZSCORE', zscore, 3, READONLY | FAST, key(1, RO | ACCESS)),
  row('ZMSCORE', zmscore, -3, READONLY | FAST, key(1, RO | ACCESS)),
  row('ZRANK', zrank, -3, READONLY | FAST, key(1, RO | ACCESS)),
  row('ZREVRANK', zrevrank, -3, READONLY | FAST, key(1, RO | ACCESS)),
]);

/** Adds members or changes their scores; replies how many are new, with INCR the new score. */
function zadd(call: Call, args: Args, reply: Reply): void {
  readScores(call, args, reply, 0);
}

/** Adds to the score of a member, 0 where there is none; replies with the new score. */
function zincrby(call: Call, args: Args, reply: Reply): void {
  readScores(call, args, reply, INCREMENT);
}

function readScores(call: Call, args: Args, reply: Reply, given: number): void {
  let flags = given;
  let first = 2;
  for (let flag = readFlag(args, first); flag !== 0; flag = readFlag(args, ++first)) flags |= flag;
  const count = (args.count - first) / 2;
  if (count === 0 || !Number.isInteger(count)) return reply.error(ERR.syntax);
  const conflict = conflictOf(flags, count);
  if (conflict !== undefined) return reply.error(conflict);
  const scores = scoresFor(count);
  for (let i = 0; i < count; i++) {
    const at = first + i * 2;
    const score = parseDouble(args.bytes, args.start[at], args.end[at]);
    if (Number.isNaN(score)) return reply.error(ERR.notFloat);
    scores[i] = score;
  }
  setScores(call, args, reply, scores, first + 1, 2, flags);
}

/** What argument `i` asks of ZADD; 0 when it is no option. */
function readFlag(args: Args, i: number): number {
  if (i >= args.count) return 0;
  if (args.is(i, 'nx')) return ONLY_NEW;
  if (args.is(i, 'xx')) return ONLY_THERE;
  if (args.is(i, 'gt')) return ONLY_GREATER;
  if (args.is(i, 'lt')) return ONLY_LOWER;
  if (args.is(i, 'ch')) return COUNT_CHANGED;
  return args.is(i, 'incr') ? INCREMENT : 0;
}

/** Why `flags` cannot be together; undefined when they can. */
function conflictOf(flags: number, count: number): string | undefined {
  if ((flags & ONLY_NEW) !== 0) {
    if ((flags & ONLY_THERE) !== 0) return ERR.zaddNxAndXx;
    if ((flags & (ONLY_GREATER | ONLY_LOWER)) !== 0) return ERR.zaddGtLtNx;
  }
  if ((flags & ONLY_GREATER) !== 0 && (flags & ONLY_LOWER) !== 0) return ERR.zaddGtLtNx;
  return (flags & INCREMENT) !== 0 && count > 1 ? ERR.zaddIncrPairs : undefined;
}

/** Removes members; the key goes with the last. Replies how many were there. */
function zrem(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  let ref = database.open(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(0);
  let removed = 0;
  for (let i = 2; i < args.count && sortedSetLength(database.arena, ref) > 0; i++) {
    const left = removeMember(database, ref, args.bytes, args.view, args.start[i], args.end[i]);
    if (left === NO_REF) continue;
    ref = left;
    removed++;
  }
  if (removed > 0) closeShrunk(database, ref, 'zrem', removed);
  reply.integer(removed);
}

/** Replies how many members there are. */
function zcard(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.integer(ref === NO_REF ? 0 : sortedSetLength(call.database.arena, ref));
}

/** Replies with a member's score. */
function zscore(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  replyScore(call.database, ref, args, 2, reply);
}

/** Replies with the scores of several members. */
function zmscore(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  reply.array(args.count - 2);
  for (let i = 2; i < args.count; i++) replyScore(call.database, ref, args, i, reply);
}

function replyScore(database: Database, ref: Ref, args: Args, i: number, reply: Reply): void {
  const { bytes, view, start, end } = args;
  const score = ref === NO_REF ? Number.NaN : scoreOf(database, ref, bytes, view, start[i], end[i]);
  if (Number.isNaN(score)) reply.null();
  else reply.double(score);
}

/** Replies how many members stand before one; WITHSCORE: with its score. */
function zrank(call: Call, args: Args, reply: Reply): void {
  replyRank(call, args, reply, false);
}

/** Replies how many members stand behind one; WITHSCORE: with its score. */
function zrevrank(call: Call, args: Args, reply: Reply): void {
  replyRank(call, args, reply, true);
}

function replyRank(call: Call, args: Args, reply: Reply, isReverse: boolean): void {
  const { database } = call;
  if (args.count > 4) return reply.error(wrongArity(call.command.fullName));
  const withScore = args.count === 4;
  if (withScore && !args.is(3, 'withscore')) return reply.error(ERR.syntax);
  const ref = database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const { bytes, view, start, end } = args;
  const rank = ref === NO_REF ? -1 : rankOf(database, ref, bytes, view, start[2], end[2]);
  if (rank < 0) return withScore ? reply.nullArray() : reply.null();
  if (withScore) reply.array(2);
  reply.integer(isReverse ? sortedSetLength(database.arena, ref) - 1 - rank : rank);
  if (withScore) reply.double(scoreOf(database, ref, bytes, view, start[2], end[2]));
}
