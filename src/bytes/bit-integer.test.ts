import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NUMBER_BITS, readBits, readWideBits, writeBits, writeWideBits } from './bit-integer.ts';

/** All bits from byte `start` on, as text of zeroes and ones. */
function textOf(bytes: Uint8Array, start: number): string {
  return [...bytes.subarray(start)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

const field = fc.record({
  bytes: fc.uint8Array({ minLength: 24, maxLength: 24 }),
  start: fc.nat(3),
  offset: fc.nat(80),
  bits: fc.integer({ min: 1, max: 64 }),
  value: fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-5n, 5n)),
});

describe('integers at bit offsets', () => {
  test('are read as their bits say', () => {
    fc.assert(
      fc.property(field, ({ bytes, start, offset, bits }) => {
        const expected = BigInt(`0b${textOf(bytes, start).slice(offset, offset + bits)}`);
        expect(readWideBits(bytes, start, bytes.length, offset, bits)).toBe(expected);
        if (bits <= NUMBER_BITS) expect(readBits(bytes, start, bytes.length, offset, bits)).toBe(Number(expected));
      }),
      { numRuns: 3000 },
    );
  });

  test('are zero behind the end', () => {
    fc.assert(
      fc.property(field, fc.nat(24), ({ bytes, start, offset, bits }, end) => {
        const cut = bytes.map((byte, i) => (i < end ? byte : 0));
        const expected = BigInt(`0b${textOf(cut, start).slice(offset, offset + bits)}`);
        expect(readWideBits(bytes, start, end, offset, bits)).toBe(expected);
        if (bits <= NUMBER_BITS) expect(readBits(bytes, start, end, offset, bits)).toBe(Number(expected));
      }),
      { numRuns: 3000 },
    );
  });

  test("are written into their own bits, in two's complement, and nowhere else", () => {
    fc.assert(
      fc.property(field, ({ bytes, start, offset, bits, value }) => {
        const before = textOf(bytes, 0);
        const at = start * 8 + offset;
        const written = BigInt.asUintN(bits, value).toString(2).padStart(bits, '0');
        const expected = before.slice(0, at) + written + before.slice(at + bits);
        const number = Number(value);
        if (bits <= NUMBER_BITS && Number.isSafeInteger(number)) {
          const own = Uint8Array.from(bytes);
          writeBits(own, start, offset, bits, number);
          expect(textOf(own, 0)).toBe(expected);
        }
        writeWideBits(bytes, start, offset, bits, value);
        expect(textOf(bytes, 0)).toBe(expected);
      }),
      { numRuns: 3000 },
    );
  });

  test('take offsets up to 2^32', () => {
    const bytes = new Uint8Array(4);
    const start = bytes.length - 2 ** 29;
    writeBits(bytes, start, 2 ** 32 - 13, 7, 0x55);
    expect(textOf(bytes, 0)).toBe(`${'0'.repeat(19)}1010101${'0'.repeat(6)}`);
    expect(readBits(bytes, start, bytes.length, 2 ** 32 - 13, 7)).toBe(0x55);
    expect(readBits(bytes, start, bytes.length, 2 ** 32 - 3, 7)).toBe(0);
  });
});
