/** The table `redis` of scripts: everything but `call` and `pcall` says or sets something small. */

import { LuaError } from '../../lua/error.ts';
import type { Plain } from '../../lua/function.ts';
import { addBuiltins } from '../../lua/library.ts';
import { numberToString, stringToNumber } from '../../lua/numbers.ts';
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import { untilNul } from '../../protocol/errors.ts';
import type { Notices } from '../dispatch/call.ts';
import { errorTable, type RedisCalls } from './redis-calls.ts';
import { digestOf } from './script-cache.ts';

const VERSION = '7.2.4';
const VERSION_NUMBER = 0x070204;

/** Log levels, as numbers and as `Notices` has them. */
const LEVELS = ['debug', 'verbose', 'notice', 'warn'] as const;

/** Where commands are propagated to (redis.set_repl). */
const REPL_AOF = 1;
const REPL_REPLICA = 2;
const REPL_ALL = REPL_AOF | REPL_REPLICA;

/** The library for EVAL and for functions that run. */
export function redisLibrary(calls: RedisCalls, notices: Notices): LuaTable {
  const library = libraryOfLog(notices);
  addBuiltins(library, {
    call: (...values) => {
      const result = calls.call(values);
      if (calls.hasFailed) throw new LuaError(result);
      return result;
    },
    pcall: (...values) => calls.call(values),
    acl_check_cmd: (...values) => calls.mayRun(values) ?? fail('Invalid command passed to redis.acl_check_cmd()'),
    setresp: setResp(calls),
    set_repl: setReplication,
    sha1hex: sha1Hex,
    error_reply: errorReply,
    status_reply: statusReply,
  });
  const constants = { REPL_NONE: 0, REPL_AOF, REPL_SLAVE: REPL_REPLICA, REPL_REPLICA, REPL_ALL };
  for (const [name, value] of Object.entries(constants)) library.setString(name, value);
  return library;
}

/** What is left of the debugger and of the ways to replicate: only EVAL has it. */
export function addRelics(library: LuaTable): void {
  addBuiltins(library, { breakpoint: () => false, debug: () => [], replicate_commands: () => true });
}

/** What there is while a library of functions is loaded, too. */
export function libraryOfLog(notices: Notices): LuaTable {
  const library = new LuaTable();
  addBuiltins(library, { log: log(notices) });
  const constants = { LOG_DEBUG: 0, LOG_VERBOSE: 1, LOG_NOTICE: 2, LOG_WARNING: 3, REDIS_VERSION_NUM: VERSION_NUMBER };
  for (const [name, value] of Object.entries(constants)) library.setString(name, value);
  library.setString('REDIS_VERSION', VERSION);
  return library;
}

/** Throws an error as redis.call does: a table with the text. */
export function fail(message: string): never {
  throw new LuaError(errorTable(`ERR ${message}`));
}

function log(notices: Notices): Plain {
  return (...values) => {
    if (values.length < 2) fail('redis.log() requires two arguments or more.');
    const level = numberOf(values[0]);
    if (level === undefined) fail('First argument must be a number (log level).');
    const name = LEVELS[Math.trunc(level ?? Number.NaN)];
    if (name === undefined) fail('Invalid debug level.');
    const words = values.slice(1).flatMap((value) => numberOrText(value) ?? []);
    notices[name](words.join(' '));
    return [];
  };
}

function setResp(calls: RedisCalls): Plain {
  return (...values) => {
    if (values.length !== 1) fail('redis.setresp() requires one argument.');
    const version = Math.trunc(numberOf(values[0]) ?? 0);
    if (version !== 2 && version !== 3) return fail('RESP version must be 2 or 3.');
    calls.reply.protocol = version;
    return [];
  };
}

/** There is neither a log nor a replica to leave out yet, so only the argument is looked at. */
function setReplication(...values: LuaValue[]): readonly LuaValue[] {
  if (values.length !== 1) fail('redis.set_repl() requires two arguments.');
  const flags = Math.trunc(numberOf(values[0]) ?? 0);
  if ((flags & ~REPL_ALL) !== 0) {
    fail('Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.');
  }
  return [];
}

function sha1Hex(...values: LuaValue[]): string {
  if (values.length !== 1) fail('wrong number of arguments');
  return digestOf(numberOrText(values[0]) ?? '');
}

/** A table that becomes an error: the text has a code in front, or is given one. */
function errorReply(...values: LuaValue[]): LuaTable {
  const [value] = values;
  if (values.length !== 1 || typeof value !== 'string') return errorTable('ERR wrong number or type of arguments');
  const given = untilNul(value);
  const text = given.startsWith('-') ? given.slice(1) : given;
  const space = text.indexOf(' ');
  const [code, message] = space < 0 ? ['ERR', text] : [text.slice(0, space), text.slice(space + 1)];
  return errorTable(`${code} ${message.replace(/^[\r\n]+|[\r\n]+$/g, '')}`);
}

function statusReply(...values: LuaValue[]): LuaTable {
  const [value] = values;
  if (values.length !== 1 || typeof value !== 'string') return errorTable('ERR wrong number or type of arguments');
  const table = new LuaTable();
  table.setString('ok', value);
  return table;
}

function numberOf(value: LuaValue): number | undefined {
  return typeof value === 'string' ? stringToNumber(value) : typeof value === 'number' ? value : undefined;
}

export function numberOrText(value: LuaValue): string | undefined {
  return typeof value === 'number' ? numberToString(value) : typeof value === 'string' ? value : undefined;
}
