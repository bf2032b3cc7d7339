import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  INTSET_HEADER_BYTES,
  intsetAt,
  intsetBigAt,
  intsetBytes,
  intsetFind,
  intsetFindBig,
  intsetLength,
  intsetWidth,
  setIntsetLength,
  widenIntset,
  widthFor,
  writeEmptyIntset,
  writeIntsetAt,
} from './intset.ts';

/** Where the intset stands: somewhere in its bytes, not at a multiple of anything. */
const AT = 5;

const EDGES = [0n, 1n, -1n, 32767n, 32768n, -32768n, -32769n, 2147483647n, 2147483648n, -2147483648n, -2147483649n];
const FAR = [2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)];

function numberOf(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function indexOf(view: DataView, value: bigint): number {
  const number = numberOf(value);
  return typeof number === 'bigint' ? intsetFindBig(view, AT, number) : intsetFind(view, AT, number);
}

/** An intset of these integers, which rise. */
function intsetOf(values: readonly bigint[]): DataView {
  const view = new DataView(new ArrayBuffer(AT + INTSET_HEADER_BYTES + 8 * values.length + 3));
  writeEmptyIntset(view, AT);
  for (const value of values) {
    const width = widthFor(numberOf(value));
    if (width > intsetWidth(view, AT)) widenIntset(view, AT, width);
  }
  setIntsetLength(view, AT, values.length);
  for (const [index, value] of values.entries()) writeIntsetAt(view, AT, index, numberOf(value));
  return view;
}

function hex(view: DataView): string {
  return Buffer.from(view.buffer).toString('hex', AT, AT + intsetBytes(view, AT));
}

describe('an intset', () => {
  it('has the bytes that Redis gives it', () => {
    expect(hex(intsetOf([]))).toBe('0200000000000000');
    expect(hex(intsetOf([-32768n, -1n, 5n, 32767n]))).toBe('02000000040000000080ffff0500ff7f');
    expect(hex(intsetOf([-1n, 32768n]))).toBe('0400000002000000ffffffff00800000');
    expect(hex(intsetOf([-2147483649n, 1n]))).toBe('0800000002000000ffffff7fffffffff0100000000000000');
    expect(hex(intsetOf([9223372036854775807n]))).toBe('0800000001000000ffffffffffffff7f');
  });

  it('finds and reads integers of every size', () => {
    const integer = fc.oneof(
      fc.constantFrom(...EDGES, ...FAR),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.bigInt({ min: -40000n, max: 40000n }),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(integer, { maxLength: 40 }),
        fc.array(integer, { maxLength: 20 }),
        (members, others) => {
          const values = [...members].sort((a, b) => (a < b ? -1 : 1));
          const view = intsetOf(values);
          expect(intsetLength(view, AT)).toBe(values.length);
          for (const [index, value] of values.entries()) {
            expect(intsetBigAt(view, AT, index)).toBe(value);
            expect(intsetAt(view, AT, index)).toBe(Number.isSafeInteger(Number(value)) ? Number(value) : Number.NaN);
          }
          for (const value of [...values, ...others]) {
            const index = values.indexOf(value);
            const place = values.filter((other) => other < value).length;
            expect(indexOf(view, value)).toBe(index >= 0 ? index : -1 - place);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('keeps its integers when it gets wider', () => {
    for (const values of [
      [-32768n, -1n, 0n, 32767n],
      [-2147483648n, 32768n, 2147483647n],
    ]) {
      for (const width of [4, 8]) {
        const view = new DataView(new ArrayBuffer(AT + INTSET_HEADER_BYTES + 8 * values.length));
        new Uint8Array(view.buffer).set(new Uint8Array(intsetOf(values).buffer.slice(0, view.byteLength)));
        if (width < intsetWidth(view, AT)) continue;
        widenIntset(view, AT, width);
        expect(intsetWidth(view, AT)).toBe(width);
        expect(values.map((_, index) => intsetBigAt(view, AT, index))).toEqual(values);
      }
    }
  });
});
