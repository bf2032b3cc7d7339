/** Union, intersection and difference of sorted sets, replied or stored. */
import { parseDouble } from '../../bytes/parse-double.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, noInputKey } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import type { Ref } from '../memory/arena.ts';
import { indexLength } from '../structures/ordered-index.ts';
import { freeIndexedSet } from '../values/sorted-set-index.ts';
import { SortedSetWalk } from '../values/sorted-set-walk.ts';
import { clampedInt64 } from './clamped-int64.ts';
import {
  type Aggregate,
  countShared,
  intersect,
  maximum,
  minimum,
  subtract,
  sum,
  unite,
} from './sorted-set-algebra.ts';
import { readSource, type Source } from './sorted-set-sources.ts';
import { storeIndexedSet } from './sorted-set-store.ts';
import { ACCESS, DENYOOM, family, type KeySpec, key, OW, READONLY, RO, row, UPDATE, WRITE } from './spec.ts';

const INPUTS = countedAt(1);
const STORED: KeySpec[] = [...key(1, OW | UPDATE), ...countedAt(2)];

function countedAt(index: number): KeySpec[] {
  return [{ flags: RO | ACCESS, begin: { index }, find: { keynum: 0, first: 1, step: 1 } }];
}

export const sortedSetOperations = family('sorted-set', [
  row('ZUNION', zunion, -3, READONLY, INPUTS),
  row('ZINTER', zinter, -3, READONLY, INPUTS),
  row('ZDIFF', zdiff, -3, READONLY, INPUTS),
  row('ZINTERCARD', zintercard, -3, READONLY, INPUTS),
  row('ZUNIONSTORE', zunionstore, -4, WRITE | DENYOOM, STORED),
  row('ZINTERSTORE', zinterstore, -4, WRITE | DENYOOM, STORED),
  row('ZDIFFSTORE', zdiffstore, -4, WRITE | DENYOOM, STORED),
]);

/** Options that a command knows. */
const WEIGHTS = 1 << 0;
const WITH_SCORES = 1 << 1;
const LIMIT = 1 << 2;

/** What a call asks for. */
interface Request {
  readonly sources: Source[];
  aggregate: Aggregate;
  withScores: boolean;
  /** 0 for none. */
  limit: number;
}

/** Replies with the members that any of several sorted sets has. */
function zunion(call: Call, args: Args, reply: Reply): void {
  const request = readRequest(call, args, 1, WEIGHTS | WITH_SCORES, reply);
  if (request === undefined) return;
  replySet(call, unite(call.database, request.sources, request.aggregate), request.withScores, reply);
}

/** Replies with the members that all of several sorted sets have. */
function zinter(call: Call, args: Args, reply: Reply): void {
  const request = readRequest(call, args, 1, WEIGHTS | WITH_SCORES, reply);
  if (request === undefined) return;
  replySet(call, intersect(call.database, request.sources, request.aggregate), request.withScores, reply);
}

/** Replies with the members of one sorted set that no other has. */
function zdiff(call: Call, args: Args, reply: Reply): void {
  const request = readRequest(call, args, 1, WITH_SCORES, reply);
  if (request === undefined) return;
  replySet(call, subtract(call.database, request.sources), request.withScores, reply);
}

/** Replies how many members all of several sorted sets have. */
function zintercard(call: Call, args: Args, reply: Reply): void {
  const request = readRequest(call, args, 1, LIMIT, reply);
  if (request === undefined) return;
  reply.integer(countShared(call.database, request.sources, request.limit));
}

/** Stores the union of several sorted sets; replies how many members it has. */
function zunionstore(call: Call, args: Args, reply: Reply): void {
  const request = readRequest(call, args, 2, WEIGHTS, reply);
  if (request === undefined) return;
  const united = unite(call.database, request.sources, request.aggregate);
  reply.integer(storeIndexedSet(call, args, 1, united, 'zunionstore'));
}

/** Stores the intersection of several sorted sets; replies how many members it has. */
function zinterstore(call: Call, args: Args, reply: Reply): void {
  const request = readRequest(call, args, 2, WEIGHTS, reply);
  if (request === undefined) return;
  const shared = intersect(call.database, request.sources, request.aggregate);
  reply.integer(storeIndexedSet(call, args, 1, shared, 'zinterstore'));
}

/** Stores what one sorted set has and no other; replies how many members it has. */
function zdiffstore(call: Call, args: Args, reply: Reply): void {
  const request = readRequest(call, args, 2, 0, reply);
  if (request === undefined) return;
  reply.integer(storeIndexedSet(call, args, 1, subtract(call.database, request.sources), 'zdiffstore'));
}

/** Replies with a set made aside and gives it up. */
function replySet({ database: { arena } }: Call, header: Ref, withScores: boolean, reply: Reply): void {
  const walk = new SortedSetWalk();
  const length = indexLength(arena, header);
  try {
    if (withScores) reply.pairs(length);
    else reply.array(length);
    walk.beginIndexed(arena, header);
    for (let left = length; left > 0; left--) {
      walk.next();
      const { bytes, view, start, end } = walk.member;
      if (withScores) reply.pair();
      reply.bulk(bytes, view, start, end);
      if (withScores) reply.double(walk.score);
    }
  } finally {
    freeIndexedSet(arena, header);
  }
}

/** Reads the number of keys at argument `i`, the keys, and the options of `known`; undefined after an error was replied. */
function readRequest(call: Call, args: Args, i: number, known: number, reply: Reply): Request | undefined {
  const count = clampedInt64(args, i);
  if (Number.isNaN(count)) return refused(reply, ERR.notInteger);
  if (count < 1) return refused(reply, noInputKey(call.command.fullName));
  if (count > args.count - i - 1) return refused(reply, ERR.syntax);
  const request: Request = { sources: [], aggregate: sum, withScores: false, limit: 0 };
  const first = i + 1;
  for (let k = first; k < first + count; k++) {
    const source = readSource(call.database, args, k);
    if (source === undefined) return refused(reply, ERR.wrongType);
    request.sources.push(source);
  }
  const error = readOptions(request, args, first + count, known);
  return error === undefined ? request : refused(reply, error);
}

function refused(reply: Reply, error: string): undefined {
  reply.error(error);
}

/** Reads the options from argument `i` on; the error's text where they are wrong. */
function readOptions(request: Request, args: Args, i: number, known: number): string | undefined {
  for (let at = i; at < args.count; at++) {
    const left = args.count - at - 1;
    if ((known & WEIGHTS) !== 0 && left >= request.sources.length && args.is(at, 'weights')) {
      for (const source of request.sources) {
        at++;
        source.weight = parseDouble(args.bytes, args.start[at], args.end[at]);
        if (Number.isNaN(source.weight)) return ERR.weightNotFloat;
      }
    } else if ((known & WEIGHTS) !== 0 && left > 0 && args.is(at, 'aggregate')) {
      const aggregate = readAggregate(args, ++at);
      if (aggregate === undefined) return ERR.syntax;
      request.aggregate = aggregate;
    } else if ((known & WITH_SCORES) !== 0 && args.is(at, 'withscores')) request.withScores = true;
    else if ((known & LIMIT) !== 0 && left > 0 && args.is(at, 'limit')) {
      request.limit = clampedInt64(args, ++at);
      if (!(request.limit >= 0)) return ERR.limitNegative;
    } else return ERR.syntax;
  }
  return undefined;
}

function readAggregate(args: Args, i: number): Aggregate | undefined {
  if (args.is(i, 'sum')) return sum;
  if (args.is(i, 'min')) return minimum;
  return args.is(i, 'max') ? maximum : undefined;
}
