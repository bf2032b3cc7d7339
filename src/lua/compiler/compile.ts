/** A chunk of Lua, from its source to a function that runs it. */

import { displayName, MAX_LENGTH_OF_PARSER } from '../chunk-name.ts';
import { LuaError } from '../error.ts';
import type { LuaFunction } from '../function.ts';
import type { LuaTable } from '../table.ts';
import { ChunkContext } from './chunk-context.ts';
import { writeClosure } from './function-writer.ts';
import { Knowledge } from './knowledge.ts';
import { parse } from './parser.ts';

/** What compiled code calls, by name; see runtime.ts. */
export type Runtime = Readonly<Record<string, unknown>>;

/**
 * Throws LuaError with Lua's message about what is wrong with the source. `name` is as Lua has it: `@user_script`.
 * `isShared`: another chunk hands it values.
 */
export function compileChunk(
  source: string,
  name: string,
  runtime: Runtime,
  globals: LuaTable,
  isShared: boolean,
): LuaFunction {
  try {
    const body = parse(source, displayName(name, MAX_LENGTH_OF_PARSER));
    const chunk = new ChunkContext(displayName(name), new Knowledge(body, globals, isShared));
    const main = writeClosure(body, chunk);
    const sites = chunk.sites.map((_, i) => `s${i}=S[${i}]`);
    const histories = chunk.histories.map((_, i) => `h${i}=H[${i}]`);
    const builtins = chunk.builtins.map((_, i) => `b${i}=B[${i}],p${i}=b${i}.plain,q${i}=b${i}.pure`);
    const constants = [...sites, ...histories, ...builtins];
    const declared = constants.length === 0 ? '' : `const ${constants.join(',')};`;
    const hoisted = chunk.hoisted.length === 0 ? '' : `const ${chunk.hoisted.join(',')};`;
    const text = `"use strict";const {${Object.keys(runtime).join(',')}}=R;${declared}${hoisted}return ${main};`;
    return new Function('R', 'S', 'H', 'B', 'G', text)(runtime, chunk.sites, chunk.histories, chunk.builtins, globals);
  } catch (error) {
    // The parser of JavaScript, or ours, is out of stack.
    if (error instanceof RangeError) throw new LuaError(`${displayName(name)}:1: chunk has too many syntax levels`);
    throw error;
  }
}
