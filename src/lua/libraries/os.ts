/** The library `os`, of which Redis leaves one function. */
import { addBuiltins } from '../library.ts';
import { LuaTable } from '../table.ts';

/** `processorSeconds` tells how much time the process has had. */
export function osLibrary(processorSeconds: () => number): LuaTable {
  return addBuiltins(new LuaTable(), { clock: processorSeconds });
}
