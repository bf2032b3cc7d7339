import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesOf, packOf, textsOf } from './listpack.testing.ts';
import {
  addToListpackCount,
  elementBytes,
  findElement,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  listpackCount,
  newElementBytes,
} from './listpack.ts';

/** Texts of every kind of element, most of them near where kinds meet. */
const INTEGERS = [
  ...['0', '1', '126', '127', '128', '-1', '-2', '-127', '-128'],
  ...['4095', '4096', '-4096', '-4097', '32767', '32768', '-32768', '-32769'],
  ...['8388607', '8388608', '-8388608', '-8388609', '2147483647', '2147483648', '-2147483648', '-2147483649'],
  ...['9007199254740991', '9007199254740992', '-9007199254740991', '-9007199254740992', '9007199254740993'],
  ...['9223372036854775807', '-9223372036854775808'],
];
const NEARLY_INTEGERS = [
  ...['', '-', '-0', '+1', '00', '007', ' 1', '1 ', '1.0', '1e3', '0x10', '9223372036854775808'],
  ...['-9223372036854775809', '18446744073709551615', '123456789012345678901', '12a', ':', '1\0'],
];

describe('bytes of an element', () => {
  test.each([
    ['0', '00 01'],
    ['127', '7f 01'],
    ['128', 'c080 02'],
    ['-1', 'dfff 02'],
    ['4095', 'cfff 02'],
    ['-4096', 'd000 02'],
    ['4096', 'f10010 03'],
    ['-4097', 'f1ffef 03'],
    ['32767', 'f1ff7f 03'],
    ['-32768', 'f10080 03'],
    ['32768', 'f2008000 04'],
    ['-32769', 'f2ff7fff 04'],
    ['8388607', 'f2ffff7f 04'],
    ['-8388608', 'f2000080 04'],
    ['8388608', 'f300008000 05'],
    ['-8388609', 'f3ffff7fff 05'],
    ['2147483647', 'f3ffffff7f 05'],
    ['-2147483648', 'f300000080 05'],
    ['2147483648', 'f40000008000000000 09'],
    ['-2147483649', 'f4ffffff7fffffffff 09'],
    ['9223372036854775807', 'f4ffffffffffffff7f 09'],
    ['-9223372036854775808', 'f40000000000000080 09'],
    ['', '80 01'],
    ['a', '8161 02'],
    ['-0', '822d30 03'],
    ['007', '83303037 04'],
    ['9223372036854775808', '9339323233333732303336383534373735383038 14'],
  ])('%j', (text, hex) => {
    expect(elementOf(text).toString('hex')).toBe(hex.replace(' ', ''));
  });

  test.each([
    [63, 'bf', '40'],
    [64, 'e040', '42'],
    [125, 'e07d', '7f'],
    [126, 'e07e', '0180'],
    [4095, 'efff', '2081'],
    [4096, 'f000100000', '2085'],
    [16377, 'f0f93f0000', '7ffe'],
    [16378, 'f0fa3f0000', '00ffff'],
    [2097145, 'f0f9ff1f00', '7ffffe'],
    [2097146, 'f0faff1f00', '00ffffff'],
  ])('a text of %i', (length, head, backlength) => {
    const element = elementOf('x'.repeat(length));
    expect(element.toString('hex', 0, head.length / 2)).toBe(head);
    expect(element.toString('hex', element.length - backlength.length / 2)).toBe(backlength);
    expect(element).toHaveLength(length + (head.length + backlength.length) / 2);
  });

  test.each([
    [268435449, 268435449 + 5 + 4],
    [268435450, 268435450 + 5 + 5],
    [2 ** 31 - 2 ** 16, 2 ** 31 - 2 ** 16 + 5 + 5],
  ])('a text of %i takes %i', (length, bytes) => {
    expect(newElementBytes(Buffer.from('no integer'), 0, length)).toBe(bytes);
  });
});

