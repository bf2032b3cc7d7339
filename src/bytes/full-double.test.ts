import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFullDouble } from './full-double.ts';

describe('formatFullDouble', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-3, '-3'],
    [0.1, '0.10000000000000001'],
    [2.5, '2.5'],
    [100, '100'],
    [1e15, '1000000000000000'],
    [12345678901234568, '12345678901234568'],
    [1e17, '1e+17'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1e-4, '0.0001'],
    [1.5e-5, '1.5e-05'],
    [1e300, '1.0000000000000001e+300'],
    [5e-324, '4.9406564584124654e-324'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
  ])('%d is %s', (value, text) => expect(formatFullDouble(value)).toBe(text));

  it('rounds ties at the seventeenth digit to the even one', () => {
    // Exactly 1.00000762939453125 and 1.00002288818359375.
    expect(formatFullDouble(1 + 2 ** -17)).toBe('1.0000076293945312');
    expect(formatFullDouble(1 + 3 * 2 ** -17)).toBe('1.0000228881835938');
  });

  it('reads back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Object.is(Number(formatFullDouble(value)), value)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
