/**
 * Libraries: an object of builtins turned into a table of functions.
 *
 *     addBuiltins(table, { floor: (...args) => Math.floor(checkNumber(args, 1)) }, 'pure');
 *     addBuiltins(table, { *sort(...args) { … yield* call(comparator, a, b) … } });
 *
 * A builtin is a plain function, a generator function (steps) where it calls back, or both; see function.ts.
 */

import { LuaFunction, type Plain, type Stepping } from './function.ts';
import type { LuaTable } from './table.ts';

export type Builtin =
  | Plain
  | Stepping
  | { readonly plain: Plain; readonly steps: Stepping; readonly plainArguments?: number };

/**
 * `pure` is what changes nothing that its caller can see and depends on its arguments alone: it may be called once too
 * often. What reads or changes a table's fields through metamethods, has a state or an effect, is not.
 */
export type Purity = 'pure' | 'effects';

export function makeBuiltin(builtin: Builtin, purity: Purity = 'effects'): LuaFunction {
  if (typeof builtin === 'object') {
    const { plain, steps, plainArguments } = builtin;
    return new LuaFunction(plain, steps, purity === 'pure' ? plain : undefined, plainArguments);
  }
  if (isStepping(builtin)) return new LuaFunction(undefined, builtin);
  return new LuaFunction(builtin, undefined, purity === 'pure' ? builtin : undefined);
}

/** Adds functions to a table by their names. */
export function addBuiltins(
  table: LuaTable,
  builtins: Readonly<Record<string, Builtin>>,
  purity: Purity = 'effects',
): LuaTable {
  for (const [name, builtin] of Object.entries(builtins)) table.setString(name, makeBuiltin(builtin, purity));
  return table;
}

const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor;

function isStepping(builtin: Plain | Stepping): builtin is Stepping {
  return builtin instanceof GeneratorFunction;
}
