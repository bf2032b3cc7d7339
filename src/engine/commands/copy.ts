/** COPY. Of a large value the copy is made in slices before the command runs (keyspace/large-copies.ts). */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { ANY_TYPE, type Database } from '../keyspace/database.ts';
import { remarkNew } from '../keyspace/remarks.ts';
import { NO_REF } from '../memory/arena.ts';
import { databaseOf } from './database-index.ts';
import { ACCESS, DENYOOM, family, key, MAY_WAIT, OW, RO, row, UPDATE, WRITE } from './spec.ts';

export const copying = family('generic', [
  row('COPY', copy, -3, WRITE | DENYOOM | MAY_WAIT, [...key(1, RO | ACCESS), ...key(2, OW | UPDATE)]),
]);

interface CopyOptions {
  target: Database;
  replace: boolean;
}

/** Copies value and deadline to another key, of another database with DB, in the place of what is there with REPLACE. */
function copy(call: Call, args: Args, reply: Reply): void {
  const source = call.database;
  const options = readOptions(call, args);
  if (typeof options === 'string') return reply.error(options);
  const { target, replace } = options;
  const ref = source.read(args, 1, ANY_TYPE);
  if (ref === NO_REF) return reply.integer(0);
  const replaced = target.open(args, 2, ANY_TYPE);
  if (replaced !== NO_REF) {
    if (!replace) return reply.integer(0);
    target.discard(replaced);
  }
  remarkNew(target, args, 2);
  target.close(source.copyTo(target, ref, args, 2, call.keyspace.copies.take(ref)), 'copy_to');
  reply.integer(1);
}

/** True when a COPY may run now; false while the copy that it asks for is being made. */
export function isCopyReady(call: Call, args: Args): boolean {
  const options = readOptions(call, args);
  if (typeof options === 'string') return true;
  const ref = call.database.find(args, 1);
  if (ref === NO_REF || (!options.replace && options.target.find(args, 2) !== NO_REF)) return true;
  return call.keyspace.copies.prepare(call.database, ref);
}

/** The options, or what is wrong with them. */
function readOptions(call: Call, args: Args): CopyOptions | string {
  const options: CopyOptions = { target: call.database, replace: false };
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, 'replace')) options.replace = true;
    else if (args.is(i, 'db') && i + 1 < args.count) {
      const chosen = databaseOf(call, args, ++i);
      if (typeof chosen === 'string') return chosen;
      options.target = chosen;
    } else return ERR.syntax;
  }
  return call.database === options.target && args.same(1, 2) ? ERR.sameObject : options;
}
