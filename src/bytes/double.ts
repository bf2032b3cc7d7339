/**
 * Printing of doubles as Redis 7.2 prints them.
 *
 *   integers up to 2^62      all their digits
 *   others                   the shortest digits that read back as the same number, laid out by the rules of `layOut`
 *
 * The digits are JavaScript's own, which are the shortest. Redis finds them with Grisu2, which for about one number in a
 * thousand needs a digit more; that text reads back as the same number too.
 */

/** Redis prints integers up to half of the greatest int64 as such. */
const INTEGER_LIMIT = 2 ** 62;

/** The text of `value`; `inf`, `-inf` and `nan` where there are no digits, `-0` for negative zero. */
export function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isSafeInteger(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) <= INTEGER_LIMIT) return BigInt(value).toString();
  const [mantissa, exponent] = Math.abs(value).toExponential().split('e');
  return (value < 0 ? '-' : '') + layOut(mantissa.replace('.', ''), Number(exponent));
}

/**
 * Digits, the first of which counts 10^exponent: plain with up to seven zeros behind them, with a point where at most six
 * of them stand behind it or the exponent is small, else with an exponent of as many digits as it needs.
 */
function layOut(digits: string, exponent: number): string {
  const scale = exponent - (digits.length - 1);
  const distance = Math.abs(exponent);
  if (scale >= 0 && distance < digits.length + 7) return digits + '0'.repeat(scale);
  if (scale < 0 && (scale > -7 || distance < 4)) {
    if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
    return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
  }
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${distance}`;
}
