import { formatDouble } from '../bytes/double.ts';
import { writeInteger } from '../bytes/integer.ts';
import type { OutputBuffer } from './output-buffer.ts';
import type { Deferred, Reply } from './reply.ts';

const STAR = 42;
const DOLLAR = 36;
const COLON = 58;

/** The text of the number being replied. */
const digits = Buffer.alloc(24);
const digitsView = new DataView(digits.buffer, digits.byteOffset, digits.length);

/** True for a double whose text is an integer's. */
export function isPlainInteger(value: number): boolean {
  return Number.isSafeInteger(value) && !Object.is(value, -0);
}

/** Replies as RESP2 bytes. What RESP2 has no form for is flattened: maps and sets to arrays, doubles to bulk strings. */
export class Resp2Reply implements Reply {
  errors = 0;
  lastError = '';
  readonly out: OutputBuffer;

  constructor(out: OutputBuffer) {
    this.out = out;
  }

  ok(): void {
    const out = this.out;
    out.reserve(5);
    const bytes = out.bytes;
    const at = out.at;
    bytes[at] = 43;
    bytes[at + 1] = 79;
    bytes[at + 2] = 75;
    bytes[at + 3] = 13;
    bytes[at + 4] = 10;
    out.at = at + 5;
  }

  status(text: string): void {
    this.line('+', text);
  }

  error(text: string): void {
    this.errors++;
    this.lastError = text;
    this.line('-', text.replace(/[\r\n]/g, ' '));
  }

  integer(value: number): void {
    this.out.head(COLON, value);
  }

  int64(value: bigint): void {
    this.line(':', value.toString());
  }

  bulk(bytes: Buffer, view: DataView, start: number, end: number): void {
    this.out.bulk(bytes, view, start, end);
  }

  buffer(bytes: Uint8Array): void {
    const out = this.out;
    out.head(DOLLAR, bytes.length);
    out.reserve(bytes.length + 2);
    out.bytes.set(bytes, out.at);
    out.at += bytes.length;
    out.bytes[out.at++] = 13;
    out.bytes[out.at++] = 10;
  }

  text(value: string): void {
    const out = this.out;
    const length = Buffer.byteLength(value);
    out.head(DOLLAR, length);
    out.reserve(length + 2);
    out.at += out.bytes.write(value, out.at);
    out.bytes[out.at++] = 13;
    out.bytes[out.at++] = 10;
  }

  latin1(value: string): void {
    const out = this.out;
    out.head(DOLLAR, value.length);
    out.ascii(value);
    out.reserve(2);
    out.bytes[out.at++] = 13;
    out.bytes[out.at++] = 10;
  }

  verbatim(value: string): void {
    this.text(value);
  }

  formatted(_: string, value: string): void {
    this.latin1(value);
  }

  double(value: number): void {
    // Nearly all scores are integers: those make no string.
    if (!isPlainInteger(value)) return this.text(formatDouble(value));
    this.bulk(digits, digitsView, 0, writeInteger(digits, 0, value));
  }

  decimal(digits: string): void {
    this.text(digits);
  }

  bigNumber(digits: string): void {
    this.latin1(digits);
  }

  boolean(value: boolean): void {
    this.integer(value ? 1 : 0);
  }

  null(): void {
    this.out.ascii('$-1\r\n');
  }

  nullArray(): void {
    this.out.ascii('*-1\r\n');
  }

  array(length: number): void {
    this.out.head(STAR, length);
  }

  set(length: number): void {
    this.out.head(STAR, length);
  }

  map(pairs: number): void {
    this.out.head(STAR, pairs * 2);
  }

  pairs(count: number): void {
    this.out.head(STAR, count * 2);
  }

  pair(): void {}

  beginArray(): Deferred {
    return this.out.openHead() as Deferred;
  }

  endArray(deferred: Deferred, length: number): void {
    this.out.closeHead(deferred, STAR, length);
  }

  beginMap(): Deferred {
    return this.out.openHead() as Deferred;
  }

  endMap(deferred: Deferred, pairs: number): void {
    this.out.closeHead(deferred, STAR, pairs * 2);
  }

  beginTable(): Deferred {
    return this.out.openHead() as Deferred;
  }

  row(): void {
    this.array(2);
  }

  endTable(deferred: Deferred, rows: number): void {
    this.out.closeHead(deferred, STAR, rows);
  }

  beginSet(): Deferred {
    return this.out.openHead() as Deferred;
  }

  endSet(deferred: Deferred, length: number): void {
    this.out.closeHead(deferred, STAR, length);
  }

  push(length: number): void {
    this.out.head(STAR, length);
  }

  protected line(marker: string, text: string): void {
    this.out.ascii(marker);
    this.out.ascii(text);
    this.out.ascii('\r\n');
  }
}
