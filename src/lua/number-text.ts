/**
 * Numbers as Lua prints them (C's `%.14g`) and reads them (C's `strtod`, or hexadecimal digits).
 */

const DIGITS = 14;
/** Integers below this have at most fourteen digits. */
const INTEGER_LIMIT = 10 ** DIGITS;
/** More digits than any tie at the fourteenth has. */
const MANY_DIGITS = 100;

const DECIMAL = /^[ \t-\r]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[ \t-\r]*$/;
const HEXADECIMAL = /^[ \t-\r]*([+-]?)0[xX]([\da-fA-F]*)(?:\.([\da-fA-F]*))?(?:[pP]([+-]?\d+))?[ \t-\r]*$/;
const NAMED = /^[ \t-\r]*([+-]?)(inf(?:inity)?|nan)[ \t-\r]*$/i;
/** Longer texts of numbers are nobody's; they would be slow to read. */
const LONGEST_HEXADECIMAL = 400;

/** What `tostring(value)` answers. NaN is `-nan`: that is how the processor makes it from 0/0. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) && value < INTEGER_LIMIT && value > -INTEGER_LIMIT) {
    return value === 0 && Object.is(value, -0) ? '-0' : `${value}`;
  }
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '-nan' : value > 0 ? 'inf' : '-inf';
  const [digits, exponent] = roundedDigits(Math.abs(value));
  return (value < 0 ? '-' : '') + layOut(digits.replace(/0+$/, ''), exponent);
}

/** Fourteen digits, the first of which counts 10^exponent; C rounds ties to the even digit, JavaScript up. */
function roundedDigits(value: number): [digits: string, exponent: number] {
  const [rounded, scale] = value.toExponential(DIGITS - 1).split('e');
  const shortest = value.toExponential();
  // Only a number of exactly fifteen digits, the last of which is 5, can be a tie.
  if (shortest[DIGITS + 1] === '5' && shortest[DIGITS + 2] === 'e') {
    const [many, exponent] = value.toExponential(MANY_DIGITS).split('e');
    const exact = many.replace('.', '');
    const isTie = /^50*$/.test(exact.slice(DIGITS));
    if (isTie && Number(exact[DIGITS - 1]) % 2 === 0) return [exact.slice(0, DIGITS), Number(exponent)];
  }
  return [rounded.replace('.', ''), Number(scale)];
}

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

/** The number a string says, as `tonumber` and arithmetic read it; undefined when it says none. */
export function parseNumber(text: string): number | undefined {
  const decimal = DECIMAL.exec(text);
  if (decimal !== null) return Number(decimal[1]);
  const hexadecimal = text.length > LONGEST_HEXADECIMAL ? null : HEXADECIMAL.exec(text);
  if (hexadecimal !== null) return hexadecimalValue(hexadecimal);
  const named = NAMED.exec(text);
  if (named === null) return undefined;
  if (named[2][0] === 'n' || named[2][0] === 'N') return Number.NaN;
  return named[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function hexadecimalValue([, sign, whole, fraction = '', power = '0']: RegExpExecArray): number | undefined {
  if (whole === '' && fraction === '') return undefined;
  const exponent = Math.max(-2200, Math.min(2200, Number(power))) - fraction.length * 4;
  // In two steps: a power of two alone may be out of a double's range where the product is not.
  const half = Math.trunc(exponent / 2);
  const magnitude = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** half * 2 ** (exponent - half);
  return sign === '-' ? -magnitude : magnitude;
}
