/** INFO's section on the databases that hold keys. */
import type { Database } from '../../../engine/keyspace/database.ts';
import type { Observed } from '../observed.ts';
import type { Fields } from './section.ts';

/** Keys looked at for the average time to live; all of them where there are no more. */
const TTL_SAMPLES = 100;

export function keyspace({ engine }: Observed): Fields {
  const fields: Fields = {};
  for (const database of engine.keyspace.databases) {
    const { index, size, volatile } = database;
    if (size === 0) continue;
    fields[`db${index}`] = `keys=${size},expires=${volatile.count},avg_ttl=${averageTtl(database)}`;
  }
  return fields;
}

/** Milliseconds; 0 when no key has a deadline. */
function averageTtl(database: Database): number {
  const { volatile, keyspace } = database;
  const samples = Math.min(volatile.count, TTL_SAMPLES);
  if (samples === 0) return 0;
  let sum = 0;
  for (let i = 0; i < samples; i++) {
    const ref = volatile.at(Math.floor((i * volatile.count) / samples));
    sum += Math.max(0, database.deadline(ref) - keyspace.now);
  }
  return Math.round(sum / samples);
}
