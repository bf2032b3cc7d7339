/** LCS: the longest common subsequence of two strings, its length, or where it lies in each. */
import { nextRun, type Operand, subsequenceLength, walkSubsequence } from '../../bytes/subsequence.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { STRING, segmentOf } from '../memory/layout.ts';
import { stringLength, stringStart } from '../values/string.ts';
import { ACCESS, family, keys, READONLY, RO, row } from './spec.ts';

export const subsequences = family('string', [row('LCS', lcs, -3, READONLY, keys(1, 1, 1, RO | ACCESS))]);

/** What Redis's table takes for each pair of positions. Ours takes a bit, but what is refused must be the same. */
const REDIS_CELL_BYTES = 4;

const NOTHING = new Uint8Array(0);

function lcs(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const refA = database.read(args, 1, STRING);
  const refB = database.read(args, 2, STRING);
  if (refA === WRONG_TYPE || refB === WRONG_TYPE) return reply.error(ERR.lcsNotStrings);
  let wantsLength = false;
  let wantsIndexes = false;
  let withLengths = false;
  let minLength = 0;
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, 'idx')) wantsIndexes = true;
    else if (args.is(i, 'len')) wantsLength = true;
    else if (args.is(i, 'withmatchlen')) withLengths = true;
    else if (args.is(i, 'minmatchlen') && i + 1 < args.count) {
      const value = args.int64(++i);
      if (value === undefined) return reply.error(ERR.notInteger);
      minLength = Number(value);
    } else return reply.error(ERR.syntax);
  }
  if (wantsLength && wantsIndexes) return reply.error(ERR.lcsLengthAndIndexes);
  const a = operandOf(database, refA);
  const b = operandOf(database, refB);
  const cells = (a.end - a.start + 1) * (b.end - b.start + 1);
  if (cells * REDIS_CELL_BYTES > call.limits.maxBulkBytes) return reply.error(ERR.lcsMemory);

  if (wantsLength) reply.integer(subsequenceLength(a, b));
  else if (wantsIndexes) replyIndexes(a, b, minLength, withLengths, reply);
  else replySubsequence(a, b, reply);
}

/** The string of a record; an empty one when there is none. */
function operandOf(database: Database, ref: Ref): Operand {
  if (ref === NO_REF) return { bytes: NOTHING, start: 0, end: 0 };
  const start = stringStart(database.arena, ref);
  return { bytes: database.arena.bytes[segmentOf(ref)], start, end: start + stringLength(database.arena, ref) };
}

function replySubsequence(a: Operand, b: Operand, reply: Reply): void {
  const walk = walkSubsequence(a, b);
  const bytes = new Uint8Array(walk.length);
  let at = walk.length;
  while (nextRun(walk)) {
    at -= walk.runLength;
    const from = a.start + walk.aAt;
    bytes.set(a.bytes.subarray(from, from + walk.runLength), at);
  }
  reply.buffer(bytes);
}

/** Replies with the runs of at least `minLength` bytes, the last first, and the length of the whole. */
function replyIndexes(a: Operand, b: Operand, minLength: number, withLengths: boolean, reply: Reply): void {
  const walk = walkSubsequence(a, b);
  reply.map(2);
  reply.text('matches');
  const matches = reply.beginArray();
  let count = 0;
  while (nextRun(walk)) {
    const length = walk.runLength;
    if (length < minLength) continue;
    count++;
    reply.array(withLengths ? 3 : 2);
    replyRun(walk.aAt, length, reply);
    replyRun(walk.bAt, length, reply);
    if (withLengths) reply.integer(length);
  }
  reply.endArray(matches, count);
  reply.text('len');
  reply.integer(walk.length);
}

/** The first and the last position of a run. */
function replyRun(first: number, length: number, reply: Reply): void {
  reply.array(2);
  reply.integer(first);
  reply.integer(first + length - 1);
}
