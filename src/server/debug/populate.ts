/** DEBUG POPULATE count [prefix] [size]: string keys `prefix:0`, `prefix:1`, … for tests, those that exist left alone. */
import type { Call } from '../../engine/dispatch/call.ts';
import { storeString } from '../../engine/keyspace/string-store.ts';
import { NO_REF } from '../../engine/memory/arena.ts';
import { stringEncodingOf } from '../../engine/values/string.ts';
import { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';

export function populate(call: Call, args: Args, reply: Reply): void {
  const count = args.integer(2);
  const size = args.count > 4 ? args.integer(4) : 0;
  if (!(count >= 0) || !(size >= 0)) return reply.error(ERR.notPositive);
  if (size > call.limits.maxBulkBytes) return reply.error(ERR.stringTooLong);
  const prefix = args.count > 3 ? args.copy(3) : Buffer.from('key');
  const value = Buffer.alloc(size);
  for (let i = 0; i < count; i++) {
    if (call.keyspace.arena.nearlyFull) return reply.error(ERR.oom);
    create(call, Args.of([Buffer.concat([prefix, Buffer.from(`:${i}`)]), valueFor(i, value)]));
  }
  reply.ok();
}

/** `value:<i>`, cut or padded with zero bytes to the size of `room`, if it has one. */
function valueFor(i: number, room: Buffer): Buffer {
  const text = Buffer.from(`value:${i}`);
  if (room.length === 0) return text;
  room.fill(0);
  text.copy(room);
  return room;
}

function create({ database }: Call, args: Args): void {
  const hash = database.hash(args, 0);
  if (database.findHashed(args, 0, hash) !== NO_REF) return;
  const { bytes, view, start, end } = args;
  const encoding = stringEncodingOf(bytes, start[1], end[1]);
  database.close(storeString(database, args, 0, hash, NO_REF, bytes, view, start[1], end[1], encoding, false), 'set');
}
