import { expect, test } from 'vitest';
import { claimPortRange } from './port-range.ts';

test('two runs never share a port, and a range can be used again', async () => {
  const one = await claimPortRange();
  const two = await claimPortRange();
  expect(Math.abs(one.first - two.first)).toBeGreaterThan(one.count);
  one.release();
  const three = await claimPortRange();
  expect(three.first).toBeLessThanOrEqual(one.first);
  two.release();
  three.release();
});
