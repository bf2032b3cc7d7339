import { expect, it } from 'vitest';
import { Random } from './random.ts';

/** The same with integers of any size. */
function* slowly(first: bigint): Generator<number> {
  for (let state = first; ; ) {
    state = (state * 0x5deece66dn + 0xbn) % 2n ** 48n;
    yield Number(state >> 17n);
  }
}

it.each([0, 1, -1, 42, 2 ** 31 - 1, -(2 ** 31)])('draws the sequence of seed %d', (seed) => {
  const random = new Random();
  random.seed(seed);
  const expected = slowly((BigInt(seed >>> 0) << 16n) | 0x330en);
  for (let i = 0; i < 1000; i++) expect(random.next()).toBe(expected.next().value);
});

it('begins as an unseeded lrand48 does', () => {
  const random = new Random();
  const expected = slowly(0x1234abcd330en);
  for (let i = 0; i < 100; i++) expect(random.next()).toBe(expected.next().value);
});
