/**
 * Keys as such, whatever their values: deleting, finding, renaming, moving. Copying stands in copy.ts, listing and drawing them (KEYS, SCAN,
 * RANDOMKEY) stands in scan.ts, deadlines in expiry.ts, OBJECT in object.ts, whole databases in databases.ts.
 */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { ANY_TYPE, type Database } from '../keyspace/database.ts';
import { remarkNew } from '../keyspace/remarks.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { typeName } from '../values/value.ts';
import { databaseOf } from './database-index.ts';
import {
  ACCESS,
  DELETE,
  FAST,
  family,
  INSERT,
  key,
  keys as keyRange,
  OW,
  READONLY,
  RM,
  RO,
  RW,
  row,
  UPDATE,
  WRITE,
} from './spec.ts';

const SUM_OF_SHARDS = { tips: ['request_policy:multi_shard', 'response_policy:agg_sum'] };

export const keys = family('generic', [
  row('DEL', del, -2, WRITE, keyRange(1, -1, 1, RM | DELETE), SUM_OF_SHARDS),
  row('UNLINK', del, -2, WRITE | FAST, keyRange(1, -1, 1, RM | DELETE), SUM_OF_SHARDS),
  row('EXISTS', exists, -2, READONLY | FAST, keyRange(1, -1, 1, RO), SUM_OF_SHARDS),
  row('TOUCH', touch, -2, READONLY | FAST, keyRange(1, -1, 1, RO), SUM_OF_SHARDS),
  row('TYPE', type, 2, READONLY | FAST, key(1, RO)),
  row('RENAME', rename, 3, WRITE, [...key(1, RW | ACCESS | DELETE), ...key(2, OW | UPDATE)]),
  row('RENAMENX', renamenx, 3, WRITE | FAST, [...key(1, RW | ACCESS | DELETE), ...key(2, OW | INSERT)]),
  row('MOVE', move, 3, WRITE | FAST, key(1, RW | ACCESS | UPDATE)),
]);

/** Deletes keys; replies with how many there were. A string is one block, so there is nothing to free later. */
function del(call: Call, args: Args, reply: Reply): void {
  const database = call.database;
  let deleted = 0;
  for (let i = 1; i < args.count; i++) {
    const ref = database.find(args, i);
    if (ref === NO_REF) continue;
    database.remove(ref, 'del');
    deleted++;
  }
  reply.integer(deleted);
}

/** How many of the keys are there; one named twice counts twice. */
function exists(call: Call, args: Args, reply: Reply): void {
  let found = 0;
  for (let i = 1; i < args.count; i++) if (call.database.peek(args, i) !== NO_REF) found++;
  reply.integer(found);
}

/** Marks keys as used, also for a client that asked not to (CLIENT NO-TOUCH); replies with how many there are. */
function touch(call: Call, args: Args, reply: Reply): void {
  call.keyspace.noTouch = false;
  let found = 0;
  for (let i = 1; i < args.count; i++) if (call.database.read(args, i, ANY_TYPE) !== NO_REF) found++;
  reply.integer(found);
}

function type(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.peek(args, 1);
  reply.status(ref === NO_REF ? 'none' : typeName(call.database.arena, ref));
}

/** Gives the value another key, in whose place it comes. */
function rename(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.open(args, 1, ANY_TYPE);
  if (ref === NO_REF) return reply.error(ERR.noSuchKey);
  if (args.same(1, 2)) return reply.ok();
  renameTo(call.database, ref, call.database.open(args, 2, ANY_TYPE), args);
  reply.ok();
}

/** The same if the other key is not there. */
function renamenx(call: Call, args: Args, reply: Reply): void {
  const ref = call.database.open(args, 1, ANY_TYPE);
  if (ref === NO_REF) return reply.error(ERR.noSuchKey);
  if (args.same(1, 2) || call.database.open(args, 2, ANY_TYPE) !== NO_REF) return reply.integer(0);
  renameTo(call.database, ref, NO_REF, args);
  reply.integer(1);
}

function renameTo(database: Database, ref: Ref, replaced: Ref, args: Args): void {
  if (replaced !== NO_REF) database.discard(replaced);
  remarkNew(database, args, 2);
  database.notify(ref, 'rename_from');
  database.close(database.rename(ref, args, 2), 'rename_to');
}

/** Moves a key with its deadline to another database, if it is not there. */
function move(call: Call, args: Args, reply: Reply): void {
  const source = call.database;
  const target = databaseOf(call, args, 2);
  if (typeof target === 'string') return reply.error(target);
  if (source === target) return reply.error(ERR.sameObject);
  const ref = source.open(args, 1, ANY_TYPE);
  if (ref === NO_REF || target.open(args, 1, ANY_TYPE) !== NO_REF) return reply.integer(0);
  remarkNew(target, args, 1);
  source.notify(ref, 'move_from');
  source.take(ref);
  target.put(ref);
  target.close(ref, 'move_to');
  reply.integer(1);
}
