/** Reading or writing fields of a hash and something else at once: HGETEX and HSETEX their deadlines, HGETDEL their end. */
import type { Args } from '../../protocol/args.ts';
import { ERR, unknownArgument, wrongArity } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { removeField, toHashtableFor } from '../values/hash.ts';
import { fieldDeadline, setFieldDeadline, startTimer } from '../values/hash-deadlines.ts';
import { MILLISECONDS, SECONDS } from './expire-time.ts';
import { readFieldList, readFieldTime } from './field-time.ts';
import { closeChanged, createHash, hasField, openHash, removeIfEmpty, replyField, setArgument } from './hash-access.ts';
import { ACCESS, DELETE, DENYOOM, FAST, family, key, RW, row, UPDATE, WRITE } from './spec.ts';

export const fieldCombinations = family('hash', [
  row('HGETEX', hgetex, -5, WRITE | FAST, key(1, RW | ACCESS | UPDATE, 'RW and UPDATE because it changes the TTL')),
  row('HSETEX', hsetex, -6, WRITE | DENYOOM | FAST, key(1, RW | UPDATE)),
  row('HGETDEL', hgetdel, -5, WRITE | FAST, key(1, RW | ACCESS | DELETE)),
]);

/** What HSETEX and HGETEX are told to do with deadlines: nothing. */
const LEAVE = -1;
const NEVER = Number.POSITIVE_INFINITY;

/** Which fields must be there for HSETEX to set any. */
const ANY = 0;
const ALL_NEW = 1;
const ALL_OLD = 2;

interface SetOptions {
  condition: number;
  deadline: number;
  keepDeadlines: boolean;
  /** Where the fields and values begin. */
  fields: number;
}

/** The option word at `i` that names a time; its unit, negative when it counts from now; 0 for another word. */
function timeUnit(args: Args, i: number): number {
  if (args.is(i, 'ex')) return -SECONDS;
  if (args.is(i, 'px')) return -MILLISECONDS;
  return args.is(i, 'exat') ? SECONDS : args.is(i, 'pxat') ? MILLISECONDS : 0;
}

function readTime(call: Call, args: Args, i: number, unit: number, reply: Reply): number {
  return readFieldTime(call, args, i, Math.abs(unit), unit < 0 ? call.keyspace.now : 0, reply);
}

/** Replies with the values of fields; sets or removes the deadlines of those that are there. */
function hgetex(call: Call, args: Args, reply: Reply): void {
  const { database, keyspace } = call;
  const found = openHash(database, args);
  if (found === WRONG_TYPE) return reply.error(ERR.wrongType);
  const unit = timeUnit(args, 2);
  let deadline = args.is(2, 'persist') ? NEVER : LEAVE;
  if (unit !== 0) deadline = readTime(call, args, 3, unit, reply);
  if (Number.isNaN(deadline)) return;
  const list = unit !== 0 ? 4 : deadline === NEVER ? 3 : 2;
  if (!readFieldList(args, list, reply)) return;
  const ref = found === NO_REF || deadline === LEAVE ? found : startTimer(database, found);
  const isPast = deadline !== LEAVE && deadline <= keyspace.now;
  let changed = 0;
  reply.array(args.count - list - 2);
  for (let i = list + 2; i < args.count; i++) {
    if (!replyField(database, ref, args, i, reply) || deadline === LEAVE) continue;
    const { bytes, view, start, end } = args;
    if (deadline === NEVER && fieldDeadline(database, ref, bytes, view, start[i], end[i]) === NEVER) continue;
    changed++;
    if (isPast) removeField(database, ref, bytes, view, start[i], end[i]);
    else setFieldDeadline(database, ref, bytes, view, start[i], end[i], deadline);
  }
  if (changed === 0) return;
  if (isPast) keyspace.expiredFields += changed;
  closeChanged(database, ref, isPast ? 'hdel' : deadline === NEVER ? 'hpersist' : 'hexpire', changed);
}

/** Replies with the values of fields, and deletes them. */
function hgetdel(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  let ref = openHash(database, args);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (!readFieldList(args, 2, reply)) return;
  let removed = 0;
  reply.array(args.count - 4);
  for (let i = 4; i < args.count; i++) {
    if (!replyField(database, ref, args, i, reply)) continue;
    ref = removeField(database, ref, args.bytes, args.view, args.start[i], args.end[i]);
    removed++;
  }
  if (removed > 0) closeChanged(database, ref, 'hdel', removed);
}

