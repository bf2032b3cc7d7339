/**
 * A listpack: elements packed one behind the other, byte for byte as Redis lays them out, so that files, DUMP and
 * replication copy them as they are.
 *
 *   | total bytes, 4 | elements, 2 | element … | 0xFF |
 *   element   | kind and length | data | length of both, backwards, 1 to 5 bytes |
 *
 *   0xxxxxxx                  integer of 7 bits, not negative
 *   10xxxxxx                  string of up to 63 bytes
 *   110xxxxx xxxxxxxx         integer of 13 bits
 *   1110xxxx xxxxxxxx         string of up to 4095 bytes
 *   11110000 + 4 bytes        string of up to 2^32 - 1 bytes
 *   11110001 .. 11110100      integers of 16, 24, 32, 64 bits
 *
 * Text that is a canonical integer is kept as an integer. The count saturates at 65535; then elements must be walked.
 *
 * Positions are absolute in the bytes of a segment; whoever owns the listpack makes the room (values/inline.ts for those in
 * records, quicklist nodes for theirs) and these functions read and write it.
 */
import { copyBytes, equalBytes } from '../../bytes/copy.ts';
import { isInt64Text, parseInt64, parseSafeInteger, writeInteger } from '../../bytes/integer.ts';

export const LISTPACK_HEADER_BYTES = 6;
export const EMPTY_LISTPACK_BYTES = 7;
export const LISTPACK_END = 0xff;
/** A count of this says that the elements must be counted. */
export const UNKNOWN_COUNT = 65535;

const SHORT_STRING_BYTES = 63;
const MIDDLE_STRING_BYTES = 4095;

export function writeEmptyListpack(bytes: Buffer, view: DataView, at: number): void {
  view.setUint32(at, EMPTY_LISTPACK_BYTES, true);
  view.setUint16(at + 4, 0, true);
  bytes[at + 6] = LISTPACK_END;
}

/** Total bytes, header and end included. */
export function listpackBytes(view: DataView, at: number): number {
  return view.getUint32(at, true);
}

export function setListpackBytes(view: DataView, at: number, total: number): void {
  view.setUint32(at, total, true);
}

export function listpackCount(bytes: Buffer, view: DataView, at: number): number {
  const count = view.getUint16(at + 4, true);
  if (count !== UNKNOWN_COUNT) return count;
  let walked = 0;
  for (let p = at + LISTPACK_HEADER_BYTES; bytes[p] !== LISTPACK_END; p += elementBytes(bytes, view, p)) walked++;
  if (walked < UNKNOWN_COUNT) view.setUint16(at + 4, walked, true);
  return walked;
}

/** Notes that `delta` elements were added, or removed when negative. */
export function addToListpackCount(view: DataView, at: number, delta: number): void {
  const count = view.getUint16(at + 4, true);
  if (count !== UNKNOWN_COUNT) view.setUint16(at + 4, Math.min(count + delta, UNKNOWN_COUNT), true);
}

/** The bytes of the element at `p`, the length at its end included. */
export function elementBytes(bytes: Buffer, view: DataView, p: number): number {
  const kind = bytes[p];
  if (kind < 0x80) return 2;
  if (kind < 0xc0) return (kind & 63) + 2;
  if (kind < 0xe0) return 3;
  if (kind >= 0xf0) return largeElementBytes(bytes, view, p);
  const body = (((kind & 15) << 8) | bytes[p + 1]) + 2;
  return body <= 127 ? body + 1 : body + 2;
}

/** The same of large integers and texts: apart, so that walking along the others is little code where it is inlined. */
function largeElementBytes(bytes: Buffer, view: DataView, p: number): number {
  const body = bodyBytes(bytes, view, p);
  return body + backlengthBytes(body);
}

/** Where the element before `p` begins; `p` may be the end mark. The first element has none before it. */
export function previousElement(bytes: Buffer, p: number): number {
  let at = p - 1;
  let length = bytes[at] & 127;
  for (let factor = 128; (bytes[at] & 128) !== 0; factor *= 128) length += (bytes[--at] & 127) * factor;
  return at - length;
}

/** The bytes that `source[start..end)` takes as an element. */
export function newElementBytes(source: Buffer, start: number, end: number): number {
  const body = integerBodyBytes(source, start, end);
  if (body > 0) return body + 1;
  const length = end - start;
  const text = length + (length <= SHORT_STRING_BYTES ? 1 : length <= MIDDLE_STRING_BYTES ? 2 : 5);
  return text + backlengthBytes(text);
}

