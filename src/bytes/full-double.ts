/**
 * Doubles in seventeen significant digits, as C's `%.17g` prints them: what ZSCAN shows, where every other command shows
 * the shortest text (double.ts).
 */

const DIGITS = 17;
/** More digits than any tie at the seventeenth has. */
const MANY_DIGITS = 100;

/** The text of `value`, which is a number. */
export function formatFullDouble(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (value === 0) return `${sign}0`;
  const [digits, exponent] = roundedDigits(Math.abs(value));
  return sign + layOut(digits.replace(/0+$/, ''), exponent);
}

/** Seventeen digits, the first of which counts 10^exponent, of which JavaScript rounds ties up and C to the even one. */
function roundedDigits(value: number): [digits: string, exponent: number] {
  const [many, scale] = value.toExponential(MANY_DIGITS).split('e');
  const digits = many.replace('.', '');
  const isTie = /^50*$/.test(digits.slice(DIGITS));
  if (isTie && Number(digits[DIGITS - 1]) % 2 === 0) return [digits.slice(0, DIGITS), Number(scale)];
  const [rounded, exponent] = value.toExponential(DIGITS - 1).split('e');
  return [rounded.replace('.', ''), Number(exponent)];
}

/** With an exponent of two digits or more where it is below -4 or leaves more than seventeen digits before the point. */
function layOut(digits: string, exponent: number): string {
  if (exponent < -4 || exponent >= DIGITS) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const distance = String(Math.abs(exponent)).padStart(2, '0');
    return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${distance}`;
  }
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`;
  if (digits.length <= exponent + 1) return digits.padEnd(exponent + 1, '0');
  return `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
}
