import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceBetween, EARTH_RADIUS_METERS, preciseDistance } from './great-circle.ts';

const longitude = fc.double({ min: -180, max: 180, noNaN: true });
const latitude = fc.double({ min: -86, max: 86, noNaN: true });

test('a known distance', () => {
  expect(preciseDistance(13.361389338970184, 38.1155563954963, 15.087267458438873, 37.50266842333162)).toBe(
    166274.15156960033,
  );
});

test('the two ways agree but for the last digits', () => {
  fc.assert(
    fc.property(longitude, latitude, longitude, latitude, (x1, y1, x2, y2) => {
      const distance = preciseDistance(x1, y1, x2, y2);
      expect(Math.abs(distanceBetween(x1, y1, x2, y2) - distance)).toBeLessThanOrEqual(0.1);
      expect(distance).toBeLessThanOrEqual(Math.PI * EARTH_RADIUS_METERS + 1);
      expect(preciseDistance(x2, y2, x1, y1)).toBe(distance);
    }),
  );
});

test('along a meridian the difference of the latitudes counts', () => {
  expect(distanceBetween(5, 10, 5, 20)).toBe(preciseDistance(5, 10, 5, 20));
  expect(distanceBetween(5, 10, 5, 10)).toBe(0);
});
