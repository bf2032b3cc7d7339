import { copyBytes } from '../bytes/copy.ts';
import { integerLength, writeInteger } from '../bytes/integer.ts';

/** Replies that wait together are no longer than this; positions in them stay 32-bit integers. */
export const LARGEST_BYTES = 2 ** 31 - 1;
/** What a fresh buffer holds; one socket write seldom needs more. */
const INITIAL_BYTES = 64 * 1024;
/** A head whose value has one digit. */
const SHORT_HEAD_BYTES = 4;
const DOLLAR = 36;
/** So many parts are remembered: replies of a few lengths to fifty clients, in any order, have a thousand places to stand. */
const PART_BITS = 11;
const PARTS = 1 << PART_BITS;
const NO_PART = new Uint8Array(0);

/** A reply for which there is no memory, or more of it than may wait; the command that made it was broken off. */
export class ReplyTooLong extends Error {
  override readonly name = 'ReplyTooLong';
}

/**
 * The bytes of replies not yet given to a socket: one growing buffer, written at `at`.
 *
 * All connections of an engine share one, because a turn serves one connection at a time: it is filled, handed to the
 * socket and filled again. When the socket could not take it at once, `release` leaves the bytes to the socket and
 * continues in a fresh buffer.
 */
export class OutputBuffer {
  bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  view = new DataView(this.bytes.buffer);
  at = 0;
  private readonly parts: Uint8Array[] = new Array(PARTS).fill(NO_PART);
  private readonly froms = new Int32Array(PARTS).fill(-1);
  private readonly tos = new Int32Array(PARTS);

  /** `bytes[from..to)`: like requests have replies that stand in the same places turn after turn, so parts are used again. */
  part(from: number, to: number): Uint8Array {
    const slot = Math.imul(from * 31 + to, 0x9e3779b1) >>> (32 - PART_BITS);
    if (this.froms[slot] === from && this.tos[slot] === to) return this.parts[slot];
    const part = new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + from, to - from);
    this.froms[slot] = from;
    this.tos[slot] = to;
    this.parts[slot] = part;
    return part;
  }

  /** Makes room for `length` more bytes. Throws ReplyTooLong when there is none. */
  reserve(length: number): void {
    if (this.at + length > this.bytes.length) this.grow(length);
  }

  ascii(text: string): void {
    this.reserve(text.length);
    if (text.length > 64) {
      this.at += this.bytes.write(text, this.at, 'latin1');
      return;
    }
    const bytes = this.bytes;
    let at = this.at;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.at = at;
  }

  copy(source: Buffer, sourceView: DataView, start: number, end: number): void {
    this.reserve(end - start);
    copyBytes(this.bytes, this.view, this.at, source, sourceView, start, end - start);
    this.at += end - start;
  }

  /** `<marker><value>\r\n`, the head of most RESP elements. */
  head(marker: number, value: number): void {
    this.reserve(24);
    const bytes = this.bytes;
    let at = this.at;
    bytes[at++] = marker;
    at = writeShort(bytes, at, value);
    bytes[at++] = 13;
    bytes[at++] = 10;
    this.at = at;
  }

  /** `$<length>\r\n<source[start..end)>\r\n`: a bulk string, for which room is made once. */
  bulk(source: Buffer, sourceView: DataView, start: number, end: number): void {
    const length = end - start;
    this.reserve(length + 24);
    const bytes = this.bytes;
    let at = this.at;
    bytes[at++] = DOLLAR;
    at = writeShort(bytes, at, length);
    bytes[at++] = 13;
    bytes[at++] = 10;
    copyBytes(bytes, this.view, at, source, sourceView, start, length);
    at += length;
    bytes[at++] = 13;
    bytes[at++] = 10;
    this.at = at;
  }

  /** Leaves room for a head whose value is told later, to `closeHead`; returns its position. */
  openHead(): number {
    this.reserve(SHORT_HEAD_BYTES);
    const position = this.at;
    this.at = position + SHORT_HEAD_BYTES;
    return position;
  }

  /** Writes the head at `position`, where room was left for one digit: for more, what follows is moved. */
  closeHead(position: number, marker: number, value: number): void {
    const more = integerLength(value) - 1;
    if (more > 0) {
      this.reserve(more);
      this.bytes.copyWithin(position + SHORT_HEAD_BYTES + more, position + SHORT_HEAD_BYTES, this.at);
      this.at += more;
    }
    const bytes = this.bytes;
    bytes[position] = marker;
    const at = writeShort(bytes, position + 1, value);
    bytes[at] = 13;
    bytes[at + 1] = 10;
  }

  /** Forgets the bytes, whose memory a socket still reads, and goes on in a fresh buffer. */
  release(): void {
    this.bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
    this.view = new DataView(this.bytes.buffer);
    this.at = 0;
    this.forgetParts();
  }

  private grow(length: number): void {
    const needed = this.at + length;
    if (needed > LARGEST_BYTES) throw new ReplyTooLong();
    const grown = allocate(Math.min(LARGEST_BYTES, Math.max(this.bytes.length * 2, needed)));
    this.bytes.copy(grown, 0, 0, this.at);
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
    this.forgetParts();
  }

  private forgetParts(): void {
    this.parts.fill(NO_PART);
    this.froms.fill(-1);
  }
}

/** Writes an integer, most of which have one or two digits; returns the position behind it. */
function writeShort(bytes: Uint8Array, at: number, value: number): number {
  if (!(value >= 0 && value < 100)) return writeInteger(bytes, at, value);
  if (value < 10) {
    bytes[at] = 48 + value;
    return at + 1;
  }
  const tens = (value / 10) | 0;
  bytes[at] = 48 + tens;
  bytes[at + 1] = 48 + value - tens * 10;
  return at + 2;
}

function allocate(length: number): Buffer<ArrayBuffer> {
  try {
    return Buffer.allocUnsafeSlow(length);
  } catch {
    throw new ReplyTooLong();
  }
}
