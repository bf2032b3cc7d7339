import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectEmpty } from '../memory/arena.testing.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { collidingKeys, generator, keyOf, Pair, SEED, states } from './hashtable.testing.ts';
import { freeTable, tableMove, tableShape } from './hashtable.ts';
import { tableDrain, tableRandom, tableSample } from './hashtable-walk.ts';

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
