import { expect, test } from 'vitest';
import { BufferGarbage } from './buffer-garbage.ts';

const MEGABYTE = 1 << 20;

test('much garbage is collected once nothing large was given up for a while', () => {
  let collections = 0;
  const garbage = new BufferGarbage(() => collections++);
  garbage.tick(1000);
  garbage.note(20 * MEGABYTE);
  garbage.tick(1100);
  garbage.note(20 * MEGABYTE);
  garbage.tick(2200);
  expect(collections).toBe(0);
  garbage.tick(3100);
  expect(collections).toBe(0);
  garbage.tick(3200);
  garbage.tick(9000);
  expect(collections).toBe(1);
});

test('little garbage is left alone', () => {
  let collections = 0;
  const garbage = new BufferGarbage(() => collections++);
  garbage.note(31 * MEGABYTE);
  garbage.tick(1000);
  garbage.tick(9000);
  expect(collections).toBe(0);
});

test('small buffers that come and go do not put the collection off', () => {
  let collections = 0;
  const garbage = new BufferGarbage(() => collections++);
  garbage.note(100 * MEGABYTE);
  for (let now = 1000; now < 3000; now += 100) {
    garbage.note(1024);
    garbage.tick(now);
  }
  expect(collections).toBe(1);
});