/** The element's bytes, as they stand alone in a listpack. */
function elementOf(text: string): Buffer {
  const { bytes, view } = packOf([text], 3);
  const at = 3 + LISTPACK_HEADER_BYTES;
  return bytes.subarray(at, at + elementBytes(bytes, view, at));
}

const text = fc.oneof(
  fc.constantFrom(...INTEGERS, ...NEARLY_INTEGERS),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.integer({ min: -100_000, max: 100_000 }).map(String),
  fc.string({ unit: 'binary-ascii', maxLength: 70 }),
  fc.integer({ min: 0, max: 5000 }).map((length) => 'y'.repeat(length)),
);
const texts = fc.array(text, { maxLength: 60, size: 'max' });

test('gives back what was written, forwards and backwards', () => {
  fc.assert(
    fc.property(texts, fc.nat(9), (all, lead) => {
      const pack = packOf(all, lead);
      expect(textsOf(pack, lead)).toEqual(all);
      expect(listpackCount(pack.bytes, pack.view, lead)).toBe(all.length);
      expect(pack.bytes.subarray(0, lead).every((byte) => byte === 0xee)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('keeps canonical integers as integers, and nothing else', () => {
  const cursor = new ListpackCursor();
  for (const given of [...INTEGERS, ...NEARLY_INTEGERS]) {
    const { bytes, view } = packOf([given]);
    cursor.read(bytes, view, LISTPACK_HEADER_BYTES);
    expect([given, cursor.isInteger]).toEqual([given, INTEGERS.includes(given)]);
    if (!cursor.isInteger) continue;
    const value = Number(given);
    expect([given, cursor.integer]).toEqual([given, Number.isSafeInteger(value) ? value : Number.NaN]);
  }
});

test('finds the first equal element, of all or of every third', () => {
  fc.assert(
    fc.property(texts, text, fc.constantFrom(0, 1, 2), (all, other, skip) => {
      const pack = packOf(all, 1);
      const starts = startsOf(all);
      for (const wanted of [other, ...all.slice(0, 8)]) {
        const { bytes, view } = bytesOf(wanted);
        const first = 1 + LISTPACK_HEADER_BYTES;
        const found = findElement(pack.bytes, pack.view, first, skip, bytes, view, 0, bytes.length);
        const index = all.findIndex((each, i) => i % (skip + 1) === 0 && each === wanted);
        expect(found).toBe(index === -1 ? 0 : first + starts[index]);
      }
    }),
    { numRuns: 200 },
  );
});

/** Where each element begins, behind the header. */
function startsOf(all: readonly string[]): number[] {
  const starts = [0];
  for (const each of all) {
    const { bytes } = bytesOf(each);
    starts.push(starts[starts.length - 1] + newElementBytes(bytes, 0, bytes.length));
  }
  return starts;
}

test('a cursor compares text whatever it is kept as', () => {
  const cursor = new ListpackCursor();
  for (const given of [...INTEGERS, ...NEARLY_INTEGERS]) {
    const { bytes, view } = packOf([given]);
    cursor.read(bytes, view, LISTPACK_HEADER_BYTES);
    for (const other of [given, `${given}0`, '0', 'a']) {
      const source = bytesOf(other);
      expect(cursor.equals(source.bytes, source.view, 0, other.length)).toBe(given === other);
    }
  }
});

test('counts again what the count cannot tell', () => {
  const all = Array.from({ length: 65_540 }, (_, i) => `${i % 10}`);
  const pack = packOf(all);
  expect(pack.view.getUint16(4, true)).toBe(65535);
  expect(listpackCount(pack.bytes, pack.view, 0)).toBe(65_540);
  addToListpackCount(pack.view, 0, -10);
  expect(pack.view.getUint16(4, true)).toBe(65535);
  const fewer = packOf(all.slice(0, 65_534));
  expect(listpackCount(fewer.bytes, fewer.view, 0)).toBe(65_534);
  fewer.view.setUint16(4, 65535, true);
  expect(listpackCount(fewer.bytes, fewer.view, 0)).toBe(65_534);
  expect(fewer.view.getUint16(4, true)).toBe(65534);
});
