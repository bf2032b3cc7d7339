/**
 * One item of `string.format`: flags, width, precision and a conversion, as C's `sprintf` prints it.
 *
 * Lua lets through at most two digits each of width and precision, so an item is short whatever it says.
 */
import { formatFixed } from '../../bytes/fixed-decimal.ts';
import { formatExponential, formatSignificant } from '../../bytes/significant-digits.ts';

export interface FormatItem {
  readonly isLeft: boolean;
  readonly isPlus: boolean;
  readonly isSpaced: boolean;
  readonly isAlternate: boolean;
  readonly isZeroed: boolean;
  readonly width: number;
  /** Below zero if none is given. */
  readonly precision: number;
  readonly conversion: string;
  /** Where the format goes on. */
  readonly end: number;
}

const FLAGS = '-+ #0';
const DEFAULT_PRECISION = 6;
/** Integers below are exact doubles. */
const EXACT_LIMIT = 2 ** 53;
const TWO_TO_63 = 2 ** 63;
const TWO_TO_64 = 2n ** 64n;

/** What is wrong with an item, which Lua says when it comes to it. */
interface FormatFault {
  readonly problem: string;
}

export type FormatPiece = string | FormatItem | FormatFault;

const MOST_CACHED = 256;
const LONGEST_CACHED = 256;
const cache = new Map<string, readonly FormatPiece[]>();

/** The texts and items of a format, up to the first that is wrong; kept for the next call. */
export function readFormat(format: string): readonly FormatPiece[] {
  const known = cache.get(format);
  if (known !== undefined) return known;
  const pieces = readPieces(format);
  if (format.length <= LONGEST_CACHED) {
    if (cache.size >= MOST_CACHED) cache.clear();
    cache.set(format, pieces);
  }
  return pieces;
}

function readPieces(format: string): FormatPiece[] {
  const pieces: FormatPiece[] = [];
  let copied = 0;
  for (let at = format.indexOf('%'); at >= 0; at = format.indexOf('%', copied)) {
    const isPercent = format[at + 1] === '%';
    pieces.push(format.slice(copied, isPercent ? at + 1 : at));
    copied = at + 2;
    if (isPercent) continue;
    const item = readFormatItem(format, at + 1);
    if (typeof item === 'string') {
      pieces.push({ problem: item });
      return withoutEmpty(pieces);
    }
    pieces.push(item);
    copied = item.end;
  }
  pieces.push(format.slice(copied));
  return withoutEmpty(pieces);
}

function withoutEmpty(pieces: readonly FormatPiece[]): FormatPiece[] {
  return pieces.filter((piece) => piece !== '');
}

/** The item whose `%` is in front of `start`, or what is wrong with it. */
function readFormatItem(format: string, start: number): FormatItem | string {
  let at = start;
  while (at < format.length && FLAGS.includes(format[at])) at++;
  const flags = format.slice(start, at);
  if (flags.length > FLAGS.length) return 'invalid format (repeated flags)';
  const widthEnd = skipTwoDigits(format, at);
  const width = Number(format.slice(at, widthEnd));
  at = widthEnd;
  let precision = -1;
  if (format[at] === '.') {
    const precisionEnd = skipTwoDigits(format, at + 1);
    precision = Number(format.slice(at + 1, precisionEnd));
    at = precisionEnd;
  }
  if (isDigit(format, at)) return 'invalid format (width or precision too long)';
  return {
    isLeft: flags.includes('-'),
    isPlus: flags.includes('+'),
    isSpaced: flags.includes(' '),
    isAlternate: flags.includes('#'),
    isZeroed: flags.includes('0'),
    width,
    precision,
    conversion: format[at] ?? '',
    end: at + 1,
  };
}

function isDigit(text: string, at: number): boolean {
  return text[at] >= '0' && text[at] <= '9';
}

function skipTwoDigits(text: string, start: number): number {
  let at = start;
  while (at < start + 2 && isDigit(text, at)) at++;
  return at;
}

/** `%c`: what stands behind a NUL is lost, padding too. */
export function formatCharacter(item: FormatItem, number: number): string {
  const isInt = number > -(2 ** 31) - 1 && number < 2 ** 31;
  const code = isInt ? Math.trunc(number) & 0xff : 0;
  const character = code === 0 ? '' : String.fromCharCode(code);
  if (item.isLeft && code === 0) return '';
  return item.isLeft ? character.padEnd(item.width) : ' '.repeat(Math.max(item.width - 1, 0)) + character;
}

