import { finish, first, isTailCall, type LuaFunction, MORE, type Result, type Signal } from '../function.ts';
import type { Machine } from '../machine.ts';
import type { LuaValue } from '../value.ts';

/**
 * Calls a function that a builtin was given, for its first result. It is called from no line of the program; afterwards the
 * builtin is again where it was called from.
 */
export function* callBack(
  machine: Machine,
  callee: LuaFunction,
  ...args: LuaValue[]
): Generator<Signal, LuaValue, Result> {
  const { site } = machine;
  machine.site = undefined;
  const plain = callee.plain(...args);
  if (plain !== MORE) {
    machine.site = site;
    return first(plain);
  }
  const result = yield* callee.steps(...args);
  const value = first(isTailCall(result) ? yield* finish(result) : result);
  machine.site = site;
  return value;
}
