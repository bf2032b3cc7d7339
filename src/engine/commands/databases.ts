/** Whole databases: their size, exchanging two, emptying one or all. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { databaseAt, readDatabaseIndex } from './database-index.ts';
import { FAST, family, NO_KEYS, READONLY, row, WRITE } from './spec.ts';

const EVERY_SHARD = ['request_policy:all_shards', 'response_policy:all_succeeded'];
const DANGEROUS = ['keyspace', 'dangerous'];

export const databases = family('server', [
  row('DBSIZE', dbsize, 1, READONLY | FAST, NO_KEYS, {
    acl: ['keyspace'],
    tips: ['request_policy:all_shards', 'response_policy:agg_sum'],
  }),
  row('SWAPDB', swapdb, 3, WRITE | FAST, NO_KEYS, { acl: DANGEROUS }),
  row('FLUSHDB', flushdb, -1, WRITE, NO_KEYS, { acl: DANGEROUS, tips: EVERY_SHARD }),
  row('FLUSHALL', flushall, -1, WRITE, NO_KEYS, { acl: DANGEROUS, tips: EVERY_SHARD }),
]);

/** How many keys the database holds, with those whose deadline passed but that are not removed yet. */
function dbsize(call: Call, _args: Args, reply: Reply): void {
  reply.integer(call.database.size);
}

/** Exchanges the contents of two databases; sessions stay with the index they selected. */
function swapdb(call: Call, args: Args, reply: Reply): void {
  const firstIndex = readDatabaseIndex(args, 1, ERR.invalidFirstDbIndex, reply);
  if (Number.isNaN(firstIndex)) return;
  const secondIndex = readDatabaseIndex(args, 2, ERR.invalidSecondDbIndex, reply);
  if (Number.isNaN(secondIndex)) return;
  const first = databaseAt(call, firstIndex, reply);
  if (first === undefined) return;
  const second = databaseAt(call, secondIndex, reply);
  if (second === undefined) return;
  call.keyspace.swap(first, second);
  call.keyspace.effects.dirty++;
  reply.ok();
}

/** Removes every key of the selected database. */
function flushdb(call: Call, args: Args, reply: Reply): void {
  const lazily = readLaziness(call, args, reply);
  if (lazily === undefined) return;
  call.keyspace.effects.dirty += call.keyspace.flush([call.database], lazily);
  reply.ok();
}

/** Removes every key of every database. */
function flushall(call: Call, args: Args, reply: Reply): void {
  const lazily = readLaziness(call, args, reply);
  if (lazily === undefined) return;
  call.keyspace.effects.dirty += call.keyspace.flush(call.keyspace.databases, lazily);
  reply.ok();
}

/** SYNC or ASYNC, or what lazyfree-lazy-user-flush says; undefined after an error was replied. */
function readLaziness(call: Call, args: Args, reply: Reply): boolean | undefined {
  if (args.count === 1) return call.limits.lazyFlush;
  if (args.count === 2 && args.is(1, 'sync')) return false;
  if (args.count === 2 && args.is(1, 'async')) return true;
  reply.error(ERR.syntax);
  return undefined;
}
