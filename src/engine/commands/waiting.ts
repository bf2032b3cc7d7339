/**
 * WAIT and WAITAOF: until what a client has written is elsewhere. As long as there are no replicas and no append-only file,
 * nobody ever acknowledges anything: the answer comes at once to who asks for nobody, and at the deadline to others.
 */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { LIST } from '../memory/layout.ts';
import { readTimeoutMillis } from './block-timeout.ts';
import { BLOCKING, family, NO_KEYS, row } from './spec.ts';

const EVERY_SHARD = ['request_policy:all_shards', 'response_policy:agg_min'];
const CONNECTION = { acl: ['connection'], tips: EVERY_SHARD };

export const waiting = family('generic', [
  row('WAIT', wait, 3, BLOCKING, NO_KEYS, CONNECTION),
  row('WAITAOF', waitaof, 4, BLOCKING, NO_KEYS, CONNECTION),
]);

/** WAIT replicas milliseconds: how many replicas have what this client wrote. */
function wait(call: Call, args: Args, reply: Reply): void {
  const wanted = args.int64(1);
  if (wanted === undefined) return reply.error(ERR.notInteger);
  waitFor(call, args, reply, wanted > 0n, (to) => to.integer(0));
}

/** WAITAOF local replicas milliseconds: how many append-only files, here and of replicas, have what this client wrote. */
function waitaof(call: Call, args: Args, reply: Reply): void {
  const local = args.int64(1);
  if (local === undefined) return reply.error(ERR.notInteger);
  if (local < 0n || local > 1n) return reply.error(ERR.zeroOrOne);
  const replicas = args.int64(2);
  if (replicas === undefined) return reply.error(ERR.notInteger);
  if (replicas < 0n) return reply.error(ERR.notPositive);
  const timeout = readTimeoutMillis(args, 3, call.keyspace.now);
  if (typeof timeout === 'string') return reply.error(timeout);
  if (local > 0n) return reply.error(ERR.waitAofOff);
  waitFor(call, args, reply, replicas > 0n, (to) => {
    to.array(2);
    to.integer(0);
    to.integer(0);
  });
}

function waitFor(call: Call, args: Args, reply: Reply, isWanted: boolean, answer: (reply: Reply) => void): void {
  const deadline = readTimeoutMillis(args, args.count - 1, call.keyspace.now);
  if (typeof deadline === 'string') reply.error(deadline);
  else if (!isWanted || !call.mayBlock) answer(reply);
  else call.blocking.park(call, args, { first: 0, count: 0, type: LIST, deadline, late: answer });
}
