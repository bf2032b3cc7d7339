import { expect, it } from 'vitest';
import { distinctIndexes } from './distinct-indexes.ts';
import { expectEven } from './even.testing.ts';
import { generator } from './hashtable.testing.ts';

it('are different and rise, whatever is asked for', () => {
  const random = generator(5);
  for (let total = 1; total < 40; total++) {
    for (let count = 0; count <= total; count++) {
      const indexes = distinctIndexes(total, count, random);
      expect(indexes).toHaveLength(count);
      for (let i = 0; i < count; i++) {
        expect(indexes[i]).toBeGreaterThan(i === 0 ? -1 : indexes[i - 1]);
        expect(indexes[i]).toBeLessThan(total);
      }
    }
  }
  expect(distinctIndexes(0, 0, random)).toEqual([]);
});

it.each([
  [5, 2],
  [6, 5],
  [20, 2],
  [40, 2],
])('make every choice from %i of %i equally likely', (total, count) => {
  const random = generator(total);
  const choices = new Map<string, number>();
  const rounds = 200_000;
  for (let i = 0; i < rounds; i++) {
    const indexes = distinctIndexes(total, count, random);
    const choice = indexes.join();
    choices.set(choice, (choices.get(choice) ?? 0) + 1);
  }
  let possible = 1;
  for (let i = 0; i < count; i++) possible = (possible * (total - i)) / (i + 1);
  expect(choices.size).toBe(possible);
  expectEven([...choices.values()], rounds);
});
