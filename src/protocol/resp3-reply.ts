import { formatDouble } from '../bytes/double.ts';
import type { Deferred } from './reply.ts';
import { isPlainInteger, Resp2Reply } from './resp2-reply.ts';

const COMMA = 44;
const PERCENT = 37;
const TILDE = 126;
const PUSH = 62;

/** Replies as RESP3 bytes: what RESP2 flattens keeps its own type. */
export class Resp3Reply extends Resp2Reply {
  override verbatim(value: string): void {
    this.out.head(61, Buffer.byteLength(value) + 4);
    this.out.ascii('txt:');
    this.out.reserve(Buffer.byteLength(value) + 2);
    this.out.at += this.out.bytes.write(value, this.out.at);
    this.out.ascii('\r\n');
  }

  override formatted(format: string, value: string): void {
    this.out.head(61, value.length + 4);
    this.out.ascii(`${format.slice(0, 3).padEnd(3)}:`);
    this.out.ascii(value);
    this.out.ascii('\r\n');
  }

  override double(value: number): void {
    if (isPlainInteger(value)) this.out.head(COMMA, value);
    else this.line(',', formatDouble(value));
  }

  override decimal(digits: string): void {
    this.line(',', digits);
  }

  override bigNumber(digits: string): void {
    this.line('(', digits);
  }

  override boolean(value: boolean): void {
    this.out.ascii(value ? '#t\r\n' : '#f\r\n');
  }

  override null(): void {
    this.out.ascii('_\r\n');
  }

  override nullArray(): void {
    this.out.ascii('_\r\n');
  }

  override set(length: number): void {
    this.out.head(TILDE, length);
  }

  override map(pairs: number): void {
    this.out.head(PERCENT, pairs);
  }

  override pairs(count: number): void {
    this.array(count);
  }

  override pair(): void {
    this.array(2);
  }

  override endMap(deferred: Deferred, pairs: number): void {
    this.out.closeHead(deferred, PERCENT, pairs);
  }

  override row(): void {}

  override endTable(deferred: Deferred, rows: number): void {
    this.out.closeHead(deferred, PERCENT, rows);
  }

  override endSet(deferred: Deferred, length: number): void {
    this.out.closeHead(deferred, TILDE, length);
  }

  override push(length: number): void {
    this.out.head(PUSH, length);
  }
}
