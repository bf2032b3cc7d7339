import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compressLzf, uncompressedLength, uncompressLzf } from './lzf.ts';

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function compress(bytes: Uint8Array, limit: number = bytes.length * 2 + 10): Buffer {
  const target = Buffer.alloc(limit + 4, 0xee);
  const length = compressLzf(bytes, 0, bytes.length, target, 0, limit);
  expect([...target.subarray(limit)]).toEqual([0xee, 0xee, 0xee, 0xee]);
  return target.subarray(0, length);
}

function uncompress(bytes: Buffer): Buffer | undefined {
  const length = uncompressedLength(bytes, 0, bytes.length);
  if (length < 0) return undefined;
  const target = Buffer.alloc(length);
  uncompressLzf(bytes, viewOf(bytes), 0, bytes.length, target, viewOf(target), 0);
  return target;
}

/** Text that repeats itself near and far. */
const repetitive = fc
  .array(fc.tuple(fc.stringMatching(/^[ab]{0,9}$/), fc.integer({ min: 0, max: 400 })), { maxLength: 30 })
  .map((parts) => Buffer.from(parts.map(([text, times]) => text.repeat(times)).join('')));

test('gives back what was compressed', () => {
  fc.assert(
    fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 300 })), (bytes) => {
      expect(uncompress(compress(bytes))).toEqual(Buffer.from(bytes));
    }),
  );
});

test('gives back what is longer than the farthest copy', () => {
  const text = Array.from({ length: 9000 }, (_, i) => `${i % 700}:${(i * i) % 977};`).join('');
  const packed = compress(Buffer.from(text));
  expect(packed.length).toBeLessThan(text.length * 0.8);
  expect(uncompress(packed)?.toString()).toBe(text);
});

test('keeps to its limit, and says so when that is too little', () => {
  fc.assert(
    fc.property(repetitive, fc.double({ min: 0, max: 1, noNaN: true }), (bytes, share) => {
      const whole = compress(bytes);
      const limit = Math.floor(whole.length * share);
      const cut = compress(bytes, limit);
      if (limit < whole.length) expect(cut).toHaveLength(0);
      else expect(cut).toEqual(whole);
    }),
  );
});

test('compresses a run to a few bytes', () => {
  expect(compress(Buffer.alloc(1000, 'a')).length).toBeLessThan(20);
});

test('reads each form of the format', () => {
  const form = (...bytes: number[]): string | undefined => uncompress(Buffer.from(bytes))?.toString('latin1');
  expect(form(2, 97, 98, 99)).toBe('abc');
  expect(form(0, 97, 0x20, 0)).toBe('aaaa');
  expect(form(1, 97, 98, 0xc0, 1)).toBe('ababababab');
  expect(form(0, 97, 0xe0, 1, 0)).toBe('a'.repeat(11));
  expect(form()).toBe('');
});

test('refuses what ends too early or reaches back too far', () => {
  for (const bytes of [
    [1, 97],
    [0, 97, 0x20],
    [0, 97, 0xe0, 1],
    [0x20, 0],
    [0, 97, 0x20, 1],
    [0, 97, 0x21, 0],
  ]) {
    expect(uncompress(Buffer.from(bytes))).toBeUndefined();
  }
});

test('never writes outside, whatever the bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const result = uncompress(Buffer.from(bytes));
      if (result !== undefined) expect(result.length).toBeLessThanOrEqual(bytes.length * 132);
    }),
  );
});
