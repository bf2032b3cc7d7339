import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCoordinate, formatFixed, writeDistance } from './fixed-decimal.ts';

/** The exact value of a double rounded once, ties to even, by way of integers. */
function slowFixed(value: number, digits: number): string {
  const scaled = BigInt(Math.abs(value) * 2 ** 60) * 10n ** BigInt(digits);
  const [whole, rest] = [scaled >> 60n, scaled & ((1n << 60n) - 1n)];
  const half = 1n << 59n;
  const up = rest > half || (rest === half && whole % 2n === 1n) ? 1n : 0n;
  const text = String(whole + up).padStart(digits + 1, '0');
  return `${value < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** Doubles with at most 60 bits behind the point, many of them halfway between two texts. */
const number = fc.oneof(
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }).map((n) => n / 2 ** 18),
  fc.integer({ min: -(2 ** 40), max: 2 ** 40 }).map((n) => n / 2 ** 7),
  fc.maxSafeInteger().map((n) => n / 2 ** 52),
);

test.each([1, 4, 6, 17])('%i digits of the exact value, ties to even', (digits) => {
  fc.assert(
    fc.property(number, (value) => {
      expect(formatFixed(value, digits)).toBe(slowFixed(value, digits));
    }),
    { numRuns: 3000 },
  );
});

test('no digits', () => {
  expect([0.5, 1.5, 2.5, -0.5, 2.4, 1e22].map((value) => formatFixed(value, 0))).toEqual([
    '0',
    '2',
    '2',
    '-0',
    '2',
    '10000000000000000000000',
  ]);
});

test('large numbers and those without digits', () => {
  expect(formatFixed(1e22, 2)).toBe('10000000000000000000000.00');
  expect(formatFixed(-1e300, 1)).toMatch(/^-1000000000000000052504760255204420\d{267}\.0$/);
  expect(formatFixed(Number.POSITIVE_INFINITY, 6)).toBe('inf');
  expect(formatFixed(Number.NEGATIVE_INFINITY, 6)).toBe('-inf');
  expect(formatFixed(Number.NaN, 6)).toBe('nan');
  expect(formatFixed(-0, 2)).toBe('-0.00');
});

test('coordinates end with no zeros', () => {
  expect(formatCoordinate(180)).toBe('180');
  expect(formatCoordinate(-0)).toBe('0');
  expect(formatCoordinate(0.5)).toBe('0.5');
  expect(formatCoordinate(85.05112878)).toBe('85.0511287799999991');
  expect(formatCoordinate(13.361389338970184)).toBe('13.36138933897018433');
});

function distanceText(distance: number): string {
  const bytes = Buffer.alloc(400);
  return bytes.toString('latin1', 0, writeDistance(bytes, 0, distance));
}

test('distances have four digits behind the point', () => {
  expect(distanceText(0)).toBe('0.0000');
  expect(distanceText(0.00004)).toBe('0.0000');
  expect(distanceText(0.0006)).toBe('0.0006');
  expect(distanceText(166274.1516)).toBe('166274.1516');
  expect(distanceText(9.99996)).toBe('10.0000');
  expect(distanceText(0.00025)).toBe('0.0002');
  expect(distanceText(0.00035)).toBe('0.0004');
  expect(distanceText(1e20)).toBe('100000000000000000000.0000');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 45 }), (units) => {
      expect(distanceText(units / 1e4)).toBe(`${Math.floor(units / 1e4)}.${String(units % 1e4).padStart(4, '0')}`);
    }),
  );
});
