import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findBit } from './bit-search.ts';

function findOneByOne(bytes: Uint8Array, start: number, from: number, to: number, bit: number): number {
  for (let i = from; i < to; i++) {
    if (((bytes[start + Math.floor(i / 8)] >>> (7 - (i % 8))) & 1) === bit) return i;
  }
  return -1;
}

function find(bytes: Uint8Array, start: number, from: number, to: number, bit: number): number {
  return findBit(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start, from, to, bit);
}

describe('findBit', () => {
  test('searches every range of a few bytes', () => {
    const bytes = Uint8Array.from([0xff, 0xff, 0x00, 0xfe, 0x00, 0x01]);
    for (const bit of [0, 1]) {
      for (let from = 0; from <= 40; from++) {
        for (let to = 0; to <= 40; to++) {
          expect(find(bytes, 1, from, to, bit), `${bit} ${from} ${to}`).toBe(findOneByOne(bytes, 1, from, to, bit));
        }
      }
    }
  });

  test('finds the one bit that differs, wherever it lies', () => {
    for (const filler of [0, 255]) {
      const bytes = new Uint8Array(100).fill(filler);
      const bit = filler === 0 ? 1 : 0;
      expect(find(bytes, 0, 0, 800, bit)).toBe(-1);
      for (let i = 0; i < 800; i++) {
        bytes[i >> 3] ^= 0x80 >>> (i & 7);
        expect(find(bytes, 0, 0, 800, bit)).toBe(i);
        expect(find(bytes, 0, i, i + 1, bit)).toBe(i);
        expect(find(bytes, 0, i + 1, 800, bit)).toBe(-1);
        expect(find(bytes, 0, 0, i, bit)).toBe(-1);
        bytes[i >> 3] ^= 0x80 >>> (i & 7);
      }
    }
  });

  test('searches random bytes as a loop over the bits does', () => {
    const sparse = fc
      .uint8Array({ maxLength: 3 })
      .chain((tail) => fc.nat(80).map((n) => Uint8Array.from([...new Uint8Array(n), ...tail])));
    fc.assert(
      fc.property(sparse, fc.boolean(), fc.nat(5), fc.nat(), fc.nat(), (zeroes, invert, start, a, b) => {
        fc.pre(start <= zeroes.length);
        const bytes = invert ? zeroes.map((byte) => ~byte) : zeroes;
        const bits = (bytes.length - start) * 8;
        const from = a % (bits + 1);
        const to = b % (bits + 1);
        for (const bit of [0, 1])
          expect(find(bytes, start, from, to, bit)).toBe(findOneByOne(bytes, start, from, to, bit));
      }),
      { numRuns: 2000 },
    );
  });
});
