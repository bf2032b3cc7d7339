import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packOf } from './listpack.testing.ts';
import { elementBytes, LISTPACK_HEADER_BYTES, listpackBytes } from './listpack.ts';
import { elementOffset } from './listpack-index.ts';

const text = fc.oneof(
  fc.integer().map(String),
  fc.integer({ min: 0, max: 300 }).map((length) => 'z'.repeat(length)),
);

test('finds every element, and the end mark behind the last', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 40, size: 'max' }), fc.nat(9), (texts, lead) => {
      const { bytes, view } = packOf(texts, lead);
      let offset = LISTPACK_HEADER_BYTES;
      for (let i = 0; i < texts.length; i++) {
        expect(elementOffset(bytes, view, lead, i)).toBe(offset);
        offset += elementBytes(bytes, view, lead + offset);
      }
      expect(elementOffset(bytes, view, lead, texts.length)).toBe(offset);
      expect(offset).toBe(listpackBytes(view, lead) - 1);
    }),
  );
});
