/** Deadlines of single fields of a hash: setting, asking, removing. A reply for each field, in their order. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF } from '../memory/arena.ts';
import { removeField } from '../values/hash.ts';
import { fieldDeadline, NO_FIELD, setFieldDeadline, startTimer } from '../values/hash-deadlines.ts';
import { MILLISECONDS, SECONDS } from './expire-time.ts';
import { readFieldList, readFieldTime } from './field-time.ts';
import { closeChanged, openHash, readHash } from './hash-access.ts';
import { ACCESS, DENYOOM, FAST, family, key, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';

const NOT_TWICE_THE_SAME = { tips: ['nondeterministic_output'] };

export const fieldExpiry = family('hash', [
  row('HEXPIRE', hexpire, -6, WRITE | DENYOOM | FAST, key(1, RW | UPDATE)),
  row('HPEXPIRE', hpexpire, -6, WRITE | DENYOOM | FAST, key(1, RW | UPDATE)),
  row('HEXPIREAT', hexpireat, -6, WRITE | DENYOOM | FAST, key(1, RW | UPDATE)),
  row('HPEXPIREAT', hpexpireat, -6, WRITE | DENYOOM | FAST, key(1, RW | UPDATE)),
  row('HPERSIST', hpersist, -5, WRITE | FAST, key(1, RW | UPDATE)),
  row('HTTL', httl, -5, READONLY | FAST, key(1, RO | ACCESS), NOT_TWICE_THE_SAME),
  row('HPTTL', hpttl, -5, READONLY | FAST, key(1, RO | ACCESS), NOT_TWICE_THE_SAME),
  row('HEXPIRETIME', hexpiretime, -5, READONLY | FAST, key(1, RO | ACCESS)),
  row('HPEXPIRETIME', hpexpiretime, -5, READONLY | FAST, key(1, RO | ACCESS)),
]);

/** What is replied for a field. */
const REPLY_NO_FIELD = -2;
const REPLY_NO_DEADLINE = -1;
const REPLY_CONDITION_FAILED = 0;
const REPLY_DONE = 1;
const REPLY_DELETED = 2;

const ALWAYS = 0;
const NX = 1;
const XX = 2;
const GT = 3;
const LT = 4;

function hexpire(call: Call, args: Args, reply: Reply): void {
  expireFields(call, args, SECONDS, call.keyspace.now, reply);
}

function hpexpire(call: Call, args: Args, reply: Reply): void {
  expireFields(call, args, MILLISECONDS, call.keyspace.now, reply);
}

function hexpireat(call: Call, args: Args, reply: Reply): void {
  expireFields(call, args, SECONDS, 0, reply);
}

function hpexpireat(call: Call, args: Args, reply: Reply): void {
  expireFields(call, args, MILLISECONDS, 0, reply);
}

function httl(call: Call, args: Args, reply: Reply): void {
  replyTimes(call, args, SECONDS, call.keyspace.now, reply);
}

function hpttl(call: Call, args: Args, reply: Reply): void {
  replyTimes(call, args, MILLISECONDS, call.keyspace.now, reply);
}

function hexpiretime(call: Call, args: Args, reply: Reply): void {
  replyTimes(call, args, SECONDS, 0, reply);
}

function hpexpiretime(call: Call, args: Args, reply: Reply): void {
  replyTimes(call, args, MILLISECONDS, 0, reply);
}

/** Sets deadlines counted from `base` where the condition holds; one that has passed deletes the field. */
function expireFields(call: Call, args: Args, unit: number, base: number, reply: Reply): void {
  const { database, keyspace } = call;
  const found = openHash(database, args);
  if (found === WRONG_TYPE) return reply.error(ERR.wrongType);
  const deadline = readFieldTime(call, args, 2, unit, base, reply);
  if (Number.isNaN(deadline)) return;
  const condition = readCondition(args, 3);
  const list = condition === ALWAYS ? 3 : 4;
  if (!readFieldList(args, list, reply, ERR.expiredFieldCount)) return;
  const fields = list + 2;
  if (found === NO_REF) return replySame(reply, args.count - fields, REPLY_NO_FIELD);
  const ref = startTimer(database, found);
  const isPast = deadline <= keyspace.now;
  let changed = 0;
  reply.array(args.count - fields);
  for (let i = fields; i < args.count; i++) {
    const { bytes, view, start, end } = args;
    const old = fieldDeadline(database, ref, bytes, view, start[i], end[i]);
    if (old === NO_FIELD) reply.integer(REPLY_NO_FIELD);
    else if (!conditionHolds(condition, old, deadline)) reply.integer(REPLY_CONDITION_FAILED);
    else {
      changed++;
      if (isPast) removeField(database, ref, bytes, view, start[i], end[i]);
      else setFieldDeadline(database, ref, bytes, view, start[i], end[i], deadline);
      reply.integer(isPast ? REPLY_DELETED : REPLY_DONE);
    }
  }
  if (changed === 0) return;
  if (isPast) keyspace.expiredFields += changed;
  closeChanged(database, ref, isPast ? 'hdel' : 'hexpire', changed);
}

function readCondition(args: Args, i: number): number {
  return args.is(i, 'nx') ? NX : args.is(i, 'xx') ? XX : args.is(i, 'gt') ? GT : args.is(i, 'lt') ? LT : ALWAYS;
}

/** A field without a deadline lives for ever: no deadline is later, every one is earlier. */
function conditionHolds(condition: number, old: number, deadline: number): boolean {
  switch (condition) {
    case NX:
      return old === Number.POSITIVE_INFINITY;
    case XX:
      return old < Number.POSITIVE_INFINITY;
    case GT:
      return deadline > old;
    case LT:
      return deadline < old;
    default:
      return true;
  }
}

/** Removes the deadlines of fields. */
function hpersist(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = openHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (!readFieldList(args, 2, reply)) return;
  if (ref === NO_REF) return replySame(reply, args.count - 4, REPLY_NO_FIELD);
  let changed = false;
  reply.array(args.count - 4);
  for (let i = 4; i < args.count; i++) {
    const { bytes, view, start, end } = args;
    const old = fieldDeadline(database, ref, bytes, view, start[i], end[i]);
    if (old === NO_FIELD) reply.integer(REPLY_NO_FIELD);
    else if (old === Number.POSITIVE_INFINITY) reply.integer(REPLY_NO_DEADLINE);
    else {
      changed = true;
      setFieldDeadline(database, ref, bytes, view, start[i], end[i], Number.POSITIVE_INFINITY);
      reply.integer(REPLY_DONE);
    }
  }
  if (changed) database.close(ref, 'hpersist');
}

/** Replies with the deadlines of fields counted from `base`, in units, rounded up. */
function replyTimes(call: Call, args: Args, unit: number, base: number, reply: Reply): void {
  const { database } = call;
  const ref = readHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (!readFieldList(args, 2, reply)) return;
  if (ref === NO_REF) return replySame(reply, args.count - 4, REPLY_NO_FIELD);
  reply.array(args.count - 4);
  for (let i = 4; i < args.count; i++) {
    const deadline = fieldDeadline(database, ref, args.bytes, args.view, args.start[i], args.end[i]);
    if (deadline === NO_FIELD) reply.integer(REPLY_NO_FIELD);
    else if (deadline === Number.POSITIVE_INFINITY) reply.integer(REPLY_NO_DEADLINE);
    else reply.integer(Math.ceil((deadline - base) / unit));
  }
}

function replySame(reply: Reply, count: number, result: number): void {
  reply.array(count);
  for (let i = 0; i < count; i++) reply.integer(result);
}
