/** Timers of hashes (values/hash-timer.ts) in a database's timing wheel, where they wait among the keys with a deadline. */
import type { Ref } from '../memory/arena.ts';
import { deadlineOf, segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { copyRecord, writeDeadline } from '../structures/record.ts';
import { encodingOf, headerOf, isTimed } from '../values/encoding.ts';
import { ownerOf } from '../values/hash-timer.ts';
import type { Database } from './database.ts';
import { wheelAdd, wheelMoved, wheelRemove } from './wheel.ts';

/** Puts a record with a deadline, or a timer, into the wheel. */
export function waitFor(database: Database, ref: Ref): void {
  wheelAdd(database.arena, database.wheel, ref);
  const deadline = deadlineOf(database.arena, ref);
  if (deadline < database.keyspace.nextDeadline) database.keyspace.nextDeadline = deadline;
}

/** Lets the timer of a record put into the database run, if it has one. */
export function runTimer(database: Database, ref: Ref): void {
  if (isTimed(encodingOf(database.arena, ref))) waitFor(database, headerOf(database.arena, ref));
}

/** Stops the timer of a record that leaves the database or loses its value, if it has one. */
export function stopTimer(database: Database, ref: Ref): void {
  const { arena } = database;
  if (isTimed(encodingOf(arena, ref))) wheelRemove(arena, database.wheel, headerOf(arena, ref));
}

/** Sets a timer that runs to another deadline, Infinity for none. */
export function resetTimer(database: Database, timer: Ref, deadline: number): void {
  wheelRemove(database.arena, database.wheel, timer);
  writeDeadline(database.arena, timer, deadline);
  waitFor(database, timer);
}

/** Moves a timer that runs to a block with room for `valueBytes`, of which the first `keep` stay. */
export function moveTimer(database: Database, timer: Ref, valueBytes: number, keep: number): Ref {
  const { arena } = database;
  const fresh = copyRecord(arena, timer, true, valueBytes, keep);
  const owner = ownerOf(arena, fresh);
  arena.words[segmentOf(owner)][wordOf(owner) + VALUE_LENGTH] = fresh;
  wheelMoved(arena, database.wheel, timer, fresh);
  arena.free(timer);
  return fresh;
}
