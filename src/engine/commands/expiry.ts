/** Deadlines of keys: setting, asking, removing. Milliseconds since 1970 inside, whatever unit the command speaks. */
import type { Args } from '../../protocol/args.ts';
import { ERR, invalidExpire, unsupportedOption } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { ANY_TYPE, type Database } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { exactDeadlineOf } from '../structures/record.ts';
import { MILLISECONDS, readDeadline, readExactDeadline, SECONDS, TOO_FAR } from './expire-time.ts';
import { ACCESS, FAST, family, key, READONLY, RO, RW, row, UPDATE, WRITE } from './spec.ts';

const NOT_TWICE_THE_SAME = { tips: ['nondeterministic_output'] };

export const expiry = family('generic', [
  row('EXPIRE', expire, -3, WRITE | FAST, key(1, RW | UPDATE)),
  row('PEXPIRE', pexpire, -3, WRITE | FAST, key(1, RW | UPDATE)),
  row('EXPIREAT', expireat, -3, WRITE | FAST, key(1, RW | UPDATE)),
  row('PEXPIREAT', pexpireat, -3, WRITE | FAST, key(1, RW | UPDATE)),
  row('PERSIST', persist, 2, WRITE | FAST, key(1, RW | UPDATE)),
  row('TTL', ttl, 2, READONLY | FAST, key(1, RO | ACCESS), NOT_TWICE_THE_SAME),
  row('PTTL', pttl, 2, READONLY | FAST, key(1, RO | ACCESS), NOT_TWICE_THE_SAME),
  row('EXPIRETIME', expiretime, 2, READONLY | FAST, key(1, RO | ACCESS)),
  row('PEXPIRETIME', pexpiretime, 2, READONLY | FAST, key(1, RO | ACCESS)),
]);

/** Conditions, bits: only without a deadline, only with one, only if the new one is later, earlier. */
const NX = 1 << 0;
const XX = 1 << 1;
const GT = 1 << 2;
const LT = 1 << 3;
const BAD_CONDITIONS = -1;

/** What TTL and its like reply for a key that is not there, and for one without a deadline. */
const NO_KEY = -2;
const NO_DEADLINE = -1;

function expire(call: Call, args: Args, reply: Reply): void {
  expireAt(call, args, SECONDS, call.keyspace.now, reply);
}

function pexpire(call: Call, args: Args, reply: Reply): void {
  expireAt(call, args, MILLISECONDS, call.keyspace.now, reply);
}

function expireat(call: Call, args: Args, reply: Reply): void {
  expireAt(call, args, SECONDS, 0, reply);
}

function pexpireat(call: Call, args: Args, reply: Reply): void {
  expireAt(call, args, MILLISECONDS, 0, reply);
}

function ttl(call: Call, args: Args, reply: Reply): void {
  replyTime(call, args, SECONDS, call.keyspace.now, reply);
}

function pttl(call: Call, args: Args, reply: Reply): void {
  replyTime(call, args, MILLISECONDS, call.keyspace.now, reply);
}

function expiretime(call: Call, args: Args, reply: Reply): void {
  replyTime(call, args, SECONDS, 0, reply);
}

function pexpiretime(call: Call, args: Args, reply: Reply): void {
  replyTime(call, args, MILLISECONDS, 0, reply);
}

/** Removes the deadline; replies with 1 if there was one. */
function persist(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const ref = database.open(args, 1, ANY_TYPE);
  if (ref === NO_REF || !database.hasDeadline(ref)) return reply.integer(0);
  database.close(database.persist(ref), 'persist');
  reply.integer(1);
}

/** Sets a deadline counted from `base`, if the conditions hold; one that has passed deletes the key. */
function expireAt(call: Call, args: Args, unit: number, base: number, reply: Reply): void {
  const conditions = readConditions(args, reply);
  if (conditions === BAD_CONDITIONS) return;
  const deadline = readDeadline(args, 2, unit, base);
  if (Number.isNaN(deadline)) return reply.error(ERR.notInteger);
  if (deadline === TOO_FAR) return reply.error(invalidExpire(call.command.fullName));
  const { database } = call;
  const ref = database.open(args, 1, ANY_TYPE);
  if (ref === NO_REF) return reply.integer(0);
  const exact = Number.isSafeInteger(deadline) ? undefined : readExactDeadline(args, 2, unit, base);
  if (conditions !== 0 && !conditionsHold(database, ref, conditions, deadline, exact)) return reply.integer(0);
  if (deadline <= call.keyspace.now) database.remove(ref, 'del');
  else {
    const fresh = exact === undefined ? database.setDeadline(ref, deadline) : database.setFarDeadline(ref, exact);
    database.close(fresh, 'expire');
  }
  reply.integer(1);
}

/** A key without a deadline lives for ever: no deadline is later, every one is earlier. */
function conditionsHold(
  database: Database,
  ref: Ref,
  conditions: number,
  deadline: number,
  exact: bigint | undefined,
): boolean {
  const has = database.hasDeadline(ref);
  if (((conditions & NX) !== 0 && has) || ((conditions & XX) !== 0 && !has)) return false;
  const difference =
    has && exact !== undefined
      ? Number(exact - exactDeadlineOf(database.arena, ref))
      : deadline - database.deadline(ref);
  return ((conditions & GT) === 0 || difference > 0) && ((conditions & LT) === 0 || difference < 0);
}

/** Reads the conditions from argument 3 on; BAD_CONDITIONS after an error was replied. */
function readConditions(args: Args, reply: Reply): number {
  let conditions = 0;
  for (let i = 3; i < args.count; i++) {
    const condition = args.is(i, 'nx') ? NX : args.is(i, 'xx') ? XX : args.is(i, 'gt') ? GT : args.is(i, 'lt') ? LT : 0;
    if (condition === 0) {
      reply.error(unsupportedOption(args.bytes, args.start[i], args.end[i]));
      return BAD_CONDITIONS;
    }
    conditions |= condition;
  }
  if ((conditions & NX) !== 0 && conditions !== NX) {
    reply.error(ERR.expireNxAndOthers);
    return BAD_CONDITIONS;
  }
  if ((conditions & GT) !== 0 && (conditions & LT) !== 0) {
    reply.error(ERR.expireGtAndLt);
    return BAD_CONDITIONS;
  }
  return conditions;
}

/** Replies with a key's deadline counted from `base`, in units, to the nearest. */
function replyTime(call: Call, args: Args, unit: number, base: number, reply: Reply): void {
  const { database } = call;
  const ref = database.peek(args, 1);
  if (ref === NO_REF) return reply.integer(NO_KEY);
  if (!database.hasDeadline(ref)) return reply.integer(NO_DEADLINE);
  const half = unit >>> 1;
  const deadline = database.deadline(ref);
  if (Number.isSafeInteger(deadline + half)) return reply.integer(Math.floor((deadline - base + half) / unit));
  reply.int64((exactDeadlineOf(database.arena, ref) - BigInt(base) + BigInt(half)) / BigInt(unit));
}
