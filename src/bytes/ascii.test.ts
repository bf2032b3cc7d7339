import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { equalsIgnoreCase, lowerByte } from './ascii.ts';

/** Only A to Z change, which `toLowerCase` alone would not promise for bytes above 0x7f. */
function lowered(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function equals(text: string, lower: string): boolean {
  const bytes = Buffer.from(`x${text}x`, 'latin1');
  return equalsIgnoreCase(bytes, 1, bytes.length - 1, Buffer.from(lower, 'latin1'));
}

describe('ASCII case', () => {
  test('lower case of every byte', () => {
    for (let byte = 0; byte < 256; byte++) {
      expect(lowerByte(byte)).toBe(lowered(String.fromCharCode(byte)).charCodeAt(0));
    }
  });

  test('every pair of bytes compares as its lower case does', () => {
    for (let a = 0; a < 256; a++) {
      for (let b = 0; b < 256; b++) {
        const lower = lowered(String.fromCharCode(b));
        expect(equals(String.fromCharCode(a), lower)).toBe(lowered(String.fromCharCode(a)) === lower);
      }
    }
  });

  test('words in any case, and the bytes that differ from letters by the case bit only', () => {
    expect(equals('GeTrAnGe', 'getrange')).toBe(true);
    expect(equals('', '')).toBe(true);
    expect(equals('GET', 'getex')).toBe(false);
    expect(equals('GETEX', 'get')).toBe(false);
    expect(equals('@[', '`{')).toBe(false);
  });

  test('random words', () => {
    const word = fc.string({ unit: fc.constantFrom(...'aAbBzZ@[`{é'), maxLength: 4 });
    fc.assert(
      fc.property(word, word, (text, other) => {
        expect(equals(text, lowered(other))).toBe(lowered(text) === lowered(other));
      }),
      { numRuns: 5000 },
    );
  });
});
