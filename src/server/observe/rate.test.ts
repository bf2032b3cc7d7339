import { expect, test } from 'vitest';
import { Rate } from './rate.ts';

const SECOND = 1_000_000;

test('a counter that grows evenly has its growth as rate, once there are enough samples', () => {
  const rate = new Rate(0);
  expect(rate.perSecond).toBe(0);
  for (let i = 1; i <= 16; i++) rate.sample(i * 50, (i * SECOND) / 10);
  expect(rate.perSecond).toBeCloseTo(500);
});

test('it is an average of the newest samples: old growth is forgotten', () => {
  const rate = new Rate(0);
  for (let i = 1; i <= 16; i++) rate.sample(i * 100, i * SECOND);
  for (let i = 17; i <= 24; i++) rate.sample(1600, i * SECOND);
  expect(rate.perSecond).toBeCloseTo(50);
  for (let i = 25; i <= 32; i++) rate.sample(1600, i * SECOND);
  expect(rate.perSecond).toBe(0);
});

test('two samples at one moment are one, and a reset begins at 0', () => {
  const rate = new Rate(0);
  rate.sample(16, SECOND);
  rate.sample(1_000_000, SECOND);
  expect(rate.perSecond).toBeCloseTo(1);
  rate.reset(SECOND);
  expect(rate.perSecond).toBe(0);
  rate.sample(32, 2 * SECOND);
  expect(rate.perSecond).toBeCloseTo(2);
});
