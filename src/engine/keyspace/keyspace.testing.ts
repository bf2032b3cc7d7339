/**
 * Proof that a keyspace is whole: every block of the arena belongs to exactly one record or table, every record is found
 * under its key, and the lists of deadlines hold the records that have one, each in its place, and nothing else.
 */
import { expect } from 'vitest';
import { liveBlocks } from '../memory/arena.testing.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { deadlineOf, segmentOf, VOLATILE_INDEX, WHEEL_NEXT, WHEEL_PREVIOUS, wordOf } from '../memory/layout.ts';
import { hashOf, tableBytes, tableHolds } from '../structures/hashtable.ts';
import { tableScan } from '../structures/hashtable-walk.ts';
import { encodingOf, headerOf, isTimed } from '../values/encoding.ts';
import { ownerOf } from '../values/hash-timer.ts';
import { outsideValueBytes } from '../values/value.ts';
import type { Database } from './database.ts';
import type { Keyspace } from './keyspace.ts';

/** Deadlines from here on are in no slot of the wheel. */
const FAR = 2 ** 48;

/** Fails unless everything fits together. Nothing may wait in `lazyFree`. */
export function expectWhole(keyspace: Keyspace): void {
  const { arena } = keyspace;
  const seen = new Set<Ref>();
  let bytes = 0;
  for (const database of keyspace.databases) {
    const records = recordsOf(database);
    if (records.length !== database.size) expect.fail(`${records.length} records of ${database.size} are found`);
    bytes += tableBytes(arena, database.table);
    for (const ref of records) {
      if (seen.has(ref)) expect.fail(`record ${ref} is there twice`);
      if (!tableHolds(arena, database.table, hashOf(arena, ref, keyspace.seed), ref)) {
        expect.fail(`record ${ref} is not under its key`);
      }
      seen.add(ref);
      bytes += arena.sizeOf(ref) + outsideValueBytes(arena, ref, Number.POSITIVE_INFINITY);
    }
    checkDeadlines(database, records);
  }
  if (arena.used !== bytes) expect.fail(`${arena.used} bytes are in use, ${bytes} of them in records and tables`);
}

/** Fails unless every record is a block that lives, by the arena's own books. Slow. */
export function expectLive(keyspace: Keyspace): void {
  const live = liveBlocks(keyspace.arena);
  for (const database of keyspace.databases) {
    for (const ref of recordsOf(database)) if (!live.has(ref)) expect.fail(`record ${ref} is no block`);
  }
}

function recordsOf(database: Database): Ref[] {
  const records: Ref[] = [];
  tableScan(database.arena, database.table, 0, Number.POSITIVE_INFINITY, (ref) => {
    records.push(ref);
  });
  return records;
}

function checkDeadlines(database: Database, records: readonly Ref[]): void {
  const { arena, volatile, wheel } = database;
  const withDeadline = records.filter((ref) => database.hasDeadline(ref));
  const listed: Ref[] = [];
  for (let place = 0; place < volatile.count; place++) {
    const ref = volatile.at(place);
    const told = arena.words[segmentOf(ref)][wordOf(ref) + VOLATILE_INDEX];
    if (told !== place) expect.fail(`record ${ref} says it is at ${told} but is at ${place}`);
    listed.push(ref);
  }
  expectSameRefs('keys with a deadline', listed, withDeadline);
  const waiting = [...chainOf(arena, wheel.overdue), ...chainOf(arena, wheel.pending)];
  for (const [slot, head] of wheel.slots.entries()) {
    const isMarked = ((wheel.occupied[slot >>> 5] >>> (slot & 31)) & 1) === 1;
    if (isMarked !== (head !== NO_REF)) expect.fail(`the wheel's slot ${slot} is not what its mark says`);
    waiting.push(...chainOf(arena, head as Ref));
  }
  const timers = records.filter((ref) => isTimed(encodingOf(arena, ref))).map((ref) => timerOf(arena, ref));
  const near = [...withDeadline, ...timers].filter((ref) => deadlineOf(arena, ref) < FAR);
  expectSameRefs('waiting keys and timers', waiting, near);
}

function timerOf(arena: Arena, ref: Ref): Ref {
  const timer = headerOf(arena, ref);
  if (ownerOf(arena, timer) !== ref) expect.fail(`the timer of ${ref} does not know whose it is`);
  return timer;
}

function chainOf(arena: Arena, head: Ref): Ref[] {
  const chain: Ref[] = [];
  let previous = NO_REF;
  for (let ref = head; ref !== NO_REF; ) {
    const words = arena.words[segmentOf(ref)];
    const at = wordOf(ref);
    if (words[at + WHEEL_PREVIOUS] !== previous) expect.fail(`record ${ref} does not know the one before it`);
    chain.push(ref);
    previous = ref;
    ref = words[at + WHEEL_NEXT] as Ref;
  }
  return chain;
}

function expectSameRefs(what: string, actual: readonly Ref[], wanted: readonly Ref[]): void {
  const found = new Set(actual);
  if (actual.length !== found.size || found.size !== wanted.length || !wanted.every((ref) => found.has(ref))) {
    expect.fail(`${actual.length} ${what} instead of ${wanted.length}`);
  }
}
