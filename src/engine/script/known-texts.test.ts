import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOf } from './known-texts.ts';

function read(text: string, before: number): string {
  const bytes = Buffer.from(`${'x'.repeat(before)}${text}yz`, 'latin1');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return textOf(bytes, view, before, before + text.length);
}

describe('the text of bytes', () => {
  it('is that of any bytes, of whatever length, seen before or not', () => {
    const seen: string[] = [];
    const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
    const fresh = fc.oneof(
      fc.string({ unit: byte, maxLength: 60 }),
      fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 50 }),
    );
    fc.assert(
      fc.property(fresh, fc.nat(), fc.nat(5), (text, which, before) => {
        expect(read(text, before)).toBe(text);
        seen.push(text);
        const again = seen[which % seen.length];
        expect(read(again, before)).toBe(again);
      }),
      { numRuns: 3000 },
    );
  });

  it('of short strings that differ in one byte alone is told apart', () => {
    for (let length = 4; length <= 46; length++) {
      for (let i = 0; i < length; i++) {
        const text = 'k'.repeat(length);
        expect(read(text, 0)).toBe(text);
        const other = `${text.slice(0, i)}j${text.slice(i + 1)}`;
        expect(read(other, 1)).toBe(other);
      }
    }
  });
});
