/**
 * Payloads made from the format's description alone, with none of the code under test: every RDB type there is, also those
 * that nothing writes any more.
 */

export type Bytes = readonly number[] | Uint8Array;

/** A byte string in RDB, its length in front. */
export function text(content: string | Bytes): number[] {
  const bytes = bytesOf(content);
  return [...length(bytes.length), ...bytes];
}

export function bytesOf(content: string | Bytes): number[] {
  return typeof content === 'string' ? [...Buffer.from(content, 'latin1')] : [...content];
}

export function length(value: number): number[] {
  if (value < 64) return [value];
  if (value < 16384) return [0x40 | (value >> 8), value & 255];
  return [0x80, ...bigEndian(value, 4)];
}

export function double(value: number): number[] {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return [...bytes];
}

/** A type and what follows it, with version and checksum. */
export function payload(type: number, body: Bytes, version = 10): Buffer {
  return sealed(Buffer.from([type, ...body, version & 255, version >> 8]));
}

/** Adds the checksum to everything before it. */
export function sealed(content: Uint8Array): Buffer {
  let crc = 0n;
  for (const byte of content) crc = (crc >> 8n) ^ CRC[Number((crc ^ BigInt(byte)) & 255n)];
  const sum = Buffer.alloc(8);
  sum.writeBigUInt64LE(crc);
  return Buffer.concat([content, sum]);
}

const CRC = Array.from({ length: 256 }, (_, byte) => {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 1n ? (crc >> 1n) ^ 0x95ac9329ac4bc9b5n : crc >> 1n;
  return crc;
});

/** An integer as written into compact forms, or text. */
export type Element = string | number | bigint;

export function listpack(elements: readonly Element[], count = elements.length): number[] {
  const body = elements.flatMap((element) => {
    const entry = typeof element === 'string' ? listpackText(element) : listpackInteger(BigInt(element));
    return [...entry, ...backlength(entry.length)];
  });
  return [...littleEndian(body.length + 7, 4), ...littleEndian(count, 2), ...body, 0xff];
}

/** As text, also where it could be an integer. */
export function listpackText(element: string): number[] {
  const bytes = bytesOf(element);
  if (bytes.length < 64) return [0x80 | bytes.length, ...bytes];
  if (bytes.length < 4096) return [0xe0 | (bytes.length >> 8), bytes.length & 255, ...bytes];
  return [0xf0, ...littleEndian(bytes.length, 4), ...bytes];
}

function listpackInteger(value: bigint): number[] {
  if (value >= 0n && value < 128n) return [Number(value)];
  if (value >= -4096n && value < 4096n) return [0xc0 | Number((value >> 8n) & 31n), Number(value & 255n)];
  for (const [kind, bytes] of [
    [0xf1, 2],
    [0xf2, 3],
    [0xf3, 4],
  ]) {
    if (fits(value, bytes)) return [kind, ...littleEndian(value, bytes)];
  }
  return [0xf4, ...littleEndian(value, 8)];
}

export function backlength(size: number): number[] {
  if (size < 128) return [size];
  if (size < 16383) return [size >> 7, (size & 127) | 128];
  return [size >> 14, ((size >> 7) & 127) | 128, (size & 127) | 128];
}

export function ziplist(elements: readonly Element[]): number[] {
  let previous = 0;
  let tail = 10;
  let body: number[] = [];
  for (const element of elements) {
    const before = previous < 254 ? [previous] : [254, ...littleEndian(previous, 4)];
    const entry = [...before, ...ziplistEntry(element)];
    tail = 10 + body.length;
    previous = entry.length;
    body = body.concat(entry);
  }
  return [
    ...littleEndian(body.length + 11, 4),
    ...littleEndian(tail, 4),
    ...littleEndian(Math.min(elements.length, 65535), 2),
    ...body,
    0xff,
  ];
}

function ziplistEntry(element: Element): number[] {
  if (typeof element === 'string') {
    const bytes = bytesOf(element);
    if (bytes.length < 64) return [bytes.length, ...bytes];
    if (bytes.length < 16384) return [0x40 | (bytes.length >> 8), bytes.length & 255, ...bytes];
    return [0x80, ...bigEndian(bytes.length, 4), ...bytes];
  }
  const value = BigInt(element);
  if (value >= 0n && value <= 12n) return [0xf1 + Number(value)];
  for (const [kind, bytes] of [
    [0xfe, 1],
    [0xc0, 2],
    [0xf0, 3],
    [0xd0, 4],
  ]) {
    if (fits(value, bytes)) return [kind, ...littleEndian(value, bytes)];
  }
  return [0xe0, ...littleEndian(value, 8)];
}

/** `spare` bytes stand behind each value. */
export function zipmap(pairs: readonly (readonly [string, string])[], spare = 0): number[] {
  const size = (bytes: readonly number[]): number[] =>
    bytes.length < 254 ? [bytes.length] : [254, ...littleEndian(bytes.length, 4)];
  return [
    Math.min(pairs.length, 254),
    ...pairs.flatMap(([field, value]) => {
      const name = bytesOf(field);
      const content = bytesOf(value);
      return [...size(name), ...name, ...size(content), spare, ...content, ...Array.from({ length: spare }, () => 0)];
    }),
    0xff,
  ];
}

export function intset(values: readonly (number | bigint)[], width = 8): number[] {
  return [
    ...littleEndian(width, 4),
    ...littleEndian(values.length, 4),
    ...values.flatMap((value) => littleEndian(BigInt(value), width)),
  ];
}

export function littleEndian(value: number | bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n));
}

function bigEndian(value: number, bytes: number): number[] {
  return littleEndian(value, bytes).reverse();
}

function fits(value: bigint, bytes: number): boolean {
  return BigInt.asIntN(bytes * 8, value) === value;
}
