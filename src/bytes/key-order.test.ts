import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortFirst, sortStably } from './key-order.ts';

/** Many equal keys, or few. */
const keys = fc
  .tuple(fc.constantFrom(2, 10, 1e6), fc.integer({ min: 0, max: 3000 }), fc.integer())
  .map(([different, length, seed]) => {
    let state = seed | 1;
    return Float64Array.from({ length }, () => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % different;
    });
  });

function counting(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}

/** JavaScript's own sort, which is stable too. */
function sorted(values: Float64Array, isFalling: boolean): number[] {
  return [...counting(values.length)].sort((a, b) => (isFalling ? values[b] - values[a] : values[a] - values[b]));
}

test.each([false, true])('a whole order, falling: %s', (isFalling) => {
  fc.assert(
    fc.property(keys, (values) => {
      const order = counting(values.length);
      sortStably(order, values, values.length, isFalling);
      expect([...order]).toEqual(sorted(values, isFalling));
    }),
    { numRuns: 150 },
  );
});

test.each([false, true])('the first of an order, falling: %s', (isFalling) => {
  fc.assert(
    fc.property(keys, fc.nat(), (values, pick) => {
      if (values.length === 0) return;
      const wanted = 1 + (pick % values.length);
      const order = counting(values.length);
      sortFirst(order, values, values.length, wanted, isFalling);
      const keysOf = (indexes: ArrayLike<number>): number[] => Array.from(indexes, (index) => values[index]);
      expect(keysOf(order.subarray(0, wanted))).toEqual(keysOf(sorted(values, isFalling).slice(0, wanted)));
      expect([...order].sort((a, b) => a - b)).toEqual([...counting(values.length)]);
    }),
    { numRuns: 300 },
  );
});

test('only so many indexes are touched', () => {
  const order = Int32Array.of(2, 1, 0, 7);
  sortStably(order, Float64Array.of(1, 2, 3), 3, false);
  expect([...order]).toEqual([0, 1, 2, 7]);
});

test('keys that split badly are sorted all the same', () => {
  const length = 200_000;
  // Each median of nine finds one of the least: the keys a killer of this quicksort would send, roughly.
  const values = Float64Array.from({ length }, (_, i) => (i % 2 === 0 ? i : length - i));
  const order = counting(length);
  sortFirst(order, values, length, length - 1, false);
  for (let i = 1; i < length - 1; i++) expect(values[order[i - 1]] <= values[order[i]]).toBe(true);
});
