/** Giving members scores, which ZADD reads from its arguments and GEOADD computes. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { ZSET } from '../memory/layout.ts';
import { EMPTY_LISTPACK_BYTES } from '../structures/listpack.ts';
import {
  ADDED,
  encodingForNew,
  INCREMENT,
  initSortedSet,
  NOT_A_NUMBER,
  ONLY_THERE,
  prepareForMore,
  REFUSED,
  ScoreChange,
  setScore,
  UPDATED,
} from '../values/sorted-set.ts';

/** Beside the flags of `setScore`: members whose score changed are counted too. */
export const COUNT_CHANGED = 1 << 8;

/** Scores of a call up to so many stand in the buffer that is kept. */
const KEPT_SCORES = 1024;
const keptScores = new Float64Array(KEPT_SCORES);

/** What came of the running command's newest change. */
const change = new ScoreChange();

/** Room for the scores of a call. */
export function scoresFor(count: number): Float64Array {
  return count > KEPT_SCORES ? new Float64Array(count) : keptScores;
}

/**
 * Gives scores to the members that stand at argument `first` and each `stride` behind it, as many as there are, under the
 * key of argument 1; replies how many are new, with INCREMENT the new score.
 */
export function setScores(
  call: Call,
  args: Args,
  reply: Reply,
  scores: Float64Array,
  first: number,
  stride: number,
  flags: number,
): void {
  const { database } = call;
  const count = Math.ceil((args.count - first) / stride);
  let ref = database.open(args, 1, ZSET);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref !== NO_REF) ref = prepareForMore(database, ref, count);
  else if ((flags & ONLY_THERE) === 0) ref = createSortedSet(database, args, count, args.length(first));
  else return (flags & INCREMENT) !== 0 ? reply.null() : reply.integer(0);
  let added = 0;
  let updated = 0;
  for (let i = 0, m = first; i < count; i++, m += stride) {
    ref = setScore(database, ref, args.bytes, args.view, args.start[m], args.end[m], scores[i], flags, change);
    if (change.status === ADDED) added++;
    else if (change.status === UPDATED) updated++;
  }
  if (added + updated > 0) {
    database.keyspace.effects.dirty += added + updated - 1;
    database.close(ref, (flags & INCREMENT) !== 0 ? 'zincr' : 'zadd');
  }
  if ((flags & INCREMENT) === 0) reply.integer((flags & COUNT_CHANGED) !== 0 ? added + updated : added);
  else if (change.status === NOT_A_NUMBER) reply.error(ERR.scoreNotANumber);
  else if (change.status === REFUSED) reply.null();
  else reply.double(change.score);
}

/** Adds an empty sorted set under argument 1, for `count` members at once, the first so many bytes long. */
function createSortedSet(database: Database, args: Args, count: number, bytes: number): Ref {
  const encoding = encodingForNew(database, count, bytes);
  return initSortedSet(database, database.create(args, 1, ZSET, encoding, EMPTY_LISTPACK_BYTES), encoding);
}
