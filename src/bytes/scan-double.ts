/**
 * C's `strtod` on a text whose characters are bytes: the longest beginning that is a number, decimal, hexadecimal or a
 * word (`inf`, `infinity`, `nan`, `nan(...)`), in either case, after white space.
 *
 * Short decimals are read digit by digit, an exact integer over an exact power of ten; the rest goes to JavaScript's own
 * reader, which rounds as C's does.
 */

/** So many digits may be exact; more never are. */
export const EXACT_DIGITS = 16;
export const POWERS_OF_TEN = Float64Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);
/** Digits of a hexadecimal number that are looked at: those behind can only decide whether something is left over. */
const HEXADECIMAL_DIGITS = 64;

const DECIMAL = /[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
const HEXADECIMAL = /([+-]?)0x(?:([\da-f]+)\.?([\da-f]*)|\.([\da-f]+))(?:p([+-]?\d+))?/iy;
const WORD = /([+-]?)(?:(inf)(?:inity)?|nan(?:\(\w*\))?)/iy;

/** Where the number that `scanDouble` read last ends. */
let scanned = 0;

export function scannedEnd(): number {
  return scanned;
}

/** The number at `at`; `scannedEnd()` is behind it, or `at` itself if there is none. */
export function scanDouble(text: string, at: number): number {
  let start = at;
  while (isSpace(text.charCodeAt(start))) start++;
  const value = scanShort(text, start);
  if (!Number.isNaN(value)) return value;
  for (const scan of [scanHexadecimal, scanDecimal, scanWord]) {
    scanned = start;
    const value = scan(text, start);
    if (scanned > start) return value;
  }
  scanned = at;
  return 0;
}

export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 9 && code <= 13);
}

/** Digits that make an exact integer, with a point at most; NaN for anything that takes more. */
function scanShort(text: string, start: number): number {
  const sign = text.charCodeAt(start);
  const isSigned = sign === 0x2d || sign === 0x2b;
  let at = isSigned ? start + 1 : start;
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  let code = text.charCodeAt(at);
  for (; ; code = text.charCodeAt(++at)) {
    if (code === 0x2e && point < 0) {
      point = digits;
      continue;
    }
    const digit = code - 0x30;
    if (!(digit >= 0 && digit <= 9)) break;
    if (++digits > EXACT_DIGITS) return Number.NaN;
    mantissa = mantissa * 10 + digit;
  }
  // An exponent may follow, or the digits of a hexadecimal number.
  const letter = code | 32;
  if (digits === 0 || letter === 0x65 || letter === 0x78 || mantissa > Number.MAX_SAFE_INTEGER) return Number.NaN;
  scanned = at;
  const value = point < 0 ? mantissa : mantissa / POWERS_OF_TEN[digits - point];
  return sign === 0x2d ? -value : value;
}

function scanDecimal(text: string, start: number): number {
  DECIMAL.lastIndex = start;
  const found = DECIMAL.exec(text);
  if (found === null) return 0;
  scanned = DECIMAL.lastIndex;
  return Number(found[0]);
}

function scanHexadecimal(text: string, start: number): number {
  HEXADECIMAL.lastIndex = start;
  const found = HEXADECIMAL.exec(text);
  if (found === null) return 0;
  scanned = HEXADECIMAL.lastIndex;
  const [, sign, whole = '', behind = '', only = '', power = '0'] = found;
  const fraction = behind + only;
  const digits = (whole + fraction).replace(/^0+/, '');
  const kept = digits.slice(0, HEXADECIMAL_DIGITS);
  // A digit that is cut off makes the rest odd, so that rounding sees that the number is not a tie.
  const rest = /[^0]/.test(digits.slice(HEXADECIMAL_DIGITS)) ? 1n : 0n;
  const mantissa = BigInt(`0x0${kept}`) | rest;
  const exponent = Number(power) + (digits.length - kept.length - fraction.length) * 4;
  const value = scaled(mantissa, exponent);
  return sign === '-' ? -value : value;
}

/** `mantissa * 2^exponent`, rounded once; a mantissa of at most 4 * HEXADECIMAL_DIGITS bits. */
function scaled(mantissa: bigint, exponent: number): number {
  if (mantissa === 0n) return 0;
  const lost = -1074 - exponent;
  if (lost > 0) {
    // Below the last bit of a denormal: to the nearest, ties to even.
    if (lost > 4 * HEXADECIMAL_DIGITS + 1) return 0;
    const shift = BigInt(lost);
    const half = 1n << (shift - 1n);
    const kept = mantissa >> shift;
    const rest = mantissa & ((1n << shift) - 1n);
    const isUp = rest > half || (rest === half && (kept & 1n) === 1n);
    // With more than 53 bits left the first rounding must not happen here.
    if (kept < 2n ** 53n) return Number(isUp ? kept + 1n : kept) * 2 ** -1074;
  }
  if (exponent > 1024) return Number.POSITIVE_INFINITY;
  const half = Math.trunc(exponent / 2);
  return Number(mantissa) * 2 ** half * 2 ** (exponent - half);
}

function scanWord(text: string, start: number): number {
  WORD.lastIndex = start;
  const found = WORD.exec(text);
  if (found === null) return 0;
  scanned = WORD.lastIndex;
  if (found[2] === undefined) return Number.NaN;
  return found[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