/** Writes `source[start..end)` as an element at `p`; returns the position behind it. */
export function writeElement(
  bytes: Buffer,
  view: DataView,
  p: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): number {
  const integerBody = integerBodyBytes(source, start, end);
  if (integerBody > 0) {
    writeIntegerBody(bytes, view, p, integerBody, source, start, end);
    bytes[p + integerBody] = integerBody;
    return p + integerBody + 1;
  }
  const length = end - start;
  let at = p;
  if (length <= SHORT_STRING_BYTES) bytes[at++] = 0x80 | length;
  else if (length <= MIDDLE_STRING_BYTES) {
    bytes[at++] = 0xe0 | (length >>> 8);
    bytes[at++] = length & 255;
  } else {
    bytes[at] = 0xf0;
    view.setUint32(at + 1, length, true);
    at += 5;
  }
  copyBytes(bytes, view, at, source, sourceView, start, length);
  return writeBacklength(bytes, at + length, at + length - p);
}

/**
 * The first element from `p` on that equals `source[start..end)`, looking at every (`skip` + 1)-th; the position of the end
 * mark's byte is never returned: 0 when there is none.
 */
export function findElement(
  bytes: Buffer,
  view: DataView,
  p: number,
  skip: number,
  source: Buffer,
  sourceView: DataView,
  start: number,
  end: number,
): number {
  const length = end - start;
  const body = integerBodyBytes(source, start, end);
  const integer = body > 0 && body < 9 ? parseSafeInteger(source, start, end) : Number.NaN;
  const big = body === 9 ? parseInt64(source, start, end) : undefined;
  let left = 0;
  for (let at = p; bytes[at] !== LISTPACK_END; at += elementBytes(bytes, view, at)) {
    if (left > 0) {
      left--;
      continue;
    }
    left = skip;
    const kind = bytes[at];
    if (body > 0) {
      if (bodyBytes(bytes, view, at) !== body || isTextKind(kind)) continue;
      if (big === undefined ? elementInteger(bytes, view, at) === integer : view.getBigInt64(at + 1, true) === big)
        return at;
    } else if (isTextKind(kind) && textLength(bytes, view, at) === length) {
      if (equalBytes(bytes, view, at + textHeadBytes(kind), source, sourceView, start, length)) return at;
    }
  }
  return 0;
}

/** Reads elements; whatever their kind, `bytes[start..end)` is their text. Reused: valid until the next `read`. */
export class ListpackCursor {
  bytes: Buffer;
  view: DataView;
  start = 0;
  end = 0;
  /** True when the element is kept as an integer; `integer` is it, or NaN beyond 2^53. */
  isInteger = false;
  integer = 0;
  private readonly digits = Buffer.alloc(24);
  private readonly digitsView = new DataView(this.digits.buffer, this.digits.byteOffset, this.digits.length);

  constructor() {
    this.bytes = this.digits;
    this.view = this.digitsView;
  }

  /** Reads the element at `p`; returns the position behind it. */
  read(bytes: Buffer, view: DataView, p: number): number {
    const kind = bytes[p];
    if (isTextKind(kind)) {
      this.isInteger = false;
      this.bytes = bytes;
      this.view = view;
      this.start = p + textHeadBytes(kind);
      this.end = this.start + textLength(bytes, view, p);
      const body = this.end - p;
      return this.end + backlengthBytes(body);
    }
    const value = elementInteger(bytes, view, p);
    if (Number.isNaN(value)) this.showBigInteger(view.getBigInt64(p + 1, true));
    else this.showInteger(value);
    return p + bodyBytes(bytes, view, p) + 1;
  }

  /** Points at text that stands elsewhere, so that callers need not care where a value is kept. */
  point(bytes: Buffer, view: DataView, start: number, end: number): void {
    this.isInteger = false;
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.view = view;
    }
    this.start = start;
    this.end = end;
  }

  /** Shows a safe integer that is kept elsewhere. */
  showInteger(value: number): void {
    this.showDigits(value, writeInteger(this.digits, 0, value));
  }

  /** Shows an integer beyond 2^53 that is kept elsewhere. */
  showBigInteger(value: bigint): void {
    this.showDigits(Number.NaN, this.digits.write(value.toString(), 0, 'latin1'));
  }

  private showDigits(value: number, length: number): void {
    this.isInteger = true;
    this.integer = value;
    this.bytes = this.digits;
    this.view = this.digitsView;
    this.start = 0;
    this.end = length;
  }

  /** True when the element's text is `source[start..end)`. */
  equals(source: Buffer, sourceView: DataView, start: number, end: number): boolean {
    const length = end - start;
    if (this.end - this.start !== length) return false;
    return equalBytes(this.bytes, this.view, this.start, source, sourceView, start, length);
  }
}

