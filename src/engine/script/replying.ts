/**
 * What a script returns, as its reply:
 *
 *   string                    bulk string
 *   number                    integer, cut off behind the point
 *   true, false               1, null; after redis.setresp(3) true and false
 *   nil, a function           null
 *   {err=…}, {ok=…}           error, status
 *   {double=…}, {big_number=…}, {verbatim_string={format=…, string=…}}, {map={…}}, {set={…}}
 *   any other table           array of what it holds at 1, 2, …, up to the first nil
 *
 * Tables are walked with a stack of our own, so that one that holds itself ends where Lua's stack would.
 */
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import { ERR, untilNul } from '../../protocol/errors.ts';
import type { Deferred, Reply } from '../../protocol/reply.ts';
import { ALREADY_COUNTED } from './lua-reply.ts';

/** Values that Lua's stack has room for beside those that a conversion needs itself. */
const STACK_SLOTS = 7994;
/** Values on Lua's stack for each level: the element; table, key, copy of the key. */
const ARRAY_SLOTS = 1;
const PAIRS_SLOTS = 3;

/** The largest magnitude that a 64-bit integer has room for; what is larger becomes the smallest integer, as in C. */
const INT64_LIMIT = 2 ** 63;
const INT64_MIN = -(2n ** 63n);

/** A table whose elements are being replied. */
interface Level {
  readonly table: LuaTable;
  readonly kind: 'array' | 'map' | 'set';
  readonly slots: number;
  readonly deferred: Deferred | undefined;
  /** Of an array: the newest index. Of others: the newest key's place. */
  at: number;
  /** Of a map: the newest key was replied, its value comes next. */
  isAtValue: boolean;
  /** How many keys there were. */
  count: number;
}

/** Replies with `value`; `protocol` is the one the script has chosen. */
export function replyValue(reply: Reply, value: LuaValue, protocol: 2 | 3): void {
  const levels: Level[] = [];
  let slots = 0;
  const say = (element: LuaValue): void => {
    if (slots > STACK_SLOTS) return reply.error(ERR.luaStack);
    const level = element instanceof LuaTable ? replyTable(reply, element) : replyScalar(reply, element, protocol);
    if (level === undefined) return;
    levels.push(level);
    slots += level.slots;
  };
  say(value);
  while (levels.length > 0) {
    const level = levels[levels.length - 1];
    if (advance(level)) say(elementOf(level));
    else {
      end(reply, level);
      slots -= level.slots;
      levels.pop();
    }
  }
}

/** Goes to the next element; false when there is none. */
function advance(level: Level): boolean {
  const { kind, table } = level;
  if (kind === 'array') return table.getInt(++level.at) !== undefined;
  if (level.isAtValue || kind === 'set' || level.at === 0) {
    const place = table.nextPlace(level.at);
    if (place === 0) return false;
    level.at = place;
    level.isAtValue = false;
    level.count++;
  } else level.isAtValue = true;
  return true;
}

function elementOf({ kind, table, at, isAtValue }: Level): LuaValue {
  if (kind === 'array') return table.getInt(at);
  return isAtValue ? table.valueAt(at) : table.keyAt(at);
}

/** The text of an error value, and whether it was counted before; undefined when the table is no error. */
export function errorOf(table: LuaTable): { text: string; isCounted: boolean } | undefined {
  const text = table.getString('err');
  if (typeof text !== 'string') return undefined;
  return { text, isCounted: table.getString(ALREADY_COUNTED) === true };
}

/** Replies with an error, without line breaks at its end. */
export function replyError(reply: Reply, text: string): void {
  reply.error(untilNul(text).replace(/[\r\n]+$/, ''));
}

function replyScalar(reply: Reply, value: LuaValue, protocol: 2 | 3): undefined {
  if (typeof value === 'string') reply.latin1(value);
  else if (typeof value === 'number') replyNumber(reply, value);
  else if (typeof value !== 'boolean') reply.null();
  else if (protocol === 3) reply.boolean(value);
  else if (value) reply.integer(1);
  else reply.null();
  return undefined;
}

function replyNumber(reply: Reply, value: number): void {
  const whole = Math.trunc(value);
  if (Number.isSafeInteger(whole)) reply.integer(whole + 0);
  else reply.int64(Math.abs(whole) < INT64_LIMIT ? BigInt(whole) : INT64_MIN);
}

/** Replies with a table that stands for one value, or begins an aggregate and answers what is left to do. */
function replyTable(reply: Reply, table: LuaTable): Level | undefined {
  const error = errorOf(table);
  if (error !== undefined) {
    replyError(reply, error.text);
    // Inside an aggregate it is no error of the command that replies it.
    if (error.isCounted) reply.errors--;
    return undefined;
  }
  const ok = table.getString('ok');
  const double = table.getString('double');
  const bigNumber = table.getString('big_number');
  if (typeof ok === 'string') reply.status(untilNul(ok).replace(/[\r\n]/g, ' '));
  else if (typeof double === 'number') reply.double(double);
  else if (typeof bigNumber === 'string') reply.bigNumber(bigNumber.replace(/[\r\n]/g, ' '));
  else if (!replyVerbatim(reply, table.getString('verbatim_string'))) return beginAggregate(reply, table);
  return undefined;
}

function replyVerbatim(reply: Reply, value: LuaValue): boolean {
  if (!(value instanceof LuaTable)) return false;
  const format = value.getString('format');
  const text = value.getString('string');
  if (typeof format !== 'string' || typeof text !== 'string') return false;
  reply.formatted(format, text);
  return true;
}

function beginAggregate(reply: Reply, table: LuaTable): Level {
  const map = table.getString('map');
  if (map instanceof LuaTable) return beginKeys('map', map, reply.beginMap());
  const set = table.getString('set');
  if (set instanceof LuaTable) return beginKeys('set', set, reply.beginSet());
  return beginArray(reply, table);
}

function beginArray(reply: Reply, table: LuaTable): Level {
  let length = 0;
  while (table.getInt(length + 1) !== undefined) length++;
  reply.array(length);
  return { table, kind: 'array', slots: ARRAY_SLOTS, deferred: undefined, at: 0, isAtValue: false, count: 0 };
}

function beginKeys(kind: 'map' | 'set', table: LuaTable, deferred: Deferred): Level {
  return { table, kind, slots: PAIRS_SLOTS, deferred, at: 0, isAtValue: false, count: 0 };
}

function end(reply: Reply, { kind, deferred, count }: Level): void {
  if (deferred === undefined) return;
  if (kind === 'map') reply.endMap(deferred, count);
  else reply.endSet(deferred, count);
}
