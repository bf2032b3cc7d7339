import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  INT64_MAX,
  INT64_MIN,
  integerLength,
  isInt64Text,
  parseInt64,
  parseSafeInteger,
  writeInteger,
} from './integer.ts';

const RUNS = { numRuns: 5000 };

/** The text between two bytes that would change the result if they were read. */
function embed(text: string): { bytes: Uint8Array; start: number; end: number } {
  const bytes = Buffer.from(`7${text}7`, 'latin1');
  return { bytes, start: 1, end: bytes.length - 1 };
}

function modelInt64(text: string): bigint | undefined {
  if (!/^(0|-?[1-9][0-9]*)$/.test(text)) return undefined;
  const value = BigInt(text);
  return value >= INT64_MIN && value <= INT64_MAX ? value : undefined;
}

function modelSafe(text: string): number {
  const value = modelInt64(text);
  return value !== undefined && Number.isSafeInteger(Number(value)) ? Number(value) : Number.NaN;
}

function expectLikeModel(text: string): void {
  const { bytes, start, end } = embed(text);
  expect(parseSafeInteger(bytes, start, end), text).toBe(modelSafe(text));
  expect(parseInt64(bytes, start, end), text).toBe(modelInt64(text));
  expect(isInt64Text(bytes, start, end), text).toBe(modelInt64(text) !== undefined);
}

function written(n: number): string {
  const bytes = new Uint8Array(21).fill(0x2e);
  const end = writeInteger(bytes, 2, n);
  const text = Buffer.from(bytes).toString('latin1');
  expect(text.slice(0, 2) + text.slice(end)).toMatch(/^\.+$/);
  return text.slice(2, end);
}

/** Every integer within `spread` of a power of ten or two, where digit counts, groups and limits change. */
function seams(limit: bigint, spread: bigint): bigint[] {
  const found: bigint[] = [];
  for (const base of [2n, 10n]) {
    for (let power = 1n; power <= limit * 10n; power *= base) {
      for (let delta = -spread; delta <= spread; delta++) found.push(power + delta, -power - delta);
    }
  }
  return found;
}

describe('reading integers', () => {
  test.each([
    ['', '-', '+', ' ', '-0', '+1', '00', '01', '-01', '0x1', '1 ', ' 1', '1e3', '1.0', '--1', '1-', '-', '-+1'],
    ['0', '1', '9', '-1', '-9', '10', '-10', '123456789', '1234567890', '-999999999', '\x00', '1\x00', '/', ':', '-:'],
    ['9007199254740991', '9007199254740992', '9007199254740993', '-9007199254740991', '-9007199254740992'],
    ['9223372036854775807', '9223372036854775808', '-9223372036854775808', '-9223372036854775809'],
    [
      '9999999999999999',
      '9999999999999999999',
      '10000000000000000000',
      '-10000000000000000000',
      '18446744073709551615',
    ],
    ['99999999999999999999', '999999999999999999999', '-00000000000000000001', '00000000000000000001'],
  ])('known texts: %s …', (...texts) => {
    for (const text of texts) expectLikeModel(text);
  });

  test('every integer around powers of two and ten', () => {
    for (const value of seams(INT64_MAX, 3n)) expectLikeModel(String(value));
  });

  test('random integers of every length', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 22 });
    fc.assert(
      fc.property(fc.constantFrom('', '-'), digits, (sign, text) => expectLikeModel(sign + text)),
      RUNS,
    );
  });

  test('random signed 64-bit integers, whole and with one byte replaced', () => {
    fc.assert(
      fc.property(fc.bigInt(INT64_MIN, INT64_MAX), fc.nat(19), fc.nat(255), (value, position, byte) => {
        const text = String(value);
        expectLikeModel(text);
        const at = position % text.length;
        expectLikeModel(text.slice(0, at) + String.fromCharCode(byte) + text.slice(at + 1));
      }),
      RUNS,
    );
  });

  test('random bytes near digits', () => {
    const text = fc.string({ unit: fc.constantFrom(...'0123456789-+ ./:eE\x00\xff'), maxLength: 22 });
    fc.assert(fc.property(text, expectLikeModel), RUNS);
  });

  test('the limits are those of a signed 64-bit integer', () => {
    expect([INT64_MIN, INT64_MAX]).toEqual([-(2n ** 63n), 2n ** 63n - 1n]);
  });
});

describe('writing integers', () => {
  function expectWritten(n: number): void {
    const text = String(n);
    expect(written(n)).toBe(text);
    expect(integerLength(n)).toBe(text.length);
  }

  test('every integer around powers of two and ten', () => {
    for (const value of seams(BigInt(Number.MAX_SAFE_INTEGER), 3n)) {
      const n = Number(value);
      if (Number.isSafeInteger(n)) expectWritten(n);
    }
  });

  test('every integer of four digits and fewer', () => {
    for (let n = -9999; n <= 9999; n++) expectWritten(n);
  });

  test('around multiples of 10^8, where the division of the two halves could round', () => {
    const half = fc.integer({ min: 1, max: Math.floor(Number.MAX_SAFE_INTEGER / 1e8) });
    fc.assert(
      fc.property(half, fc.integer({ min: -2, max: 2 }), (high, delta) => expectWritten(high * 1e8 + delta)),
      RUNS,
    );
  });

  test('negative zero is zero', () => {
    expect(written(-0)).toBe('0');
    expect(integerLength(-0)).toBe(1);
  });

  test('random safe integers, and back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expectWritten(n);
        const bytes = Buffer.from(String(n));
        expect(parseSafeInteger(bytes, 0, bytes.length)).toBe(n);
      }),
      RUNS,
    );
  });

  test('random 32-bit integers', () => {
    fc.assert(fc.property(fc.integer(), expectWritten), RUNS);
  });
});
