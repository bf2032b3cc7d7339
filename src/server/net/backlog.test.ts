import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backlog } from './backlog.ts';

const MEGABYTE = 1 << 20;

/** Everything that waits, in order. */
function drain(backlog: Backlog): Buffer {
  const chunks: Buffer[] = [];
  for (let chunk = backlog.take(); chunk !== undefined; chunk = backlog.take()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('gives back what was added, in order, however it is taken', () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ length: fc.nat({ max: 60_000 }), byte: fc.nat({ max: 255 }) }) },
    { weight: 1, arbitrary: fc.record({ length: fc.nat({ max: 3 * MEGABYTE }), byte: fc.nat({ max: 255 }) }) },
    { weight: 2, arbitrary: fc.constant('take' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const backlog = new Backlog();
      const model: Buffer[] = [];
      const taken: Buffer[] = [];
      for (const each of steps) {
        if (each === 'take') {
          const chunk = backlog.take();
          if (chunk !== undefined) taken.push(Buffer.from(chunk));
        } else {
          const bytes = Buffer.alloc(each.length + 20, each.byte);
          expect(backlog.add(bytes, 10, 10 + each.length)).toBe(false);
          model.push(Buffer.from(bytes.subarray(10, 10 + each.length)));
          bytes.fill(0);
        }
        expect(backlog.capacity).toBeGreaterThanOrEqual(backlog.length);
      }
      taken.push(drain(backlog));
      expect(Buffer.concat(taken).equals(Buffer.concat(model))).toBe(true);
      expect([backlog.length, backlog.capacity, backlog.count]).toEqual([0, 0, 0]);
    }),
  );
});

test('takes memory in proportion to what waits', () => {
  const backlog = new Backlog();
  const reply = Buffer.alloc(40, 'x');
  for (let i = 0; i < 200_000; i++) {
    backlog.add(reply, 0, 40);
    if (i % 100 === 0)
      expect(backlog.capacity).toBeLessThanOrEqual(backlog.length + Math.max(16 * 1024, backlog.length));
  }
});

test('keeps the buffer of a huge reply that fills it, between what came before and after', () => {
  const backlog = new Backlog();
  const huge = Buffer.alloc(40 * MEGABYTE, 'h');
  backlog.add(Buffer.from('before'), 0, 6);
  expect(backlog.add(huge, 5, huge.length)).toBe(true);
  expect(backlog.capacity).toBeGreaterThanOrEqual(huge.length);
  backlog.add(Buffer.from('after'), 0, 5);
  const before = backlog.take();
  const own = backlog.take();
  expect(before?.toString()).toBe('before');
  expect(own?.buffer).toBe(huge.buffer);
  expect(own?.length).toBe(huge.length - 5);
  expect(drain(backlog).toString()).toBe('after');
  expect(backlog.capacity).toBe(0);
});
