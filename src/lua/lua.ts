/** A Lua state: globals, and what runs chunks compiled for it. Libraries are added to `globals` by whoever makes it. */

import { addBaseLibrary } from './base-library.ts';
import type { Budget } from './budget.ts';
import { compileChunk, type Runtime } from './compiler/compile.ts';
import { coroutineLibrary } from './coroutine-library.ts';
import type { LuaFunction } from './function.ts';
import { Machine } from './machine.ts';
import { makeRuntime } from './runtime.ts';
import { LuaTable } from './table.ts';

export class Lua {
  readonly machine: Machine;
  readonly globals = new LuaTable();
  private readonly runtime: Runtime;

  constructor(budget: Budget) {
    this.machine = new Machine(budget);
    const iterators = addBaseLibrary(this.globals, this.machine, (source, name) => this.load(source, name));
    this.globals.setString('coroutine', coroutineLibrary(this.machine));
    this.runtime = makeRuntime(this.machine, iterators);
  }

  /** Compiles a chunk. `name` is as Lua has it: `@user_script`. Throws LuaError with what is wrong with the source. */
  compile(source: string, name: string, globals: LuaTable = this.globals): LuaFunction {
    return compileChunk(source, name, this.runtime, globals, false);
  }

  /** What `loadstring` does: compiling is the program's work and counts. */
  private load(source: string, name: string): LuaFunction {
    const { budget } = this.machine;
    budget.spend(source.length);
    budget.allocate(source.length * 32);
    return compileChunk(source, name, this.runtime, this.globals, true);
  }
}
