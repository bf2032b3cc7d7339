import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDouble } from './double.ts';

describe('formatDouble', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [Number.NaN, 'nan'],
    [1, '1'],
    [-1, '-1'],
    [0.1, '0.1'],
    [0.1 + 0.2, '0.30000000000000004'],
    [2.7, '2.7'],
    [-1.5, '-1.5'],
    [100, '100'],
    [1e15, '1000000000000000'],
  ])('everyday %d is %s', (value, text) => expect(formatDouble(value)).toBe(text));

  it.each([
    [2 ** 53, '9007199254740992'],
    [2 ** 60, '1152921504606846976'],
    [2 ** 62, '4611686018427387904'],
    [-(2 ** 62), '-4611686018427387904'],
    [4e18, '4000000000000000000'],
    // Beyond, the shortest digits: plain only with fewer than seven zeros behind them.
    [2 ** 62 + 1024, '4611686018427389000'],
    [2 ** 63, '9223372036854776000'],
    [5e18, '5e+18'],
    [1e19, '1e+19'],
    [1.2345678901234567e19, '12345678901234567000'],
    [-1.0423289891805191e23, '-104232898918051910000000'],
    [1.5e22, '1.5e+22'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [-1e300, '-1e+300'],
  ])('large %d is %s', (value, text) => expect(formatDouble(value)).toBe(text));

  it.each([
    [0.001, '0.001'],
    [0.000001, '0.000001'],
    [1e-7, '1e-7'],
    [1.5e-6, '1.5e-6'],
    [0.00015, '0.00015'],
    [0.001234567, '0.001234567'],
    [0.0001234567, '1.234567e-4'],
    [0.000123, '0.000123'],
    [1e-10, '1e-10'],
    [5e-324, '5e-324'],
    [2.2250738585072014e-308, '2.2250738585072014e-308'],
    [123456.789012, '123456.789012'],
    [1234567.1234567, '1.2345671234567e+6'],
    [1234.5678901234, '1234.5678901234'],
    [12345.67890123, '1.234567890123e+4'],
  ])('fraction %d is %s', (value, text) => expect(formatDouble(value)).toBe(text));

  it('reads back as the same number, in no more digits than needed', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = formatDouble(value);
        expect(Object.is(Number(text), value)).toBe(true);
        expect(text.length).toBeLessThanOrEqual(25);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d+)?(e[+-][1-9]\d*)?$/);
        const digits = (printed: string) =>
          printed
            .replace(/e.*/, '')
            .replace(/[-.]/g, '')
            .replace(/^0+|0+$/g, '').length;
        if (!Number.isInteger(value) || Math.abs(value) > 2 ** 62) {
          expect(digits(text)).toBe(digits(value.toExponential()));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('prints integers with all their digits', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 62n), 2n ** 62n), (integer) => {
        const value = Number(integer);
        expect(formatDouble(value)).toBe(BigInt(value).toString());
      }),
    );
  });
});
