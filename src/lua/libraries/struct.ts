/**
 * The library `struct`: values packed into bytes by a format, and back.
 *
 *   > <     byte order, big or little (the default)   ![n]   greatest alignment, a power of two, 8 by itself
 *   b B     a byte            h H  two     l L T  eight       i I[n]  four, or n up to 32; capitals are unsigned
 *   f d     float, double     x    padding
 *   c[n]    n bytes, one by itself; n = 0: the whole string, or as many as the last number read says
 *   s       a string and a NUL behind it
 *
 * As in C the format ends at its first NUL, and integers have 64 bits: longer ones keep the lower of them when read and have
 * zeros when written.
 */
import { type Arguments, checkNumber, checkString, optionalInteger } from '../arguments.ts';
import type { Budget } from '../budget.ts';
import { badArgument, raise } from '../error.ts';
import { addBuiltins } from '../library.ts';
import { stringToNumber } from '../numbers.ts';
import { LuaTable } from '../table.ts';
import type { LuaValue } from '../value.ts';

const GREATEST_INT = 2 ** 31 - 1;
const LARGEST_INTEGER_SIZE = 32;
const INT64_LIMIT = 2 ** 63;
const WORD = 2 ** 32;
const DEFAULT_ALIGNMENT = 8;
const NAN_BITS = 0xfff8n << 48n;
const INTEGERS = 'bBhHlLTiI';
const UNSIGNED = 'BHLTI';
const FIXED_SIZES = new Map(Object.entries({ b: 1, B: 1, h: 2, H: 2, l: 8, L: 8, T: 8, f: 4, d: 8, x: 1 }));

/** A C function may have so many values on its stack. */
const MOST_PLACES = 8000;

const view = new DataView(new ArrayBuffer(8));

/** Goes over a format: one option at a time, with the size it has and the padding before it. */
class Format {
  isLittle = true;
  option = '';
  size = 0;
  private readonly text: string;
  private at = 0;
  private alignment = 1;

  constructor(text: string) {
    this.text = text;
  }

  /** On to the next option; false at the end. */
  next(): boolean {
    if (this.at >= this.text.length || this.text[this.at] === '\0') return false;
    this.option = this.text[this.at++];
    this.size = this.readSize();
    return true;
  }

  private readSize(): number {
    if (this.option === 'c') return this.readNumber(1);
    if (this.option !== 'i' && this.option !== 'I') return FIXED_SIZES.get(this.option) ?? 0;
    const size = this.readNumber(4);
    if (size > LARGEST_INTEGER_SIZE) {
      raise(`integral size ${size} is larger than limit of ${LARGEST_INTEGER_SIZE}`);
    }
    return size;
  }

  private readNumber(fallback: number): number {
    const start = this.at;
    let number = 0;
    for (; this.text[this.at] >= '0' && this.text[this.at] <= '9'; this.at++) {
      number = number * 10 + Number(this.text[this.at]);
      if (number > GREATEST_INT) raise('integral size overflow');
    }
    return this.at === start ? fallback : number;
  }

  /** How many bytes an option at `position` needs before it. */
  paddingAt(position: number): number {
    if (this.size === 0 || this.option === 'c') return 0;
    const size = Math.min(this.size, this.alignment);
    // As C computes it, also for sizes that are no power of two.
    return (size - (position & (size - 1))) & (size - 1);
  }

  /** Takes an option that stands for no value. */
  control(): void {
    switch (this.option) {
      case ' ':
        return;
      case '>':
        this.isLittle = false;
        return;
      case '<':
        this.isLittle = true;
        return;
      case '!':
        this.alignment = this.readNumber(DEFAULT_ALIGNMENT);
        if (this.alignment <= 0 || (this.alignment & (this.alignment - 1)) !== 0) {
          raise(`alignment ${this.alignment} is not a power of 2`);
        }
        return;
      default:
        badArgument(1, `invalid format option '${this.option}'`);
    }
  }
}

export function structLibrary(budget: Budget): LuaTable {
  return addBuiltins(
    new LuaTable(),
    {
      pack: (...args) => pack(budget, args),
      unpack: (...args) => unpack(args),
      size: (...args) => sizeOf(checkString(args, 1)),
    },
    'pure',
  );
}

function pack(budget: Budget, given: Arguments): string {
  const format = new Format(checkString(given, 1));
  // The first argument that is missing is nil: Lua's function has a nil of its own behind them.
  const args = [...given, undefined];
  let packed = '';
  let position = 2;
  while (format.next()) {
    const padding = format.paddingAt(packed.length);
    if (padding > 0) packed += '\0'.repeat(padding);
    const { option, size } = format;
    if (INTEGERS.includes(option)) {
      packed += integerBytes(checkNumber(args, position++), size, format.isLittle);
    } else if (option === 'x') {
      packed += '\0';
    } else if (option === 'f' || option === 'd') {
      packed += floatBytes(checkNumber(args, position++), size, format.isLittle);
    } else if (option === 'c' || option === 's') {
      const text = checkString(args, position++);
      const length = size === 0 ? text.length : size;
      if (text.length < length) badArgument(position, 'string too short');
      budget.allocateString(packed.length + length);
      packed += text.slice(0, length);
      if (option === 's') packed += '\0';
    } else {
      format.control();
    }
  }
  budget.allocateString(packed.length);
  return packed;
}

