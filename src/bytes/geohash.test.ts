import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  columnOf,
  columnStart,
  geohashText,
  interleave,
  LATITUDE_LIMIT,
  LONGITUDE_LIMIT,
  latitudeOf,
  longitudeOf,
  MOST_STEPS,
  rowOf,
  rowStart,
  scoreOfPosition,
} from './geohash.ts';

const longitude = fc.double({ min: -LONGITUDE_LIMIT, max: LONGITUDE_LIMIT, noNaN: true });
const latitude = fc.double({ min: -LATITUDE_LIMIT, max: LATITUDE_LIMIT, noNaN: true });
const CELL_DEGREES = 360 / 2 ** MOST_STEPS;

/** The bits of both, one after the other, by way of text. */
function slowInterleave(row: number, column: number): bigint {
  let bits = 0n;
  for (let i = 31n; i >= 0n; i--) {
    bits = (bits << 2n) | (((BigInt(column) >> i) & 1n) << 1n) | ((BigInt(row) >> i) & 1n);
  }
  return bits;
}

test('known positions have the scores that Redis gives them', () => {
  expect(scoreOfPosition(13.361389, 38.115556)).toBe(3479099956230698);
  expect(scoreOfPosition(15.087269, 37.502669)).toBe(3479447370796909);
  expect(geohashText(3479099956230698)).toBe('sqc8b49rny0');
  expect(geohashText(3479447370796909)).toBe('sqdtr74hyu0');
});

test('rows and columns alternate, the row in the lowest place', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 27), fc.nat(2 ** 27), fc.nat(1), (row, column, more) => {
      expect(interleave(row, column, more)).toBe(Number(slowInterleave(row, column) + BigInt(more)));
    }),
    { numRuns: 2000 },
  );
});

test('a score gives back its position within half a cell, and that position the same score', () => {
  fc.assert(
    fc.property(longitude, latitude, (x, y) => {
      const score = scoreOfPosition(x, y);
      // At the limit itself the row or the column is the one behind the last, and a double has no room for its last bit.
      if (x >= LONGITUDE_LIMIT - CELL_DEGREES || y >= LATITUDE_LIMIT - CELL_DEGREES) return;
      expect(Math.abs(longitudeOf(score) - x)).toBeLessThanOrEqual(CELL_DEGREES / 2 + 1e-12);
      expect(Math.abs(latitudeOf(score) - y)).toBeLessThanOrEqual(CELL_DEGREES / 4 + 1e-12);
      expect(scoreOfPosition(longitudeOf(score), latitudeOf(score))).toBe(score);
    }),
    { numRuns: 2000 },
  );
});

test('a position lies in its row and column at every step', () => {
  fc.assert(
    fc.property(longitude, latitude, fc.integer({ min: 1, max: MOST_STEPS }), (x, y, step) => {
      const column = columnOf(x, step);
      const row = rowOf(y, step);
      expect(columnStart(column, step)).toBeLessThanOrEqual(x + 1e-9);
      expect(columnStart(column + 1, step)).toBeGreaterThanOrEqual(x - 1e-9);
      expect(rowStart(row, step)).toBeLessThanOrEqual(y + 1e-9);
      expect(rowStart(row + 1, step)).toBeGreaterThanOrEqual(y - 1e-9);
    }),
  );
});

test('any double is read as a position on the map', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true }), (score) => {
      expect(Math.abs(longitudeOf(score))).toBeLessThanOrEqual(LONGITUDE_LIMIT);
      expect(Math.abs(latitudeOf(score))).toBeLessThanOrEqual(LATITUDE_LIMIT);
      expect(geohashText(score)).toMatch(/^[0-9b-hjkmnp-z]{10}0$/);
    }),
    { numRuns: 2000 },
  );
});
