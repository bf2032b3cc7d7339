import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverArea, distanceWithin, GeoArea, OUTSIDE, ScoreRanges } from './geo-area.ts';
import { latitudeOf, longitudeOf, scoreOfPosition } from './geohash.ts';
import { distanceBetween, latitudeDistance } from './great-circle.ts';

const area = new GeoArea();
const ranges = new ScoreRanges();

const longitude = fc.double({ min: -180, max: 180, noNaN: true });
const latitude = fc.double({ min: -85.05, max: 85.05, noNaN: true });
/** From meters to the whole earth, as many of each magnitude. */
const length = fc.double({ min: 0, max: 16.5, noNaN: true }).map((power) => Math.exp(power));
/** Somewhere near, so that inside and outside are both met. */
const offset = fc.double({ min: -1.5, max: 1.5, noNaN: true });

function isCovered(score: number): boolean {
  for (let i = 0; i < ranges.count; i++) if (score >= ranges.from[i] && score < ranges.to[i]) return true;
  return false;
}

/** The score of a position so many lengths away, on the map. */
function beside(x: number, y: number, east: number, north: number, meters: number): number {
  const degrees = (meters / 6372797.560856) * (180 / Math.PI);
  const latitude = Math.max(-85.05, Math.min(85.05, y + north * degrees));
  const longitude = x + (east * degrees) / Math.cos((latitude * Math.PI) / 180);
  return scoreOfPosition(Math.max(-180, Math.min(180, longitude)), latitude);
}

test('a circle holds what is near enough, at its distance', () => {
  fc.assert(
    fc.property(longitude, latitude, length, offset, offset, (x, y, radius, east, north) => {
      area.setCircle(x, y, radius);
      const score = beside(x, y, east, north, radius);
      const distance = distanceBetween(x, y, longitudeOf(score), latitudeOf(score));
      expect(distanceWithin(area, score)).toBe(distance > radius ? OUTSIDE : distance);
    }),
    { numRuns: 5000 },
  );
});

test('a box holds what is not too far in either direction', () => {
  fc.assert(
    fc.property(longitude, latitude, length, length, offset, offset, (x, y, width, height, east, north) => {
      area.setBox(x, y, width, height, Math.hypot(width / 2, height / 2));
      const score = beside(x, y, (east * width) / height, north, height / 2);
      const [px, py] = [longitudeOf(score), latitudeOf(score)];
      const isInside = latitudeDistance(py, y) <= height / 2 && distanceBetween(px, py, x, py) <= width / 2;
      expect(distanceWithin(area, score)).toBe(isInside ? distanceBetween(x, y, px, py) : OUTSIDE);
    }),
    { numRuns: 5000 },
  );
});

test('the cells cover an area that stays away from the edges of the map', () => {
  const away = fc.double({ min: -60, max: 60, noNaN: true });
  const short = fc.double({ min: 0, max: 13, noNaN: true }).map((power) => Math.exp(power));
  fc.assert(
    fc.property(away, away, short, offset, offset, (x, y, radius, east, north) => {
      area.setCircle(x, y, radius);
      coverArea(area, ranges);
      const score = beside(x, y, east, north, radius);
      if (distanceWithin(area, score) !== OUTSIDE) expect(isCovered(score)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test('the cells are at most nine, different, and in the order of the compass', () => {
  area.setCircle(13.36, 38.12, 100_000);
  coverArea(area, ranges);
  expect(ranges.count).toBeGreaterThan(1);
  expect(ranges.count).toBeLessThanOrEqual(9);
  expect(new Set(ranges.from.subarray(0, ranges.count)).size).toBe(ranges.count);
  expect(isCovered(scoreOfPosition(13.36, 38.12))).toBe(true);
  expect(ranges.from[0]).toBeLessThanOrEqual(scoreOfPosition(13.36, 38.12));
  expect(ranges.to[0]).toBeGreaterThan(scoreOfPosition(13.36, 38.12));
});

test('the whole earth is four cells', () => {
  area.setCircle(0, 0, 1e9);
  coverArea(area, ranges);
  expect(ranges.count).toBe(4);
  expect([...ranges.from.subarray(0, 4)].sort((a, b) => a - b)).toEqual([0, 1, 2, 3].map((n) => n * 2 ** 50));
});
