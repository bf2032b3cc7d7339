/** A hash table beside the Map that says what must be in it, and tables in every state. */
import { expect } from 'vitest';
import { expectEmpty } from '../memory/arena.testing.ts';
import { Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { KEY_LENGTH, keyOffset, segmentOf, wordOf } from '../memory/layout.ts';
import {
  freeTable,
  hashOf,
  newTable,
  tableBytes,
  tableCount,
  tableFind,
  tableHolds,
  tableInsert,
  tableRemove,
  tableReplace,
  tableShape,
} from './hashtable.ts';
import { tableDrain, tableScan } from './hashtable-walk.ts';
import { newRecord } from './record.ts';

export const SEED = { k0: 0x01234567, k1: -0x12345678 };

/** Numbers that look random, the same in every run. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** A table beside the `Map` that says what must be in it. */
export class Pair {
  readonly arena = new Arena();
  readonly table: Ref;
  readonly map = new Map<string, Ref>();
  private recordBytes = 0;

  constructor() {
    this.table = newTable(this.arena);
  }

  insert(key: string): void {
    const ref = this.record(key);
    tableInsert(this.arena, this.table, hashOf(this.arena, ref, SEED), ref, SEED);
    this.map.set(key, ref);
  }

  remove(key: string): void {
    const ref = this.map.get(key) ?? NO_REF;
    tableRemove(this.arena, this.table, hashOf(this.arena, ref, SEED), ref, SEED);
    this.free(ref);
    this.map.delete(key);
  }

  replace(key: string): void {
    const old = this.map.get(key) ?? NO_REF;
    const fresh = this.record(key);
    tableReplace(this.arena, this.table, hashOf(this.arena, old, SEED), old, fresh);
    this.free(old);
    this.map.set(key, fresh);
  }

  find(key: string): Ref {
    const { bytes, view } = buffer(key);
    const probe = this.record(key);
    const hash = hashOf(this.arena, probe, SEED);
    this.free(probe);
    return tableFind(this.arena, this.table, hash, bytes, view, 0, bytes.length);
  }

  scan(cursor: number, count: number): { next: number; keys: string[] } {
    const keys: string[] = [];
    const next = tableScan(this.arena, this.table, cursor, count, (ref) => keys.push(keyOf(this.arena, ref)));
    return { next, keys };
  }

  expectSame(): void {
    expect(tableCount(this.arena, this.table)).toBe(this.map.size);
    expect(tableBytes(this.arena, this.table)).toBe(this.arena.used - this.recordBytes);
    for (const [key, ref] of this.map) {
      if (this.find(key) !== ref) expect.fail(`${key} is not found`);
      if (!tableHolds(this.arena, this.table, hashOf(this.arena, ref, SEED), ref)) expect.fail(`${key} is not held`);
    }
  }

  expectFreed(): void {
    let drained = 0;
    for (let from = 0, first = true; first || from !== 0; first = false) {
      from = tableDrain(this.arena, this.table, from, 7, (ref) => {
        this.free(ref);
        drained++;
      });
    }
    expect(drained).toBe(this.map.size);
    expect(tableShape(this.arena, this.table).overflows).toBe(0);
    freeTable(this.arena, this.table);
    expectEmpty(this.arena);
  }

  private record(key: string): Ref {
    const { bytes, view } = buffer(key);
    const ref = newRecord(this.arena, 0, bytes, view, 0, bytes.length, 0);
    this.recordBytes += this.arena.sizeOf(ref);
    return ref;
  }

  private free(ref: Ref): void {
    this.recordBytes -= this.arena.sizeOf(ref);
    this.arena.free(ref);
  }
}

export function buffer(key: string): { bytes: Buffer; view: DataView } {
  const bytes = Buffer.from(key, 'latin1');
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

export function keyOf(arena: Arena, ref: Ref): string {
  const at = wordOf(ref);
  const words = arena.words[segmentOf(ref)];
  const start = (at << 2) + keyOffset(words[at]);
  return arena.bytes[segmentOf(ref)].toString('latin1', start, start + words[at + KEY_LENGTH]);
}

/** Keys whose hashes under `SEED` agree in the bits of `mask`. */
export function collidingKeys(count: number, mask: number): string[] {
  const arena = new Arena();
  const keys: string[] = [];
  for (let i = 0; keys.length < count; i++) {
    const { bytes, view } = buffer(`c${i}`);
    const ref = newRecord(arena, 0, bytes, view, 0, bytes.length, 0);
    if ((hashOf(arena, ref, SEED) & mask) === (0x5a5a5a5a & mask)) keys.push(`c${i}`);
    arena.free(ref);
  }
  return keys;
}

/** A table at rest, in the middle of growing, and in the middle of shrinking. */
export function states(): [string, Pair][] {
  const resting = new Pair();
  for (let i = 0; i < 500; i++) resting.insert(`k${i}`);
  expect(tableShape(resting.arena, resting.table).movingTo).toBe(0);
  const growing = new Pair();
  for (let i = 0; i < 580; i++) growing.insert(`k${i}`);
  expect(tableShape(growing.arena, growing.table)).toMatchObject({ buckets: 64, movingTo: 128 });
  const shrinking = new Pair();
  for (let i = 0; i < 5000; i++) shrinking.insert(`k${i}`);
  for (let i = 0; i < 5000 && shrinking.map.size > 850; i++) shrinking.remove(`k${i}`);
  expect(tableShape(shrinking.arena, shrinking.table)).toMatchObject({ buckets: 512, movingTo: 256 });
  expect(tableShape(shrinking.arena, shrinking.table).groupsMoved).toBeGreaterThan(100);
  return [
    ['at rest', resting],
    ['growing', growing],
    ['shrinking', shrinking],
  ];
}
