/**
 * Finds the requests in a stream of bytes: RESP arrays of bulk strings, or inline lines.
 *
 * One parser a connection, fed with whatever arrived, in any split. It keeps where it stopped, so nothing is read twice:
 * a request of a million arguments in a thousand pieces, or a line that comes byte by byte, costs what it would cost in
 * one. Arguments found go into `args` as offsets; nothing is copied and nothing is allocated for a declared count or
 * length, only for what has arrived.
 *
 * What a stream means does not depend on how it is split either. Redis looks at a limit when a line is incomplete, so that
 * a line a little longer passes if its end came in the same read; here a line longer than the limit is always too long.
 *
 * `args` belongs to the engine and is shared by all connections. A request that is not complete keeps it (`own`), and the
 * engine goes on with a fresh one; most requests arrive whole.
 */
import { isInt64Text } from '../bytes/integer.ts';
import { Args } from './args.ts';
import { pushWords, splitArguments } from './inline.ts';

export const INCOMPLETE = 0;
export const REQUEST = 1;
/** Nothing to run: an empty line or array. */
const EMPTY = 2;
/** The connection must be closed after `error` was replied. */
export const BROKEN = 3;

/** The longest inline request and the longest count or length line, in bytes before their end. */
const LINE_LIMIT_BYTES = 64 * 1024;
/** Numbers of up to so many characters are exact without looking closer. */
const EXACT_CHARS = 15;
const MAX_ARGUMENTS = 2 ** 31 - 1;
/** What a client may send before it has authenticated. */
const UNAUTHENTICATED_ARGUMENTS = 10;
const UNAUTHENTICATED_BULK_BYTES = 16384;

const STAR = 42;
const DOLLAR = 36;
const CR = 13;
const LF = 10;
const MINUS = 45;

export class RequestParser {
  /** Where the next byte to read stands in the buffer. */
  at = 0;
  /** Why the stream is BROKEN, as Redis words it. */
  error = '';
  /** True until the client has authenticated; tightens the limits. */
  restricted = false;
  /** proto-max-bulk-len. */
  maxBulkBytes = 512 * 1024 * 1024;
  /** Arguments still to come of the request being read; 0 between requests. */
  private missing = 0;
  /** Length of the bulk string being read; -1 before its length line. */
  private bulk = -1;
  /** Bytes of an incomplete line, from `at` on, in which its end is not. */
  private looked = 0;
  private value = 0;

  /** True in the middle of a request whose arguments so far are in the args it was given. */
  get midway(): boolean {
    return this.missing > 0;
  }

  /** Bytes of the bulk string being read; -1 when there is none. Tells how much more will come. */
  get awaited(): number {
    return this.bulk;
  }

  /** Forgets the request it stands in the middle of and goes back to `at`, where a request begins. */
  rewind(at: number): void {
    this.at = at;
    this.missing = 0;
    this.bulk = -1;
    this.looked = 0;
  }

  /** Reads on from `at`, to `end` at most. On REQUEST, `args` holds the request. */
  next(bytes: Buffer, end: number, args: Args): number {
    if (this.missing === 0) {
      if (this.at >= end) return INCOMPLETE;
      if (bytes[this.at] !== STAR) return this.inline(bytes, end, args);
      const outcome = this.number(bytes, end, 'mbulk count string');
      if (outcome !== REQUEST) return outcome;
      const count = this.value;
      if (Number.isNaN(count) || count > MAX_ARGUMENTS) return this.broken('invalid multibulk length');
      if (count > UNAUTHENTICATED_ARGUMENTS && this.restricted) return this.broken('unauthenticated multibulk length');
      if (count <= 0) return EMPTY;
      this.missing = count;
      this.bulk = -1;
      args.count = 0;
      args.hashed = -1;
    }
    return this.bulks(bytes, end, args);
  }

  /**
   * Reads a request that has the form of the one before it: as many arguments, of the same lengths. Pipelines are made of
   * such, and their numbers need not be read again, only compared. False when it has another form, or is not complete:
   * nothing was read.
   *
   * @param before the request that ends at `at`, which stands in the same buffer as the one to read
   * @param from where it begins
   */
  repeat(view: DataView, end: number, before: Args, from: number, args: Args): boolean {
    const shift = this.at - from;
    const { count, start: starts, end: ends } = before;
    if (this.at + shift > end || count > args.start.length || view.getUint8(from) !== STAR) return false;
    let head = from;
    for (let i = 0; i < count; i++) {
      const start = starts[i];
      for (let at = head; at < start - 4; at += 4) {
        if (view.getInt32(at, true) !== view.getInt32(at + shift, true)) return false;
      }
      if (view.getInt32(start - 4, true) !== view.getInt32(start - 4 + shift, true)) return false;
      head = ends[i];
      args.start[i] = start + shift;
      args.end[i] = head + shift;
    }
    args.count = count;
    args.hashed = -1;
    this.at += shift;
    return true;
  }

