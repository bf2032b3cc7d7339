/**
 * A Lua state as scripts have it: one machine and one table of globals, which nobody can change once it is made.
 *
 * Redis adds libraries for bits, JSON, MessagePack and binary structures, and its own; and its `pcall` gives the text of an
 * error that is a table, as redis.call throws it.
 */
import { Budget, DEFAULT_LIMITS } from '../../lua/budget.ts';
import type { LuaFunction } from '../../lua/function.ts';
import { inherited } from '../../lua/indexing.ts';
import { bitLibrary } from '../../lua/libraries/bit.ts';
import { cjsonLibrary } from '../../lua/libraries/cjson.ts';
import { cmsgpackLibrary } from '../../lua/libraries/cmsgpack.ts';
import { mathLibrary } from '../../lua/libraries/math.ts';
import type { Random } from '../../lua/libraries/random.ts';
import { stringLibrary } from '../../lua/libraries/string.ts';
import { structLibrary } from '../../lua/libraries/struct.ts';
import { tableLibrary } from '../../lua/libraries/table.ts';
import { Lua } from '../../lua/lua.ts';
import type { Machine } from '../../lua/machine.ts';
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import type { Clock } from '../keyspace/clock.ts';
import { protectGlobals } from './protection.ts';

/** The memory of the process, by which a script's is measured. */
export interface Heap {
  usedBytes(): number;
  /** Frees garbage at once. */
  collect(): void;
}

export class LuaState {
  readonly globals: LuaTable;
  private readonly lua: Lua;

  /** `library` is the table `redis`. */
  constructor(clock: Clock, heap: Heap, random: Random, library: LuaTable) {
    const surroundings = {
      nowMs: () => clock.micros() / 1000,
      heapBytes: () => heap.usedBytes(),
      collectGarbage: () => heap.collect(),
    };
    const budget = new Budget(surroundings, { ...DEFAULT_LIMITS });
    this.lua = new Lua(budget);
    this.globals = this.lua.globals;
    const strings = stringLibrary(this.lua.machine);
    const libraries = {
      string: strings,
      table: tableLibrary(this.lua.machine),
      math: mathLibrary(random),
      bit: bitLibrary(),
      cjson: cjsonLibrary(budget),
      cmsgpack: cmsgpackLibrary(budget),
      struct: structLibrary(budget),
      redis: library,
    };
    for (const [name, table] of Object.entries(libraries)) this.globals.setString(name, table);
    this.lua.machine.stringMetatable = metatableOf(strings);
    this.lua.machine.caughtValues = caughtValues;
    protectGlobals(this.globals);
  }

  get machine(): Machine {
    return this.lua.machine;
  }

  /** Compiles a chunk, whose name in messages is `name`. Throws a LuaError that tells what is wrong with it. */
  compile(source: string, name: string, globals: LuaTable): LuaFunction {
    // What the program before has used up is not held against this one.
    this.machine.budget.start();
    return this.lua.compile(source, `@${name}`, globals);
  }
}

/** pcall answers the text of an error that is a table with one. */
function caughtValues(value: LuaValue): readonly LuaValue[] {
  if (!(value instanceof LuaTable)) return [value];
  const text = inherited(value, 'err');
  return typeof text === 'string' || typeof text === 'number' ? [text] : [value, text];
}

function metatableOf(library: LuaTable): LuaTable {
  const metatable = new LuaTable();
  metatable.setString('__index', library);
  metatable.readonly = true;
  return metatable;
}
