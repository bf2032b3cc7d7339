/**
 * Listing keys and drawing one: KEYS, SCAN, RANDOMKEY. None shows a key whose deadline has passed.
 *
 * SCAN's guarantee is the table's (`tableScan`): what is there from beginning to end of a scan is returned. Each call takes
 * the next records in the table's order, then drops what the options do not ask for, so a call may return nothing and still
 * not be the last.
 */
import { globMatch } from '../../bytes/glob.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import type { Database } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf } from '../memory/layout.ts';
import { tableRandom } from '../structures/hashtable-draws.ts';
import { tableScan } from '../structures/hashtable-walk.ts';
import { keyLength, keyStart } from '../structures/record.ts';
import { typeName } from '../values/value.ts';
import { matchesAll, readCursor, readScanOptions, type ScanOptions } from './scan-options.ts';
import { family, NO_KEYS, READONLY, row, TOUCHES_ARBITRARY_KEYS } from './spec.ts';

export const scanning = family('generic', [
  row('KEYS', keys, 2, READONLY | TOUCHES_ARBITRARY_KEYS, NO_KEYS, {
    acl: ['dangerous'],
    tips: ['request_policy:all_shards', 'nondeterministic_output_order'],
  }),
  row('SCAN', scan, -2, READONLY | TOUCHES_ARBITRARY_KEYS, NO_KEYS, {
    tips: ['nondeterministic_output', 'request_policy:special'],
  }),
  row('RANDOMKEY', randomkey, 1, READONLY | TOUCHES_ARBITRARY_KEYS, NO_KEYS, {
    tips: ['request_policy:all_shards', 'nondeterministic_output'],
  }),
]);

/** How often RANDOMKEY draws again while nothing may be removed: every key's deadline may have passed. */
const FROZEN_DRAWS = 100;
/** Every key that matches a glob. */
function keys(call: Call, args: Args, reply: Reply): void {
  const database = call.database;
  const pattern = matchesAll(args, 1) ? 0 : 1;
  let shown = 0;
  const beginning = reply.beginArray();
  tableScan(database.arena, database.table, 0, Number.POSITIVE_INFINITY, (ref) => {
    if ((pattern !== 0 && !matches(database, ref, args, pattern)) || isGone(database, ref)) return;
    replyKey(database, ref, reply);
    shown++;
  });
  reply.endArray(beginning, shown);
}

/** The next keys of a scan and the cursor to go on with, 0 at the end. MATCH: a glob. TYPE: a type's name. */
function scan(call: Call, args: Args, reply: Reply): void {
  const { database } = call;
  const cursor = readCursor(args, 1);
  if (Number.isNaN(cursor)) return reply.error(ERR.invalidCursor);
  const options = readScanOptions(args, 2, 'type');
  if (typeof options === 'string') return reply.error(options);
  const visited: Ref[] = [];
  const next = tableScan(database.arena, database.table, cursor, options.count, (ref) => {
    visited.push(ref);
  });
  const shown = visited.filter((ref) => isAskedFor(database, ref, args, options));
  reply.array(2);
  reply.text(String(next));
  reply.array(shown.length);
  for (const ref of shown) replyKey(database, ref, reply);
}

/** A key drawn with equal chances for all. While nothing may be removed, one whose deadline has passed will do at last. */
function randomkey(call: Call, _args: Args, reply: Reply): void {
  const { database, keyspace } = call;
  for (let draws = 1; ; draws++) {
    const ref = tableRandom(database.arena, database.table, keyspace.random);
    if (ref === NO_REF) return reply.null();
    const mustDo = keyspace.frozen && draws === FROZEN_DRAWS;
    if (mustDo || !isGone(database, ref)) return replyKey(database, ref, reply);
    database.expire(ref);
  }
}

/** True for a key to be shown. One whose deadline has passed is removed; the name of no type asks for no key. */
function isAskedFor(database: Database, ref: Ref, args: Args, { pattern, type }: ScanOptions): boolean {
  if (pattern !== 0 && !matches(database, ref, args, pattern)) return false;
  if (type !== 0 && !args.is(type, typeName(database.arena, ref))) return false;
  if (!isGone(database, ref)) return true;
  database.expire(ref);
  return false;
}

function isGone(database: Database, ref: Ref): boolean {
  return database.hasDeadline(ref) && database.isExpired(ref);
}

function matches(database: Database, ref: Ref, args: Args, pattern: number): boolean {
  const arena = database.arena;
  const start = keyStart(arena, ref);
  const bytes = arena.bytes[segmentOf(ref)];
  const end = start + keyLength(arena, ref);
  return globMatch(args.bytes, args.start[pattern], args.end[pattern], bytes, start, end, false);
}

function replyKey(database: Database, ref: Ref, reply: Reply): void {
  const arena = database.arena;
  const start = keyStart(arena, ref);
  const segment = segmentOf(ref);
  reply.bulk(arena.bytes[segment], arena.views[segment], start, start + keyLength(arena, ref));
}
