import { describe, expect, it } from 'vitest';
import { median, percentileOfSorted } from './order-statistics.ts';

describe('median', () => {
  it('is the middle, or the mean of the two middle ones, in any order', () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

describe('percentileOfSorted', () => {
  it('is the smallest value that so many do not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(percentileOfSorted(hundred, 50)).toBe(50);
    expect(percentileOfSorted(hundred, 99)).toBe(99);
    expect(percentileOfSorted(hundred, 99.99)).toBe(100);
    expect(percentileOfSorted(hundred, 0)).toBe(1);
    expect(percentileOfSorted([], 50)).toBeNaN();
  });
});
