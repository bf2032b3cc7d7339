/** LPOS: where an element stands in a list. */
import { INT64_MIN } from '../../bytes/integer.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF } from '../memory/arena.ts';
import { LIST } from '../memory/layout.ts';
import { listLength } from '../values/list.ts';
import { ListWalk } from '../values/list-walk.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { ACCESS, family, key, READONLY, RO, row } from './spec.ts';

export const listPositions = family('list', [row('LPOS', lpos, -3, READONLY, key(1, RO | ACCESS))]);

/** What the running command looks at; nothing outlives the call in it. */
const walk = new ListWalk();

/** What LPOS was asked; filled anew for every call. */
const options = {
  /** The match to begin with, counted from 1; negative: from the end of the list. */
  rank: 1,
  /** How many positions, 0 for all; -1 for one that is not in an array. */
  count: -1,
  /** How many elements to look at, 0 for all. */
  mostLookedAt: 0,
};

/** LPOS key element [RANK rank] [COUNT matches] [MAXLEN elements]. */
function lpos(call: Call, args: Args, reply: Reply): void {
  const { arena } = call.database;
  const error = readOptions(args);
  if (error !== undefined) return reply.error(error);
  const { rank, count } = options;
  const ref = call.database.read(args, 1, LIST);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return count < 0 ? reply.null() : reply.array(0);
  const length = listLength(arena, ref);
  const backwards = rank < 0;
  const start = args.start[2];
  const end = args.end[2];
  const array = count < 0 ? undefined : reply.beginArray();
  const wanted = count === 0 ? length : Math.abs(count);
  const most = options.mostLookedAt === 0 ? length : Math.min(options.mostLookedAt, length);
  let skipped = Math.abs(rank) - 1;
  let found = 0;
  walk.begin(arena, ref, backwards ? length - 1 : 0, backwards);
  for (let i = 0; i < most && found < wanted && walk.next(); i++) {
    if (!walk.element.equals(args.bytes, args.view, start, end) || skipped-- > 0) continue;
    reply.integer(backwards ? length - 1 - i : i);
    found++;
  }
  if (array !== undefined) reply.endArray(array, found);
  else if (found === 0) reply.null();
}

/** Reads the options; the error where there is one. */
function readOptions(args: Args): string | undefined {
  options.rank = 1;
  options.count = -1;
  options.mostLookedAt = 0;
  for (let i = 3; i < args.count; i += 2) {
    if (i + 1 === args.count) return ERR.syntax;
    const value = clampedInt64(args, i + 1);
    if (args.is(i, 'rank')) {
      if (Number.isNaN(value)) return ERR.notInteger;
      if (args.int64(i + 1) === INT64_MIN) return ERR.rankOutOfRange;
      if (value === 0) return ERR.rankZero;
      options.rank = value;
    } else if (args.is(i, 'count')) {
      if (!(value >= 0)) return ERR.lposCount;
      options.count = value;
    } else if (args.is(i, 'maxlen')) {
      if (!(value >= 0)) return ERR.lposMaxlen;
      options.mostLookedAt = value;
    } else return ERR.syntax;
  }
  return undefined;
}
