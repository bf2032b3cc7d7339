import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newRecord } from '../keyspace/record.ts';
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
  tableMove,
  tableRemove,
  tableReplace,
  tableShape,
} from './hashtable.ts';
import { tableDrain, tableRandom, tableSample, tableScan } from './hashtable-walk.ts';

const SEED = { k0: 0x01234567, k1: -0x12345678 };

/** Numbers that look random, the same in every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** A table beside the `Map` that says what must be in it. */
class Pair {
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

function buffer(key: string): { bytes: Buffer; view: DataView } {
  const bytes = Buffer.from(key, 'latin1');
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

function keyOf(arena: Arena, ref: Ref): string {
  const at = wordOf(ref);
  const words = arena.words[segmentOf(ref)];
  const start = (at << 2) + keyOffset(words[at]);
  return arena.bytes[segmentOf(ref)].toString('latin1', start, start + words[at + KEY_LENGTH]);
}

/** Keys whose hashes under `SEED` agree in the bits of `mask`. */
function collidingKeys(count: number, mask: number): string[] {
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
function states(): [string, Pair][] {
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

describe('hash table', () => {
  it('holds what a Map holds over thousands of operations', () => {
    const key = fc.integer({ min: 0, max: 400 }).map((n) => (n % 7 === 0 ? 'x'.repeat(n) : `${n}`));
    const step = fc.record({ key, kind: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 500, maxLength: 3000, size: 'max' }), (steps) => {
        const pair = new Pair();
        for (const [i, { key, kind }] of steps.entries()) {
          // Growth and shrinking in turn.
          const adds = i % 1000 < 600 ? 7 : 2;
          if (!pair.map.has(key)) {
            expect(pair.find(key)).toBe(NO_REF);
            if (kind < adds) pair.insert(key);
          } else if (kind < adds) pair.replace(key);
          else pair.remove(key);
          if (kind === 9) tableMove(pair.arena, pair.table, SEED, i % 5);
          if (i % 250 === 0) pair.expectSame();
        }
        pair.expectSame();
        pair.expectFreed();
      }),
      { numRuns: 15 },
    );
  });

  it('grows and shrinks over many doublings and comes back to one bucket', () => {
    const pair = new Pair();
    const shapes = new Set<number>();
    for (let i = 0; i < 100_000; i++) {
      pair.insert(`key:${i}`);
      shapes.add(tableShape(pair.arena, pair.table).buckets);
    }
    expect([...shapes]).toEqual(Array.from({ length: 15 }, (_, bits) => 2 ** bits));
    pair.expectSame();
    for (let i = 0; i < 100_000; i++) {
      pair.remove(`key:${i}`);
      if (i % 50_000 === 0) pair.expectSame();
    }
    while (tableMove(pair.arena, pair.table, SEED, 1));
    expect(tableShape(pair.arena, pair.table)).toEqual({ buckets: 1, movingTo: 0, groupsMoved: 0, overflows: 0 });
    pair.expectFreed();
  });

  it('never has fewer entries than buckets while it shrinks, nor more than fit while it grows', () => {
    const pair = new Pair();
    const insertOrRemove = (change: (key: string) => void) => {
      for (let i = 0; i < 20_000; i++) {
        change.call(pair, `${i}`);
        const { buckets, movingTo } = tableShape(pair.arena, pair.table);
        const fewest = pair.map.size > 2 ? Math.min(buckets, movingTo || buckets) : 0;
        if (pair.map.size > 9.7 * buckets || pair.map.size < fewest) expect.fail(`${pair.map.size} in ${buckets}`);
      }
    };
    insertOrRemove(pair.insert);
    insertOrRemove(pair.remove);
  });

  it('tells apart keys that share bucket and tag, in chains of many buckets', () => {
    const keys = [...collidingKeys(120, 0x3ff), ...collidingKeys(30, 0xff00001f | 0)];
    const pair = new Pair();
    for (let i = 0; i < 900; i++) pair.insert(`k${i}`);
    const random = generator(1);
    const distinct = [...new Set(keys)];
    for (const key of distinct) pair.insert(key);
    expect(tableShape(pair.arena, pair.table).overflows).toBeGreaterThan(8);
    pair.expectSame();
    // Out of the chains in random order, some of them back in, some replaced.
    for (let round = 0; round < 600; round++) {
      const key = distinct[random() % distinct.length];
      if (!pair.map.has(key)) pair.insert(key);
      else if (round % 3 === 0) pair.replace(key);
      else pair.remove(key);
      if (round % 50 === 0) pair.expectSame();
    }
    for (const key of distinct) if (pair.map.has(key)) pair.remove(key);
    pair.expectSame();
    for (let i = 0; i < 900; i++) pair.remove(`k${i}`);
    for (const key of distinct) pair.insert(key);
    pair.expectSame();
    pair.expectFreed();
  });

  it('finds keys by their bytes, of any length and content', () => {
    const pair = new Pair();
    const keys = ['', '\0', '\0\0', 'a', 'ab', 'abc', 'abcd', 'abcde', '__proto__', '\xff\xfe', 'a'.repeat(100_000)];
    for (const key of keys) pair.insert(key);
    pair.expectSame();
    for (const key of ['\0\0\0', 'b', 'a'.repeat(99_999), 'abcdf']) expect(pair.find(key)).toBe(NO_REF);
    pair.expectFreed();
  });

  it('throws when told to change a record that is not there', () => {
    const pair = new Pair();
    pair.insert('a');
    const { bytes, view } = buffer('b');
    const stranger = newRecord(pair.arena, 0, bytes, view, 0, 1, 0);
    const hash = hashOf(pair.arena, stranger, SEED);
    expect(() => tableRemove(pair.arena, pair.table, hash, stranger, SEED)).toThrow('not in the table');
    expect(() => tableReplace(pair.arena, pair.table, hash, stranger, stranger)).toThrow('not in the table');
    expect(tableHolds(pair.arena, pair.table, hash, stranger)).toBe(false);
  });
});

describe('growth under a limit', () => {
  it('is put off while it would pass the limit, and made up for when there is room', () => {
    const pair = new Pair();
    for (let i = 0; i < 550; i++) pair.insert(`${i}`);
    pair.arena.growthLimitBytes = pair.arena.used + 100;
    for (let i = 550; i < 1000; i++) pair.insert(`${i}`);
    expect(tableShape(pair.arena, pair.table)).toMatchObject({ buckets: 64, movingTo: 0 });
    pair.expectSame();
    pair.arena.growthLimitBytes = Number.POSITIVE_INFINITY;
    pair.insert('more');
    expect(tableShape(pair.arena, pair.table)).toMatchObject({ buckets: 64, movingTo: 128 });
  });

  it('happens regardless once chains get long', () => {
    const pair = new Pair();
    pair.arena.growthLimitBytes = 0;
    for (let i = 0; i < 20_000; i++) pair.insert(`${i}`);
    expect(tableShape(pair.arena, pair.table).buckets).toBeGreaterThanOrEqual(1024);
    pair.expectSame();
    pair.expectFreed();
  });

  it('does without segments that are not there', () => {
    const pair = new Pair();
    for (let i = 0; i < 100; i++) pair.insert(`${i}`);
    pair.arena.hasSegmentsFor = () => false;
    for (let i = 100; i < 3000; i++) pair.insert(`${i}`);
    for (let i = 0; i < 2990; i++) pair.remove(`${i}`);
    pair.expectSame();
  });
});

describe('scan', () => {
  it('returns every record once while nothing changes', () => {
    for (const [, pair] of states()) {
      const keys: string[] = [];
      let cursor = 0;
      do {
        const { next, keys: found } = pair.scan(cursor, 10);
        keys.push(...found);
        cursor = next;
      } while (cursor !== 0);
      expect(keys.sort()).toEqual([...pair.map.keys()].sort());
    }
  });

  it('returns whatever stays from beginning to end, however the table changes meanwhile', () => {
    const burst = fc.record({ count: fc.integer({ min: 0, max: 150 }), insert: fc.boolean(), moves: fc.nat(40) });
    const arbitrary = fc.record({
      staying: fc.integer({ min: 0, max: 200 }),
      before: fc.integer({ min: 0, max: 1500 }),
      bursts: fc.array(burst, { minLength: 1, maxLength: 30, size: 'max' }),
      count: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ staying, before, bursts, count }) => {
        const pair = new Pair();
        for (let i = 0; i < before; i++) pair.insert(`passing${i}`);
        for (let i = 0; i < staying; i++) pair.insert(`staying${i}`);
        const passing = Array.from({ length: before }, (_, i) => `passing${i}`);
        const seen = new Set<string>();
        let cursor = 0;
        let calls = 0;
        do {
          const { next, keys } = pair.scan(cursor, count);
          for (const key of keys) seen.add(key);
          cursor = next;
          const { count: changes, insert, moves } = bursts[calls % bursts.length];
          for (let i = 0; i < changes; i++) {
            if (insert && passing.length < 3000) {
              passing.push(`burst${calls}-${i}`);
              pair.insert(passing[passing.length - 1]);
            } else if (!insert && passing.length > 0) pair.remove(passing.pop() ?? '');
          }
          tableMove(pair.arena, pair.table, SEED, moves);
          if (++calls > 20_000) expect.fail('the scan does not end');
        } while (cursor !== 0);
        for (let i = 0; i < staying; i++) if (!seen.has(`staying${i}`)) expect.fail(`staying${i} was not returned`);
      }),
      { numRuns: 20 },
    );
  });

  it('does a bounded part of a sparse table a call', () => {
    const pair = new Pair();
    for (let i = 0; i < 5000; i++) pair.insert(`${i}`);
    let most = 0;
    for (let cursor = pair.scan(0, 1).next; cursor !== 0; ) {
      const { next, keys } = pair.scan(cursor, 1);
      most = Math.max(most, keys.length);
      cursor = next;
    }
    expect(most).toBeLessThan(50);
    expect(pair.scan(0, Number.MAX_SAFE_INTEGER)).toMatchObject({ next: 0, keys: { length: 5000 } });
  });

  it('takes any number for a cursor', () => {
    const pair = new Pair();
    for (let i = 0; i < 1000; i++) pair.insert(`${i}`);
    for (const cursor of [1, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53]) {
      let next = cursor;
      for (let calls = 0; calls < 1000 && (calls === 0 || next !== 0); calls++) next = pair.scan(next, 10).next;
      expect(next).toBe(0);
    }
  });
});

