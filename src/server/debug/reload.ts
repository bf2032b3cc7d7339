/**
 * DEBUG RELOAD: every value goes through its RDB bytes and comes back, as if the server had been stopped and started: what is
 * wrong in writing or reading shows, and each value gets the encoding that the settings of now give it. Keys keep deadline
 * and access bits; those whose deadline has passed are not seen again.
 *
 * Value by value, so that no second copy of all data is needed.
 */
import { RdbOutput } from '../../engine/dump/rdb-output.ts';
import { readValue } from '../../engine/dump/read-value.ts';
import { Reading } from '../../engine/dump/reading.ts';
import { rdbTypeOf, writeValue } from '../../engine/dump/write-value.ts';
import type { Database } from '../../engine/keyspace/database.ts';
import { NO_REF, type Ref } from '../../engine/memory/arena.ts';
import { tableScan } from '../../engine/structures/hashtable-walk.ts';
import { exactDeadlineOf, keyLength, keyStart } from '../../engine/structures/record.ts';

/** The key whose value did not come back; undefined when all did. */
export function reload(databases: readonly Database[], compresses: boolean): Buffer | undefined {
  const output = new RdbOutput();
  output.compresses = compresses;
  for (const database of databases) {
    const reading = new Reading(database.keyspace.detached);
    const refs: Ref[] = [];
    tableScan(database.arena, database.table, 0, Number.POSITIVE_INFINITY, (ref) => {
      refs.push(ref);
    });
    for (const ref of refs) {
      if (database.hasDeadline(ref) && database.isExpired(ref)) database.expire(ref);
      else {
        const lost = reloadKey(database, ref, output, reading);
        if (lost !== undefined) return lost;
      }
    }
  }
  return undefined;
}

function reloadKey(database: Database, ref: Ref, output: RdbOutput, reading: Reading): Buffer | undefined {
  const { arena } = database;
  const { input, key } = reading;
  output.clear();
  writeValue(output, arena, ref);
  input.begin(output.bytes, output.view, 0, output.at);
  const start = keyStart(arena, ref);
  key.point(arena.bytes[ref >>> 22], arena.views[ref >>> 22], start, start + keyLength(arena, ref));
  const fresh = readValue(reading, rdbTypeOf(arena, ref));
  if (fresh === NO_REF || output.overflowed) return Buffer.from(key.bytes.subarray(key.start, key.end));
  const deadline = database.hasDeadline(ref) ? exactDeadlineOf(arena, ref) : undefined;
  const bits = database.accessBits(ref);
  database.discard(ref);
  database.setAccessBits(fresh, bits);
  database.put(fresh);
  if (deadline !== undefined) database.setFarDeadline(fresh, deadline);
  return undefined;
}
