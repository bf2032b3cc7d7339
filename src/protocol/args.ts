import { copyBytes } from '../bytes/copy.ts';
import { parseInt64, parseSafeInteger } from '../bytes/integer.ts';

/** A string must not be much longer: there would be no room for it in a message. */
const LONGEST_TEXT = 2 ** 28;
const NO_BYTES = Buffer.alloc(0);

/**
 * The arguments of one command: offsets into the buffer the request arrived in.
 *
 * Args are borrowed: valid until the command returns, because the buffer is the socket's and is read into again.
 * `detach` is the only way to keep them. Argument 0 is the command's name. `start`, `end`, `bytes` and `view` are public
 * for the hot loops; everything else reads through the methods.
 */
export class Args {
  bytes: Buffer;
  /** Spans the same memory as `bytes`. */
  view: DataView;
  count = 0;
  /** The argument whose hash is known, and the hash: read ahead of the command (engine/keyspace/read-ahead.ts); -1 is none. */
  hashed = -1;
  hash = 0;
  start: Int32Array<ArrayBuffer>;
  end: Int32Array<ArrayBuffer>;

  /** `room` is for how many arguments there is room at first. */
  constructor(bytes: Buffer = NO_BYTES, room = 64) {
    this.bytes = bytes;
    this.start = new Int32Array(room);
    this.end = new Int32Array(room);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Points at another buffer; offsets already stored are kept. */
  attach(bytes: Buffer, view: DataView): void {
    this.bytes = bytes;
    this.view = view;
  }

  /** Adds the argument `bytes[start..end)`. */
  push(start: number, end: number): void {
    const at = this.count++;
    if (at === this.start.length) this.grow();
    this.start[at] = start;
    this.end[at] = end;
  }

  /** Moves every offset by `delta`: the bytes were moved to another place or buffer. */
  rebase(delta: number): void {
    for (let i = 0; i < this.count; i++) {
      this.start[i] += delta;
      this.end[i] += delta;
    }
  }

  length(i: number): number {
    return this.end[i] - this.start[i];
  }

  /** True when argument `i` is `word` (lowercase ASCII), whatever its case. */
  is(i: number, word: string): boolean {
    const start = this.start[i];
    if (this.end[i] - start !== word.length) return false;
    for (let j = 0; j < word.length; j++) {
      let byte = this.bytes[start + j];
      if (byte >= 65 && byte <= 90) byte |= 32;
      if (byte !== word.charCodeAt(j)) return false;
    }
    return true;
  }

  /** True when arguments `i` and `j` have the same bytes. */
  same(i: number, j: number): boolean {
    return this.bytes.compare(this.bytes, this.start[i], this.end[i], this.start[j], this.end[j]) === 0;
  }

  /** The argument as a safe integer; NaN when it is no canonical integer or lies beyond 2^53. */
  integer(i: number): number {
    return parseSafeInteger(this.bytes, this.start[i], this.end[i]);
  }

  /** The argument as a signed 64-bit integer; undefined when it is not one. */
  int64(i: number): bigint | undefined {
    return parseInt64(this.bytes, this.start[i], this.end[i]);
  }

  /** The argument's bytes as a string of one character a byte; of an enormous one only the beginning. Allocates. */
  text(i: number): string {
    return this.bytes.toString('latin1', this.start[i], Math.min(this.end[i], this.start[i] + LONGEST_TEXT));
  }

  /** A copy of the argument's bytes. Allocates. */
  copy(i: number): Buffer {
    return Buffer.from(this.bytes.subarray(this.start[i], this.end[i]));
  }

  /**
   * Arguments of their own, with a private copy of the bytes, for a request that waits or goes on later. `own` may be such
   * arguments of before that nobody needs any more: their memory is used again, where it is enough.
   */
  detach(own = new Args(NO_BYTES, this.count)): Args {
    let total = 0;
    for (let i = 0; i < this.count; i++) total += this.length(i);
    if (total > own.bytes.length) {
      const bytes = Buffer.allocUnsafeSlow(total);
      own.attach(bytes, new DataView(bytes.buffer));
    }
    own.count = 0;
    own.hashed = -1;
    let at = 0;
    for (let i = 0; i < this.count; i++) {
      const length = this.length(i);
      copyBytes(own.bytes, own.view, at, this.bytes, this.view, this.start[i], length);
      own.push(at, at + length);
      at += length;
    }
    return own;
  }

  /** Arguments made of whole byte strings: inline requests, embedded calls, replay. */
  static of(parts: readonly Uint8Array[]): Args {
    const args = new Args(Buffer.concat(parts));
    let at = 0;
    for (const part of parts) {
      args.push(at, at + part.length);
      at += part.length;
    }
    return args;
  }

  private grow(): void {
    const start = new Int32Array(this.start.length * 2);
    const end = new Int32Array(this.end.length * 2);
    start.set(this.start);
    end.set(this.end);
    this.start = start;
    this.end = end;
  }
}
