/**
 * The ID of a stream's entry: milliseconds and a sequence number, each unsigned and of 64 bits, kept as four signed words,
 * the most significant first. So the whole range is exact, and nothing on the way of an entry makes a BigInt.
 */
import { writeUint64 } from '../../bytes/uint64.ts';

export const STREAM_ID_WORDS = 4;
/** Digits of two numbers and the sign between them. */
export const STREAM_ID_TEXT_BYTES = 41;

export class StreamId {
  msHigh = 0;
  msLow = 0;
  sequenceHigh = 0;
  sequenceLow = 0;

  set(msHigh: number, msLow: number, sequenceHigh: number, sequenceLow: number): void {
    this.msHigh = msHigh;
    this.msLow = msLow;
    this.sequenceHigh = sequenceHigh;
    this.sequenceLow = sequenceLow;
  }

  /** The first ID of a time in milliseconds, a safe integer that is not negative. */
  setTime(ms: number): void {
    this.set(Math.floor(ms / 4294967296) | 0, ms | 0, 0, 0);
  }

  /** The smallest ID, which no entry has. */
  setMinimum(): void {
    this.set(0, 0, 0, 0);
  }

  setMaximum(): void {
    this.set(-1, -1, -1, -1);
  }

  copy(other: StreamId): void {
    this.set(other.msHigh, other.msLow, other.sequenceHigh, other.sequenceLow);
  }

  get isMinimum(): boolean {
    return (this.msHigh | this.msLow | this.sequenceHigh | this.sequenceLow) === 0;
  }

  get isMaximum(): boolean {
    return (this.msHigh & this.msLow & this.sequenceHigh & this.sequenceLow) === -1;
  }

  /** Goes to the next ID; false at the last, which stays. */
  increment(): boolean {
    if (this.isMaximum) return false;
    this.sequenceLow = (this.sequenceLow + 1) | 0;
    if (this.sequenceLow !== 0) return true;
    this.sequenceHigh = (this.sequenceHigh + 1) | 0;
    if (this.sequenceHigh !== 0) return true;
    this.msLow = (this.msLow + 1) | 0;
    if (this.msLow === 0) this.msHigh = (this.msHigh + 1) | 0;
    return true;
  }

  /** Goes to the ID before; false at the first, which stays. */
  decrement(): boolean {
    if (this.isMinimum) return false;
    this.sequenceLow = (this.sequenceLow - 1) | 0;
    if (this.sequenceLow !== -1) return true;
    this.sequenceHigh = (this.sequenceHigh - 1) | 0;
    if (this.sequenceHigh !== -1) return true;
    this.msLow = (this.msLow - 1) | 0;
    if (this.msLow === -1) this.msHigh = (this.msHigh - 1) | 0;
    return true;
  }
}

/** Below 0, 0 or above 0, as `a` is before, at or after `b`. */
export function compareIds(a: StreamId, b: StreamId): number {
  if (a.msHigh !== b.msHigh) return a.msHigh >>> 0 < b.msHigh >>> 0 ? -1 : 1;
  if (a.msLow !== b.msLow) return a.msLow >>> 0 < b.msLow >>> 0 ? -1 : 1;
  if (a.sequenceHigh !== b.sequenceHigh) return a.sequenceHigh >>> 0 < b.sequenceHigh >>> 0 ? -1 : 1;
  if (a.sequenceLow !== b.sequenceLow) return a.sequenceLow >>> 0 < b.sequenceLow >>> 0 ? -1 : 1;
  return 0;
}

/** The same for an ID kept in words. */
export function compareIdAt(words: Int32Array, at: number, b: StreamId): number {
  if (words[at] !== b.msHigh) return words[at] >>> 0 < b.msHigh >>> 0 ? -1 : 1;
  if (words[at + 1] !== b.msLow) return words[at + 1] >>> 0 < b.msLow >>> 0 ? -1 : 1;
  if (words[at + 2] !== b.sequenceHigh) return words[at + 2] >>> 0 < b.sequenceHigh >>> 0 ? -1 : 1;
  if (words[at + 3] !== b.sequenceLow) return words[at + 3] >>> 0 < b.sequenceLow >>> 0 ? -1 : 1;
  return 0;
}

export function readIdAt(words: Int32Array, at: number, id: StreamId): void {
  id.msHigh = words[at];
  id.msLow = words[at + 1];
  id.sequenceHigh = words[at + 2];
  id.sequenceLow = words[at + 3];
}

export function writeIdAt(words: Int32Array, at: number, id: StreamId): void {
  words[at] = id.msHigh;
  words[at + 1] = id.msLow;
  words[at + 2] = id.sequenceHigh;
  words[at + 3] = id.sequenceLow;
}

/** Writes the milliseconds of the ID's text and the sign behind them at `at`; returns the position behind it. */
export function writeIdTime(bytes: Buffer, at: number, id: StreamId): number {
  const sign = writeUint64(bytes, at, id.msHigh, id.msLow);
  bytes[sign] = 0x2d;
  return sign + 1;
}

/** Writes the ID's text at `at`, up to STREAM_ID_TEXT_BYTES; returns the position behind it. */
export function writeIdText(bytes: Buffer, at: number, id: StreamId): number {
  return writeUint64(bytes, writeIdTime(bytes, at, id), id.sequenceHigh, id.sequenceLow);
}
