/**
 * The library `bit` (LuaBitOp 1.0.2): operations on 32 bits, of which results are signed.
 *
 * An argument is rounded to an integer by adding 2^52 + 2^51 and taking the low word of the double, so what a number beyond
 * 2^51 gives is odd but always the same.
 */
import { type Arguments, wrongType } from '../arguments.ts';
import { addBuiltins } from '../library.ts';
import { stringToNumber } from '../numbers.ts';
import { LuaTable } from '../table.ts';

const ROUNDER = 2 ** 52 + 2 ** 51;
const MOST_DIGITS = 8;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

function bits(args: Arguments, position: number): number {
  const value = args[position - 1];
  if (typeof value === 'number' && (value | 0) === value) return value | 0;
  const number = typeof value === 'string' ? stringToNumber(value) : value;
  if (typeof number !== 'number') return wrongType(args, position, 'number');
  double[0] = number + ROUNDER;
  return Number.isNaN(number) ? 0 : words[0];
}

function shift(operation: (value: number, count: number) => number) {
  return (...args: Arguments) => operation(bits(args, 1), bits(args, 2) & 31) | 0;
}

/** From the last argument to the second, as their errors show. */
function fold(operation: (left: number, right: number) => number) {
  return (...args: Arguments) => {
    let value = bits(args, 1);
    for (let position = args.length; position > 1; position--) value = operation(value, bits(args, position));
    return value;
  };
}

function toHexadecimal(args: Arguments): string {
  const value = bits(args, 1);
  const asked = args.length < 2 ? MOST_DIGITS : bits(args, 2);
  const count = Math.min(Math.abs(asked), MOST_DIGITS);
  const digits = (value >>> 0)
    .toString(16)
    .padStart(MOST_DIGITS, '0')
    .slice(MOST_DIGITS - count);
  return asked < 0 ? digits.toUpperCase() : digits;
}

export function bitLibrary(): LuaTable {
  return addBuiltins(
    new LuaTable(),
    {
      tobit: (...args) => bits(args, 1),
      bnot: (...args) => ~bits(args, 1),
      band: fold((left, right) => left & right),
      bor: fold((left, right) => left | right),
      bxor: fold((left, right) => left ^ right),
      lshift: shift((value, count) => value << count),
      rshift: shift((value, count) => value >>> count),
      arshift: shift((value, count) => value >> count),
      rol: shift((value, count) => (value << count) | (value >>> -count)),
      ror: shift((value, count) => (value >>> count) | (value << -count)),
      bswap: (...args) => {
        const value = bits(args, 1);
        return (value >>> 24) | ((value >>> 8) & 0xff00) | ((value & 0xff00) << 8) | (value << 24);
      },
      tohex: (...args) => toHexadecimal(args),
    },
    'pure',
  );
}
