/**
 * Numbers as text and back, as Lua 5.1 does it with C's `%.14g`, `strtod` and `strtoul`.
 *
 * C reads a text to its first NUL, so "10\0abc" is the number 10. A number that is no number prints as `-nan`, which is
 * what x86 makes of 0/0; JavaScript does not let us see the sign that would tell it from `nan`.
 */
import { isSpace, scanDouble, scannedEnd } from '../bytes/scan-double.ts';
import { formatSignificant } from '../bytes/significant-digits.ts';

const NUMBER_DIGITS = 14;
/** Integers below have no more digits than that. */
const PLAIN_LIMIT = 10 ** NUMBER_DIGITS;
const LEAST_PLAIN = 1e-4;
const GREATEST = 2n ** 64n - 1n;

/** `number` as `tostring` shows it, or with fewer digits. */
export function numberToString(number: number, digits = NUMBER_DIGITS): string {
  if (digits === NUMBER_DIGITS) {
    if (number % 1 === 0) {
      if (number < PLAIN_LIMIT && number > -PLAIN_LIMIT && number !== 0) return String(number);
      if (Object.is(number, 0)) return '0';
    } else if (Math.abs(number) >= LEAST_PLAIN && Math.abs(number) < PLAIN_LIMIT) {
      // The shortest text that reads back as this number, if it has no more digits than asked for, is the rounded one.
      const shortest = String(number);
      if (shortest.length <= NUMBER_DIGITS + 1) return shortest;
    }
  }
  return Number.isNaN(number) ? '-nan' : formatSignificant(number, digits);
}

/** The number that `text` is, with white space around it; undefined if it is none. */
export function stringToNumber(text: string): number | undefined {
  const value = scanDouble(text, 0);
  const end = scannedEnd();
  return end > 0 && isEnd(text, end) ? value : undefined;
}

/** The integer that `text` is in a base from 2 to 36, modulo 2^64; undefined if it is none. */
export function stringToInteger(text: string, base: number): number | undefined {
  let at = 0;
  while (isSpace(text.charCodeAt(at))) at++;
  const sign = text[at];
  if (sign === '-' || sign === '+') at++;
  const isPrefixed = base === 16 && text[at] === '0' && (text.charCodeAt(at + 1) | 32) === 0x78;
  if (isPrefixed && digitOf(text.charCodeAt(at + 2)) < 16) at += 2;
  const start = at;
  let value = 0n;
  for (let digit = digitOf(text.charCodeAt(at)); digit < base; digit = digitOf(text.charCodeAt(++at))) {
    if (value <= GREATEST) value = value * BigInt(base) + BigInt(digit);
  }
  if (at === start || !isEnd(text, at)) return undefined;
  if (value > GREATEST) return Number(GREATEST);
  return Number(sign === '-' ? BigInt.asUintN(64, -value) : value);
}

/** Whether nothing but white space is left, to the end or to a NUL. */
function isEnd(text: string, from: number): boolean {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at === text.length || text.charCodeAt(at) === 0;
}

/** What a character counts as a digit; more than any base allows if it is none. */
function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 32;
  return letter >= 0x61 && letter <= 0x7a ? letter - 0x61 + 10 : 99;
}
