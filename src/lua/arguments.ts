/**
 * Arguments of builtins: what Lua's C functions accept, and Lua's own words where it is something else.
 *
 * A builtin takes `(...args)` and asks `checkString(args, 1)`. Positions count from 1. A missing argument is nil, but is
 * told from nil in messages.
 */

import { badArgument } from './error.ts';
import { LuaFunction } from './function.ts';
import { numberToString, stringToNumber } from './numbers.ts';
import { LuaTable } from './table.ts';
import { type LuaValue, typeName } from './value.ts';

export type Arguments = readonly LuaValue[];

const INT64 = 2 ** 63;

/** Throws `bad argument #1 to 'rep' (string expected, got no value)`. */
export function wrongType(args: Arguments, position: number, expected: string): never {
  const got = position > args.length ? 'no value' : typeName(args[position - 1]);
  return badArgument(position, `${expected} expected, got ${got}`);
}

/** A number, or a string that says one. */
export function checkNumber(args: Arguments, position: number): number {
  const value = args[position - 1];
  return typeof value === 'number' ? value : (numberOf(value) ?? wrongType(args, position, 'number'));
}

function numberOf(value: LuaValue): number | undefined {
  return typeof value === 'string' ? stringToNumber(value) : undefined;
}

/** A number cut to an integer of 64 bits, as C does it: what does not fit is the least of them. */
export function checkInteger(args: Arguments, position: number): number {
  const value = Math.trunc(checkNumber(args, position));
  return value >= -INT64 && value < INT64 ? value + 0 : -INT64;
}

export function optionalInteger(args: Arguments, position: number, fallback: number): number {
  return args[position - 1] === undefined ? fallback : checkInteger(args, position);
}

/** A number cut to an integer of which the low 32 bits are taken, as C's `(int)` does. */
export function checkInt(args: Arguments, position: number): number {
  // Beyond 2^53 the low bits of the double are zeros, and so are those of the integer.
  return checkInteger(args, position) | 0;
}

export function optionalInt(args: Arguments, position: number, fallback: number): number {
  return args[position - 1] === undefined ? fallback : checkInt(args, position);
}

/** A string, or a number as text. */
export function checkString(args: Arguments, position: number): string {
  const value = args[position - 1];
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? numberToString(value) : wrongType(args, position, 'string');
}

export function optionalString(args: Arguments, position: number, fallback: string): string {
  return args[position - 1] === undefined ? fallback : checkString(args, position);
}

export function checkTable(args: Arguments, position: number): LuaTable {
  const value = args[position - 1];
  return value instanceof LuaTable ? value : wrongType(args, position, 'table');
}

export function checkFunction(args: Arguments, position: number): LuaFunction {
  const value = args[position - 1];
  return value instanceof LuaFunction ? value : wrongType(args, position, 'function');
}

/** Anything, nil too, but something. */
export function checkAny(args: Arguments, position: number): LuaValue {
  return position > args.length ? badArgument(position, 'value expected') : args[position - 1];
}

/** One of some words; `fallback` where the argument is missing. */
export function checkOption<Word extends string>(
  args: Arguments,
  position: number,
  words: readonly Word[],
  fallback?: Word,
): Word {
  const word = fallback === undefined ? checkString(args, position) : optionalString(args, position, fallback);
  return words.find((known) => known === word) ?? badArgument(position, `invalid option '${word}'`);
}
