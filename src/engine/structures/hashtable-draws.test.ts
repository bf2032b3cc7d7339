import { describe, expect, it } from 'vitest';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { expectEven } from './even.testing.ts';
import { generator, keyOf, Pair, states } from './hashtable.testing.ts';
import { tableShape } from './hashtable.ts';
import { tableRandom, tableRandomDistinct, tableSample } from './hashtable-draws.ts';

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

  it('come up evenly from a large table, and each once while they are taken out', () => {
    const pair = new Pair();
    for (let i = 0; i < 30_000; i++) pair.insert(`${i}`);
    const random = generator(5);
    const counts = new Array(30_000).fill(0);
    for (let i = 0; i < 600_000; i++) counts[Number(keyOf(pair.arena, tableRandom(pair.arena, pair.table, random)))]++;
    expectEven(counts, 600_000);
    for (let left = 30_000; left > 0; left--) {
      const key = keyOf(pair.arena, tableRandom(pair.arena, pair.table, random));
      if (!pair.map.has(key)) expect.fail(`${key} came up again`);
      pair.remove(key);
    }
    expect(tableRandom(pair.arena, pair.table, random)).toBe(NO_REF);
    pair.expectFreed();
  });

  it('do not depend on who has drawn before', () => {
    const sequence = (): string[] => {
      const pair = new Pair();
      for (let i = 0; i < 30_000; i++) pair.insert(`${i}`);
      const random = generator(9);
      return Array.from({ length: 50 }, () => keyOf(pair.arena, tableRandom(pair.arena, pair.table, random)));
    };
    expect(sequence()).toEqual(sequence());
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

  it.each(states())('come up in every choice of several from a table that is %s', (_, pair) => {
    const random = generator(23);
    const size = pair.map.size;
    for (const count of [1, 20, size >> 1, size - 3]) {
      const counts = new Map<string, number>();
      const rounds = Math.ceil((40 * size) / count);
      for (let i = 0; i < rounds; i++) {
        const chosen = tableRandomDistinct(pair.arena, pair.table, count, random).map((ref) => keyOf(pair.arena, ref));
        if (new Set(chosen).size !== count) expect.fail('a record came up twice, or too few');
        for (const key of chosen) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      expectEven(
        [...pair.map.keys()].map((key) => counts.get(key) ?? 0),
        rounds * count,
      );
    }
  });
});
