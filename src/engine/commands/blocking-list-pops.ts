/** Lists: taking and moving elements, waiting for them where there are none (dispatch/blocking.ts). */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF } from '../memory/arena.ts';
import { LIST } from '../memory/layout.ts';
import { readTimeoutSeconds } from './block-timeout.ts';
import { popOne } from './list-ends.ts';
import { moved, poppedFirst, readEndName } from './list-moves.ts';
import { readPopChoice } from './pop-choice.ts';
import { ACCESS, BLOCKING, DELETE, DENYOOM, family, INSERT, type KeySpec, key, keys, RW, row, WRITE } from './spec.ts';

const TAKEN = RW | ACCESS | DELETE;
const FROM_AND_TO = [...key(1, TAKEN), ...key(2, RW | INSERT)];
const COUNTED: KeySpec[] = [{ flags: TAKEN, begin: { index: 2 }, find: { keynum: 0, first: 1, step: 1 } }];
const WAITING = WRITE | BLOCKING;

export const blockingListPops = family('list', [
  row('BLPOP', blpop, -3, WAITING, keys(1, -2, 1, TAKEN)),
  row('BRPOP', brpop, -3, WAITING, keys(1, -2, 1, TAKEN)),
  row('BLMOVE', blmove, 6, WAITING | DENYOOM, FROM_AND_TO),
  row('BRPOPLPUSH', brpoplpush, 4, WAITING | DENYOOM, FROM_AND_TO),
  row('BLMPOP', blmpop, -5, WRITE | BLOCKING, COUNTED),
]);

/** Takes the first element of the first list that is there; replies with its key and the element. */
function blpop(call: Call, args: Args, reply: Reply): void {
  pop(call, args, reply, true);
}

/** Takes the last element of the first list that is there; replies with its key and the element. */
function brpop(call: Call, args: Args, reply: Reply): void {
  pop(call, args, reply, false);
}

function pop(call: Call, args: Args, reply: Reply, atHead: boolean): void {
  const { database } = call;
  const last = args.count - 1;
  const deadline = readTimeoutSeconds(args, last, call.keyspace.now);
  if (typeof deadline === 'string') return reply.error(deadline);
  for (let i = 1; i < last; i++) {
    const ref = database.open(args, i, LIST);
    if (ref === NO_REF) continue;
    if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
    reply.array(2);
    reply.bulk(args.bytes, args.view, args.start[i], args.end[i]);
    return popOne(database, ref, atHead, reply);
  }
  if (!call.mayBlock) return reply.nullArray();
  call.blocking.park(call, args, { first: 1, count: last - 1, type: LIST, deadline });
}

/** Takes an element from one list, adds it to another or the same, and replies with it. */
function blmove(call: Call, args: Args, reply: Reply): void {
  const from = readEndName(args, 3);
  const to = readEndName(args, 4);
  if (from === undefined || to === undefined) return reply.error(ERR.syntax);
  move(call, args, reply, from, to, 5);
}

/** Takes the last element of one list and adds it as the first of another. */
function brpoplpush(call: Call, args: Args, reply: Reply): void {
  move(call, args, reply, false, true, 3);
}

function move(call: Call, args: Args, reply: Reply, fromHead: boolean, toHead: boolean, timeout: number): void {
  const deadline = readTimeoutSeconds(args, timeout, call.keyspace.now);
  if (typeof deadline === 'string') return reply.error(deadline);
  if (moved(call, args, reply, fromHead, toHead)) return;
  if (!call.mayBlock) return reply.null();
  call.blocking.park(call, args, { first: 1, count: 1, type: LIST, deadline });
}

/** Takes elements from the first list that is there; replies with its key and them. */
function blmpop(call: Call, args: Args, reply: Reply): void {
  const deadline = readTimeoutSeconds(args, 1, call.keyspace.now);
  if (typeof deadline === 'string') return reply.error(deadline);
  const choice = readPopChoice(args, 2, readEndName);
  if (typeof choice === 'string') return reply.error(choice);
  if (poppedFirst(call, args, choice, reply)) return;
  if (!call.mayBlock) return reply.nullArray();
  call.blocking.park(call, args, { first: choice.first, count: choice.keys, type: LIST, deadline });
}
