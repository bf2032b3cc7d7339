/** Making a stream, and replying with entries of one. */
import type { Halves } from '../../bytes/uint64.ts';
import type { Args } from '../../protocol/args.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Database } from '../keyspace/database.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { STREAM } from '../memory/layout.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import { STREAM_BLOCKS, setHeader } from '../values/encoding.ts';
import { newStream } from '../values/stream-header.ts';
import { pointAtName } from '../values/stream-names.ts';
import type { StreamWalk } from '../values/stream-walk.ts';
import { replyId } from './stream-ids.ts';

const name = new ListpackCursor();

/** Adds an empty stream under argument `i`; closed like any change. */
export function createStream(database: Database, args: Args, i: number): Ref {
  const stream = newStream(database.arena);
  const ref = database.create(args, i, STREAM, STREAM_BLOCKS, 0);
  setHeader(database.arena, ref, stream);
  return ref;
}

/** Replies with up to `count` entries of a walk that was begun. */
export function replyEntries(reply: Reply, walk: StreamWalk, count: number): void {
  const array = reply.beginArray();
  let length = 0;
  for (; length < count && walk.next(); length++) replyEntry(reply, walk);
  reply.endArray(array, length);
}

/** Replies with the entry read: its ID and its fields with their values. */
export function replyEntry(reply: Reply, walk: StreamWalk): void {
  reply.array(2);
  replyParts(reply, walk);
}

/** The same with how long ago and how often it was delivered before. */
export function replyDelivered(reply: Reply, walk: StreamWalk, idleMs: number, deliveries: Halves): void {
  reply.array(4);
  replyParts(reply, walk);
  reply.integer(idleMs);
  replyHalves(reply, deliveries);
}

function replyParts(reply: Reply, walk: StreamWalk): void {
  const { field, value, fieldCount } = walk;
  replyId(reply, walk.id);
  reply.array(fieldCount * 2);
  walk.beginFields();
  for (let left = fieldCount; left > 0; left--) {
    walk.nextField();
    reply.bulk(field.bytes, field.view, field.start, field.end);
    reply.bulk(value.bytes, value.view, value.start, value.end);
  }
}

/** Replies with a signed integer of 64 bits. */
export function replyHalves(reply: Reply, { high, low }: Halves): void {
  const value = high * 4294967296 + (low >>> 0);
  if (Number.isSafeInteger(value)) reply.integer(value);
  else reply.int64((BigInt(high) << 32n) | BigInt(low >>> 0));
}

/** Replies with the name of a group or consumer. */
export function replyName(arena: Arena, record: Ref, reply: Reply): void {
  pointAtName(arena, record, name);
  reply.bulk(name.bytes, name.view, name.start, name.end);
}
