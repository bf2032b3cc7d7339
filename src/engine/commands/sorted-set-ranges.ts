/** Ranges of sorted sets: read, counted, stored, removed. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { HEADER_BYTES, KEY_LENGTH, ZSET } from '../memory/layout.ts';
import { NODE_CAPACITY } from '../structures/ordered-index-node.ts';
import { encodingForNew, ScoreChange, setScore } from '../values/sorted-set.ts';
import { RankRange } from '../values/sorted-set-bounds.ts';
import { SortedSetWalk } from '../values/sorted-set-walk.ts';
import {
  BY_LEX,
  BY_OPTIONS,
  BY_RANK,
  BY_SCORE,
  findRange,
  RangeQuery,
  readBounds,
  readRangeOptions,
} from './sorted-set-query.ts';
import { removeFrom } from './sorted-set-removal.ts';
import { createAside, storeAside } from './sorted-set-store.ts';
import { ACCESS, DELETE, DENYOOM, FAST, family, key, OW, QUICK, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';

export const sortedSetRanges = family('sorted-set', [
  row('ZRANGE', zrange, -4, READONLY | QUICK, key(1, RO | ACCESS)),
  row('ZREVRANGE', zrevrange, -4, READONLY | QUICK, key(1, RO | ACCESS)),
  row('ZRANGEBYSCORE', zrangebyscore, -4, READONLY | QUICK, key(1, RO | ACCESS)),
  row('ZREVRANGEBYSCORE', zrevrangebyscore, -4, READONLY | QUICK, key(1, RO | ACCESS)),
  row('ZRANGEBYLEX', zrangebylex, -4, READONLY | QUICK, key(1, RO | ACCESS)),
  row('ZREVRANGEBYLEX', zrevrangebylex, -4, READONLY | QUICK, key(1, RO | ACCESS)),
  row('ZRANGESTORE', zrangestore, -5, WRITE | DENYOOM, [...key(1, OW | UPDATE), ...key(2, RO | ACCESS)]),
  row('ZCOUNT', zcount, 4, READONLY | FAST, key(1, RO | ACCESS)),
  row('ZLEXCOUNT', zlexcount, 4, READONLY | FAST, key(1, RO | ACCESS)),
  row('ZREMRANGEBYRANK', zremrangebyrank, 4, WRITE, key(1, RW | DELETE)),
  row('ZREMRANGEBYSCORE', zremrangebyscore, 4, WRITE, key(1, RW | DELETE)),
  row('ZREMRANGEBYLEX', zremrangebylex, 4, WRITE, key(1, RW | DELETE)),
]);

/** A reply with more members is no longer quick. */
const SHORT_REPLY_MEMBERS = 100;

/** What the running command asks for and looks at; nothing outlives the call in them. */
const query = new RangeQuery();
const range = new RankRange();
const walk = new SortedSetWalk();
const records = new Int32Array(NODE_CAPACITY);
const scores = new Float64Array(NODE_CAPACITY);
const change = new ScoreChange();

/** Replies with a range of members, by rank, by score or by member, in order or in reverse. */
function zrange(call: Call, args: Args, reply: Reply): void {
  replyRange(call, args, reply, BY_OPTIONS, false);
}

/** Replies with the members from one rank to another, the greatest first. */
function zrevrange(call: Call, args: Args, reply: Reply): void {
  replyRange(call, args, reply, BY_RANK, true);
}

/** Replies with the members from one score to another. */
function zrangebyscore(call: Call, args: Args, reply: Reply): void {
  replyRange(call, args, reply, BY_SCORE, false);
}

/** Replies with the members from one score down to another. */
function zrevrangebyscore(call: Call, args: Args, reply: Reply): void {
  replyRange(call, args, reply, BY_SCORE, true);
}

/** Replies with the members from one text to another, where all scores are equal. */
function zrangebylex(call: Call, args: Args, reply: Reply): void {
  replyRange(call, args, reply, BY_LEX, false);
}

/** Replies with the members from one text down to another, where all scores are equal. */
function zrevrangebylex(call: Call, args: Args, reply: Reply): void {
  replyRange(call, args, reply, BY_LEX, true);
}

function replyRange(call: Call, args: Args, reply: Reply, by: number, isReverse: boolean): void {
  query.reset(by, isReverse);
  if (!readRangeOptions(query, args, 4, true, reply) || !readBounds(query, args, 2, reply)) return;
  const { arena } = call.database;
  const ref = call.database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.array(0);
  findRange(query, arena, ref, args, range);
  const count = range.to - range.from;
  if (query.withScores) reply.pairs(count);
  else reply.array(count);
  beginRange(arena, ref);
  if (count > SHORT_REPLY_MEMBERS) call.tookLong = true;
  if (walk.isIndexed) replyRecords(arena, count, reply);
  else replyPacked(count, reply);
}

