import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { andBytes, notBytes, orBytes, xorBytes } from './bit-logic.ts';

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
const content = fc.uint8Array({ minLength: 20, maxLength: 60, size: 'max' });

describe('bitwise operations', () => {
  test.each([
    ['and', andBytes, (a: number, b: number) => a & b],
    ['or', orBytes, (a: number, b: number) => a | b],
    ['xor', xorBytes, (a: number, b: number) => a ^ b],
  ])('%s changes the bytes of the range and no others', (_, operate, one) => {
    fc.assert(
      fc.property(content, content, fc.nat(10), fc.nat(10), fc.nat(10), (target, source, to, from, length) => {
        const expected = target.map((byte, i) =>
          i >= to && i < to + length ? one(byte, source[from + i - to]) : byte,
        );
        const before = Uint8Array.from(source);
        operate(target, viewOf(target), to, source, viewOf(source), from, length);
        expect(target).toEqual(expected);
        expect(source).toEqual(before);
      }),
      { numRuns: 1000 },
    );
  });

  test('not inverts the bytes of the range and no others', () => {
    fc.assert(
      fc.property(content, fc.nat(10), fc.nat(10), (bytes, at, length) => {
        const expected = bytes.map((byte, i) => (i >= at && i < at + length ? ~byte : byte));
        notBytes(bytes, viewOf(bytes), at, length);
        expect(bytes).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
