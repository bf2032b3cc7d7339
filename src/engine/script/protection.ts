/**
 * Globals that no script can change: tables that are read-only, with everything they lead to, and whose metatable answers a
 * name that is not there with an error, because it is a mistake in nearly every case.
 */
import { raise } from '../../lua/error.ts';
import { makeBuiltin } from '../../lua/library.ts';
import { numberToString } from '../../lua/numbers.ts';
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';

/** Protects a table of globals, and all tables in it; returns it. */
export function protectGlobals(globals: LuaTable): LuaTable {
  const metatable = new LuaTable();
  metatable.setString('__index', makeBuiltin(missingGlobal));
  globals.metatable = metatable;
  return protect(globals);
}

/** Makes a table read-only, with all tables in it and their metatables. */
function protect(table: LuaTable): LuaTable {
  if (table.readonly) return table;
  table.readonly = true;
  for (let place = table.nextPlace(0); place !== 0; place = table.nextPlace(place)) {
    const value = table.valueAt(place);
    if (value instanceof LuaTable) protect(value);
  }
  if (table.metatable !== undefined) protect(table.metatable);
  return table;
}

function missingGlobal(...args: LuaValue[]): never {
  if (args.length !== 2) return raise('Wrong number of arguments to luaProtectedTableError');
  const [, name] = args;
  if (typeof name !== 'string' && typeof name !== 'number') {
    return raise('Second argument to luaProtectedTableError must be a string or number');
  }
  const text = typeof name === 'number' ? numberToString(name) : name;
  return raise(`Script attempted to access nonexistent global variable '${text}'`);
}
