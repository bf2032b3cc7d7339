/**
 * Reading the atoms of RDB: bytes, lengths, strings, doubles.
 *
 *   00xxxxxx                     length up to 63
 *   01xxxxxx xxxxxxxx            length up to 16383
 *   0x80 + 4 bytes               length up to 2^32 - 1, big-endian
 *   0x81 + 8 bytes               longer, big-endian
 *   0xC0, 0xC1, 0xC2             in the place of a string's length: an integer of 8, 16, 32 bits follows, little-endian
 *   0xC3                         LZF: compressed length, length, compressed bytes
 *
 * What is read may be hostile. Nothing is believed before it is there: a length is compared with the bytes that are left, a
 * compressed string's with what its bytes give, and only then is memory taken. The first thing that is wrong sets `failed`;
 * from then on everything reads as nothing, so a reader may go on to the end of its loop and ask once.
 *
 * A file's reader extends `more` and `left`. It must leave the bytes that were read as they are, for texts point at them.
 */
import { uncompressedLength, uncompressLzf } from '../../bytes/lzf.ts';
import { parseDouble } from '../../bytes/parse-double.ts';
import { MAX_STRING_BYTES } from '../memory/layout.ts';
import type { ListpackCursor } from '../structures/listpack.ts';

const NOTHING = Buffer.alloc(0);
const NO_VIEW = new DataView(new ArrayBuffer(0));

const LONG_LENGTH = 0x80;
const LONGER_LENGTH = 0x81;
const INT8 = 0xc0;
const INT16 = 0xc1;
const INT32 = 0xc2;
const LZF = 0xc3;

/** Lengths of a score written as text that stand for what has no digits. */
const TEXT_NAN = 253;
const TEXT_INFINITY = 254;
const TEXT_MINUS_INFINITY = 255;

export class RdbInput {
  bytes: Buffer = NOTHING;
  view: DataView = NO_VIEW;
  at = 0;
  end = 0;
  failed = false;
  /** What was wrong first, for the log. */
  problem = '';

  /** Begins to read `bytes[start..end)`; `view` spans the same memory as `bytes`. */
  begin(bytes: Buffer, view: DataView, start: number, end: number): void {
    this.bytes = bytes;
    this.view = view;
    this.at = start;
    this.end = end;
    this.failed = false;
    this.problem = '';
  }

  /** Bytes that may follow. */
  get left(): number {
    return this.end - this.at;
  }

  /** True when `count` bytes can be read; else the input has failed. */
  has(count: number): boolean {
    if (this.failed) return false;
    if (count <= this.end - this.at || this.more(count)) return true;
    return this.fail();
  }

  /** Notes that what was read makes no sense; false, so that it can be returned. */
  fail(problem = 'the bytes are no value'): false {
    if (!this.failed) this.problem = problem;
    this.failed = true;
    return false;
  }

  /** The same of something that was read whole, in the words of Redis's log. */
  refuse(what: string): false {
    return this.fail(`${what} integrity check failed.`);
  }

  byte(): number {
    return this.has(1) ? this.bytes[this.at++] : 0;
  }

  /** A length or count; 0 after a failure. */
  length(): number {
    const first = this.byte();
    if (first < 0x40) return first;
    if (first < 0x80) return ((first & 63) << 8) | this.byte();
    if (first === LONG_LENGTH && this.has(4)) {
      this.at += 4;
      return this.view.getUint32(this.at - 4, false);
    }
    if (first === LONGER_LENGTH && this.has(8)) {
      this.at += 8;
      const value = this.view.getUint32(this.at - 8, false) * 4294967296 + this.view.getUint32(this.at - 4, false);
      if (Number.isSafeInteger(value)) return value;
    }
    this.fail();
    return 0;
  }

  /** The number of elements that follow, each of `least` bytes at least; 0 after a failure. */
  count(least: number): number {
    const count = this.length();
    if (count * least > this.left) this.fail();
    return this.failed ? 0 : count;
  }

  /** Points `text` at a string, which stays as long as the bytes do; false after a failure. */
  text(text: ListpackCursor): boolean {
    if (!this.has(1)) return false;
    switch (this.bytes[this.at]) {
      case INT8:
        return this.integer(text, 1);
      case INT16:
        return this.integer(text, 2);
      case INT32:
        return this.integer(text, 4);
      case LZF:
        return this.compressed(text);
    }
    const length = this.length();
    if (length > MAX_STRING_BYTES) return this.fail();
    if (!this.has(length)) return false;
    text.point(this.bytes, this.view, this.at, this.at + length);
    this.at += length;
    return true;
  }

  /** A time in milliseconds, of eight bytes; 0 after a failure. */
  millis(): number {
    if (!this.has(8)) return 0;
    this.at += 8;
    const value = this.view.getInt32(this.at - 4, true) * 4294967296 + this.view.getUint32(this.at - 8, true);
    if (Number.isSafeInteger(value)) return value;
    this.fail();
    return 0;
  }

  /** A double of eight bytes. */
  double(): number {
    if (!this.has(8)) return 0;
    this.at += 8;
    return this.view.getFloat64(this.at - 8, true);
  }

  /** A double as digits behind a byte that tells how many; NaN also for what is no number. */
  textDouble(): number {
    const length = this.byte();
    if (length === TEXT_NAN) return Number.NaN;
    if (length === TEXT_INFINITY) return Number.POSITIVE_INFINITY;
    if (length === TEXT_MINUS_INFINITY) return Number.NEGATIVE_INFINITY;
    if (!this.has(length)) return 0;
    this.at += length;
    return parseDouble(this.bytes, this.at - length, this.at);
  }

  /** Makes sure that `count` bytes from `at` on are in `bytes`, if there are more to be had. */
  protected more(_count: number): boolean {
    return false;
  }

  private integer(text: ListpackCursor, width: number): boolean {
    if (!this.has(1 + width)) return false;
    const { view } = this;
    const from = this.at + 1;
    this.at = from + width;
    text.showInteger(
      width === 1 ? view.getInt8(from) : width === 2 ? view.getInt16(from, true) : view.getInt32(from, true),
    );
    return true;
  }

  private compressed(text: ListpackCursor): boolean {
    this.at++;
    const packed = this.length();
    const length = this.length();
    if (length > MAX_STRING_BYTES) return this.fail();
    if (!this.has(packed)) return false;
    const from = this.at;
    this.at += packed;
    if (uncompressedLength(this.bytes, from, this.at) !== length) return this.fail();
    const target = Buffer.allocUnsafeSlow(length);
    const view = new DataView(target.buffer);
    uncompressLzf(this.bytes, this.view, from, this.at, target, view, 0);
    text.point(target, view, 0, length);
    return true;
  }
}
