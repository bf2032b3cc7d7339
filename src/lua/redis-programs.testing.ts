/** Programs run here and by redis-server's EVAL, for tests that compare. */

import type { Connection } from '../engine/commands/redis-peer.testing.ts';
import { LuaState } from '../engine/script/lua-state.ts';
import { LuaError } from './error.ts';
import { first } from './function.ts';
import { Random } from './libraries/random.ts';
import { numberToString } from './numbers.ts';
import { LuaTable } from './table.ts';

/** A state with the libraries that scripts have. */
export function makeState(): LuaState {
  const clock = { now: () => 0, micros: () => performance.now() * 1000 };
  const heap = { usedBytes: () => process.memoryUsage().heapUsed, collect: () => {} };
  return new LuaState(clock, heap, new Random(), new LuaTable());
}

const SHOW =
  'local function show(...) local texts = {} for i = 1, select("#", ...) do local v = (select(i, ...)) local t = type(v) ' +
  'texts[i] = (t == "table" or t == "function" or t == "thread") and t or tostring(v) end ' +
  'return table.concat(texts, "|") end return show((function(...) ';

/** A program whose values are returned as one text. */
export function shown(source: string): string {
  return `${SHOW}${source} end)())`;
}

/** `= ` and what a chunk returns, or `! ` and what it throws. */
export function ours(state: LuaState, source: string): string {
  const { machine } = state;
  try {
    const main = state.compile(source, 'user_script', state.globals);
    let isDone = machine.start(main, []);
    while (!isDone) isDone = machine.proceed();
    return `= ${first(machine.takeResult())}`;
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    const value = error.valueAt(machine.site);
    return `! ${typeof value === 'number' ? numberToString(value) : value}`;
  }
}

/** The same from redis-server, which returns a string, nil or an error. */
export async function theirs(connection: Connection, source: string): Promise<string> {
  const [reply] = await connection.ask([['EVAL', source, '0']]);
  if (reply[0] !== '-')
    return reply === '$-1\r\n' ? '= undefined' : `= ${reply.replace(/^\$\d+\r\n/, '').slice(0, -2)}`;
  const message = reply
    .slice(1, -2)
    .replace(/^ERR /, '')
    .replace(/ script: [0-9a-f]+, on .*$/s, '')
    .replace(/^Error compiling script \(new function\): /, '');
  return `! ${message}`;
}
