/**
 * Writing the atoms of RDB into a buffer that grows; the layouts are drawn in rdb-input.ts.
 *
 * A file's writer extends `makeRoom` and takes away what has been written instead of growing.
 */
import { copyBytes } from '../../bytes/copy.ts';
import { parseSafeInteger } from '../../bytes/integer.ts';
import { compressLzf } from '../../bytes/lzf.ts';

const FIRST_BYTES = 4096;
/** A larger buffer is not kept for the next value. */
const KEPT_BYTES = 1 << 20;
/** The longest message that one reply can hold. */
const MOST_BYTES = 2 ** 31 - 2 ** 16;

/** Longer texts are not tried as integers. */
const INTEGER_TEXT_LIMIT = 11;
/** Shorter strings are not compressed. */
const COMPRESSED_FROM_BYTES = 21;
/** A compressed string must be so much shorter. */
const LEAST_SAVING_BYTES = 4;
const LONGEST_LENGTH_BYTES = 9;

export class RdbOutput {
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  view = new DataView(this.bytes.buffer);
  at = 0;
  /** True when long strings are compressed (rdbcompression). */
  compresses = true;
  /** True when it became more than a buffer may hold; what was written then is not all. */
  overflowed = false;

  /** Begins anew. */
  clear(): void {
    this.at = 0;
    this.overflowed = false;
    if (this.bytes.length > KEPT_BYTES) this.resize(FIRST_BYTES);
  }

  byte(value: number): void {
    if (this.reserve(1)) this.bytes[this.at++] = value;
  }

  length(length: number): void {
    if (this.reserve(LONGEST_LENGTH_BYTES)) this.at = writeLength(this.bytes, this.view, this.at, length);
  }

  /** A time in milliseconds. */
  millis(value: number): void {
    if (!this.reserve(8)) return;
    this.view.setInt32(this.at, value | 0, true);
    this.view.setInt32(this.at + 4, Math.floor(value / 4294967296), true);
    this.at += 8;
  }

  double(value: number): void {
    if (!this.reserve(8)) return;
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** The bytes as they are, without a length. */
  raw(source: Buffer, sourceView: DataView, start: number, end: number): void {
    const length = end - start;
    if (!this.reserve(length)) return;
    copyBytes(this.bytes, this.view, this.at, source, sourceView, start, length);
    this.at += length;
  }

  /** A string: as an integer where it is the text of a short one, compressed where that is allowed and saves something. */
  text(source: Buffer, sourceView: DataView, start: number, end: number): void {
    const length = end - start;
    if (length <= INTEGER_TEXT_LIMIT) {
      const value = parseSafeInteger(source, start, end);
      if (value >= -2147483648 && value <= 2147483647) return this.integer(value);
    }
    if (this.compresses && length >= COMPRESSED_FROM_BYTES && this.compressed(source, start, end)) return;
    this.length(length);
    this.raw(source, sourceView, start, end);
  }

  /** Makes sure of room for `count` bytes; false when there cannot be so much. */
  reserve(count: number): boolean {
    if (count <= this.bytes.length - this.at) return true;
    if (this.overflowed) return false;
    if (this.makeRoom(count)) return true;
    this.overflowed = true;
    return false;
  }

  /** Makes room for `count` more bytes. */
  protected makeRoom(count: number): boolean {
    const needed = this.at + count;
    if (needed > MOST_BYTES) return false;
    this.resize(Math.min(MOST_BYTES, Math.max(needed, this.bytes.length * 2)));
    return true;
  }

  private resize(size: number): void {
    const old = this.bytes;
    this.bytes = Buffer.allocUnsafeSlow(size);
    this.view = new DataView(this.bytes.buffer);
    old.copy(this.bytes, 0, 0, this.at);
  }

  private integer(value: number): void {
    if (!this.reserve(5)) return;
    const width = value >= -128 && value <= 127 ? 1 : value >= -32768 && value <= 32767 ? 2 : 4;
    this.bytes[this.at++] = width === 1 ? 0xc0 : width === 2 ? 0xc1 : 0xc2;
    for (let i = 0; i < width; i++) this.bytes[this.at++] = (value >> (8 * i)) & 255;
  }

  /** False, and nothing written, when compressing saves too little. */
  private compressed(source: Buffer, start: number, end: number): boolean {
    const length = end - start;
    const limit = length - LEAST_SAVING_BYTES;
    const heads = 1 + 2 * LONGEST_LENGTH_BYTES;
    if (!this.reserve(heads + limit)) return false;
    // Where the compressed bytes belong is known when their length is.
    const from = this.at + heads;
    const packed = compressLzf(source, start, end, this.bytes, from, limit);
    if (packed === 0) return false;
    this.bytes[this.at++] = 0xc3;
    this.at = writeLength(this.bytes, this.view, this.at, packed);
    this.at = writeLength(this.bytes, this.view, this.at, length);
    this.bytes.copyWithin(this.at, from, from + packed);
    this.at += packed;
    return true;
  }
}

function writeLength(bytes: Buffer, view: DataView, at: number, length: number): number {
  if (length < 0x40) {
    bytes[at] = length;
    return at + 1;
  }
  if (length < 0x4000) {
    bytes[at] = 0x40 | (length >>> 8);
    bytes[at + 1] = length & 255;
    return at + 2;
  }
  if (length <= 0xffffffff) {
    bytes[at] = 0x80;
    view.setUint32(at + 1, length, false);
    return at + 5;
  }
  bytes[at] = 0x81;
  view.setUint32(at + 1, Math.floor(length / 4294967296), false);
  view.setUint32(at + 5, length % 4294967296, false);
  return at + 9;
}
