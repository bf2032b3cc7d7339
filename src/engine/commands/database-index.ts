/** Reading the index of a database, as SELECT, MOVE, COPY and SWAPDB take it. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import type { Database } from '../keyspace/database.ts';

const INT32_LIMIT = 2 ** 31;

/** The database that argument `i` names; undefined after an error was replied. */
export function readDatabase(call: Call, args: Args, i: number, reply: Reply): Database | undefined {
  const index = readDatabaseIndex(args, i, undefined, reply);
  return Number.isNaN(index) ? undefined : databaseAt(call, index, reply);
}

/** Argument `i` as a signed 32-bit integer; NaN after an error was replied: `text`, or what is wrong with the number. */
export function readDatabaseIndex(args: Args, i: number, text: string | undefined, reply: Reply): number {
  const index = args.integer(i);
  if (index >= -INT32_LIMIT && index < INT32_LIMIT) return index;
  reply.error(text ?? (args.int64(i) === undefined ? ERR.notInteger : ERR.notInt32));
  return Number.NaN;
}

/** The database of this index; undefined after an error was replied. */
export function databaseAt(call: Call, index: number, reply: Reply): Database | undefined {
  const { databases } = call.keyspace;
  if (index >= 0 && index < databases.length) return databases[index];
  reply.error(ERR.dbIndex);
  return undefined;
}
