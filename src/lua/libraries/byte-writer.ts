/**
 * Bytes that grow to a string: what cjson and cmsgpack write into.
 *
 * Short texts are copied byte by byte, which is faster than asking Node; long ones are not. Concatenating strings instead was
 * measured at twice the time, as the rope has to be flattened when somebody reads it.
 *
 * The bytes are kept for the next string unless they have become many.
 */
import type { Budget } from '../budget.ts';

const LEAST_CAPACITY = 1 << 12;
const MOST_KEPT = 1 << 20;
const SHORT_TEXT = 24;
/** Bytes written in a step. */
const SHIFT_OF_STEP = 4;
const TEN = 10;
/** Integers below are written digit by digit. */
const SMALL = 1e9;

export class ByteWriter {
  bytes = Buffer.allocUnsafeSlow(LEAST_CAPACITY);
  length = 0;
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  /** Makes room for `count` bytes more, which may then be written at `length`. Throws Lua's "not enough memory". */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.grow(this.length + count);
  }

  private grow(needed: number): void {
    this.budget.spend(this.length >> SHIFT_OF_STEP);
    this.budget.allocateString(needed);
    const bytes = Buffer.allocUnsafeSlow(needed + (needed >> 1));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  byte(value: number): void {
    if (this.length === this.bytes.length) this.grow(this.length + 1);
    this.bytes[this.length++] = value;
  }

  /** A text whose characters are bytes. */
  text(text: string): void {
    this.reserve(text.length);
    if (text.length > SHORT_TEXT) {
      this.length += this.bytes.write(text, this.length, 'latin1');
      return;
    }
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.length = at;
  }

  /** The decimal digits of an integer from 0 to below 10^9; false, with nothing written, for any other number. */
  digits(number: number): boolean {
    if (!(number >= 0 && number < SMALL && (number | 0) === number) || Object.is(number, -0)) return false;
    let count = 1;
    for (let limit = TEN; limit <= number; limit *= TEN) count++;
    this.reserve(count);
    let rest = number;
    this.length += count;
    for (let at = this.length - 1; count > 0; count--, at--) {
      const tenth = (rest / TEN) | 0;
      this.bytes[at] = 0x30 + rest - tenth * TEN;
      rest = tenth;
    }
    return true;
  }

  /** Forgets what was written. */
  clear(): void {
    this.length = 0;
    if (this.bytes.length > MOST_KEPT) this.bytes = Buffer.allocUnsafeSlow(LEAST_CAPACITY);
  }

  /** What was written, as a string; nothing is left. */
  take(): string {
    this.budget.spend(this.length >> SHIFT_OF_STEP);
    this.budget.allocateString(this.length);
    const text = this.bytes.toString('latin1', 0, this.length);
    this.clear();
    return text;
  }
}
