import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDouble } from './double.ts';
import { parseBoundDouble, parseDouble, parseWeight } from './parse-double.ts';

function read(text: string): number {
  const bytes = Buffer.from(`9${text}9`, 'latin1');
  return parseDouble(bytes, 1, bytes.length - 1);
}

function readBound(text: string): number {
  const bytes = Buffer.from(`9${text}9`, 'latin1');
  return parseBoundDouble(bytes, 1, bytes.length - 1);
}

describe('a double', () => {
  it('of any digits around those that are exact is the nearest', () => {
    const near = fc.bigInt({ min: -20n, max: 20n }).map((n) => `${2n ** 53n + n}`);
    const digits = fc.oneof(fc.stringMatching(/^[0-9]{13,18}$/), near);
    fc.assert(
      fc.property(digits, fc.nat(18), fc.constantFrom('', '-', '+'), (text, place, sign) => {
        const pointed = `${sign}${text.slice(0, place)}.${text.slice(place)}`;
        expect(read(pointed)).toBe(Number(pointed));
        expect(readBound(`${sign}${text}`)).toBe(Number(`${sign}${text}`));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['0', 0],
    ['-0', -0],
    ['1', 1],
    ['+1', 1],
    ['007', 7],
    ['.5', 0.5],
    ['5.', 5],
    ['-12.75', -12.75],
    ['0.1', 0.1],
    ['0.30000000000000004', 0.30000000000000004],
    ['123456789012345', 123456789012345],
    ['9007199254740993', 9007199254740992],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['5e-324', 5e-324],
    ['1e-310', 1e-310],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['0e999', 0],
    ['0x10', 16],
    ['-0x1.8p1', -3],
    ['0x.8', 0.5],
    ['0x1p-1074', 5e-324],
    ['inf', Infinity],
    ['+Inf', Infinity],
    ['-INFINITY', -Infinity],
  ])('%s is read', (text, value) => expect(read(text)).toBe(value));

  it.each([
    '',
    '-',
    '.',
    'e5',
    ' 1',
    '1 ',
    '1e',
    '1e+',
    '--1',
    '1.2.3',
    'nan',
    '-nan',
    'nan(1)',
    'infin',
    '0x',
    '0xp1',
    '1_0',
  ])('%j is none', (text) => expect(read(text)).toBeNaN());

  it.each(['1e400', '-1e400', '1e-400', '0x1p2000', '0x1p-2000'])('%s is out of range', (text) =>
    expect(read(text)).toBeNaN(),
  );

  it('reads back what is printed', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        expect(read(formatDouble(value))).toBe(value);
      }),
    );
  });

  it('reads decimals as JavaScript does', () => {
    const text = fc.stringMatching(/^-?\d{1,12}(\.\d{0,12})?$/);
    fc.assert(
      fc.property(text, (decimal) => {
        expect(read(decimal)).toBe(Number(decimal));
      }),
    );
  });

  it('is not misled by a text of a megabyte', () => {
    expect(read('1'.repeat(1 << 20))).toBeNaN();
    expect(read(`0.${'0'.repeat(1 << 20)}1`)).toBeNaN();
    expect(read(`0x${'f'.repeat(1 << 20)}`)).toBeNaN();
    expect(read('x'.repeat(1 << 20))).toBeNaN();
  });
});

it.each([
  ['', 0],
  [' 12', 12],
  ['\t\n1.5', 1.5],
  ['1\0rest', 1],
  ['1e400', Infinity],
  ['-1e400', -Infinity],
  ['1e-400', 0],
])('a bound may be %j', (text, value) => expect(readBound(text)).toBe(value));

it.each([' ', '1 ', 'nan', 'x', '(1'])('a bound may not be %j', (text) => expect(readBound(text)).toBeNaN());

describe('a weight', () => {
  function readWeight(text: string): number {
    const bytes = Buffer.from(`9${text}9`, 'latin1');
    return parseWeight(bytes, 1, bytes.length - 1);
  }

  it.each([
    ['', 0],
    [' 7', 7],
    ['1\0x', 1],
    ['-0', -0],
    ['0e999', 0],
    ['0x0p9', 0],
    [' -inf', -Infinity],
    ['2.2250738585072014e-308', 2 ** -1022],
  ])('%j is %d', (text, value) => {
    expect(readWeight(text)).toBe(value);
  });

  it.each(['a', '1 ', 'nan', '1e309', '-1e309', '1e-400', '5e-324', '0x1p-1080', '.'])('%j is none', (text) => {
    expect(readWeight(text)).toBeNaN();
  });
});
