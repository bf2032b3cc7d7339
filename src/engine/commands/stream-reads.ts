/**
 * XREAD and XREADGROUP: the entries behind the IDs given, of several streams.
 *
 * Both look twice at each stream: first at everything that can be refused, then for what there is to reply. A stream without
 * news is left out of the reply, but reading a consumer's history always replies. `readStreams` answers whether it replied
 * anything; with BLOCK they wait otherwise and look again when a stream changes. `$` is what was the last ID at first. With
 * CLAIM a consumer is first given what is pending for too long, whoever had it; then a look is worth while too when something
 * pending will have grown old.
 */
import { Args } from '../../protocol/args.ts';
import { ERR, noGroupToRead, unbalancedStreams } from '../../protocol/errors.ts';
import type { Deferred, Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { STREAM } from '../memory/layout.ts';
import { compareIds, STREAM_ID_TEXT_BYTES, StreamId, writeIdText } from '../structures/stream-id.ts';
import { headerOf } from '../values/encoding.ts';
import { findGroup } from '../values/stream-groups.ts';
import { LAST_ID, readHeaderId } from '../values/stream-header.ts';
import { StreamWalk } from '../values/stream-walk.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { ACCESS, BLOCKING, family, MOVABLE_KEYS, READONLY, RO, row, WRITE } from './spec.ts';
import { deliverAgain, deliverNews, findNews, type Recipient, replyHistory, seeConsumer } from './stream-deliveries.ts';
import { replyEntry } from './stream-entries.ts';
import { IdlePending } from './stream-idle.ts';
import { isByte, readId } from './stream-ids.ts';

const DOLLAR = 36;
const GREATER = 62;

function streamKeys(startFrom: number) {
  const begin = { keyword: 'STREAMS', startFrom };
  return [{ flags: RO | ACCESS, begin, find: { last: -1, step: 1, limit: 2 } }];
}

export const streamReads = family('stream', [
  row('XREAD', xread, -4, READONLY | BLOCKING | MOVABLE_KEYS, streamKeys(1)),
  row('XREADGROUP', xreadgroup, -7, WRITE | BLOCKING | MOVABLE_KEYS, streamKeys(4)),
]);

/** Reused: `readOptions` sets it. */
const options = {
  /** The most entries of each stream. */
  count: Number.POSITIVE_INFINITY,
  /** Arguments: the group's name, 0 for none, before the consumer's; the first key; how many keys there are. */
  group: 0,
  keys: 0,
  streams: 0,
  noAck: false,
  /** How long what is pending must have been idle to be claimed, in milliseconds; -1 to claim nothing. */
  claimIdle: -1,
  blocks: false,
  /** Until when it waits, in milliseconds since 1970. */
  deadline: Number.POSITIVE_INFINITY,
};

/** What the running command looks at; nothing outlives the call in it. */
const id = new StreamId();
const last = new StreamId();
const walk = new StreamWalk();
/** The group that `checkStreams` found last, and of which key's stream. */
const checked = { group: NO_REF as Ref, key: 0 };
const table = { place: 0 as Deferred, rows: 0 };
const idle = new IdlePending();
const nobody = 0 as Ref;
const to: Recipient = {
  stream: nobody,
  group: nobody,
  consumer: nobody,
  keepsPending: true,
  tellsDeliveries: false,
};
/** When something pending that is too new to be claimed will be old enough. */
let claimableAt = Number.POSITIVE_INFINITY;

/** The least time between two looks at pending entries when there are none, in milliseconds. */
const LEAST_PAUSE_MS = 100;

/** Replies with entries of streams behind IDs. */
function xread(call: Call, args: Args, reply: Reply): void {
  read(call, args, reply, false);
}

/** Replies with entries that no consumer of the group was given, or with what was given to this one. */
function xreadgroup(call: Call, args: Args, reply: Reply): void {
  read(call, args, reply, true);
}

function read(call: Call, args: Args, reply: Reply, ofGroup: boolean): void {
  const problem = readOptions(call, args, ofGroup) || checkStreams(call, args, ofGroup);
  if (problem !== '') return reply.error(problem);
  if (readStreams(call, args, reply)) return;
  if (!options.blocks || !call.mayBlock) return reply.nullArray();
  const { keys, streams, deadline } = options;
  const wish = { first: keys, count: streams, type: STREAM, deadline, wakesWhenGone: ofGroup };
  const lookAgain = options.claimIdle < 0 ? {} : { lookAgain: nextLook(call.keyspace.now) };
  call.blocking.park(call, withLastIds(call, args), { ...wish, ...lookAgain });
}

/** What others are given from now on can be claimed no sooner than in the time asked for. */
function nextLook(now: number): number {
  return Math.min(claimableAt, now + Math.max(options.claimIdle, LEAST_PAUSE_MS));
}

/** The arguments with the last IDs that streams have now in the place of each `$`. */
function withLastIds(call: Call, args: Args): Args {
  const { keys, streams } = options;
  const { arena } = call.database;
  const parts: Buffer[] = [];
  for (let i = 0; i < args.count; i++) {
    if (i < keys + streams || !isByte(args, i, DOLLAR)) {
      parts.push(args.copy(i));
      continue;
    }
    const ref = call.database.find(args, i - streams);
    if (ref === NO_REF) last.setMinimum();
    else readHeaderId(arena, headerOf(arena, ref), LAST_ID, last);
    const text = Buffer.alloc(STREAM_ID_TEXT_BYTES);
    parts.push(text.subarray(0, writeIdText(text, 0, last)));
  }
  return Args.of(parts);
}

/** Reads the arguments up to the keys; answers the error, or ''. */
function readOptions(call: Call, args: Args, ofGroup: boolean): string {
  options.count = Number.POSITIVE_INFINITY;
  options.group = 0;
  options.keys = 0;
  options.noAck = false;
  options.claimIdle = -1;
  options.blocks = false;
  for (let i = 1; i < args.count && options.keys === 0; i++) {
    const more = args.count - i - 1;
    if (more > 0 && args.is(i, 'block')) {
      const wait = clampedInt64(args, ++i);
      if (Number.isNaN(wait)) return ERR.timeoutNotInteger;
      if (wait < 0) return ERR.timeoutNegative;
      // Beyond what a signed 64-bit time in milliseconds can hold.
      if (wait > 0 && isBeyondTime(args, i, call.keyspace.now)) return ERR.timeoutOutOfRange;
      options.blocks = true;
      options.deadline = wait === 0 ? Number.POSITIVE_INFINITY : call.keyspace.now + wait;
    } else if (more > 0 && args.is(i, 'count')) {
      const count = clampedInt64(args, ++i);
      if (Number.isNaN(count)) return ERR.notInteger;
      options.count = count <= 0 ? Number.POSITIVE_INFINITY : count;
    } else if (more > 0 && args.is(i, 'streams')) {
      options.keys = i + 1;
      if (more % 2 === 1) return unbalancedStreams(call.command.fullName, ofGroup ? '>' : '$');
      options.streams = more / 2;
    } else if (more > 1 && args.is(i, 'group')) {
      if (!ofGroup) return ERR.groupOfXread;
      options.group = i + 1;
      i += 2;
    } else if (args.is(i, 'noack')) {
      if (!ofGroup) return ERR.noackOfXread;
      options.noAck = true;
    } else if (more > 0 && args.is(i, 'claim')) {
      if (!ofGroup) return ERR.claimOfXread;
      options.claimIdle = clampedInt64(args, ++i);
      if (Number.isNaN(options.claimIdle)) return ERR.claimIdleNotInteger;
      if (options.claimIdle < 0) return ERR.claimIdleNegative;
    } else return ERR.syntax;
  }
  if (options.keys === 0) return ERR.syntax;
  return ofGroup && options.group === 0 ? ERR.groupMissing : '';
}

function isBeyondTime(args: Args, i: number, now: number): boolean {
  const wait = args.integer(i);
  return Number.isNaN(wait) && (args.int64(i) ?? 0n) > 9223372036854775807n - BigInt(now);
}

/** Checks keys, groups and IDs; answers the error, or ''. */
function checkStreams(call: Call, args: Args, ofGroup: boolean): string {
  const { database } = call;
  const { group, keys, streams } = options;
  for (let i = keys; i < keys + streams; i++) {
    const ref = database.read(args, i, STREAM);
    if (ref === WRONG_TYPE) return ERR.wrongType;
    if (ofGroup) checked.group = groupOf(call, args, ref);
    checked.key = i;
    if (ofGroup && checked.group === NO_REF) return noGroupToRead(args.text(i), args.text(group));
    const at = i + streams;
    if (isByte(args, at, DOLLAR)) {
      if (ofGroup) return ERR.dollarOfGroup;
    } else if (isByte(args, at, GREATER)) {
      if (!ofGroup) return ERR.newOfXread;
    } else if (!readId(args, at, id)) return ERR.streamId;
  }
  return '';
}

/** The group asked for of a stream's record; 0 when there is none. */
function groupOf(call: Call, args: Args, ref: Ref): Ref {
  if (ref === NO_REF) return NO_REF;
  const { arena } = call.database;
  const { group } = options;
  return findGroup(arena, headerOf(arena, ref), args.bytes, args.view, args.start[group], args.end[group]);
}

/** Replies with what there is; false, and nothing replied, when there is nothing. */
function readStreams(call: Call, args: Args, reply: Reply): boolean {
  const { keys, streams, group } = options;
  table.rows = 0;
  claimableAt = Number.POSITIVE_INFINITY;
  for (let i = keys; i < keys + streams; i++) {
    const ref = call.database.read(args, i, STREAM);
    if (ref === NO_REF) continue;
    if (group === 0) readStream(call, args, i, headerOf(call.database.arena, ref), reply);
    else readAsConsumer(call, args, i, ref, reply);
  }
  if (table.rows === 0) return false;
  reply.endTable(table.place, table.rows);
  return true;
}

/** Begins what is replied of the stream of key `i`. */
function beginRow(args: Args, i: number, reply: Reply): void {
  if (table.rows++ === 0) table.place = reply.beginTable();
  reply.row();
  reply.bulk(args.bytes, args.view, args.start[i], args.end[i]);
}

/** Replies with the entries of the stream of key `i` behind the ID given, if there are any. */
function readStream(call: Call, args: Args, i: number, stream: Ref, reply: Reply): void {
  const { arena } = call.database;
  const at = i + options.streams;
  readHeaderId(arena, stream, LAST_ID, last);
  if (isByte(args, at, DOLLAR) || !readId(args, at, id) || compareIds(last, id) <= 0 || !id.increment()) return;
  last.setMaximum();
  walk.begin(arena, stream, id, last, false);
  if (!walk.next()) return;
  beginRow(args, i, reply);
  const array = reply.beginArray();
  let length = 0;
  do {
    replyEntry(reply, walk);
    length++;
  } while (length < options.count && walk.next());
  reply.endArray(array, length);
}

/** The same for a consumer, who is made known: what is new to the group, or what was delivered to this consumer. */
function readAsConsumer(call: Call, args: Args, i: number, ref: Ref, reply: Reply): void {
  const { arena } = call.database;
  to.stream = headerOf(arena, ref);
  to.group = checked.key === i ? checked.group : groupOf(call, args, ref);
  to.consumer = seeConsumer(call, args, ref, to.group, options.group + 1);
  const at = i + options.streams;
  // As in Redis, the greatest ID means the same as `>`.
  const isHistory = !isByte(args, at, GREATER) && readId(args, at, id) && !id.isMaximum;
  if (!isHistory) return readNews(call, args, i, reply);
  beginRow(args, i, reply);
  replyHistory(call, to.stream, to.group, to.consumer, id, options.count, reply);
  call.keyspace.effects.dirty++;
}

/** Replies with what is claimed and then with what is new of the stream of key `i`, if there is anything. */
function readNews(call: Call, args: Args, i: number, reply: Reply): void {
  const { arena } = call.database;
  const { count, claimIdle } = options;
  let claimed = 0;
  to.keepsPending = !options.noAck;
  to.tellsDeliveries = claimIdle >= 0;
  if (claimIdle >= 0) {
    idle.find(arena, to.stream, to.group, call.keyspace.now, claimIdle, count);
    claimableAt = Math.min(claimableAt, idle.next);
    claimed = idle.ids.length;
  }
  const hasNews = claimed < count && findNews(arena, to.stream, to.group, walk);
  if (claimed === 0 && !hasNews) return;
  beginRow(args, i, reply);
  const array = reply.beginArray();
  if (claimed > 0) deliverAgain(call, to, idle.ids, reply);
  const delivered = hasNews ? deliverNews(call, to, walk, count - claimed, reply) : 0;
  reply.endArray(array, claimed + delivered);
  call.keyspace.effects.dirty++;
}
