import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Crc64 } from './crc64.ts';

function sumOf(...parts: Uint8Array[]): string {
  const crc = new Crc64();
  for (const part of parts) {
    crc.add(part, new DataView(part.buffer, part.byteOffset, part.length), 0, part.length);
  }
  return ((BigInt(crc.high >>> 0) << 32n) | BigInt(crc.low >>> 0)).toString(16).padStart(16, '0');
}

/** Bit by bit, from the definition. */
function slowSum(bytes: Uint8Array): string {
  let crc = 0n;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ 0x95ac9329ac4bc9b5n : crc >> 1n;
  }
  return crc.toString(16).padStart(16, '0');
}

test('has the check value of this CRC', () => {
  expect(sumOf(Buffer.from('123456789'))).toBe('e9c6d914c4b8d9ca');
  expect(sumOf(Buffer.alloc(0))).toBe('0000000000000000');
});

test('equals the definition, at any length', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(sumOf(bytes)).toBe(slowSum(bytes));
    }),
  );
});

test('may be made in pieces', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.uint8Array({ maxLength: 50 }), (a, b) => {
      expect(sumOf(a, b)).toBe(sumOf(Buffer.concat([a, b])));
    }),
  );
});
