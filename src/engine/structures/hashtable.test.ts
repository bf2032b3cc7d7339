import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_REF } from '../memory/arena.ts';
import { buffer, collidingKeys, generator, Pair, SEED } from './hashtable.testing.ts';
import { hashOf, tableHolds, tableMove, tableRemove, tableReplace, tableShape } from './hashtable.ts';
import { newRecord } from './record.ts';

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
            if (pair.find(key) !== NO_REF) expect.fail(`found ${key}`);
            if (kind < adds) pair.insert(key);
          } else if (kind < adds) pair.replace(key);
          else pair.remove(key);
          if (kind === 9) tableMove(pair.arena, pair.table, SEED, i % 5);
          if (i % 250 === 0) pair.expectSame();
        }
        pair.expectSame();
        pair.expectFreed();
      }),
      { numRuns: 8 },
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
        if (pair.map.size > 10.8 * buckets + 1 || pair.map.size < fewest) expect.fail(`${pair.map.size} in ${buckets}`);
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
