/**
 * `__redis__err__handler`: what Redis lets the errors of scripts pass through stands among their globals there. Here nothing
 * needs it, but a script that asks for its globals, or calls it, finds it.
 */
import { textOf } from '../../lua/base-library.ts';
import type { LuaFunction } from '../../lua/function.ts';
import { makeBuiltin } from '../../lua/library.ts';
import type { Machine } from '../../lua/machine.ts';
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import { errorTable } from './redis-calls.ts';

export const ERROR_HANDLER = '__redis__err__handler';

/** Makes a table of an error, and notes in it where the program was. */
export function errorHandler(machine: Machine): LuaFunction {
  return makeBuiltin((...values: LuaValue[]) => {
    const [value] = values;
    const error = value instanceof LuaTable ? value : errorTable(`ERR ${textOf(machine, value)}`);
    const { site } = machine;
    if (site === undefined || error.readonly) return error;
    // Of a call whose result is its caller's Lua does not know where it was made.
    error.setString('source', site.isTail ? '=(tail call)' : `@${site.chunk}`);
    error.setString('line', site.isTail ? -1 : site.line);
    return error;
  });
}
