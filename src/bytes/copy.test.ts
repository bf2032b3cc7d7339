import { describe, expect, it } from 'vitest';
import { copyBytes, equalBytes } from './copy.ts';

const LENGTHS = [0, 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 189, 190, 191, 192, 193, 194, 1000, 70_000];

/** Bytes that differ from their neighbours, NaN patterns among them, with a view of the same memory. */
function filled(length: number, seed: number): { bytes: Buffer; view: DataView } {
  const bytes = Buffer.from(new ArrayBuffer(length + 3), 3, length);
  for (let i = 0; i < length; i++) bytes[i] = (i * 37 + seed) % 5 === 0 ? 0xff : (i * 11 + seed) & 255;
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}

describe('copyBytes', () => {
  it.each(LENGTHS)('copies %i bytes between any two places, and not one more', (length) => {
    for (let from = 0; from < 5; from++) {
      for (let to = 0; to < 5; to++) {
        const source = filled(length + 10, 1);
        const target = filled(length + 10, 2);
        const expected = Buffer.concat([
          target.bytes.subarray(0, to),
          source.bytes.subarray(from, from + length),
          target.bytes.subarray(to + length),
        ]);
        copyBytes(target.bytes, target.view, to, source.bytes, source.view, from, length);
        expect(target.bytes.equals(expected)).toBe(true);
      }
    }
  });
});

describe('equalBytes', () => {
  it.each(LENGTHS)('compares %i bytes, and not one more', (length) => {
    for (let aStart = 0; aStart < 4; aStart++) {
      const a = filled(length + 10, 1);
      const b = filled(length + 10, 9);
      a.bytes.copy(b.bytes, 2, aStart, aStart + length);
      const same = () => equalBytes(a.bytes, a.view, aStart, b.bytes, b.view, 2, length);
      expect(same()).toBe(true);
      for (const place of new Set([0, 1, length >> 1, length - 2, length - 1])) {
        if (place < 0 || place >= length) continue;
        b.bytes[2 + place] ^= 0x80;
        expect(same()).toBe(false);
        b.bytes[2 + place] ^= 0x80;
      }
      b.bytes[1] ^= 1;
      b.bytes[2 + length] ^= 1;
      expect(same()).toBe(true);
    }
  });
});
