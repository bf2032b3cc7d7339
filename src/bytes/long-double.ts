/**
 * The 80-bit extended floating point of x87, as far as INCRBYFLOAT and HINCRBYFLOAT show it: read, add, print.
 *
 * Redis computes these commands in C's `long double` and stores the printed text, so 0.1 + 0.2 is "0.3" there, 5e-17
 * survives, and 1e400 is a number of 401 digits. Doubles cannot give those answers; BigInt can, exactly, and these
 * commands are rare enough to pay for it.
 *
 * A value is `mantissa × 2^exponent`. The mantissa carries the sign, its magnitude stays below 2^64; it is not
 * normalized, so small integers have exponent 0 and cost little. Denormals need nothing special: the exponent never goes
 * below that of the smallest denormal. Infinities have an infinite exponent, NaN has a NaN exponent. There is one
 * zero: Redis prints "0" for both.
 *
 * Each operation computes the exact result, or one with all discarded bits jammed into the last, and rounds once in
 * `rounded`, to nearest with ties to even. The work is bounded before it starts: a text has at most 5119 characters,
 * and an exponent that must overflow or underflow is answered before any power of ten is raised.
 */

export interface LongDouble {
  readonly mantissa: bigint;
  readonly exponent: number;
}

const MANTISSA_BITS = 64;
/** Exponent of the last bit of a denormal: 2^-16445 is the smallest positive value. */
const LEAST_EXPONENT = -16445;
/** Every finite value is below 2^16384. */
const EXPONENT_LIMIT = 16384;
/** 10^4933 overflows, 10^-4951 rounds to zero. */
const DECIMAL_EXPONENT_LIMIT = 4933;
const LEAST_DECIMAL_EXPONENT = -4951;

/** Redis copies the text into a buffer of 5 * 1024 bytes with its terminator, and refuses what does not fit. */
const TEXT_LENGTH_LIMIT = 5 * 1024 - 1;

const FRACTION_DIGITS = 17;
const FRACTION_SCALE = 10n ** BigInt(FRACTION_DIGITS);

const ZERO: LongDouble = { mantissa: 0n, exponent: 0 };
const NOT_A_NUMBER: LongDouble = { mantissa: 0n, exponent: Number.NaN };

const INFINITE_TEXT = /^([+-]?)inf(?:inity)?$/i;
const DECIMAL_TEXT = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;
const HEXADECIMAL_TEXT = /^([+-]?)0x([\da-f]*)(?:\.([\da-f]*))?(?:p([+-]?\d+))?$/i;
const LEADING_ZEROS = /^0+/;
const TRAILING_ZEROS = /\.?0+$/;

function infinity(negative: boolean): LongDouble {
  return { mantissa: negative ? -1n : 1n, exponent: Number.POSITIVE_INFINITY };
}

/** Number of bits of a non-negative integer. */
function bitLength(n: bigint): number {
  const hexadecimal = n.toString(16);
  return hexadecimal.length * 4 - (Math.clz32(Number.parseInt(hexadecimal[0], 16)) - 28);
}

/** `magnitude / 2^shift` to the nearest integer, ties to even. */
function shiftedRight(magnitude: bigint, shift: number): bigint {
  const bits = BigInt(shift);
  const kept = magnitude >> bits;
  const dropped = magnitude - (kept << bits);
  const half = 1n << (bits - 1n);
  const up = dropped > half || (dropped === half && (kept & 1n) === 1n);
  return up ? kept + 1n : kept;
}

/** The representable value nearest to `±magnitude × 2^exponent`: zero on underflow, infinite on overflow. */
function rounded(negative: boolean, magnitude: bigint, exponent: number): LongDouble {
  if (magnitude === 0n) return ZERO;
  const shift = Math.max(bitLength(magnitude) - MANTISSA_BITS, LEAST_EXPONENT - exponent, 0);
  let mantissa = shift === 0 ? magnitude : shiftedRight(magnitude, shift);
  let roundedExponent = exponent + shift;
  if (mantissa === 0n) return ZERO;
  const bits = bitLength(mantissa);
  if (bits > MANTISSA_BITS) {
    // Rounding carried into a power of two: its low bit is zero.
    mantissa >>= 1n;
    roundedExponent++;
  }
  if (bits + exponent + shift > EXPONENT_LIMIT) return infinity(negative);
  return { mantissa: negative ? -mantissa : mantissa, exponent: roundedExponent };
}

/** Nearest value of `±magnitude × 10^scale`, for scales that the caller has bounded. */
function fromDecimal(negative: boolean, magnitude: bigint, scale: number): LongDouble {
  if (scale >= 0) return rounded(negative, magnitude * 5n ** BigInt(scale), scale);

  // Enough bits of quotient that the last one is below the rounding position, then an odd bit for an inexact rest.
  const divisor = 5n ** BigInt(-scale);
  const shift = Math.max(0, bitLength(divisor) - bitLength(magnitude) + MANTISSA_BITS + 2);
  const dividend = magnitude << BigInt(shift);
  const quotient = dividend / divisor;
  const rest = quotient * divisor === dividend ? 0n : 1n;
  return rounded(negative, (quotient << 1n) | rest, scale - shift - 1);
}

