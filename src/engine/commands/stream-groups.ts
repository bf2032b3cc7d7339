/** XGROUP: making consumer groups and their consumers, setting where a group goes on, removing them. */
import type { Args } from '../../protocol/args.ts';
import { ERR, noGroupOfKey, wrongSubcommand } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { NO_EVENT } from '../effects/events.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { STREAM } from '../memory/layout.ts';
import { treeCount } from '../structures/id-tree.ts';
import { StreamId } from '../structures/stream-id.ts';
import { headerOf, STREAM_BLOCKS } from '../values/encoding.ts';
import {
  addConsumer,
  addGroup,
  consumerPending,
  dropConsumer,
  findConsumer,
  findGroup,
  moveGroup,
  writeDelivered,
  writeEntriesRead,
} from '../values/stream-groups.ts';
import { LAST_ID, newStream, readHeaderId } from '../values/stream-header.ts';
import { helpRow } from './help.ts';
import { container, DELETE, DENYOOM, family, INSERT, key, RW, row, UPDATE, WRITE } from './spec.ts';
import { createStream } from './stream-entries.ts';
import { isByte, LEAST, readId, readIdOrEnd } from './stream-ids.ts';

export const streamGroups = family('stream', [
  container('XGROUP', [
    row('CREATE', create, -5, WRITE | DENYOOM, key(2, RW | INSERT)),
    row('SETID', setId, -5, WRITE, key(2, RW | UPDATE)),
    row('DESTROY', destroy, 4, WRITE, key(2, RW | DELETE)),
    row('CREATECONSUMER', createConsumer, 5, WRITE | DENYOOM, key(2, RW | INSERT)),
    row('DELCONSUMER', deleteConsumer, 5, WRITE, key(2, RW | DELETE)),
    helpRow('XGROUP', [
      'CREATE <key> <groupname> <id|$> [option]',
      '    Create a new consumer group. Options are:',
      '    * MKSTREAM',
      '      Create the empty stream if it does not exist.',
      '    * ENTRIESREAD entries_read',
      "      Set the group's entries_read counter (internal use).",
      'CREATECONSUMER <key> <groupname> <consumer>',
      '    Create a new consumer in the specified group.',
      'DELCONSUMER <key> <groupname> <consumer>',
      '    Remove the specified consumer.',
      'DESTROY <key> <groupname>',
      '    Remove the specified group.',
      'SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]',
      '    Set the current group ID and entries_read counter.',
    ]),
  ]),
]);

const DOLLAR = 36;
/** The most arguments with every option once. */
const CREATE_WORDS = 8;

/** What the running command looks at; nothing outlives the call in it. */
const id = new StreamId();
/** What the options say. */
const options = { makesStream: false, read: -1n };

/** Adds a group, and with MKSTREAM the stream. */
function create(call: Call, args: Args, reply: Reply): void {
  const problem = readOptions(call, args, true);
  if (problem !== '') return reply.error(problem);
  const { database } = call;
  const { arena } = database;
  let ref = database.open(args, 2, STREAM);
  const isNew = ref === NO_REF;
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (isNew && !options.makesStream) return reply.error(ERR.groupKeyMissing);
  if (args.count > CREATE_WORDS) return reply.error(wrongSubcommand(args.text(1), 'xgroup'));
  if (isByte(args, 4, DOLLAR)) readLast(arena, ref);
  else if (!readId(args, 4, id)) return reply.error(ERR.streamId);
  if (isNew) ref = createStream(database, args, 2);
  const stream = headerOf(arena, ref);
  if (groupOf(arena, stream, args) !== NO_REF) return reply.error(ERR.groupExists);
  setGroup(arena, addGroup(arena, stream, args.bytes, args.view, args.start[3], args.end[3]));
  reply.ok();
  if (isNew) database.notify(ref, NO_EVENT);
  database.close(ref, 'xgroup-create');
}

/** Sets where a group goes on. */
function setId(call: Call, args: Args, reply: Reply): void {
  const problem = readOptions(call, args, false);
  if (problem !== '') return reply.error(problem);
  const ref = openGroup(call, args, reply);
  if (ref === NO_REF) return;
  const { arena } = call.database;
  if (args.count !== 5 && args.count !== 7) return reply.error(wrongSubcommand(args.text(1), 'xgroup'));
  if (isByte(args, 4, DOLLAR)) readLast(arena, ref);
  else if (!readIdOrEnd(args, 4, id, LEAST)) return reply.error(ERR.streamId);
  setGroup(arena, groupOf(arena, headerOf(arena, ref), args));
  reply.ok();
  call.database.close(ref, 'xgroup-setid');
}

