/** Transactions: several commands as one unit (dispatch/transaction.ts). */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import {
  ALLOW_BUSY,
  ENDS_TRANSACTION,
  FAST,
  family,
  keys,
  LOADING,
  NO_KEYS,
  NOSCRIPT,
  RO,
  RUNS_AT_ONCE,
  RUNS_QUEUE,
  row,
  SKIP_SLOWLOG,
  STALE,
} from './spec.ts';

const ALWAYS = NOSCRIPT | LOADING | STALE;
const QUICKLY = ALWAYS | FAST | ALLOW_BUSY;
const TRANSACTION = { acl: ['transaction'] };

export const transactions = family('transactions', [
  row('MULTI', multi, 1, QUICKLY | RUNS_AT_ONCE, NO_KEYS, TRANSACTION),
  row('EXEC', exec, 1, ALWAYS | SKIP_SLOWLOG | RUNS_AT_ONCE | RUNS_QUEUE, NO_KEYS, TRANSACTION),
  row('DISCARD', discard, 1, QUICKLY | RUNS_AT_ONCE | ENDS_TRANSACTION, NO_KEYS, TRANSACTION),
  row('WATCH', watch, -2, QUICKLY | RUNS_AT_ONCE, keys(1, -1, 1, RO), TRANSACTION),
  row('UNWATCH', unwatch, 1, QUICKLY, NO_KEYS, TRANSACTION),
]);

function multi({ session, transactions }: Call, _: Args, reply: Reply): void {
  if (session.transaction !== undefined) return reply.error(ERR.nestedMulti);
  transactions.begin(session);
  reply.ok();
}

function exec(call: Call, _: Args, reply: Reply): void {
  call.transactions.execute(call, reply);
}

function discard({ session, transactions }: Call, _: Args, reply: Reply): void {
  if (session.transaction === undefined) return reply.error(ERR.discardWithoutMulti);
  transactions.discard(session);
  reply.ok();
}

function watch(call: Call, args: Args, reply: Reply): void {
  if (call.session.transaction !== undefined) return reply.error(ERR.watchInMulti);
  call.transactions.watch(call, args, 1);
  reply.ok();
}

function unwatch({ session, transactions }: Call, _: Args, reply: Reply): void {
  transactions.unwatch(session);
  reply.ok();
}
