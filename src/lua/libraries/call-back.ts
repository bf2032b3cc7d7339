/**
 * Calling a function that a builtin was given. It is called from no line of the program; afterwards the builtin is again where
 * it was called from.
 */
import { finish, first, isTailCall, type LuaFunction, MORE, type Result, type Signal } from '../function.ts';
import type { Machine } from '../machine.ts';
import type { LuaValue } from '../value.ts';

/**
 * Asks the plain form for the first result: MORE if the call takes steps. With `callBackInSteps` for that case no generator is
 * made where none is needed:
 *
 *     const value = callBack(machine, f, [a, b]);
 *     use(value === MORE ? yield* callBackInSteps(machine, f, [a, b]) : value);
 */
export function callBack(machine: Machine, callee: LuaFunction, args: readonly LuaValue[]): LuaValue | typeof MORE {
  const { site } = machine;
  machine.site = undefined;
  const result = callee.plain(...args);
  machine.site = site;
  return result === MORE ? MORE : first(result);
}

export function* callBackInSteps(
  machine: Machine,
  callee: LuaFunction,
  args: readonly LuaValue[],
): Generator<Signal, LuaValue, Result> {
  const { site } = machine;
  machine.site = undefined;
  const result = yield* callee.steps(...args);
  const value = first(isTailCall(result) ? yield* finish(result) : result);
  machine.site = site;
  return value;
}