  private bulks(bytes: Buffer, end: number, args: Args): number {
    while (this.missing > 0) {
      if (this.bulk < 0) {
        if (this.at >= end) return INCOMPLETE;
        if (bytes[this.at] !== DOLLAR) return this.notBulk(bytes, end);
        const outcome = this.number(bytes, end, 'bulk count string');
        if (outcome !== REQUEST) return outcome;
        const length = this.value;
        if (!(length >= 0 && length <= this.maxBulkBytes)) return this.broken('invalid bulk length');
        if (length > UNAUTHENTICATED_BULK_BYTES && this.restricted) return this.broken('unauthenticated bulk length');
        this.bulk = length;
      }
      const bodyEnd = this.at + this.bulk;
      if (bodyEnd + 2 > end) return INCOMPLETE;
      args.push(this.at, bodyEnd);
      this.at = bodyEnd + 2;
      this.bulk = -1;
      this.missing--;
    }
    return REQUEST;
  }

  /** Reads the line `<marker><digits>\r\n` at `at` into `value` (NaN for no canonical int64) and passes it. */
  private number(bytes: Buffer, end: number, name: string): number {
    const start = this.at;
    // What was looked at before is looked at again only once the line is complete.
    if (this.looked > 0 && !this.findsEnd(bytes, end)) return this.incompleteLine(name);
    let at = start + 1;
    const negative = at < end && bytes[at] === MINUS;
    if (negative) at++;
    const first = at;
    const limit = Math.min(end, start + LINE_LIMIT_BYTES + 1);
    let value = 0;
    while (at < limit && bytes[at] !== CR) {
      const digit = bytes[at++] - 48;
      value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
    }
    // Both bytes of the line's end must be there; which byte follows CR is not looked at, as in Redis.
    if (at + 1 >= end || at >= limit) {
      this.looked = at - start;
      return this.incompleteLine(name);
    }
    const digits = at - first;
    const canonical = digits > 0 && (bytes[first] !== 48 || (digits === 1 && !negative));
    this.value = canonical ? (negative ? -value : value) : Number.NaN;
    if (digits > EXACT_CHARS && !isInt64Text(bytes, start + 1, at)) this.value = Number.NaN;
    this.looked = 0;
    this.at = at + 2;
    return REQUEST;
  }

  /** Refuses what stands where a bulk string should, once its line is complete. */
  private notBulk(bytes: Buffer, end: number): number {
    if (!this.findsEnd(bytes, end)) return this.incompleteLine('bulk count string');
    return this.broken(`expected '$', got '${printable(bytes[this.at])}'`);
  }

  /** Looks on for the CR of an incomplete line; true when it is there with a byte behind it. */
  private findsEnd(bytes: Buffer, end: number): boolean {
    const limit = Math.min(end, this.at + LINE_LIMIT_BYTES + 1);
    let at = this.at + this.looked;
    while (at < limit && bytes[at] !== CR) at++;
    this.looked = at - this.at;
    return at < limit && at + 1 < end;
  }

  private incompleteLine(name: string): number {
    return this.looked > LINE_LIMIT_BYTES ? this.broken(`too big ${name}`) : INCOMPLETE;
  }

  private inline(bytes: Buffer, end: number, args: Args): number {
    const limit = Math.min(end, this.at + LINE_LIMIT_BYTES + 1);
    let newline = this.at + this.looked;
    while (newline < limit && bytes[newline] !== LF) newline++;
    if (newline >= limit) {
      this.looked = newline - this.at;
      return this.incompleteLine('inline request');
    }
    this.looked = 0;
    const lineEnd = newline > this.at && bytes[newline - 1] === CR ? newline - 1 : newline;
    const lineStart = this.at;
    this.at = newline + 1;
    args.hashed = -1;
    if (pushWords(bytes, lineStart, lineEnd, args)) return args.count === 0 ? EMPTY : REQUEST;
    const parts = splitArguments(bytes.subarray(lineStart, lineEnd));
    if (parts === undefined) return this.broken('unbalanced quotes in request');
    if (parts.length === 0) return EMPTY;
    const line = Args.of(parts);
    args.attach(line.bytes, line.view);
    for (let i = 0; i < line.count; i++) args.push(line.start[i], line.end[i]);
    return REQUEST;
  }

  private broken(reason: string): number {
    this.error = `ERR Protocol error: ${reason}`;
    return BROKEN;
  }
}

function printable(byte: number): string {
  return byte === CR || byte === LF ? ' ' : String.fromCharCode(byte);
}
