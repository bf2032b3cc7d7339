import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSignificant } from '../bytes/significant-digits.ts';
import { numberToString, stringToInteger, stringToNumber } from './numbers.ts';

describe('numberToString', () => {
  it.each<[number, string]>([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-7, '-7'],
    [99999999999999, '99999999999999'],
    [100000000000000, '1e+14'],
    [123456789012345, '1.2345678901234e+14'],
    [-123456789012355, '-1.2345678901236e+14'],
    [0.1, '0.1'],
    [0.1 + 0.2, '0.3'],
    [1 / 3, '0.33333333333333'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [Math.PI, '3.1415926535898'],
    [1e100, '1e+100'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [Number.NaN, '-nan'],
  ])('of %d is %s', (number, text) => expect(numberToString(number)).toBe(text));

  it('takes its short ways only where they lead to the same', () => {
    const decimal = fc
      .tuple(fc.integer(), fc.integer({ min: -12, max: 8 }))
      .map(([n, power]) => Number(`${n}e${power}`));
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true }), decimal), (number) => {
        expect(numberToString(number)).toBe(formatSignificant(number, 14));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('stringToNumber', () => {
  it.each<[string, number | undefined]>([
    ['', undefined],
    [' ', undefined],
    ['10', 10],
    [' \t10\n', 10],
    ['10 x', undefined],
    ['10\0abc', 10],
    ['\0', undefined],
    ['0x', undefined],
    ['0x10', 16],
    ['0x1p4', 16],
    ['1e1', 10],
    ['1e', undefined],
    ['.5', 0.5],
    ['5.', 5],
    ['--5', undefined],
    ['inf', Number.POSITIVE_INFINITY],
    ['nan', Number.NaN],
    ['1_000', undefined],
    ['0b1', undefined],
  ])('of %j is %d', (text, number) => expect(stringToNumber(text)).toBe(number));
});

describe('stringToInteger', () => {
  it.each<[string, number, number | undefined]>([
    ['', 16, undefined],
    ['ff', 16, 255],
    ['0xff', 16, 255],
    ['0x', 16, undefined],
    ['0xg', 16, undefined],
    ['-1', 16, 2 ** 64],
    ['-ffffffffffffffff', 16, 1],
    ['ffffffffffffffffff', 16, 2 ** 64],
    ['-ffffffffffffffffff', 16, 2 ** 64],
    [' zz\t', 36, 1295],
    ['ZZ', 36, 1295],
    ['8', 8, undefined],
    ['12', 2, undefined],
    ['101', 2, 5],
    ['10\0z', 8, 8],
  ])('of %j in base %d is %d', (text, base, number) => expect(stringToInteger(text, base)).toBe(number));

  it('is exact up to 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.integer({ min: 2, max: 36 }), (value, base) => {
        expect(stringToInteger(value.toString(base), base)).toBe(Number(value));
        expect(stringToInteger(`-${value.toString(base)}`, base)).toBe(Number(BigInt.asUintN(64, -value)));
      }),
    );
  });
});
