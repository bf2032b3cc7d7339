import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatNumber, parseNumber } from './number-text.ts';

describe('numbers as text', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-17, '-17'],
    [99999999999999, '99999999999999'],
    [1e14, '1e+14'],
    [-123456789012345, '-1.2345678901234e+14'],
    [123456789012355, '1.2345678901236e+14'],
    [0.1, '0.1'],
    [1 / 3, '0.33333333333333'],
    [100.5, '100.5'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1e100, '1e+100'],
    [2 ** 53, '9.007199254741e+15'],
    [Math.PI, '3.1415926535898'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [Number.NaN, '-nan'],
  ])('%s prints %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('read back as what they were, to fourteen digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseNumber(formatNumber(value))).toBe(Number(value.toPrecision(14)));
      }),
    );
  });

  it.each([
    ['10', 10],
    ['  10  ', 10],
    ['0x10', 16],
    ['-0xA', -10],
    ['0x', undefined],
    ['0x1p4', 16],
    ['0x.8', 0.5],
    ['1e2', 100],
    ['.5', 0.5],
    ['5.', 5],
    ['', undefined],
    [' ', undefined],
    ['1 2', undefined],
    ['1e', undefined],
    ['1_000', undefined],
    ['0b1', undefined],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['nan', Number.NaN],
    ['1\0', undefined],
  ])('%j says %s', (text, value) => {
    expect(parseNumber(text)).toBe(value);
  });
});