describe('random records', () => {
  it.each(states())('come up evenly from a table that is %s', (_, pair) => {
    const random = generator(7);
    const counts = new Map<string, number>();
    const draws = 25 * pair.map.size;
    for (let i = 0; i < draws; i++) {
      const key = keyOf(pair.arena, tableRandom(pair.arena, pair.table, random));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expectEven(
      [...pair.map.keys()].map((key) => counts.get(key) ?? 0),
      draws,
    );
  });

  it('come up evenly from a table whose growth was put off, with chains of four buckets and more', () => {
    const pair = new Pair();
    for (let i = 0; i < 8; i++) pair.insert(`${i}`);
    pair.arena.hasSegmentsFor = () => false;
    for (let i = 8; i < 60; i++) pair.insert(`${i}`);
    expect(tableShape(pair.arena, pair.table)).toMatchObject({ buckets: 1, overflows: 4 });
    const random = generator(3);
    const counts = new Array(60).fill(0);
    for (let i = 0; i < 20_000; i++) counts[Number(keyOf(pair.arena, tableRandom(pair.arena, pair.table, random)))]++;
    expectEven(counts, 20_000);
  });

  it('are found even by bad luck, and not at all in an empty table', () => {
    const pair = new Pair();
    expect(tableRandom(pair.arena, pair.table, generator(1))).toBe(NO_REF);
    for (let i = 0; i < 1000; i++) pair.insert(`${i}`);
    for (let i = 0; i < 999; i++) pair.remove(`${i}`);
    for (const stuck of [0, 1, 35, 2 ** 32 - 1]) {
      expect(tableRandom(pair.arena, pair.table, () => stuck)).toBe(pair.map.get('999'));
    }
  });

  it.each(states())('are sampled without leaving any out from a table that is %s', (_, pair) => {
    const random = generator(11);
    const out = new Int32Array(5);
    const counts = new Map<string, number>();
    const draws = 15 * pair.map.size;
    for (let i = 0; i < draws; i++) {
      if (tableSample(pair.arena, pair.table, random, out, 5) !== 5) expect.fail('too few');
      for (const ref of out) {
        const key = keyOf(pair.arena, ref as Ref);
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const mean = (draws * 5) / pair.map.size;
    for (const key of pair.map.keys()) expect(counts.get(key) ?? 0).toBeGreaterThan(mean / 8);
  });

  it('are sampled as far as there are any', () => {
    const pair = new Pair();
    const out = new Int32Array(16);
    expect(tableSample(pair.arena, pair.table, generator(1), out, 16)).toBe(0);
    pair.insert('only');
    const found = tableSample(pair.arena, pair.table, generator(1), out, 16);
    expect(found).toBeGreaterThan(0);
    expect(new Set(out.subarray(0, found))).toEqual(new Set([pair.map.get('only')]));
  });
});

/** Pearson's chi-square: fails when the counts are further from even than chance would have it once in a million runs. */
function expectEven(counts: readonly number[], total: number): void {
  const expected = total / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  expect(chiSquare).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom));
}

describe('draining', () => {
  it.each(states())('frees everything of a table that is %s', (_, pair) => {
    pair.expectFreed();
  });

  it('may stop half way: the rest of the table goes with freeTable', () => {
    const pair = new Pair();
    for (const key of collidingKeys(100, 0x1ff)) pair.insert(key);
    for (let i = 0; i < 700; i++) pair.insert(`k${i}`);
    tableDrain(pair.arena, pair.table, 0, 40, () => {});
    for (const ref of pair.map.values()) pair.arena.free(ref);
    freeTable(pair.arena, pair.table);
    expectEmpty(pair.arena);
  });
});
