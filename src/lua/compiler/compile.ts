/** A chunk of Lua, from its source to a function of JavaScript. */

import { displayName, MAX_LENGTH_OF_PARSER } from '../chunk-name.ts';
import { LuaError } from '../error.ts';
import type { LuaFunction } from '../function.ts';
import type { LuaTable } from '../table.ts';
import { ChunkContext } from './chunk-context.ts';
import { writeClosure } from './function-writer.ts';
import { parse } from './parser.ts';

/** Makes the chunk's function. */
export type Instantiate = (globals: LuaTable) => LuaFunction;

/** What compiled code calls, by name; see runtime.ts. */
export type Runtime = Readonly<Record<string, unknown>>;

/** Throws LuaError with Lua's message about what is wrong with the source. `name` is as Lua has it: `@user_script`. */
export function compileChunk(source: string, name: string, runtime: Runtime): Instantiate {
  try {
    const chunk = new ChunkContext(displayName(name));
    const main = writeClosure(parse(source, displayName(name, MAX_LENGTH_OF_PARSER)), chunk);
    const sites = chunk.sites.map((_, i) => `s${i}=S[${i}]`);
    const histories = chunk.histories.map((_, i) => `h${i}=H[${i}]`);
    const constants = [...sites, ...histories];
    const declared = constants.length === 0 ? '' : `const ${constants.join(',')};`;
    const hoisted = chunk.hoisted.length === 0 ? '' : `const ${chunk.hoisted.join(',')};`;
    const text = `"use strict";const {${Object.keys(runtime).join(',')}}=R;${declared}return G=>{${hoisted}return ${main};};`;
    return new Function('R', 'S', 'H', text)(runtime, chunk.sites, chunk.histories);
  } catch (error) {
    // The parser of JavaScript, or ours, is out of stack.
    if (error instanceof RangeError) throw new LuaError(`${displayName(name)}:1: chunk has too many syntax levels`);
    throw error;
  }
}
