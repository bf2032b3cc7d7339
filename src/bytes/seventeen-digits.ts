/**
 * Printing of doubles as C's `%.17g` does: seventeen digits, so that different doubles give different texts, without zeros
 * behind them; an exponent of two digits at least, where the number is below 0.0001 or has more than seventeen digits
 * before the point.
 */

const DIGITS = 17;
/** So many more digits that what follows them does not matter. */
const EXACT_DIGITS = 80;
const HALF = '5'.padEnd(EXACT_DIGITS + 1 - DIGITS, '0');
const LEAST_PLAIN_EXPONENT = -4;

export function formatSeventeenDigits(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const sign = value < 0 ? '-' : '';
  const { digits, exponent } = rounded(Math.abs(value));
  if (exponent < LEAST_PLAIN_EXPONENT || exponent >= DIGITS) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = digits.slice(exponent + 1);
  return sign + (fraction === '' ? whole : `${whole}.${fraction}`);
}

/** The seventeen digits, without zeros at their end; the first of them counts 10^exponent. */
function rounded(value: number): { digits: string; exponent: number } {
  const [mantissa, exponent] = value.toExponential(EXACT_DIGITS).split('e');
  const exact = mantissa.replace('.', '');
  const rest = exact.slice(DIGITS);
  let digits = BigInt(exact.slice(0, DIGITS));
  // Half-way between two, C takes the even one; JavaScript would take the greater.
  if (rest > HALF || (rest === HALF && digits % 2n === 1n)) digits++;
  const text = digits.toString();
  return { digits: text.replace(/0+$/, ''), exponent: Number(exponent) + text.length - DIGITS };
}
