/**
 * The timer of a hash whose fields have deadlines: one for the whole hash, set to the earliest of them.
 *
 * It is a block laid out as the record of an empty key with a deadline, so that it waits in the database's timing wheel
 * among the keys, and so that what changes values in records (inline.ts) changes what it holds:
 *
 *   | TIMER, has a deadline | 0 | length | earliest deadline, 2 words | wheel, 2 words | key's record | value … |
 *
 *   listpackex    value: a listpack of field, value, deadline …, the earliest first, those without one (0) last; as Redis
 *                 lays it out
 *   hashtableex   value: the Ref of the table, then a heap of the fields' records with a deadline (deadline-heap.ts)
 *
 * The key's record names its timer and the timer its key's record, so both know of each other when one moves. A hash
 * that has never had a deadline of a field has no timer and pays nothing; one that has had keeps it, as in Redis the
 * encoding stays.
 *
 * Rejected: every field in the wheel. Removing a key, moving it to another database or freeing it in slices would have to
 * take each field out; now it is one timer, and what the fields' deadlines are is the hash's own affair.
 */
import type { Arena, Ref } from '../memory/arena.ts';
import {
  DEADLINE_BYTES,
  HAS_DEADLINE,
  HEADER_BYTES,
  KEY_LENGTH,
  META,
  segmentOf,
  TIMER,
  TIMER_OWNER,
  TYPE_MASK,
  VALUE_LENGTH,
  wordOf,
} from '../memory/layout.ts';
import { writeDeadline } from '../structures/record.ts';
import { encodingOf, headerOf, isTimed } from './encoding.ts';

/** The word of a timer where its value begins: a hashtableex's table. */
const VALUE = (HEADER_BYTES + DEADLINE_BYTES) / 4;
/** The word where the heap begins. */
const HEAP = VALUE + 1;
const TABLE_BYTES = 4;

/** A timer set to no deadline, with a value of `valueBytes` that is the caller's to write. */
export function newTimer(arena: Arena, valueBytes: number): Ref {
  const timer = arena.allocate(HEADER_BYTES + DEADLINE_BYTES + valueBytes);
  const words = arena.words[segmentOf(timer)];
  const at = wordOf(timer);
  words.fill(0, at, at + VALUE);
  words[at + META] = TIMER | HAS_DEADLINE;
  words[at + KEY_LENGTH] = 0;
  words[at + VALUE_LENGTH] = valueBytes;
  writeDeadline(arena, timer, Number.POSITIVE_INFINITY);
  return timer;
}

/** A copy of a timer that is in no wheel and belongs to no key yet. */
export function copyTimer(arena: Arena, timer: Ref): Ref {
  const bytes = arena.sizeOf(timer);
  const copy = arena.allocate(bytes);
  const from = (timer & 0x3fffff) << 4;
  arena.bytes[segmentOf(timer)].copy(arena.bytes[segmentOf(copy)], (copy & 0x3fffff) << 4, from, from + bytes);
  return copy;
}

export function isTimer(arena: Arena, ref: Ref): boolean {
  return (arena.words[ref >>> 22][(ref & 0x3fffff) << 2] & TYPE_MASK) === TIMER;
}

/** The key's record whose value a timer holds. */
export function ownerOf(arena: Arena, timer: Ref): Ref {
  return arena.words[segmentOf(timer)][wordOf(timer) + TIMER_OWNER] as Ref;
}

/** Tells the timer of a record that was made or has moved, if it has one, whose it is. */
export function ownTimer(arena: Arena, ref: Ref): void {
  if (!isTimed(encodingOf(arena, ref))) return;
  const timer = headerOf(arena, ref);
  arena.words[segmentOf(timer)][wordOf(timer) + TIMER_OWNER] = ref;
}

/** The table of a hashtableex. */
export function timedTable(arena: Arena, timer: Ref): Ref {
  return arena.words[segmentOf(timer)][wordOf(timer) + VALUE] as Ref;
}

export function setTimedTable(arena: Arena, timer: Ref, table: Ref): void {
  arena.words[segmentOf(timer)][wordOf(timer) + VALUE] = table;
}

/** The word in its segment where the heap of a hashtableex begins. */
export function heapStart(timer: Ref): number {
  return wordOf(timer) + HEAP;
}

/** How many fields of a hashtableex have a deadline. */
export function heapCount(arena: Arena, timer: Ref): number {
  return (arena.words[segmentOf(timer)][wordOf(timer) + VALUE_LENGTH] - TABLE_BYTES) >>> 2;
}

/** The bytes of a timer's value with a table and `count` fields in the heap. */
export function timedTableBytes(count: number): number {
  return TABLE_BYTES + 4 * count;
}
