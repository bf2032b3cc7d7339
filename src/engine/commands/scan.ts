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
import { tableRandom, tableScan } from '../structures/hashtable-walk.ts';
import { keyLength, keyStart } from '../structures/record.ts';
import { typeName } from '../values/value.ts';
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

const DEFAULT_COUNT = 10;
/** However many keys a call asks for, it visits hardly more than this: they take less than ten milliseconds. */
const COUNT_LIMIT = 1 << 14;
/** How often RANDOMKEY draws again while nothing may be removed: every key's deadline may have passed. */
const FROZEN_DRAWS = 100;
const UINT64_MAX = 0xffffffffffffffffn;
const STAR = 0x2a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;

/** What a scan asks for; `pattern` and `type` are argument indexes, 0 for any. */
interface ScanOptions {
  count: number;
  pattern: number;
  type: number;
}

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
  const options: ScanOptions = { count: DEFAULT_COUNT, pattern: 0, type: 0 };
  if (!readOptions(args, options, reply)) return;
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

/**
 * Argument `i` as a cursor: an unsigned 64-bit number as C's strtoul reads it, of which a table uses the low 32 bits; NaN
 * when it is none. A sign is allowed, and no digits at all mean 0.
 */
function readCursor(args: Args, i: number): number {
  const plain = args.integer(i);
  if (plain >= 0) return plain % 4294967296;
  const { bytes } = args;
  const start = args.start[i];
  const hasSign = args.length(i) > 0 && (bytes[start] === PLUS || bytes[start] === MINUS);
  let value = 0n;
  let at = hasSign ? start + 1 : start;
  if (hasSign && at === args.end[i]) return Number.NaN;
  for (; at < args.end[i]; at++) {
    const digit = bytes[at] - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10n + BigInt(digit);
    if (value > UINT64_MAX) return Number.NaN;
  }
  return Number(BigInt.asUintN(32, hasSign && bytes[start] === MINUS ? -value : value));
}

/** Reads the options from argument 2 on; false after an error was replied. */
function readOptions(args: Args, options: ScanOptions, reply: Reply): boolean {
  for (let i = 2; i < args.count; i += 2) {
    const hasValue = i + 1 < args.count;
    if (hasValue && args.is(i, 'count')) {
      const count = args.int64(i + 1);
      if (count === undefined || count < 1n) {
        reply.error(count === undefined ? ERR.notInteger : ERR.syntax);
        return false;
      }
      options.count = Math.min(Number(count), COUNT_LIMIT);
    } else if (hasValue && args.is(i, 'match')) options.pattern = matchesAll(args, i + 1) ? 0 : i + 1;
    else if (hasValue && args.is(i, 'type')) options.type = i + 1;
    else {
      reply.error(ERR.syntax);
      return false;
    }
  }
  return true;
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

/** Globs match no empty text, yet `*` alone stands for every key. */
function matchesAll(args: Args, i: number): boolean {
  return args.length(i) === 1 && args.bytes[args.start[i]] === STAR;
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
