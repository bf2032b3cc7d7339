import fc from 'fast-check';
import { expect, test } from 'vitest';
import { murmurHash64A } from './murmur-hash.ts';

const M = 0xc6a4a7935bd1e995n;
const u64 = (n: bigint) => BigInt.asUintN(64, n);

/** The definition, in 64-bit integers. */
function model(bytes: Uint8Array, seed: number): bigint {
  const words = Math.floor(bytes.length / 8);
  const word = (i: number, length: number) =>
    bytes.subarray(i * 8, i * 8 + length).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  let h = u64(BigInt(bytes.length) * M) ^ BigInt(seed >>> 0);
  for (let i = 0; i < words; i++) {
    let k = u64(word(i, 8) * M);
    k = u64((k ^ (k >> 47n)) * M);
    h = u64((h ^ k) * M);
  }
  if (bytes.length % 8 > 0) h = u64((h ^ word(words, bytes.length % 8)) * M);
  h = u64((h ^ (h >> 47n)) * M);
  return h ^ (h >> 47n);
}

function hash(bytes: Uint8Array, start: number, end: number, seed: number): bigint {
  const out = new Int32Array(2);
  murmurHash64A(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), start, end, seed, out);
  return (BigInt(out[1] >>> 0) << 32n) | BigInt(out[0] >>> 0);
}

test('equals the definition, wherever the bytes stand', () => {
  const input = fc.uint8Array({ maxLength: 100, size: 'max' });
  fc.assert(
    fc.property(input, fc.nat(20), fc.integer(), (bytes, before, seed) => {
      const surrounded = new Uint8Array(before + bytes.length + 9).fill(0xa5);
      surrounded.set(bytes, before);
      expect(hash(surrounded, before, before + bytes.length, seed)).toBe(model(bytes, seed));
    }),
    { numRuns: 3000 },
  );
});

test('every length around a word, bits set and clear', () => {
  for (let length = 0; length <= 33; length++) {
    for (const fill of [0, 1, 0x7f, 0x80, 0xff]) {
      const bytes = new Uint8Array(length).fill(fill);
      expect(hash(bytes, 0, length, 0xadc83b19), `${length} times ${fill}`).toBe(model(bytes, 0xadc83b19));
    }
  }
});