/** `%s` of a text that is shorter than 100 bytes or cut by a precision. */
export function formatText(item: FormatItem, text: string): string {
  const end = text.indexOf('\0');
  const terminated = end < 0 ? text : text.slice(0, end);
  if (item.width === 0 && item.precision < 0) return terminated;
  const cut = item.precision < 0 ? terminated : terminated.slice(0, item.precision);
  return item.isLeft ? cut.padEnd(item.width) : cut.padStart(item.width);
}

/** `%d` and `%i`, of the number cut to an integer of 64 bits. */
export function formatInteger(item: FormatItem, number: number): string {
  const { precision } = item;
  if (number < EXACT_LIMIT && number > -EXACT_LIMIT) {
    const value = Math.trunc(number);
    return pad(item, signOf(item, value < 0), atLeast(String(Math.abs(value)), precision), precision < 0);
  }
  const value = toInt64(number);
  return pad(item, signOf(item, value < 0n), atLeast(String(value).replace('-', ''), precision), precision < 0);
}

/** `%u`, `%o`, `%x` and `%X`. */
export function formatUnsigned(item: FormatItem, number: number): string {
  const value = number >= 0 && number < EXACT_LIMIT ? Math.trunc(number) : toUint64(number);
  const base = item.conversion === 'u' ? 10 : item.conversion === 'o' ? 8 : 16;
  let digits = atLeast(value.toString(base), item.precision);
  let prefix = '';
  if (item.isAlternate && base === 8 && digits[0] !== '0') digits = `0${digits}`;
  if (item.isAlternate && base === 16 && Number(value) !== 0) prefix = '0x';
  const text = pad(item, prefix, digits, item.precision < 0);
  return item.conversion === 'X' ? text.toUpperCase() : text;
}

/** `%e`, `%f`, `%g` and their capitals. */
export function formatFloat(item: FormatItem, number: number): string {
  const text = Number.isNaN(number) ? '-nan' : floatText(item, number);
  const isNegative = text[0] === '-';
  const padded = pad(item, signOf(item, isNegative), isNegative ? text.slice(1) : text, Number.isFinite(number));
  return item.conversion < 'a' ? padded.toUpperCase() : padded;
}

function floatText({ conversion, precision, isAlternate }: FormatItem, number: number): string {
  const places = precision < 0 ? DEFAULT_PRECISION : precision;
  switch (conversion) {
    case 'e':
    case 'E':
      return formatExponential(number, places, isAlternate);
    case 'f':
      return formatFixed(number, places) + (isAlternate && places === 0 && Number.isFinite(number) ? '.' : '');
    default:
      return formatSignificant(number, places === 0 ? 1 : places, isAlternate);
  }
}

function signOf(item: FormatItem, isNegative: boolean): string {
  if (isNegative) return '-';
  if (item.isPlus) return '+';
  return item.isSpaced ? ' ' : '';
}

function pad(item: FormatItem, prefix: string, digits: string, mayBeZeroed: boolean): string {
  if (item.width === 0) return prefix + digits;
  if (item.isLeft) return (prefix + digits).padEnd(item.width);
  if (item.isZeroed && mayBeZeroed) return prefix + digits.padStart(item.width - prefix.length, '0');
  return (prefix + digits).padStart(item.width);
}

/** `digits` with zeros before them; zero itself has no digit where none is asked for. */
function atLeast(digits: string, precision: number): string {
  if (precision === 0 && digits === '0') return '';
  return digits.padStart(precision, '0');
}

/** As x86 converts: what does not fit is the least integer. */
function toInt64(number: number): bigint {
  if (number >= -TWO_TO_63 && number < TWO_TO_63) return BigInt(Math.trunc(number));
  return -(2n ** 63n);
}

/** As x86 converts: negative numbers wrap, from 2^64 on there is nothing. */
function toUint64(number: number): bigint {
  if (number >= TWO_TO_63) return number < 2 ** 64 ? BigInt(number) : 0n;
  const value = toInt64(number);
  return value < 0n ? value + TWO_TO_64 : value;
}
