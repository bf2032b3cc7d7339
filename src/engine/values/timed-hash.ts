/** A hash with deadlines of fields as a whole: its bytes, copying it, freeing it. */
import type { Arena, Ref } from '../memory/arena.ts';
import { HAS_DEADLINE, segmentOf, wordOf } from '../memory/layout.ts';
import { heapMoved } from '../structures/deadline-heap.ts';
import { type HashSeed, newTable } from '../structures/hashtable.ts';
import { encodingOf, HASHTABLEEX, headerOf } from './encoding.ts';
import { copyTimer, heapStart, setTimedTable, timedTable } from './hash-timer.ts';
import { copyRecords, drainRecordTable, recordTableBytes } from './record-table.ts';

/** Bytes of the timer and, where it has one, of its table with `samples` records looked at. */
export function timedHashBytes(arena: Arena, ref: Ref, samples: number): number {
  const timer = headerOf(arena, ref);
  const table = encodingOf(arena, ref) === HASHTABLEEX ? recordTableBytes(arena, timedTable(arena, timer), samples) : 0;
  return arena.sizeOf(timer) + table;
}

/** A copy of a timer, in no wheel yet: with its listpack, or with an empty table that `copyTimedFields` fills. */
export function beginTimedCopy(arena: Arena, encoding: number, timer: Ref): Ref {
  const copy = copyTimer(arena, timer);
  if (encoding === HASHTABLEEX) setTimedTable(arena, copy, newTable(arena));
  return copy;
}

/**
 * Copies about `limit` fields, from bucket `from` on; returns where to go on, 0 at the end. Records keep their places in
 * the heap, which was copied with the timer and still names those of the original.
 */
export function copyTimedFields(
  arena: Arena,
  timer: Ref,
  copy: Ref,
  from: number,
  limit: number,
  seed: HashSeed,
): number {
  const words = arena.words[segmentOf(copy)];
  return copyRecords(arena, timedTable(arena, timer), timedTable(arena, copy), from, limit, seed, (record) => {
    if ((arena.words[segmentOf(record)][wordOf(record)] & HAS_DEADLINE) === 0) return;
    heapMoved(arena, words, heapStart(copy), record);
  });
}

/** Frees up to about `limit` fields from position `from` on; returns where to go on, 0 when the timer is freed too. */
export function drainTimedHash(arena: Arena, encoding: number, timer: Ref, from: number, limit: number): number {
  const next = encoding === HASHTABLEEX ? drainRecordTable(arena, timedTable(arena, timer), from, limit) : 0;
  if (next === 0) arena.free(timer);
  return next;
}