/** Sets fields and their deadlines, if the fields are as the condition says; replies with 1 if they were. */
function hsetex(call: Call, args: Args, reply: Reply): void {
  const options = readSetOptions(call, args, reply);
  if (options === undefined) return;
  const { database, keyspace } = call;
  const { condition, deadline, keepDeadlines, fields } = options;
  const found = openHash(database, args);
  if (found === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (!fieldsAre(database, found, args, fields, condition)) return reply.integer(0);
  const pairs = (args.count - fields) / 2;
  let ref = toHashtableFor(database, found === NO_REF ? createHash(database, args) : found, pairs);
  for (let i = fields; i < args.count; i += 2) ref = setArgument(database, ref, args, i, i + 1, keepDeadlines);
  database.close(ref, 'hset');
  keyspace.effects.dirty += pairs - 1;
  if (deadline !== LEAVE) {
    ref = startTimer(database, ref);
    setDeadlines(database, ref, args, fields, deadline);
  }
  reply.integer(1);
}

/** Sets the deadlines of the fields just set; those that have passed delete them. */
function setDeadlines(database: Database, ref: Ref, args: Args, fields: number, deadline: number): void {
  const { keyspace } = database;
  const isPast = deadline <= keyspace.now;
  for (let i = fields; i < args.count; i += 2) {
    const { bytes, view, start, end } = args;
    if (!isPast) setFieldDeadline(database, ref, bytes, view, start[i], end[i], deadline);
    else if (removeField(database, ref, bytes, view, start[i], end[i]) !== NO_REF) keyspace.expiredFields++;
  }
  database.notify(ref, isPast ? 'hdel' : 'hexpire');
  removeIfEmpty(database, ref);
}

function fieldsAre(database: Database, ref: Ref, args: Args, fields: number, condition: number): boolean {
  if (condition === ANY) return true;
  if (ref === NO_REF) return condition === ALL_NEW;
  for (let i = fields; i < args.count; i += 2) {
    if (hasField(database, ref, args, i) !== (condition === ALL_OLD)) return false;
  }
  return true;
}

/** HSETEX's options, in any order before FIELDS; undefined after an error was replied. */
function readSetOptions(call: Call, args: Args, reply: Reply): SetOptions | undefined {
  const options: SetOptions = { condition: ANY, deadline: LEAVE, keepDeadlines: false, fields: 0 };
  for (let i = 2; i < args.count; i++) {
    if (args.is(i, 'fields')) return readPairs(call, args, i, options, reply) ? options : undefined;
    const unit = timeUnit(args, i);
    if (unit !== 0 || args.is(i, 'keepttl')) {
      if (options.deadline !== LEAVE || options.keepDeadlines) return refused(reply, ERR.fieldTimesAtOdds);
      if (unit === 0) options.keepDeadlines = true;
      else {
        if (i === args.count - 1) return refused(reply, ERR.fieldTimeMissing);
        options.deadline = readTime(call, args, ++i, unit, reply);
        if (Number.isNaN(options.deadline)) return undefined;
      }
    } else if (args.is(i, 'fxx') || args.is(i, 'fnx')) {
      if (options.condition !== ANY) return refused(reply, ERR.fieldConditionsAtOdds);
      options.condition = args.is(i, 'fxx') ? ALL_OLD : ALL_NEW;
    } else return refused(reply, unknownArgument(args.text(i)));
  }
  return refused(reply, wrongArity(call.command.fullName));
}

/** Reads `FIELDS count field value …` at argument `i`; false after an error was replied. */
function readPairs(call: Call, args: Args, i: number, options: SetOptions, reply: Reply): boolean {
  options.fields = i + 2;
  const words = args.count - options.fields;
  if (words < 2) reply.error(wrongArity(call.command.fullName));
  else {
    const count = args.integer(i + 1);
    if (!(count >= 1 && count <= MOST_PAIRS)) reply.error(ERR.fieldPairCount);
    else if (count * 2 !== words) reply.error(wrongArity(call.command.fullName));
    else return true;
  }
  return false;
}

/** Redis counts them as a C int. */
const MOST_PAIRS = 2 ** 31 - 1;

function refused(reply: Reply, error: string): undefined {
  reply.error(error);
  return undefined;
}
