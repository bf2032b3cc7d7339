/** Here the arithmetic against exact rationals; `same-as-redis.test.ts` compares with the real thing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addLongDouble,
  formatLongDouble,
  isFiniteLongDouble,
  type LongDouble,
  parseLongDouble,
} from './long-double.ts';

const RUNS = { numRuns: 3000 };

function parsed(text: string): LongDouble {
  const value = parseLongDouble(text);
  if (value === undefined) throw new Error(`not a number: ${text}`);
  return value;
}

function sum(a: string, b: string): string {
  return formatLongDouble(addLongDouble(parsed(a), parsed(b)));
}

/** A binary fraction: `numerator / 2^bits`. */
type Fraction = { numerator: bigint; bits: number };

function fraction(x: LongDouble): Fraction {
  return x.exponent >= 0
    ? { numerator: x.mantissa << BigInt(x.exponent), bits: 0 }
    : { numerator: x.mantissa, bits: -x.exponent };
}

function magnitude(n: bigint): bigint {
  return n < 0n ? -n : n;
}

/** Asserts that `x` is the value of 64 bits nearest to `numerator / denominator`, the even one of two. */
function expectNearest(x: LongDouble, numerator: bigint, denominator: bigint): void {
  expect(magnitude(x.mantissa) < 2n ** 64n).toBe(true);
  const { numerator: ours, bits } = fraction(x);
  const error = magnitude((ours * denominator - (numerator << BigInt(bits))) * 2n);
  // The distance to the neighbours once the mantissa is shifted up to fill 64 bits.
  const used = magnitude(x.mantissa).toString(2).length;
  const lastPlace = Math.max(x.exponent + used - 64, -16445);
  const unit = lastPlace + bits >= 0 ? denominator << BigInt(lastPlace + bits) : denominator;
  if (lastPlace + bits < 0) {
    // Fewer than 64 bits used: the value must be exact.
    expect(error).toBe(0n);
    return;
  }
  expect(error <= unit).toBe(true);
  if (error === unit) expect(x.mantissa & 1n).toBe(0n);
}

describe('reading', () => {
  test.each([
    '',
    ' ',
    ' 1',
    '1 ',
    '.',
    '-',
    '+',
    'e',
    'e1',
    '1e',
    '0x',
    '0xp1',
    'nan',
    '-nan',
    'NAN',
    'in',
    'infi',
    '1\0',
    '٣',
  ])('not a number: %j', (text) => expect(parseLongDouble(text)).toBeUndefined());

  test.each(['1e4933', '-1e999999999', '0x1p16384', `1e${'9'.repeat(5000)}`, '1e-4952', '1e-999999999', '0x1p-16446'])(
    'outside of the range, decided before any power is raised: %.30s',
    (text) => expect(parseLongDouble(text)).toBeUndefined(),
  );

  test('zero is zero with any exponent', () => {
    for (const text of ['0', '-0', '0.000', '0e999999999999', '0x0p-999999999999', '.0']) {
      expect(formatLongDouble(parsed(text))).toBe('0');
    }
  });

  test('a text of 5119 characters, not of 5120', () => {
    expect(formatLongDouble(parsed('1'.padStart(5119, '0')))).toBe('1');
    expect(parseLongDouble('1'.padStart(5120, '0'))).toBeUndefined();
  });

  test('infinities by name only', () => {
    for (const text of ['inf', '+INF', 'Infinity']) expect(formatLongDouble(parsed(text))).toBe('inf');
    for (const text of ['-inf', '-iNfInItY']) expect(formatLongDouble(parsed(text))).toBe('-inf');
    expect(isFiniteLongDouble(parsed('inf'))).toBe(false);
    expect(isFiniteLongDouble(parsed('1e4932'))).toBe(true);
  });

  test('decimal text gives the nearest value', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 40n), 10n ** 40n), fc.integer({ min: -4980, max: 4885 }), (digits, scale) => {
        const value = parseLongDouble(`${digits}e${scale}`);
        if (value === undefined) return;
        const power = 10n ** BigInt(Math.abs(scale));
        expectNearest(value, scale < 0 ? digits : digits * power, scale < 0 ? power : 1n);
      }),
      RUNS,
    );
  });

  test('hexadecimal text gives the nearest value', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 2n ** 90n), fc.integer({ min: -16440, max: 16290 }), (digits, power) => {
        const value = parseLongDouble(`0x${digits.toString(16)}p${power}`);
        if (value === undefined) return;
        const scale = 2n ** BigInt(Math.abs(power));
        expectNearest(value, power < 0 ? digits : digits * scale, power < 0 ? scale : 1n);
      }),
      RUNS,
    );
  });
});

describe('adding', () => {
  const finite = fc
    .tuple(
      fc.bigInt(-(2n ** 64n) + 1n, 2n ** 64n - 1n),
      fc.oneof(fc.integer({ min: -16445, max: 16320 }), fc.integer({ min: -70, max: 70 })),
    )
    .map(([mantissa, exponent]): LongDouble => ({ mantissa, exponent }));

  test('gives the nearest value, either way round', () => {
    fc.assert(
      fc.property(finite, finite, (a, b) => {
        const c = addLongDouble(a, b);
        expect(addLongDouble(b, a)).toEqual(c);
        if (!isFiniteLongDouble(c)) return;
        const bits = Math.max(fraction(a).bits, fraction(b).bits);
        const whole = (x: LongDouble) => fraction(x).numerator << BigInt(bits - fraction(x).bits);
        expectNearest(c, whole(a) + whole(b), 1n << BigInt(bits));
      }),
      RUNS,
    );
  });

  test('overflows to infinity, and infinities cancel to NaN', () => {
    const largest = '0x.ffffffffffffffffp16384';
    expect(sum(largest, '0x1p16318')).toBe(formatLongDouble(parsed(largest)));
    expect(sum(largest, '0x1p16319')).toBe('inf');
    expect(sum(`-${largest}`, '-0x1p16319')).toBe('-inf');
    expect(sum('inf', '-1e4932')).toBe('inf');
    expect(sum('-1', '-inf')).toBe('-inf');
    expect(sum('inf', 'inf')).toBe('inf');
    expect(sum('inf', '-inf')).toBe('nan');
    const nan = addLongDouble(parsed('inf'), parsed('-inf'));
    expect(formatLongDouble(addLongDouble(nan, parsed('1')))).toBe('nan');
  });
});

describe('printing', () => {
  test('known sums', () => {
    expect(sum('0.1', '0.2')).toBe('0.3');
    expect(sum('3.0e3', '200')).toBe('3200');
    expect(sum('0', '5e-17')).toBe('0.00000000000000005');
    expect(sum('0', '-5e-19')).toBe('0');
    expect(sum('1.5', '-3')).toBe('-1.5');
    expect(sum('1e400', '0')).toHaveLength(401);
  });

  test('at most 17 decimals below 100 come back as written', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 19n), 10n ** 19n), (n) => {
        const digits = String(magnitude(n)).padStart(18, '0');
        const text = `${n < 0n ? '-' : ''}${digits.slice(0, -17)}.${digits.slice(-17)}`.replace(/\.?0+$/, '');
        expect(formatLongDouble(parsed(text))).toBe(text === '-0' ? '0' : text);
      }),
      RUNS,
    );
  });

  test('what is printed reads back as the same text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        const text = formatLongDouble(parsed(String(x)));
        expect(formatLongDouble(parsed(text))).toBe(text);
      }),
      RUNS,
    );
  });
});
