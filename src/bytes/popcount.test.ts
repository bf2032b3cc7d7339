import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countBits } from './popcount.ts';

function countOneByOne(bytes: Uint8Array, start: number, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) count += (bytes[start + Math.floor(i / 8)] >>> (7 - (i % 8))) & 1;
  return count;
}

function count(bytes: Uint8Array, start: number, from: number, to: number): number {
  return countBits(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start, from, to);
}

describe('countBits', () => {
  test('counts every range of a few bytes, at every alignment', () => {
    const bytes = Uint8Array.from([0xff, 0x00, 0xa5, 0x81, 0x7e, 0x01, 0x80, 0xff]);
    for (let start = 0; start < 4; start++) {
      for (let from = 0; from <= 32; from++) {
        for (let to = 0; to <= 32; to++) {
          expect(count(bytes, start, from, to), `${start} ${from} ${to}`).toBe(countOneByOne(bytes, start, from, to));
        }
      }
    }
  });

  test('counts runs of any length as a loop over the bits does', () => {
    const content = fc.oneof(
      fc.uint8Array({ maxLength: 400, size: 'max' }),
      fc.nat(300).map((n) => new Uint8Array(n).fill(255)),
    );
    fc.assert(
      fc.property(content, fc.nat(40), fc.nat(), fc.nat(), (bytes, start, a, b) => {
        fc.pre(start <= bytes.length);
        const bits = (bytes.length - start) * 8;
        const from = a % (bits + 1);
        const to = b % (bits + 1);
        expect(count(bytes, start, from, to)).toBe(countOneByOne(bytes, start, from, to));
      }),
      { numRuns: 2000 },
    );
  });

  test('adds up blocks whose words are all ones', () => {
    for (let length = 0; length < 200; length++) {
      expect(count(new Uint8Array(length).fill(255), 0, 0, length * 8)).toBe(length * 8);
    }
  });
});
