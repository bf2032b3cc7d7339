/**
 * Functions and how they are called.
 *
 * A function has two forms. `plain` is an ordinary JavaScript function: as fast as a call can be, but nothing can interrupt
 * it. `steps` is a generator: it can be suspended at any loop or call, so that a program that runs for long leaves the event
 * loop its turns. A call tries the first and goes on with the second:
 *
 *     const result = f.plain(a, b);
 *     return result === MORE ? yield* f.steps(a, b) : result;        // builtins: yield* call(f, a, b)
 *
 * `plain` answers MORE, having done nothing, where the call has to be made in steps. Most builtins only have the plain form;
 * those that call back (pcall, table.sort) only have steps; some (tostring) are plain except for a rare case. Compiled functions
 * have steps, and a plain form where it is safe (see compiler/purity.ts).
 *
 * A result is a value, or an array of exactly the values returned (an array is never a value). `[]` is no value. Who gets an
 * array does not change it: it may be someone's varargs.
 */

import { LuaError } from './error.ts';
import { LuaTable } from './table.ts';
import { type LuaValue, typeName } from './value.ts';

export type Result = LuaValue | readonly LuaValue[];

/** What a suspended function tells whoever drives it; see machine.ts. */
export type Signal = object;

/** A call being made in steps. What is sent into it belongs to the signal it gave. */
export type Steps = Generator<Signal, Result, Result>;

/** The answer of a plain form that cannot make this call. */
export const MORE: unique symbol = Symbol('more');

/** What a call gives that was begun and now waits for the driver (machine.ts): to be answered by `yield WAIT`. */
export const WAIT: Signal = { wait: true };

/** The slice is over: the program is suspended, and goes on here with its next slice. */
export const PAUSE: Signal = { pause: true };

export type Plain = (...args: LuaValue[]) => Result | typeof MORE;
export type Stepping = (...args: LuaValue[]) => Steps;

/** More arguments than there can be. */
export const ANY_NUMBER = 2 ** 30 - 1;

/** No value. */
export const NOTHING: readonly LuaValue[] = [];

export class LuaFunction {
  readonly plain: Plain;
  readonly steps: Stepping;
  /**
   * The form for callers that may have to forget the call and make it again (speculation.ts): changes nothing but what it
   * makes itself.
   */
  readonly pure: Plain;
  /** Called with at most so many arguments the plain form never answers MORE, unless metatables are about. */
  readonly plainArguments: number;
  /** Made by the host, not by a program. */
  isBuiltin = true;
  /** Numbers functions for `tostring`, when asked for the first time. */
  address = 0;

  /** `plain` alone for most builtins, `steps` alone for those that always call back; undefined for the missing form. */
  constructor(plain: Plain | undefined, steps?: Stepping, pure?: Plain, plainArguments = -1) {
    this.plain = plain ?? needsSteps;
    this.steps = steps ?? hasNoSteps;
    this.pure = pure ?? needsSteps;
    this.plainArguments = steps === undefined ? ANY_NUMBER : plainArguments;
  }

  get isPure(): boolean {
    return this.pure !== needsSteps;
  }
}

function needsSteps(): typeof MORE {
  return MORE;
}

// biome-ignore lint/correctness/useYield: a generator because its callers delegate to it.
function* hasNoSteps(): Steps {
  throw new Error('a function without steps answered MORE');
}

/** The first of the values returned. */
export function first(result: Result): LuaValue {
  return isList(result) ? result[0] : result;
}

/** The values returned, not to be changed. */
export function list(result: Result): readonly LuaValue[] {
  return isList(result) ? result : [result];
}

function isList(result: Result): result is readonly LuaValue[] {
  return typeof result === 'object' && Array.isArray(result);
}

/**
 * A result that is yet to be had, by calling `callee`: what `return f(x)` gives when there is no room for another nested call.
 * Who delegates to `steps` by itself has to look for it; `call` does.
 */
export class TailCall extends Array<LuaValue> {
  readonly callee: LuaFunction;
  readonly args: readonly LuaValue[];

  constructor(callee: LuaFunction, args: readonly LuaValue[]) {
    super();
    this.callee = callee;
    this.args = args;
  }
}

export function isTailCall(result: Result): result is TailCall {
  return result instanceof TailCall;
}

/** The result of a call that `steps` left to its caller. */
export function* finish(tail: TailCall): Steps {
  let result: Result = tail;
  while (result instanceof TailCall) {
    const { callee, args }: TailCall = result;
    const plain = callee.plain(...args);
    result = plain === MORE ? yield* callee.steps(...args) : plain;
  }
  return result;
}

/** Calls whatever can be called, from a builtin's steps: `const result = yield* call(f, a, b)`. */
export function* call(callee: LuaValue, ...args: LuaValue[]): Steps {
  if (callee instanceof LuaFunction) {
    const plain = callee.plain(...args);
    if (plain !== MORE) return plain;
    const result = yield* callee.steps(...args);
    return result instanceof TailCall ? yield* finish(result) : result;
  }
  const handler = callee instanceof LuaTable ? callee.metatable?.getString('__call') : undefined;
  if (!(handler instanceof LuaFunction)) throw new LuaError(`attempt to call a ${typeName(callee)} value`);
  return yield* call(handler, callee, ...args);
}
