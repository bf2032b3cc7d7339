import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatSeventeenDigits } from './seventeen-digits.ts';

test('prints what C prints', () => {
  const texts: readonly (readonly [number, string])[] = [
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-3.5, '-3.5'],
    [0.1, '0.10000000000000001'],
    [1 / 3, '0.33333333333333331'],
    [0.0001, '0.0001'],
    [0.00001, '1.0000000000000001e-05'],
    [1e16, '10000000000000000'],
    [1e17, '1e+17'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [5e-324, '4.9406564584124654e-324'],
    [30398342641418 + 1 / 16, '30398342641418.062'],
    [100000000000000 - 1 / 64, '99999999999999.984'],
    [1e23, '9.9999999999999992e+22'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [Number.NaN, 'nan'],
  ];
  for (const [value, text] of texts) expect(formatSeventeenDigits(value)).toBe(text);
});

test('gives each number a text of its own', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(formatSeventeenDigits(value))).toBe(value);
    }),
  );
});