/** The low `size` bytes of a number cut to an integer, as C converts it. */
function integerBytes(number: number, size: number, isLittle: boolean): string {
  let high = 0;
  let low = 0;
  if (number < INT64_LIMIT * 2 && number >= -INT64_LIMIT) {
    const value = Math.trunc(number);
    high = Math.floor(value / WORD) | 0;
    low = value | 0;
  } else if (!(number >= INT64_LIMIT)) {
    // What is too small, or no number, is the least integer; what is too great is nothing.
    high = 1 << 31;
  }
  let bytes = '';
  for (let i = 0; i < size; i++) {
    const place = isLittle ? i : size - 1 - i;
    const word = place < 4 ? low : place < 8 ? high : 0;
    bytes += String.fromCharCode((word >>> ((place & 3) * 8)) & 0xff);
  }
  return bytes;
}

function floatBytes(number: number, size: number, isLittle: boolean): string {
  // What is no number has its sign set, as x86 makes it from 0/0.
  if (Number.isNaN(number))
    size === 4 ? view.setUint32(0, 0xffc00000, isLittle) : view.setBigUint64(0, NAN_BITS, isLittle);
  else if (size === 4) view.setFloat32(0, number, isLittle);
  else view.setFloat64(0, number, isLittle);
  let bytes = '';
  for (let i = 0; i < size; i++) bytes += String.fromCharCode(view.getUint8(i));
  return bytes;
}

function unpack(args: Arguments): readonly LuaValue[] {
  const format = new Format(checkString(args, 1));
  const data = checkString(args, 2);
  const offset = optionalInteger(args, 3, 1);
  if (offset === 0) badArgument(3, 'offset must be 1 or greater');
  let at = offset - 1;
  const values: LuaValue[] = [];
  while (format.next()) {
    at += format.paddingAt(at);
    // A negative offset is a great one in C.
    if (at < 0 || at + format.size > data.length) badArgument(2, 'data string too short');
    if (values.length + 4 > MOST_PLACES) raise('stack overflow (too many results)');
    at = unpackOne(format, data, at, values);
  }
  values.push(at + 1);
  return values;
}

/** Adds the value at `at`, if the option stands for one; answers the position behind it. */
function unpackOne(format: Format, data: string, at: number, values: LuaValue[]): number {
  const { option, size } = format;
  if (INTEGERS.includes(option)) {
    values.push(readInteger(data, at, format, !UNSIGNED.includes(option)));
  } else if (option === 'f' || option === 'd') {
    for (let i = 0; i < size; i++) view.setUint8(i, data.charCodeAt(at + i));
    values.push(option === 'f' ? view.getFloat32(0, format.isLittle) : view.getFloat64(0, format.isLittle));
  } else if (option === 'c') {
    const length = size === 0 ? previousSize(values) : size;
    if (!(length >= 0 && at + length <= data.length)) badArgument(2, 'data string too short');
    values.push(data.slice(at, at + length));
    return at + length;
  } else if (option === 's') {
    const end = data.indexOf('\0', at);
    if (end < 0) raise('unfinished string in data');
    values.push(data.slice(at, end));
    return end + 1;
  } else if (option !== 'x') {
    format.control();
  }
  return at + size;
}

/** Takes back the number that was read last. */
function previousSize(values: LuaValue[]): number {
  const last = values.pop();
  const size = typeof last === 'string' ? stringToNumber(last) : last;
  return typeof size === 'number' ? Math.trunc(size) : raise("format 'c0' needs a previous size");
}

/** Of the lower eight bytes; as many as there are, if they are fewer. */
function readInteger(data: string, at: number, { size, isLittle }: Format, isSigned: boolean): number {
  let high = 0;
  let low = 0;
  for (let place = Math.min(size, 8) - 1; place >= 0; place--) {
    const byte = data.charCodeAt(isLittle ? at + place : at + size - 1 - place);
    if (place < 4) low = (low << 8) | byte;
    else high = (high << 8) | byte;
  }
  if (size <= 4) {
    const unused = 32 - size * 8;
    return isSigned && size > 0 ? (low << unused) >> unused : low >>> 0;
  }
  if (isSigned && size > 8) return readLongInteger(high, low, size);
  const unused = 64 - Math.min(size, 8) * 8;
  return (isSigned ? (high << unused) >> unused : high >>> 0) * WORD + (low >>> 0);
}

/** The sign of an integer of more than 64 bits: C's shift takes its count modulo 64, so bits from there on are taken for it. */
function readLongInteger(high: number, low: number, size: number): number {
  const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
  const mask = BigInt.asIntN(64, -1n << BigInt((size * 8 - 1) & 63));
  return Number((value & mask) === 0n ? value : value | mask);
}

function sizeOf(text: string): number {
  const format = new Format(text);
  let size = 0;
  while (format.next()) {
    size += format.paddingAt(size);
    if (format.option === 's') badArgument(1, "option 's' has no fixed size");
    if (format.option === 'c' && format.size === 0) badArgument(1, "option 'c0' has no fixed size");
    if (!/[\da-z]/i.test(format.option)) format.control();
    size += format.size;
  }
  return size;
}
