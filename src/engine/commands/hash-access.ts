/** What every command on hashes does with its key: finding or making the hash, one field of it, and the end of it. */

import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { EventName } from '../effects/events.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { withoutDueFields } from '../keyspace/field-expiry.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { HASH } from '../memory/layout.ts';
import {
  EMPTY_LISTPACK_BYTES,
  elementBytes,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
} from '../structures/listpack.ts';
import { encodingOf, LISTPACK } from '../values/encoding.ts';
import { hashLength, readField, setField } from '../values/hash.ts';
import { eachLiveField } from '../values/hash-walk.ts';
import { valueStart } from '../values/inline.ts';
import { initListpack } from '../values/inline-listpack.ts';
import { replyElement } from './listpack-reply.ts';

/** The most room a new hash is given beforehand. */
const ROOM_LIMIT_BYTES = 2048;
/** What an element of a listpack takes beside its bytes, if it is short. */
const ELEMENT_OVERHEAD_BYTES = 2;

/** What the running command looks at; nothing outlives the call in them. */
export const field = new ListpackCursor();
export const value = new ListpackCursor();

/** The hash of argument 1 to be read; 0 or WRONG_TYPE where it is not to be had. */
export function readHash(database: Database, args: Args): Ref {
  const ref = database.read(args, 1, HASH);
  return ref === NO_REF || ref === WRONG_TYPE ? ref : withoutDueFields(database, ref);
}

/** The hash of argument 1 to be changed; 0 or WRONG_TYPE where it is not to be had. */
export function openHash(database: Database, args: Args): Ref {
  const ref = database.open(args, 1, HASH);
  return ref === NO_REF || ref === WRONG_TYPE ? ref : withoutDueFields(database, ref);
}

/** The hash of argument 1 to write into, made where there is none; NO_REF after an error was replied. */
export function openOrCreateHash(database: Database, args: Args, reply: Reply): Ref {
  const ref = openHash(database, args);
  if (ref === WRONG_TYPE) {
    reply.error(ERR.wrongType);
    return NO_REF;
  }
  return ref === NO_REF ? createHash(database, args) : ref;
}

/** Adds an empty hash under argument 1, with room for the other arguments. */
export function createHash(database: Database, args: Args): Ref {
  let room = 0;
  for (let i = 2; i < args.count && room < ROOM_LIMIT_BYTES; i++) room += args.length(i) + ELEMENT_OVERHEAD_BYTES;
  const ref = database.create(args, 1, HASH, LISTPACK, EMPTY_LISTPACK_BYTES + Math.min(room, ROOM_LIMIT_BYTES));
  initListpack(database.arena, ref);
  return ref;
}

/** Points `value` at the value of field argument `i`; false when there is no such field. */
export function hasField(database: Database, ref: Ref, args: Args, i: number): boolean {
  return readField(database, ref, args.bytes, args.view, args.start[i], args.end[i], value);
}

/** Sets field argument `f` to argument `v`. The record may move: use the Ref returned. */
export function setArgument(
  database: Database,
  ref: Ref,
  args: Args,
  f: number,
  v: number,
  keepDeadline: boolean,
): Ref {
  const { bytes, view, start, end } = args;
  return setField(database, ref, bytes, view, start[f], end[f], bytes, view, start[v], end[v], keepDeadline);
}

/** Replies with the value of field argument `i`, null where there is none; true when there is one. */
export function replyField(database: Database, ref: Ref, args: Args, i: number, reply: Reply): boolean {
  if (ref === NO_REF || !hasField(database, ref, args, i)) {
    reply.null();
    return false;
  }
  replyText(reply, value);
  return true;
}

export function replyText(reply: Reply, text: ListpackCursor): void {
  reply.bulk(text.bytes, text.view, text.start, text.end);
}

/** Replies with the fields that are not gone, their values, or both; how many there are was said before. */
export function replyFields(
  database: Database,
  ref: Ref,
  withFields: boolean,
  withValues: boolean,
  reply: Reply,
): void {
  const { arena } = database;
  if (encodingOf(arena, ref) === LISTPACK) {
    const bytes = arena.bytes[ref >>> 22];
    const view = arena.views[ref >>> 22];
    for (let p = valueStart(arena, ref) + LISTPACK_HEADER_BYTES; bytes[p] !== LISTPACK_END; ) {
      p = withFields ? replyElement(reply, bytes, view, p) : p + elementBytes(bytes, view, p);
      p = withValues ? replyElement(reply, bytes, view, p) : p + elementBytes(bytes, view, p);
    }
    return;
  }
  eachLiveField(database, ref, field, value, () => {
    if (withFields) replyText(reply, field);
    if (withValues) replyText(reply, value);
  });
}

/** Records a change of so many fields; removes the key of a hash that has none left. */
export function closeChanged(database: Database, ref: Ref, event: EventName, changed: number): void {
  database.close(ref, event);
  database.keyspace.effects.dirty += changed - 1;
  removeIfEmpty(database, ref);
}

/** Removes the key of a hash that has no field left, and tells of it. */
export function removeIfEmpty(database: Database, ref: Ref): void {
  if (hashLength(database.arena, ref) > 0) return;
  database.notify(ref, 'del');
  database.discard(ref);
}
