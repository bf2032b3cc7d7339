import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Deadlines, type Timed } from './deadlines.ts';

test('the earliest is first, whoever comes and goes', () => {
  const step = fc.record({ deadline: fc.integer({ min: 0, max: 50 }), leaves: fc.integer({ min: 0, max: 99 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const heap = new Deadlines<Timed>();
      const inside: Timed[] = [];
      for (const { deadline, leaves } of steps) {
        if (leaves < 40 && inside.length > 0) heap.remove(inside.splice(leaves % inside.length, 1)[0]);
        else {
          const timed = { deadline, place: -1 };
          inside.push(timed);
          heap.add(timed);
        }
        expect(heap.size).toBe(inside.length);
        expect(heap.first?.deadline).toBe(inside.length === 0 ? undefined : Math.min(...inside.map((t) => t.deadline)));
      }
    }),
  );
});
