/** A Lua state for tests, and the text of what a program gives. */

import { Budget, type BudgetLimits, DEFAULT_LIMITS } from './budget.ts';
import { LuaError } from './error.ts';
import { list } from './function.ts';
import { Lua } from './lua.ts';
import { numberToString } from './numbers.ts';
import { type LuaValue, typeName } from './value.ts';

export function makeLua(limits: Partial<BudgetLimits> = {}): Lua {
  const surroundings = {
    nowMs: () => performance.now(),
    heapBytes: () => process.memoryUsage().heapUsed,
    collectGarbage: () => globalThis.gc?.(),
  };
  return new Lua(new Budget(surroundings, { ...DEFAULT_LIMITS, ...limits }));
}

/** Runs a chunk to its end. */
export function run(lua: Lua, source: string, ...args: LuaValue[]): readonly LuaValue[] {
  const { machine } = lua;
  let isDone = machine.start(lua.compile(source, '@user_script'), args);
  while (!isDone) isDone = machine.proceed();
  return list(machine.takeResult());
}

/** The values a chunk returns, or `error: ` and what it throws. */
export function show(source: string, lua: Lua = makeLua()): string {
  try {
    return run(lua, source).map(text).join(' ');
  } catch (error) {
    if (error instanceof LuaError) return `error: ${text(error.valueAt(lua.machine.site))}`;
    throw error;
  }
}

function text(value: LuaValue): string {
  if (typeof value === 'number') return numberToString(value);
  return typeof value === 'object' ? typeName(value) : `${value === undefined ? 'nil' : value}`;
}