/** Kinds are 1 (7 bits) … 9 (64 bits): the bytes of head and data. 0 when the text is no integer. */
function integerBodyBytes(source: Buffer, start: number, end: number): number {
  const length = end - start;
  if (length > 20 || length === 0 || source[start] > 57) return 0;
  const value = parseSafeInteger(source, start, end);
  if (Number.isNaN(value)) return isInt64Text(source, start, end) ? 9 : 0;
  if (value >= 0 && value <= 127) return 1;
  if (value >= -4096 && value <= 4095) return 2;
  if (value >= -32768 && value <= 32767) return 3;
  if (value >= -8388608 && value <= 8388607) return 4;
  if (value >= -2147483648 && value <= 2147483647) return 5;
  return 9;
}

function writeIntegerBody(
  bytes: Buffer,
  view: DataView,
  p: number,
  body: number,
  source: Buffer,
  start: number,
  end: number,
): void {
  if (body === 9) {
    bytes[p] = 0xf4;
    view.setBigInt64(p + 1, parseInt64(source, start, end) ?? 0n, true);
    return;
  }
  const value = parseSafeInteger(source, start, end);
  if (body === 1) bytes[p] = value;
  else if (body === 2) {
    bytes[p] = 0xc0 | ((value >> 8) & 31);
    bytes[p + 1] = value & 255;
  } else {
    bytes[p] = 0xf1 + body - 3;
    for (let i = 0; i < body - 1; i++) bytes[p + 1 + i] = (value >> (8 * i)) & 255;
  }
}

/** The integer of an element that is one; NaN beyond 2^53. */
export function elementInteger(bytes: Buffer, view: DataView, p: number): number {
  const kind = bytes[p];
  if (kind < 0x80) return kind;
  if (kind < 0xe0) return ((((kind & 31) << 8) | bytes[p + 1]) << 19) >> 19;
  if (kind === 0xf1) return view.getInt16(p + 1, true);
  if (kind === 0xf2) return ((bytes[p + 1] | (bytes[p + 2] << 8) | (bytes[p + 3] << 16)) << 8) >> 8;
  if (kind === 0xf3) return view.getInt32(p + 1, true);
  const value = view.getInt32(p + 5, true) * 4294967296 + view.getUint32(p + 1, true);
  return Number.isSafeInteger(value) ? value : Number.NaN;
}

export function isTextKind(kind: number): boolean {
  return (kind >= 0x80 && kind < 0xc0) || (kind >= 0xe0 && kind <= 0xf0);
}

export function textHeadBytes(kind: number): number {
  return kind < 0xc0 ? 1 : kind < 0xf0 ? 2 : 5;
}

export function textLength(bytes: Buffer, view: DataView, p: number): number {
  const kind = bytes[p];
  if (kind < 0xc0) return kind & 63;
  return kind < 0xf0 ? ((kind & 15) << 8) | bytes[p + 1] : view.getUint32(p + 1, true);
}

/** Head and data, without the length behind them. */
function bodyBytes(bytes: Buffer, view: DataView, p: number): number {
  const kind = bytes[p];
  if (kind < 0x80) return 1;
  if (isTextKind(kind)) return textHeadBytes(kind) + textLength(bytes, view, p);
  return kind < 0xe0 ? 2 : kind === 0xf4 ? 9 : kind - 0xf1 + 3;
}

export function backlengthBytes(body: number): number {
  return body <= 127 ? 1 : body < 16383 ? 2 : body < 2097151 ? 3 : body < 268435455 ? 4 : 5;
}

/** Writes the length of an element's head and data, most significant seven bits first; returns the position behind it. */
function writeBacklength(bytes: Buffer, at: number, body: number): number {
  if (body <= 127) {
    bytes[at] = body;
    return at + 1;
  }
  const size = backlengthBytes(body);
  let rest = body;
  for (let i = size - 1; i >= 0; i--) {
    bytes[at + i] = (rest % 128) | (i === 0 ? 0 : 128);
    rest = Math.floor(rest / 128);
  }
  return at + size;
}
