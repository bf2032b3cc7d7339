import { expect, test } from 'vitest';
import { lowerByte } from './ascii.ts';

/** Only A to Z change, which `toLowerCase` alone would not promise for bytes above 0x7f. */
test('lower case of every byte', () => {
  for (let byte = 0; byte < 256; byte++) {
    const text = String.fromCharCode(byte);
    expect(lowerByte(byte)).toBe((/[A-Z]/.test(text) ? text.toLowerCase() : text).charCodeAt(0));
  }
});