/** Replies with the next `count` members of a walk through an index. */
function replyRecords(arena: Arena, count: number, reply: Reply): void {
  const { withScores } = query;
  // Mostly all members are in one segment.
  let segment = 0;
  let bytes = arena.bytes[0];
  let view = arena.views[0];
  let words = arena.words[0];
  for (let left = count; left > 0; ) {
    const read = walk.nextRun(left, records, withScores ? scores : undefined);
    left -= read;
    for (let i = 0; i < read; i++) {
      const record = records[i];
      if (record >>> 22 !== segment) {
        segment = record >>> 22;
        bytes = arena.bytes[segment];
        view = arena.views[segment];
        words = arena.words[segment];
      }
      const at = (record & 0x3fffff) << 2;
      const start = (at << 2) + HEADER_BYTES;
      if (withScores) reply.pair();
      reply.bulk(bytes, view, start, start + words[at + KEY_LENGTH]);
      if (withScores) reply.double(scores[i]);
    }
  }
}

/** Replies with the next `count` members of a walk through a listpack. */
function replyPacked(count: number, reply: Reply): void {
  const { withScores } = query;
  const { member } = walk;
  for (let left = count; left > 0; left--) {
    walk.next();
    if (withScores) reply.pair();
    reply.bulk(member.bytes, member.view, member.start, member.end);
    if (withScores) reply.double(walk.score);
  }
}

/** Points `walk` at the end of the range where the query's direction begins. */
function beginRange(arena: Arena, ref: Ref): void {
  if (range.from < range.to) walk.begin(arena, ref, query.isReverse ? range.to - 1 : range.from, query.isReverse);
}

/** Stores a range of one sorted set as another; replies how many members it has. */
function zrangestore(call: Call, args: Args, reply: Reply): void {
  query.reset(BY_OPTIONS, false);
  if (!readRangeOptions(query, args, 5, false, reply) || !readBounds(query, args, 3, reply)) return;
  const { arena } = call.database;
  const ref = call.database.read(args, 2, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  range.to = range.from;
  if (ref !== NO_REF) findRange(query, arena, ref, args, range);
  const { detached } = call.keyspace;
  // Of ranks Redis knows beforehand how many members there are: too many for a listpack begin as none.
  const expected = query.by === BY_RANK ? range.to - range.from : 0;
  let stored = createAside(call, args, 1, encodingForNew(detached, expected, 0));
  beginRange(arena, ref);
  const { member } = walk;
  for (let left = range.to - range.from; left > 0; left--) {
    walk.next();
    const { bytes, view, start, end } = member;
    stored = setScore(detached, stored, bytes, view, start, end, walk.score, 0, change);
  }
  reply.integer(storeAside(call, args, 1, stored, 'zrangestore'));
}

/** Replies how many members have scores within bounds. */
function zcount(call: Call, args: Args, reply: Reply): void {
  replyCount(call, args, reply, BY_SCORE);
}

/** Replies how many members stand within bounds of text, where all scores are equal. */
function zlexcount(call: Call, args: Args, reply: Reply): void {
  replyCount(call, args, reply, BY_LEX);
}

function replyCount(call: Call, args: Args, reply: Reply, by: number): void {
  query.reset(by, false);
  if (!readBounds(query, args, 2, reply)) return;
  const ref = call.database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(0);
  findRange(query, call.database.arena, ref, args, range);
  reply.integer(range.to - range.from);
}

/** Removes the members from one rank to another; replies how many. */
function zremrangebyrank(call: Call, args: Args, reply: Reply): void {
  removeFound(call, args, reply, BY_RANK);
}

/** Removes the members with scores within bounds; replies how many. */
function zremrangebyscore(call: Call, args: Args, reply: Reply): void {
  removeFound(call, args, reply, BY_SCORE);
}

/** Removes the members within bounds of text, where all scores are equal; replies how many. */
function zremrangebylex(call: Call, args: Args, reply: Reply): void {
  removeFound(call, args, reply, BY_LEX);
}

function removeFound(call: Call, args: Args, reply: Reply, by: number): void {
  const { database } = call;
  query.reset(by, false);
  if (!readBounds(query, args, 2, reply)) return;
  const ref = database.open(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.integer(0);
  findRange(query, database.arena, ref, args, range);
  const removed = range.to - range.from;
  if (removed > 0) removeFrom(database, ref, range.from, removed, REMOVAL_EVENTS[by]);
  reply.integer(removed);
}

const REMOVAL_EVENTS = ['zremrangebyrank', 'zremrangebyscore', 'zremrangebylex'] as const;
