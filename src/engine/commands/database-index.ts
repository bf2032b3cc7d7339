/** Reading the index of a database, as SELECT, MOVE, COPY and SWAPDB take it. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import type { Database } from '../keyspace/database.ts';

const INT32_LIMIT = 2 ** 31;

/** The database that argument `i` names, or what is wrong with it. */
export function databaseOf(call: Call, args: Args, i: number): Database | string {
  const index = args.integer(i);
  return isInt32(index) ? (call.keyspace.databases[index] ?? ERR.dbIndex) : badIndex(args, i);
}

/** Argument `i` as a signed 32-bit integer; NaN after an error was replied: `text`, or what is wrong with the number. */
export function readDatabaseIndex(args: Args, i: number, text: string | undefined, reply: Reply): number {
  const index = args.integer(i);
  if (isInt32(index)) return index;
  reply.error(text ?? badIndex(args, i));
  return Number.NaN;
}

/** The database of this index; undefined after an error was replied. */
export function databaseAt(call: Call, index: number, reply: Reply): Database | undefined {
  const { databases } = call.keyspace;
  if (index >= 0 && index < databases.length) return databases[index];
  reply.error(ERR.dbIndex);
  return undefined;
}

function isInt32(index: number): boolean {
  return index >= -INT32_LIMIT && index < INT32_LIMIT;
}

function badIndex(args: Args, i: number): string {
  return args.int64(i) === undefined ? ERR.notInteger : ERR.notInt32;
}
