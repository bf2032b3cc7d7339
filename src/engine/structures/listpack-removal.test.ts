import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, packOf, textsOf } from './listpack.testing.ts';
import { listpackCount } from './listpack.ts';
import { elementOffset } from './listpack-index.ts';
import { removeEqualElements } from './listpack-removal.ts';

const text = fc.constantFrom('a', 'b', '1', '-70000', '9223372036854775807', 'w'.repeat(70), '');

test('removes the first equal elements from a place on, and moves the others together', () => {
  fc.assert(
    fc.property(
      fc.array(text, { maxLength: 50, size: 'max' }),
      text,
      fc.nat(49),
      fc.nat(20),
      (all, gone, at, limit) => {
        const from = Math.min(at, all.length);
        const pack = packOf(all, 2);
        const offset = elementOffset(pack.bytes, pack.view, 2, from);
        const { bytes, view } = bytesOf(gone);
        const removed = removeEqualElements(pack.bytes, pack.view, 2, offset, limit, bytes, view, 0, bytes.length);
        let left = limit;
        const kept = all.filter((each, i) => i < from || each !== gone || left-- <= 0);
        expect(removed).toBe(all.length - kept.length);
        expect(textsOf(pack, 2)).toEqual(kept);
        expect(listpackCount(pack.bytes, pack.view, 2)).toBe(kept.length);
      },
    ),
    { numRuns: 500 },
  );
});
