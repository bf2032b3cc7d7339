import { expect, test } from 'vitest';
import { sunset } from './lolwut.ts';
import { HOTSET_VERSION, REDIS_VERSION } from './version.ts';

test.each([
  ['least', 0],
  ['most', 0xffffffff],
])('with the %s chance the picture keeps its width and names the versions at its end', (_, value) => {
  const lines = sunset(() => value).split('\n');
  for (const line of lines.slice(0, -3)) expect(line.length).toBeLessThanOrEqual(56);
  expect(lines.at(-2)).toBe(`Hotset ver. ${HOTSET_VERSION}. Redis ver. ${REDIS_VERSION}`);
  expect(lines.filter((line) => line.includes('@')).length).toBeGreaterThan(5);
});
