/** Removing members of a sorted set: what is told and counted of it, and the key's end with its last member. */
import type { EventName } from '../effects/events.ts';
import type { Database } from '../keyspace/database.ts';
import type { Ref } from '../memory/arena.ts';
import { removeRange, sortedSetLength } from '../values/sorted-set.ts';

/** Tells that `removed` members, at least one, left a sorted set; removes the key of one that is empty. */
export function closeShrunk(database: Database, ref: Ref, event: EventName, removed: number): void {
  if (sortedSetLength(database.arena, ref) === 0) return removeWhole(database, ref, event, removed);
  database.keyspace.effects.dirty += removed - 1;
  database.close(ref, event);
}

/** Removes `count` members, at least one, from rank `from` on, which must be there. */
export function removeFrom(database: Database, ref: Ref, from: number, count: number, event: EventName): void {
  // All of them go with the key: what is large is freed in slices.
  if (count === sortedSetLength(database.arena, ref)) removeWhole(database, ref, event, count);
  else closeShrunk(database, removeRange(database, ref, from, count), event, count);
}

function removeWhole(database: Database, ref: Ref, event: EventName, removed: number): void {
  database.keyspace.effects.dirty += removed - 1;
  database.close(ref, event);
  database.notify(ref, 'del');
  database.discard(ref);
}
