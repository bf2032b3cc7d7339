import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareBytes } from './compare.ts';

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

it('orders as Buffer.compare does, wherever the runs stand', () => {
  const run = fc.uint8Array({ maxLength: 12 });
  fc.assert(
    fc.property(run, run, run, fc.nat(5), (shared, left, right, before) => {
      const a = Buffer.from([...new Array(before).fill(9), ...shared, ...left, 7]);
      const b = Buffer.from([...shared, ...right, 200, 200]);
      const aEnd = before + shared.length + left.length;
      const bEnd = shared.length + right.length;
      const order = compareBytes(a, viewOf(a), before, aEnd, b, viewOf(b), 0, bEnd);
      expect(Math.sign(order)).toBe(Buffer.compare(a.subarray(before, aEnd), b.subarray(0, bEnd)));
    }),
  );
});
