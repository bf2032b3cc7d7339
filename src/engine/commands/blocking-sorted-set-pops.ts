/** Sorted sets: taking members from an end, waiting for them where there are none (dispatch/blocking.ts). */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF } from '../memory/arena.ts';
import { ZSET } from '../memory/layout.ts';
import { readTimeoutSeconds } from './block-timeout.ts';
import { readPopChoice } from './pop-choice.ts';
import { poppedFirst, popWithKey, readIsMax } from './sorted-set-pops.ts';
import { ACCESS, BLOCKING, DELETE, FAST, family, type KeySpec, keys, RW, row, WRITE } from './spec.ts';

const TAKEN = RW | ACCESS | DELETE;
const COUNTED: KeySpec[] = [{ flags: TAKEN, begin: { index: 2 }, find: { keynum: 0, first: 1, step: 1 } }];

export const blockingSortedSetPops = family('sorted-set', [
  row('BZPOPMIN', bzpopmin, -3, WRITE | BLOCKING | FAST, keys(1, -2, 1, TAKEN)),
  row('BZPOPMAX', bzpopmax, -3, WRITE | BLOCKING | FAST, keys(1, -2, 1, TAKEN)),
  row('BZMPOP', bzmpop, -5, WRITE | BLOCKING, COUNTED),
]);

/** Takes the member with the lowest score from the first sorted set that is there; replies with its key, it and its score. */
function bzpopmin(call: Call, args: Args, reply: Reply): void {
  pop(call, args, reply, false);
}

/** Takes the member with the highest score from the first sorted set that is there; replies with its key, it and its score. */
function bzpopmax(call: Call, args: Args, reply: Reply): void {
  pop(call, args, reply, true);
}

function pop(call: Call, args: Args, reply: Reply, isMax: boolean): void {
  const { database } = call;
  const last = args.count - 1;
  const deadline = readTimeoutSeconds(args, last, call.keyspace.now);
  if (typeof deadline === 'string') return reply.error(deadline);
  for (let i = 1; i < last; i++) {
    const ref = database.open(args, i, ZSET);
    if (ref === NO_REF) continue;
    if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
    return popWithKey(database, ref, args, i, isMax, reply);
  }
  if (!call.mayBlock) return reply.nullArray();
  call.blocking.park(call, args, { first: 1, count: last - 1, type: ZSET, deadline });
}

/** Takes members from the first sorted set that is there; replies with its key and them. */
function bzmpop(call: Call, args: Args, reply: Reply): void {
  const deadline = readTimeoutSeconds(args, 1, call.keyspace.now);
  if (typeof deadline === 'string') return reply.error(deadline);
  const choice = readPopChoice(args, 2, readIsMax);
  if (typeof choice === 'string') return reply.error(choice);
  if (poppedFirst(call, args, choice, reply)) return;
  if (!call.mayBlock) return reply.nullArray();
  call.blocking.park(call, args, { first: choice.first, count: choice.keys, type: ZSET, deadline });
}
