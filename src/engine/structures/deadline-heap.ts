/**
 * A binary heap of records by their deadline, the earliest first: consecutive words, each a record's Ref, in a block that
 * is the caller's. Every record knows its place (`HEAP_PLACE`), so that any of them can leave or change its deadline.
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { deadlineOf, HEAP_PLACE, segmentOf, wordOf } from '../memory/layout.ts';

/** Adds a record to the heap of `count` records at `words[start]`; there must be room for one more. */
export function heapAdd(arena: Arena, words: Int32Array, start: number, count: number, record: Ref): void {
  rise(arena, words, start, count, record);
}

/** Takes a record out of the heap of `count` records. */
export function heapRemove(arena: Arena, words: Int32Array, start: number, count: number, record: Ref): void {
  const place = placeOf(arena, record);
  const last = words[start + count - 1] as Ref;
  if (last !== record) settle(arena, words, start, count - 1, place, last);
}

/** Puts a record whose deadline has changed where it belongs. */
export function heapChanged(arena: Arena, words: Int32Array, start: number, count: number, record: Ref): void {
  settle(arena, words, start, count, placeOf(arena, record), record);
}

/** Lets the heap name a record that has moved, its words copied with it. */
export function heapMoved(arena: Arena, words: Int32Array, start: number, fresh: Ref): void {
  words[start + placeOf(arena, fresh)] = fresh;
}

/** How many records have a deadline of `now` or before. Looks at no more than twice as many. */
export function heapDue(arena: Arena, words: Int32Array, start: number, count: number, now: number, from = 0): number {
  if (from >= count || deadlineOf(arena, words[start + from] as Ref) > now) return 0;
  const child = 2 * from + 1;
  return 1 + heapDue(arena, words, start, count, now, child) + heapDue(arena, words, start, count, now, child + 1);
}

function settle(arena: Arena, words: Int32Array, start: number, count: number, place: number, record: Ref): void {
  if (!rise(arena, words, start, place, record)) sink(arena, words, start, count, place, record);
}

/** Puts `record` at `place` or nearer to the top; false when it stays there. */
function rise(arena: Arena, words: Int32Array, start: number, place: number, record: Ref): boolean {
  const deadline = deadlineOf(arena, record);
  let at = place;
  while (at > 0) {
    const above = (at - 1) >>> 1;
    const other = words[start + above] as Ref;
    if (deadlineOf(arena, other) <= deadline) break;
    put(arena, words, start, at, other);
    at = above;
  }
  put(arena, words, start, at, record);
  return at !== place;
}

function sink(arena: Arena, words: Int32Array, start: number, count: number, place: number, record: Ref): void {
  const deadline = deadlineOf(arena, record);
  let at = place;
  for (let below = 2 * at + 1; below < count; below = 2 * at + 1) {
    let other = words[start + below] as Ref;
    if (below + 1 < count) {
      const sibling = words[start + below + 1] as Ref;
      if (deadlineOf(arena, sibling) < deadlineOf(arena, other)) {
        other = sibling;
        below++;
      }
    }
    if (deadlineOf(arena, other) >= deadline) break;
    put(arena, words, start, at, other);
    at = below;
  }
  put(arena, words, start, at, record);
}

function put(arena: Arena, words: Int32Array, start: number, place: number, record: Ref): void {
  words[start + place] = record;
  arena.words[segmentOf(record)][wordOf(record) + HEAP_PLACE] = place;
}

function placeOf(arena: Arena, record: Ref): number {
  return arena.words[segmentOf(record)][wordOf(record) + HEAP_PLACE];
}
