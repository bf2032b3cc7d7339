import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanDouble, scannedEnd } from './scan-double.ts';

function scan(text: string, at = 0): [number, number] {
  const value = scanDouble(text, at);
  return [value, scannedEnd()];
}

describe('scanDouble', () => {
  it.each<[string, number, number]>([
    ['', 0, 0],
    ['abc', 0, 0],
    ['  ', 0, 0],
    ['-', 0, 0],
    ['.', 0, 0],
    ['+.e5', 0, 0],
    ['12', 12, 2],
    [' \t\n\v\f\r-12.5x', -12.5, 11],
    ['1.', 1, 2],
    ['.5.', 0.5, 2],
    ['-0', -0, 2],
    ['1e', 1, 1],
    ['1e+', 1, 1],
    ['1e5', 100000, 3],
    ['1E-5e', 0.00001, 4],
    ['1e400', Number.POSITIVE_INFINITY, 5],
    ['123456789012345678', 123456789012345680, 18],
    ['0x', 0, 1],
    ['0xg', 0, 1],
    ['0x1F', 31, 4],
    ['-0X.8p1', -1, 7],
    ['0x1.8p', 1.5, 5],
    ['0x1p-1074', 5e-324, 9],
    ['0x1p-1075', 0, 9],
    ['0x1.8p-1075', 5e-324, 11],
    ['0x3p-1075', 1e-323, 9],
    ['0x1p99999999999', Number.POSITIVE_INFINITY, 15],
    ['0x0p99999999999', 0, 15],
    ['inf', Number.POSITIVE_INFINITY, 3],
    ['-Infinity', Number.NEGATIVE_INFINITY, 9],
    ['infinit', Number.POSITIVE_INFINITY, 3],
    ['nan', Number.NaN, 3],
    ['-NAN(a1_)', Number.NaN, 9],
    ['nan(-)', Number.NaN, 3],
  ])('%j is %d, to %d', (text, value, end) => expect(scan(text)).toEqual([value, end]));

  it('rounds long hexadecimal numbers once', () => {
    const zeros = '0'.repeat(100);
    expect(scan('0x20000000000001')[0]).toBe(2 ** 53);
    expect(scan(`0x20000000000001${zeros}p-400`)[0]).toBe(2 ** 53);
    expect(scan(`0x20000000000001${zeros}1p-404`)[0]).toBe(2 ** 53 + 2);
    expect(scan(`0x.${zeros}1p404`)[0]).toBe(1);
    expect(scan(`0x1${zeros}p-1474`)[0]).toBe(5e-324);
  });

  it('reads what JavaScript prints, wherever it stands', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.string(), (value, behind) => {
        fc.pre(!/^[\d.einftyx]/i.test(behind));
        const printed = Object.is(value, -0) ? '-0' : String(value);
        expect(scan(`[${printed}${behind}`, 1)).toEqual([value, printed.length + 1]);
      }),
    );
  });
});
