/**
 * Reclaiming the fields of hashes whose deadline has passed: when the timing wheel hands out a hash's timer, and when
 * somebody opens the hash. Nobody sees such fields in between; what is done here is to give back their memory, to tell of
 * it, and to remove the key with the last of them.
 */
import { NO_REF, type Ref } from '../memory/arena.ts';
import { encodingOf, isTimed } from '../values/encoding.ts';
import { hashLength } from '../values/hash.ts';
import { isDue, removeDueFields } from '../values/hash-deadlines.ts';
import { ownerOf } from '../values/hash-timer.ts';
import type { Database } from './database.ts';

/** Fields reclaimed before others get their turn. */
const STEP_FIELDS = 64;
/** Fields that a command which opens a hash reclaims first; however many there are, it does not see the others either. */
const COMMAND_FIELDS = 1024;

/** Reclaims some fields of the hash whose timer went off. */
export function timerWentOff(database: Database, timer: Ref): void {
  reclaimFields(database, ownerOf(database.arena, timer), STEP_FIELDS);
}

/** The hash that a command has found, without fields whose deadline has passed; 0 when none is left. */
export function withoutDueFields(database: Database, ref: Ref): Ref {
  if (!isTimed(encodingOf(database.arena, ref)) || !isDue(database, ref) || database.keyspace.frozen) return ref;
  return reclaimFields(database, ref, COMMAND_FIELDS) ? ref : NO_REF;
}

/** False when the key went with its last field. */
function reclaimFields(database: Database, ref: Ref, limit: number): boolean {
  const { arena, keyspace } = database;
  keyspace.expiredFields += removeDueFields(database, ref, limit);
  database.notify(ref, 'hexpired');
  if (hashLength(arena, ref) > 0) return true;
  database.reclaim(ref, 'del');
  return false;
}
