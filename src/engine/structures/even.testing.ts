import { expect } from 'vitest';

/** Pearson's chi-square: fails when the counts are further from even than chance would have it once in a million runs. */
export function expectEven(counts: readonly number[], total: number): void {
  const expected = total / counts.length;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  expect(chiSquare).toBeLessThan(freedom + 5 * Math.sqrt(2 * freedom));
}
