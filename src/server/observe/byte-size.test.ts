import { expect, test } from 'vitest';
import { humanBytes } from './byte-size.ts';

test.each([
  [0, '0B'],
  [1023, '1023B'],
  [1024, '1.00K'],
  [1536, '1.50K'],
  [1024 ** 2 - 1, '1024.00K'],
  [1024 ** 2, '1.00M'],
  [20 * 1024 ** 3, '20.00G'],
  [1024 ** 4, '1.00T'],
  [1024 ** 5, '1.00P'],
])('%i is %s', (bytes, text) => {
  expect(humanBytes(bytes)).toBe(text);
});