/** The value, or undefined where C reports a range error that Redis refuses: overflow, and underflow to zero. */
function parseDecimal(negative: boolean, whole: string, fraction: string, exponent: number): LongDouble | undefined {
  const digits = (whole + fraction).replace(LEADING_ZEROS, '');
  if (digits === '') return ZERO;
  const scale = exponent - fraction.length;
  const firstDigitExponent = scale + digits.length - 1;
  if (firstDigitExponent >= DECIMAL_EXPONENT_LIMIT || firstDigitExponent < LEAST_DECIMAL_EXPONENT) return undefined;
  const value = fromDecimal(negative, BigInt(digits), scale);
  return value.mantissa !== 0n && isFiniteLongDouble(value) ? value : undefined;
}

/** As `parseDecimal`, for hexadecimal digits and a binary exponent. */
function parseHexadecimal(negative: boolean, whole: string, fraction: string, power: number): LongDouble | undefined {
  const digits = (whole + fraction).replace(LEADING_ZEROS, '');
  if (digits === '') return ZERO;
  const exponent = power - fraction.length * 4;
  const end = exponent + digits.length * 4;
  if (end > EXPONENT_LIMIT + 4 || end < LEAST_EXPONENT) return undefined;
  const value = rounded(negative, BigInt(`0x${digits}`), exponent);
  return value.mantissa !== 0n && isFiniteLongDouble(value) ? value : undefined;
}

/**
 * Reads a number as Redis reads the operands of INCRBYFLOAT: what C's `strtold` takes whole, without leading space.
 *
 * @param text one character a byte, or decoded in any way that keeps ASCII
 * @returns the nearest value, possibly infinite when the text says so; undefined when the text is not a number, is NaN,
 *   has more than 5119 characters, overflows, or underflows to zero.
 */
export function parseLongDouble(text: string): LongDouble | undefined {
  if (text.length > TEXT_LENGTH_LIMIT) return undefined;
  const decimal = DECIMAL_TEXT.exec(text);
  const number = decimal ?? HEXADECIMAL_TEXT.exec(text);
  if (number === null) {
    const infinite = INFINITE_TEXT.exec(text);
    return infinite === null ? undefined : infinity(infinite[1] === '-');
  }
  const [, sign, whole, fraction = '', exponent = '0'] = number;
  if (whole === '' && fraction === '') return undefined;
  const parse = decimal === null ? parseHexadecimal : parseDecimal;
  return parse(sign === '-', whole, fraction, Number(exponent));
}

export function isFiniteLongDouble(x: LongDouble): boolean {
  return Number.isFinite(x.exponent);
}

/** The rounded sum: infinite on overflow, NaN for infinities of opposite signs. */
export function addLongDouble(a: LongDouble, b: LongDouble): LongDouble {
  if (!isFiniteLongDouble(a) || !isFiniteLongDouble(b)) return addWithNonFinite(a, b);
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  return rounded(sum < 0n, sum < 0n ? -sum : sum, exponent);
}

function addWithNonFinite(a: LongDouble, b: LongDouble): LongDouble {
  if (Number.isNaN(a.exponent) || Number.isNaN(b.exponent)) return NOT_A_NUMBER;
  if (isFiniteLongDouble(a)) return b;
  if (isFiniteLongDouble(b)) return a;
  return a.mantissa === b.mantissa ? a : NOT_A_NUMBER;
}

/**
 * Prints as Redis prints the result of INCRBYFLOAT: plain decimal, at most 17 digits after the point, no trailing zeros,
 * never "-0"; "inf", "-inf" and "nan" for the rest. At most 4933 digits.
 */
export function formatLongDouble(x: LongDouble): string {
  if (!isFiniteLongDouble(x)) {
    if (Number.isNaN(x.exponent)) return 'nan';
    return x.mantissa < 0n ? '-inf' : 'inf';
  }
  const negative = x.mantissa < 0n;
  const magnitude = negative ? -x.mantissa : x.mantissa;
  const text = formatMagnitude(magnitude, x.exponent);
  return negative && text !== '0' ? `-${text}` : text;
}

function formatMagnitude(magnitude: bigint, exponent: number): string {
  if (exponent >= 0) return String(magnitude << BigInt(exponent));
  const digits = String(shiftedRight(magnitude * FRACTION_SCALE, -exponent)).padStart(FRACTION_DIGITS + 1, '0');
  const point = digits.length - FRACTION_DIGITS;
  return `${digits.slice(0, point)}.${digits.slice(point)}`.replace(TRAILING_ZEROS, '');
}
