/**
 * The library `math`.
 *
 * Functions that JavaScript has are its own: they may differ from C's in the last of 53 bits. `floor`, `fmod`, `frexp` and
 * the like are exact.
 */
import { type Arguments, checkInt, checkNumber } from '../arguments.ts';
import { badArgument, raise } from '../error.ts';
import { addBuiltins } from '../library.ts';
import { power } from '../power.ts';
import { LuaTable } from '../table.ts';
import type { Random } from './random.ts';

const DEGREE = Math.PI / 180;
/** The random numbers are divided by this, after what is left over by it was taken away. */
const RANDOM_LIMIT = 2 ** 31 - 1;
const LEAST_NORMAL = 2 ** -1022;
const GREATEST_EXPONENT = 1024;
const LEAST_EXPONENT = -1074;

const view = new DataView(new ArrayBuffer(8));

function ofOne(operation: (value: number) => number) {
  return (...args: Arguments) => operation(checkNumber(args, 1));
}

function ofTwo(operation: (left: number, right: number) => number) {
  return (...args: Arguments) => {
    const left = checkNumber(args, 1);
    return operation(left, checkNumber(args, 2));
  };
}

/** The first argument that none of the others `isBetter` than; NaN is never better. */
function best(isBetter: (value: number, than: number) => boolean) {
  return (...args: Arguments) => {
    let value = checkNumber(args, 1);
    for (let position = 2; position <= args.length; position++) {
      const other = checkNumber(args, position);
      if (isBetter(other, value)) value = other;
    }
    return value;
  };
}

/** A fraction from 0.5 to below 1 and a power of two, of which `value` is the product. */
function split(value: number): [fraction: number, exponent: number] {
  if (value === 0 || !Number.isFinite(value)) return [value, 0];
  if (Math.abs(value) < LEAST_NORMAL) {
    const [fraction, exponent] = split(value * 2 ** 54);
    return [fraction, exponent - 54];
  }
  view.setFloat64(0, value);
  const high = view.getUint32(0);
  view.setUint32(0, (high & 0x800fffff) | (1022 << 20));
  return [view.getFloat64(0), ((high >>> 20) & 0x7ff) - 1022];
}

/** `value * 2^exponent`, rounded once. */
function scale(value: number, exponent: number): number {
  if (value === 0) return value;
  const [fraction, own] = split(value);
  const power = own + exponent;
  if (power > GREATEST_EXPONENT) return fraction * Number.POSITIVE_INFINITY;
  if (power >= -1021) return fraction * 2 * 2 ** (power - 1);
  return fraction * 2 ** Math.max(power - LEAST_EXPONENT, LEAST_EXPONENT) * 2 ** LEAST_EXPONENT;
}

function randomNumber(random: Random, args: Arguments): number {
  const fraction = (random.next() % RANDOM_LIMIT) / RANDOM_LIMIT;
  if (args.length === 0) return fraction;
  if (args.length > 2) raise('wrong number of arguments');
  const least = args.length === 1 ? 1 : checkInt(args, 1);
  const greatest = checkInt(args, args.length);
  if (least > greatest) badArgument(args.length, 'interval is empty');
  return Math.floor(fraction * ((greatest - least + 1) | 0)) + least;
}

export function mathLibrary(random: Random): LuaTable {
  const table = new LuaTable();
  addBuiltins(
    table,
    {
      abs: ofOne(Math.abs),
      acos: ofOne(Math.acos),
      asin: ofOne(Math.asin),
      atan: ofOne(Math.atan),
      atan2: ofTwo(Math.atan2),
      ceil: ofOne(Math.ceil),
      cos: ofOne(Math.cos),
      cosh: ofOne(Math.cosh),
      deg: ofOne((value) => value / DEGREE),
      exp: ofOne(Math.exp),
      floor: ofOne(Math.floor),
      fmod: ofTwo((left, right) => left % right),
      frexp: (...args) => split(checkNumber(args, 1)),
      ldexp: (...args) => {
        const value = checkNumber(args, 1);
        return scale(value, checkInt(args, 2));
      },
      log: ofOne(Math.log),
      log10: ofOne(Math.log10),
      max: best((value, than) => value > than),
      min: best((value, than) => value < than),
      mod: ofTwo((left, right) => left % right),
      modf: (...args) => {
        const value = checkNumber(args, 1);
        const whole = Math.trunc(value);
        const rest = Number.isFinite(value) ? value - whole : Number.isNaN(value) ? value : 0;
        return [whole, value < 0 || Object.is(value, -0) ? -Math.abs(rest) : rest];
      },
      pow: ofTwo(power),
      rad: ofOne((value) => value * DEGREE),
      sin: ofOne(Math.sin),
      sinh: ofOne(Math.sinh),
      sqrt: ofOne(Math.sqrt),
      tan: ofOne(Math.tan),
      tanh: ofOne(Math.tanh),
    },
    'pure',
  );
  addBuiltins(table, {
    random: (...args) => randomNumber(random, args),
    randomseed: (...args) => {
      random.seed(checkInt(args, 1));
      return [];
    },
  });
  table.setString('pi', Math.PI);
  table.setString('huge', Number.POSITIVE_INFINITY);
  return table;
}
