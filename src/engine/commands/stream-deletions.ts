/** XDELEX and XACKDEL: deleting entries together with what consumer groups know of them. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { WRONG_TYPE } from '../keyspace/database.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { STREAM } from '../memory/layout.ts';
import { IdPlace } from '../structures/id-tree.ts';
import { StreamId } from '../structures/stream-id.ts';
import { headerOf } from '../values/encoding.ts';
import { deleteFromStream } from '../values/stream.ts';
import { consumerPending, findGroup, groupPending } from '../values/stream-groups.ts';
import { findPending, pendingConsumer, removePending } from '../values/stream-pending.ts';
import {
  DROP_REFERENCES,
  dropReferences,
  isReferenced,
  KEEP_REFERENCES,
  UNREFERENCED_ONLY,
} from '../values/stream-references.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { DELETE, FAST, family, key, RW, row, UPDATE, WRITE } from './spec.ts';
import { readId } from './stream-ids.ts';
import { NO_POLICY, readPolicy } from './stream-policy.ts';

export const streamDeletions = family('stream', [
  row('XDELEX', xdelex, -5, WRITE | FAST, key(1, RW | DELETE)),
  row('XACKDEL', xackdel, -6, WRITE | FAST, key(1, RW | UPDATE | DELETE)),
]);

/** What is replied for an ID. */
const MISSING = -1;
const DELETED = 1;
const STILL_REFERENCED = 2;

/** What the running command looks at; nothing outlives the call in it. */
const id = new StreamId();
const place = new IdPlace();
/** What the options say: what becomes of references, the first ID's argument, how many IDs there are. */
const wish = { references: KEEP_REFERENCES, first: 0, count: 0 };
/** What the running command did. */
const done = { deleted: 0, changed: 0 };

/** Deletes entries; replies for each whether it was there, and with ACKED whether a group still needs it. */
function xdelex(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const { arena } = database;
  const ref = database.open(args, 1, STREAM);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const problem = readWish(args, 2);
  if (problem !== '') return reply.error(problem);
  if (ref === NO_REF) return replyMissing(reply);
  const invalid = checkIds(args);
  if (invalid !== '') return reply.error(invalid);
  const stream = headerOf(arena, ref);
  reply.array(wish.count);
  for (let i = wish.first; i < wish.first + wish.count; i++) {
    readId(args, i, id);
    const isKept = wish.references === UNREFERENCED_ONLY && isReferenced(arena, stream, id);
    const isDeleted = !isKept && remove(arena, stream);
    reply.integer(isKept ? STILL_REFERENCED : isDeleted ? DELETED : MISSING);
  }
  finish(call, ref);
}

/** Acknowledges what is pending in a group and deletes it; replies for each ID whether it was pending, and as XDELEX does. */
function xackdel(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const { arena } = database;
  const ref = database.open(args, 1, STREAM);
  if (ref === WRONG_TYPE) return reply.error(ERR.wrongType);
  const problem = readWish(args, 3);
  if (problem !== '') return reply.error(problem);
  if (ref === NO_REF) return replyMissing(reply);
  const stream = headerOf(arena, ref);
  const group = findGroup(arena, stream, args.bytes, args.view, args.start[2], args.end[2]);
  if (group === NO_REF) return replyMissing(reply);
  const invalid = checkIds(args);
  if (invalid !== '') return reply.error(invalid);
  const pending = groupPending(arena, group);
  reply.array(wish.count);
  for (let i = wish.first; i < wish.first + wish.count; i++) {
    readId(args, i, id);
    if (!findPending(arena, pending, id, place)) {
      reply.integer(MISSING);
      continue;
    }
    removePending(arena, pending, consumerPending(arena, pendingConsumer(arena, place)), id);
    done.changed++;
    const isKept = wish.references === UNREFERENCED_ONLY && isReferenced(arena, stream, id);
    if (!isKept) remove(arena, stream);
    reply.integer(isKept ? STILL_REFERENCED : DELETED);
  }
  finish(call, ref);
}

/** Reads the options from argument `i` on, in any order; answers the error, or ''. */
function readWish(args: Args, i: number): string {
  let references = NO_POLICY;
  wish.first = 0;
  done.deleted = 0;
  done.changed = 0;
  for (let at = i; at < args.count; at++) {
    const policy = references === NO_POLICY ? readPolicy(args, at) : NO_POLICY;
    if (policy !== NO_POLICY) {
      references = policy;
      continue;
    }
    if (!args.is(at, 'ids') || at + 1 === args.count) return ERR.syntax;
    const count = clampedInt64(args, at + 1);
    if (Number.isNaN(count) || count < 1) return ERR.idCount;
    if (count > args.count - at - 2) return ERR.idCountMismatch;
    wish.first = at + 2;
    wish.count = count;
    at += count + 1;
  }
  wish.references = references === NO_POLICY ? KEEP_REFERENCES : references;
  return wish.first === 0 ? ERR.idsMissing : '';
}

function checkIds(args: Args): string {
  for (let i = wish.first; i < wish.first + wish.count; i++) if (!readId(args, i, id)) return ERR.streamId;
  return '';
}

/** Replies that there is no such entry, for each ID. */
function replyMissing(reply: Reply): void {
  reply.array(wish.count);
  for (let left = wish.count; left > 0; left--) reply.integer(MISSING);
}

/** Deletes the entry of `id`, with its references where that is asked for; false when there is none. */
function remove(arena: Arena, stream: Ref): boolean {
  const isDropped = wish.references === DROP_REFERENCES && dropReferences(arena, stream, id);
  const isDeleted = deleteFromStream(arena, stream, id);
  if (isDeleted) done.deleted++;
  if (isDeleted || isDropped) done.changed++;
  return isDeleted;
}

/** Tells of what was deleted, and counts what was changed. */
function finish(call: Call, ref: Ref): void {
  if (done.deleted > 0) call.database.close(ref, 'xdel');
  call.keyspace.effects.dirty += done.deleted > 0 ? done.changed - 1 : done.changed;
}
