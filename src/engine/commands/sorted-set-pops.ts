/** Sorted sets: members taken from an end, or drawn by chance. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { ZSET } from '../memory/layout.ts';
import { removeEnd, sortedSetLength } from '../values/sorted-set.ts';
import { randomMember, randomMembers, SortedSetWalk } from '../values/sorted-set-walk.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { type PopChoice, readPopChoice } from './pop-choice.ts';
import { isTooManyPairs, readRandomCount } from './random-count.ts';
import { removeFrom } from './sorted-set-removal.ts';
import { ACCESS, DELETE, FAST, family, type KeySpec, key, READONLY, RO, RW, row, WRITE } from './spec.ts';

const TAKEN = RW | ACCESS | DELETE;
const COUNTED: KeySpec[] = [{ flags: TAKEN, begin: { index: 1 }, find: { keynum: 0, first: 1, step: 1 } }];

export const sortedSetPops = family('sorted-set', [
  row('ZPOPMIN', zpopmin, -2, WRITE | FAST, key(1, TAKEN)),
  row('ZPOPMAX', zpopmax, -2, WRITE | FAST, key(1, TAKEN)),
  row('ZMPOP', zmpop, -4, WRITE, COUNTED),
  row('ZRANDMEMBER', zrandmember, -2, READONLY, key(1, RO | ACCESS), { tips: ['nondeterministic_output'] }),
]);

/** What the running command looks at; nothing outlives the call in it. */
const walk = new SortedSetWalk();

/** Removes the member with the lowest score, or several, and replies with them and their scores. */
function zpopmin(call: Call, args: Args, reply: Reply): void {
  pop(call, args, reply, false);
}

/** Removes the member with the highest score, or several, and replies with them and their scores. */
function zpopmax(call: Call, args: Args, reply: Reply): void {
  pop(call, args, reply, true);
}

function pop(call: Call, args: Args, reply: Reply, isMax: boolean): void {
  if (args.count > 3) return reply.error(ERR.syntax);
  const { database } = call;
  const hasCount = args.count === 3;
  const count = hasCount ? clampedInt64(args, 2) : 1;
  if (!(count >= 0)) return reply.error(ERR.notPositive);
  const ref = database.open(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF || count === 0) return reply.array(0);
  const taken = Math.min(count, sortedSetLength(database.arena, ref));
  if (hasCount) reply.pairs(taken);
  else reply.array(2);
  walk.beginAtEnd(database, ref, isMax);
  for (let left = taken; left > 0; left--) {
    walk.next();
    if (hasCount) reply.pair();
    replyMember(reply);
    reply.double(walk.score);
  }
  removeAtEnd(database, ref, isMax, taken);
}

/** Takes members from the first sorted set that is there; replies with its key and them. */
function zmpop(call: Call, args: Args, reply: Reply): void {
  const choice = readPopChoice(args, 1, readIsMax);
  if (typeof choice === 'string') return reply.error(choice);
  if (!poppedFirst(call, args, choice, reply)) reply.nullArray();
}

/** Takes members from the first sorted set of several keys that is there and replies; false when none is. */
export function poppedFirst({ database }: Call, args: Args, choice: PopChoice, reply: Reply): boolean {
  const isMax = choice.side;
  for (let i = choice.first; i < choice.first + choice.keys; i++) {
    const ref = database.open(args, i, ZSET);
    if (ref === NO_REF) continue;
    if (ref === WRONG_TYPE) {
      reply.error(ERR.wrongType);
      return true;
    }
    const taken = Math.min(choice.count, sortedSetLength(database.arena, ref));
    reply.array(2);
    reply.bulk(args.bytes, args.view, args.start[i], args.end[i]);
    reply.array(taken);
    walk.beginAtEnd(database, ref, isMax);
    for (let left = taken; left > 0; left--) {
      walk.next();
      reply.array(2);
      replyMember(reply);
      reply.double(walk.score);
    }
    removeAtEnd(database, ref, isMax, taken);
    return true;
  }
  return false;
}

/** Takes one member of the sorted set of argument `i` and replies with key, member and score. */
export function popWithKey(database: Database, ref: Ref, args: Args, i: number, isMax: boolean, reply: Reply): void {
  reply.array(3);
  reply.bulk(args.bytes, args.view, args.start[i], args.end[i]);
  walk.beginAtEnd(database, ref, isMax);
  walk.next();
  replyMember(reply);
  reply.double(walk.score);
  removeAtEnd(database, ref, isMax, 1);
}

/** MAX is true, MIN false; undefined for neither. */
export function readIsMax(args: Args, i: number): boolean | undefined {
  if (args.is(i, 'max')) return true;
  return args.is(i, 'min') ? false : undefined;
}

function removeAtEnd(database: Database, ref: Ref, isMax: boolean, taken: number): void {
  const event = isMax ? 'zpopmax' : 'zpopmin';
  const length = sortedSetLength(database.arena, ref);
  if (taken === 1 && length > 1) database.close(removeEnd(database, ref, isMax), event);
  else removeFrom(database, ref, isMax ? length - taken : 0, taken, event);
}

function replyMember(reply: Reply): void {
  const { bytes, view, start, end } = walk.member;
  reply.bulk(bytes, view, start, end);
}

/** A member drawn by chance; with a count several, different ones unless it is negative. WITHSCORES: with their scores. */
function zrandmember(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  if (args.count === 2) {
    const ref = database.read(args, 1, ZSET);
    if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
    if (ref === NO_REF) return reply.null();
    randomMember(database, ref, walk);
    return replyMember(reply);
  }
  const count = readRandomCount(args, 2, reply);
  if (Number.isNaN(count)) return;
  const withScores = args.count === 4 && args.is(3, 'withscores');
  if (args.count > 3 && !withScores) return reply.error(ERR.syntax);
  if (withScores && isTooManyPairs(args, 2)) return reply.error(ERR.outOfRange);
  const ref = database.read(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF || count === 0) return reply.array(0);
  const length = sortedSetLength(database.arena, ref);
  const shown = count < 0 ? -count : Math.min(count, length);
  if (withScores) reply.pairs(shown);
  else reply.array(shown);
  const show = (): void => {
    if (withScores) reply.pair();
    replyMember(reply);
    if (withScores) reply.double(walk.score);
  };
  if (count > 0 && shown < length) return randomMembers(database, ref, shown, walk, show);
  if (count > 0) walk.begin(database.arena, ref, length - 1, true);
  for (let left = shown; left > 0; left--) {
    if (count < 0) randomMember(database, ref, walk);
    else walk.next();
    show();
  }
}
