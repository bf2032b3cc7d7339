import { expect, test } from 'vitest';
import { restoreHostile } from './hostile-payloads.testing.ts';

/** Give HOSTILE_PAYLOADS a greater number, and HOSTILE_SEED another, to try more. */
const COUNT = Number(process.env.HOSTILE_PAYLOADS ?? 15_000);
const SEED = Number(process.env.HOSTILE_SEED ?? 1);

test('payloads gone wrong do no harm', { timeout: 3_600_000 }, () => {
  const taken = restoreHostile(SEED, COUNT);
  // Not all are refused at the first look, and not all are still good.
  expect(taken).toBeGreaterThan(COUNT / 50);
  expect(taken).toBeLessThan(COUNT / 2);
});
