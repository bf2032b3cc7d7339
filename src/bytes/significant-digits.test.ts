import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatExponential, formatSignificant } from './significant-digits.ts';

describe('formatSignificant', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-3.5, '-3.5'],
    [0.1, '0.10000000000000001'],
    [1 / 3, '0.33333333333333331'],
    [100, '100'],
    [1e-4, '0.0001'],
    [1.5e-5, '1.5e-05'],
    [0.00001, '1.0000000000000001e-05'],
    [1e16, '10000000000000000'],
    [12345678901234568, '12345678901234568'],
    [1e17, '1e+17'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e23, '9.9999999999999992e+22'],
    [1e300, '1.0000000000000001e+300'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [5e-324, '4.9406564584124654e-324'],
    [30398342641418 + 1 / 16, '30398342641418.062'],
    [100000000000000 - 1 / 64, '99999999999999.984'],
    // Exactly 1.00000762939453125 and 1.00002288818359375.
    [1 + 2 ** -17, '1.0000076293945312'],
    [1 + 3 * 2 ** -17, '1.0000228881835938'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [Number.NaN, 'nan'],
  ])('%d in seventeen digits is %s', (value, text) => expect(formatSignificant(value, 17)).toBe(text));

  it.each([
    [9.5, 1, '1e+01'],
    [8.5, 1, '8'],
    [0.5, 1, '0.5'],
    [25, 1, '2e+01'],
    [35, 1, '4e+01'],
    [0.125, 2, '0.12'],
    [0.375, 2, '0.38'],
    [99999.5, 5, '1e+05'],
    [123456, 6, '123456'],
    [1e22 + 5e21, 1, '2e+22'],
    [2.5e22, 1, '2e+22'],
  ])('%d in %d digits is %s', (value, count, text) => expect(formatSignificant(value, count)).toBe(text));

  it('keeps zeros and point where asked to', () => {
    expect(formatSignificant(1, 6, true)).toBe('1.00000');
    expect(formatSignificant(100000, 6, true)).toBe('100000.');
    expect(formatSignificant(1e6, 6, true)).toBe('1.00000e+06');
    expect(formatSignificant(0, 6, true)).toBe('0.00000');
    expect(formatSignificant(0.0001, 3, true)).toBe('0.000100');
  });

  it('reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Number(formatSignificant(value, 17)), value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('formatExponential', () => {
  it.each([
    [0, 6, '0.000000e+00'],
    [-0, 0, '-0e+00'],
    [1.5, 0, '2e+00'],
    [2.5, 0, '2e+00'],
    [9.5, 0, '1e+01'],
    [12345.678, 3, '1.235e+04'],
    [5e-324, 2, '4.94e-324'],
    [Number.NaN, 2, 'nan'],
  ])('%d with %d places is %s', (value, places, text) => expect(formatExponential(value, places)).toBe(text));

  it('keeps the point where asked to', () => expect(formatExponential(3, 0, true)).toBe('3.e+00'));

  it('rounds ties to the even digit, as the exact value shows', () => {
    const dyadic = fc.tuple(fc.integer({ min: 1, max: 2 ** 24 }), fc.integer({ min: -40, max: 40 }));
    fc.assert(
      fc.property(dyadic, fc.integer({ min: 0, max: 12 }), ([n, power], places) => {
        const value = n * 2 ** power;
        const [mantissa, exponent] = formatExponential(value, places).split('e');
        // Distance from the exact value, in halves of the last digit, all as integers.
        const exact = BigInt(n) * 2n ** BigInt(power + 60) * 5n ** 60n;
        const unit = 10n ** BigInt(60 + Number(exponent) - places);
        const digits = BigInt(mantissa.replace('.', ''));
        const distance = 2n * (exact - digits * unit);
        expect(distance <= unit && distance >= -unit).toBe(true);
        if (distance === unit || distance === -unit) expect(digits % 2n === 0n || places === 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