/** Reads what stands behind the ID; answers the error, or ''. */
function readOptions(call: Call, args: Args, isCreate: boolean): string {
  options.makesStream = false;
  options.read = -1n;
  for (let i = 5; i < args.count; i++) {
    if (isCreate && args.is(i, 'mkstream')) options.makesStream = true;
    else if (args.is(i, 'entriesread') && i + 1 < args.count) {
      const read = args.int64(++i);
      if (read === undefined) return ERR.notInteger;
      if (read < -1n) return ERR.entriesReadNegative;
      options.read = read;
    } else return wrongSubcommand(args.text(1), call.command.parent?.row.name ?? '');
  }
  return '';
}

/** Sets `id` to the last of a stream, or to the first there can be. */
function readLast(arena: Arena, ref: Ref): void {
  if (ref === NO_REF) id.setMinimum();
  else readHeaderId(arena, headerOf(arena, ref), LAST_ID, id);
}

function setGroup(arena: Arena, group: Ref): void {
  writeDelivered(arena, group, id);
  writeEntriesRead(arena, group, Number(options.read >> 32n), Number(BigInt.asIntN(32, options.read)));
}

function groupOf(arena: Arena, stream: Ref, args: Args): Ref {
  return findGroup(arena, stream, args.bytes, args.view, args.start[3], args.end[3]);
}

/** The record of a stream that has the group; 0, and the error replied, when there is none. */
function openGroup(call: Call, args: Args, reply: Reply): Ref {
  const { database } = call;
  const ref = database.open(args, 2, STREAM);
  if (ref === WRONG_TYPE) reply.error(ERR.wrongType);
  else if (ref === NO_REF) reply.error(ERR.groupKeyMissing);
  else if (groupOf(database.arena, headerOf(database.arena, ref), args) !== NO_REF) return ref;
  else reply.error(noGroupOfKey(args.text(3), args.text(2)));
  return NO_REF;
}

/** Removes a group with all that is pending; replies whether there was one. */
function destroy(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const { arena } = database;
  const ref = database.open(args, 2, STREAM);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  if (ref === NO_REF) return reply.error(ERR.groupKeyMissing);
  const group = groupOf(arena, headerOf(arena, ref), args);
  if (group === NO_REF) return reply.integer(0);
  // What is pending may be much: it is freed as a stream of its own.
  const remains = newStream(arena);
  moveGroup(arena, headerOf(arena, ref), group, remains);
  call.keyspace.lazyFree.freeOutside(STREAM_BLOCKS, remains);
  reply.integer(1);
  database.close(ref, 'xgroup-destroy');
}

/** Adds a consumer; replies whether it is new. */
function createConsumer(call: Call, args: Args, reply: Reply): void {
  const ref = openGroup(call, args, reply);
  if (ref === NO_REF) return;
  const { arena } = call.database;
  const { bytes, view, start, end } = args;
  const group = groupOf(arena, headerOf(arena, ref), args);
  const isNew = findConsumer(arena, group, bytes, view, start[4], end[4]) === NO_REF;
  if (isNew) {
    addConsumer(arena, group, bytes, view, start[4], end[4], call.keyspace.now);
    call.database.close(ref, 'xgroup-createconsumer');
  }
  reply.integer(isNew ? 1 : 0);
}

/** Removes a consumer with all that is pending for it; replies how much that was. */
function deleteConsumer(call: Call, args: Args, reply: Reply): void {
  const ref = openGroup(call, args, reply);
  if (ref === NO_REF) return;
  const { arena } = call.database;
  const group = groupOf(arena, headerOf(arena, ref), args);
  const consumer = findConsumer(arena, group, args.bytes, args.view, args.start[4], args.end[4]);
  if (consumer === NO_REF) return reply.integer(0);
  reply.integer(treeCount(arena, consumerPending(arena, consumer)));
  dropConsumer(arena, group, consumer);
  call.database.close(ref, 'xgroup-delconsumer');
}
