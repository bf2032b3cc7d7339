/**
 * Printing of doubles with a given number of significant digits, as C's `%.<digits>e` and `%.<digits>g` do.
 *
 * JavaScript's `toExponential` finds the digits of the exact value and differs in ties only: it takes the greater number
 * where C takes the one with an even last digit. A tie is rare and is told from the exponent of the number's lowest bit
 * (`isTie`), so nothing is computed with long numbers.
 */

/** JavaScript prints no more digits behind the point. */
const MOST_DIGITS = 100;
const LEAST_PLAIN_EXPONENT = -4;
const FRACTION_BITS = 52;
const EXPONENT_BIAS = 1075;
/** 5^22 is the greatest power of five below 2^53. */
const MOST_FIVES = 22;
/** The zeros behind a point, and the point if nothing else is behind it. */
const TRAILING_ZEROS = /\.?0*$/;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** A text of digits, the first of which is not 0 and counts 10^exponent. */
interface Digits {
  readonly digits: string;
  readonly exponent: number;
}

/** The first `count` significant digits, rounded, of a finite number above zero. */
function roundedDigits(value: number, count: number): Digits {
  const [mantissa, power] = value.toExponential(Math.min(count - 1, MOST_DIGITS)).split('e');
  const exponent = Number(power);
  const digits = mantissa.length > 1 ? mantissa[0] + mantissa.slice(2) : mantissa;
  const last = digits.charCodeAt(digits.length - 1);
  if ((last & 1) === 0 || !isTie(value, digits.length - 1 - exponent)) return { digits, exponent };
  return { digits: digits.slice(0, -1) + String.fromCharCode(last - 1), exponent };
}

/** Whether `value` stands exactly between two neighbours of `places` decimal places (below zero: tens, hundreds, …). */
function isTie(value: number, places: number): boolean {
  double[0] = value;
  const biased = (words[1] >>> 20) & 0x7ff;
  let mantissa = (words[1] & 0xfffff) * 2 ** 32 + words[0];
  let exponent = (biased === 0 ? 1 : biased) - EXPONENT_BIAS;
  if (biased !== 0) mantissa += 2 ** FRACTION_BITS;
  for (; mantissa % 2 === 0; mantissa /= 2) exponent++;
  // 2 * value * 10^places is an odd integer: its factors of two cancel, and of five none is left below the line.
  if (exponent !== -1 - places) return false;
  return places >= 0 || (-places <= MOST_FIVES && mantissa % 5 ** -places === 0);
}

/** `e+05`: two digits at least. */
function exponentText(exponent: number): string {
  const distance = Math.abs(exponent);
  return `e${exponent < 0 ? '-' : '+'}${distance < 10 ? '0' : ''}${distance}`;
}

function specialText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return value > 0 ? 'inf' : '-inf';
}

function signOf(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

/** As `%.<places>e` prints it, `places` digits (100 at most) behind the point; `isPointKept` is C's `#`. */
export function formatExponential(value: number, places: number, isPointKept = false): string {
  if (!Number.isFinite(value)) return specialText(value);
  const { digits, exponent } =
    value === 0 ? { digits: '0'.repeat(places + 1), exponent: 0 } : roundedDigits(Math.abs(value), places + 1);
  const point = places > 0 || isPointKept ? '.' : '';
  return signOf(value) + digits[0] + point + digits.slice(1) + exponentText(exponent);
}

/**
 * As `%.<count>g` prints it: `count` significant digits (100 at most) without zeros behind them, with an exponent where the
 * number is below 0.0001 or has more digits before the point. With `areZerosKept`, C's `#`, all the digits and the point.
 */
export function formatSignificant(value: number, count: number, areZerosKept = false): string {
  if (!Number.isFinite(value)) return specialText(value);
  const sign = signOf(value);
  if (value === 0) return areZerosKept ? `${sign}0.${'0'.repeat(count - 1)}` : `${sign}0`;
  const { digits, exponent } = roundedDigits(Math.abs(value), count);
  const text = layOut(digits, exponent, count);
  if (areZerosKept) return sign + text;
  const power = text.indexOf('e');
  if (power < 0) return sign + text.replace(TRAILING_ZEROS, '');
  return sign + text.slice(0, power).replace(TRAILING_ZEROS, '') + text.slice(power);
}

/** All digits, with a point. */
function layOut(digits: string, exponent: number, count: number): string {
  if (exponent < LEAST_PLAIN_EXPONENT || exponent >= count) {
    return `${digits[0]}.${digits.slice(1)}${exponentText(exponent)}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
