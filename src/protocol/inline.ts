/**
 * Splits a line into arguments by Redis's quoting rules: for inline requests and for redis.conf.
 *
 *   word          ends at a space, tab, CR or LF
 *   "text"        escapes: \xHH (a byte), \n \r \t \b \a, and any other \c is c
 *   'text'        the only escape is \'
 *
 * A quote may open in the middle of a word (`a"b c"` is one argument) but must close at its end: the byte after a
 * closing quote is a space or the end of the line. A NUL ends the line, as it does in C.
 *
 * `quoteArgument` is the way back: what it writes, `splitArguments` reads as the same bytes.
 *
 * One pass, every byte looked at once, the result never longer than the line. Words without quotes are views into the
 * line, so an inline request copies nothing; the line must stay untouched while they are used.
 */
import type { Args } from './args.ts';

const NUL = 0x00;
const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const BACKSLASH = 0x5c;
const LOWER_X = 0x78;

/** What `quoteArgument` writes for the bytes that have an escape of their own. */
const ESCAPES = new Map([
  [BACKSLASH, '\\\\'],
  [DOUBLE_QUOTE, '\\"'],
  [LF, '\\n'],
  [CR, '\\r'],
  [TAB, '\\t'],
  [0x07, '\\a'],
  [0x08, '\\b'],
]);

const UNBALANCED = -1;

/** C's isspace in the default locale: also the vertical tab and the form feed, which separate but do not end a word. */
function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= TAB && byte <= CR);
}

function endsWord(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === LF || byte === CR;
}

/** Value of a hexadecimal digit, or -1. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}

/** The byte that `\c` stands for between double quotes. */
function escapedByte(c: number): number {
  if (c === 0x6e) return LF;
  if (c === 0x72) return CR;
  if (c === 0x74) return TAB;
  if (c === 0x62) return 0x08;
  if (c === 0x61) return 0x07;
  return c;
}

/** Appends the text between quotes to `word`. `p` is after the opening quote; the offset after the closing one returns. */
function readQuoted(line: Uint8Array, from: number, end: number, quote: number, word: number[]): number {
  let p = from;
  while (p < end) {
    const byte = line[p];
    if (byte === quote) return p + 1 === end || isBlank(line[p + 1]) ? p + 1 : UNBALANCED;
    if (byte !== BACKSLASH || p + 1 === end) {
      word.push(byte);
      p++;
    } else if (quote === SINGLE_QUOTE) {
      const escaped = line[p + 1] === SINGLE_QUOTE;
      word.push(escaped ? SINGLE_QUOTE : BACKSLASH);
      p += escaped ? 2 : 1;
    } else {
      const high = line[p + 1] === LOWER_X && p + 3 < end ? hexDigit(line[p + 2]) : -1;
      const low = high >= 0 ? hexDigit(line[p + 3]) : -1;
      word.push(low >= 0 ? high * 16 + low : escapedByte(line[p + 1]));
      p += low >= 0 ? 4 : 2;
    }
  }
  return UNBALANCED;
}

/**
 * Splits `line[start, end)` into arguments.
 *
 * @returns the arguments, none for a blank line; undefined when quotes are unbalanced. Arguments without quotes are
 *   views into `line`.
 */
export function splitArguments(line: Uint8Array, start = 0, end = line.length): Uint8Array[] | undefined {
  const nul = line.subarray(start, end).indexOf(NUL);
  const limit = nul < 0 ? end : start + nul;
  const words: Uint8Array[] = [];
  let p = start;
  while (true) {
    while (p < limit && isBlank(line[p])) p++;
    if (p === limit) return words;

    const from = p;
    while (p < limit && !endsWord(line[p]) && line[p] !== DOUBLE_QUOTE && line[p] !== SINGLE_QUOTE) p++;
    if (p === limit || endsWord(line[p])) {
      words.push(line.subarray(from, p));
      continue;
    }
    const word = Array.from(line.subarray(from, p));
    p = readQuoted(line, p + 1, limit, line[p], word);
    if (p === UNBALANCED) return undefined;
    words.push(Uint8Array.from(word));
  }
}

/**
 * Adds the words of `bytes[start, end)` to `args`, which stand in the same bytes. False, and nothing added, where there are
 * quotes: `splitArguments` must read the line.
 */
export function pushWords(bytes: Uint8Array, start: number, end: number, args: Args): boolean {
  args.count = 0;
  let p = start;
  while (true) {
    while (p < end && isBlank(bytes[p])) p++;
    if (p === end || bytes[p] === NUL) return true;
    const from = p;
    for (; p < end && !endsWord(bytes[p]) && bytes[p] !== NUL; p++) {
      if (bytes[p] !== DOUBLE_QUOTE && bytes[p] !== SINGLE_QUOTE) continue;
      args.count = 0;
      return false;
    }
    args.push(from, p);
  }
}

/** `bytes` between double quotes, as ASCII: the escapes above, and \xHH for every other byte that does not print. */
export function quoteArgument(bytes: Uint8Array): string {
  let text = '"';
  for (const byte of bytes) {
    const known = ESCAPES.get(byte);
    if (known !== undefined) text += known;
    else if (byte >= SPACE && byte < 0x7f) text += String.fromCharCode(byte);
    else text += `\\x${byte.toString(16).padStart(2, '0')}`;
  }
  return `${text}"`;
}
