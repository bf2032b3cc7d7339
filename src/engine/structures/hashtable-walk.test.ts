import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectEmpty } from '../memory/arena.testing.ts';
import { collidingKeys, Pair, SEED, states } from './hashtable.testing.ts';
import { freeTable, tableMove } from './hashtable.ts';
import { tableDrain } from './hashtable-walk.ts';

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
