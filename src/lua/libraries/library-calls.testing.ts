/**
 * Calls of library functions, made here and by redis-server, for tests that compare: every call with the same arguments
 * through pcall, every outcome described by the same rules.
 */
import { formatExponential } from '../../bytes/significant-digits.ts';
import type { Connection } from '../../engine/commands/redis-peer.testing.ts';
import { Budget } from '../budget.ts';
import { LuaError } from '../error.ts';
import { LuaFunction, list, MORE, type Result } from '../function.ts';
import { Machine } from '../machine.ts';
import { LuaTable } from '../table.ts';
import { NULL } from '../userdata.ts';
import { type LuaValue, typeName } from '../value.ts';
import { bitLibrary } from './bit.ts';
import { cjsonLibrary } from './cjson.ts';
import { cmsgpackLibrary } from './cmsgpack.ts';
import { mathLibrary } from './math.ts';
import { Random } from './random.ts';
import { stringLibrary } from './string.ts';
import { structLibrary } from './struct.ts';
import { tableLibrary } from './table.ts';

/** An argument: a value, a list of values, entries of a table in their order, or a function that is written in both languages. */
export type Argument =
  | undefined
  | null
  | boolean
  | number
  | string
  | Argument[]
  | { readonly entries: readonly (readonly [Argument, Argument])[] }
  | Both;

/** The same function in Lua and here. */
export interface Both {
  readonly lua: string;
  readonly run: (...args: LuaValue[]) => Result;
}

export interface Call {
  /** `string.rep`, or a function that calls it. */
  readonly callee: string | Both;
  readonly args: readonly Argument[];
}

function testBudget(): Budget {
  return new Budget({ nowMs: () => 0, heapBytes: () => 0, collectGarbage: () => {} });
}

export function testLibraries(machine = new Machine(testBudget())): Record<string, LuaTable> {
  return {
    bit: bitLibrary(),
    cjson: cjsonLibrary(machine.budget),
    cmsgpack: cmsgpackLibrary(machine.budget),
    math: mathLibrary(new Random()),
    string: stringLibrary(machine),
    struct: structLibrary(machine.budget),
    table: tableLibrary(machine),
  };
}

function toValue(argument: Argument): LuaValue {
  if (argument === null) return NULL;
  if (typeof argument !== 'object') return argument;
  const table = new LuaTable();
  if (Array.isArray(argument)) {
    for (const [index, value] of argument.entries()) table.setInt(index + 1, toValue(value));
    return table;
  }
  if ('run' in argument) return new LuaFunction(argument.run);
  for (const [key, value] of argument.entries) table.set(toValue(key), toValue(value));
  return table;
}

/** The argument as Lua writes it. */
export function toLua(argument: Argument): string {
  if (argument === undefined) return 'nil';
  if (argument === null) return 'cjson.null';
  if (typeof argument === 'boolean') return String(argument);
  if (typeof argument === 'number') return numberToLua(argument);
  if (typeof argument === 'string') {
    return `"${argument.replace(/[^ !#-[\]-~]/g, (c) => `\\${String(c.charCodeAt(0)).padStart(3, '0')}`)}"`;
  }
  if (Array.isArray(argument)) return `{${argument.map(toLua).join(',')}}`;
  if ('lua' in argument) return argument.lua;
  return `{${argument.entries.map(([key, value]) => `[${toLua(key)}]=${toLua(value)}`).join(',')}}`;
}

function numberToLua(number: number): string {
  if (Number.isNaN(number)) return '(0/0)';
  if (!Number.isFinite(number)) return number > 0 ? '(1/0)' : '(-1/0)';
  // A constant -0 would become the script's constant 0.
  return Object.is(number, -0) ? '(-zero)' : `(${number})`;
}

/** What a call answers, or its error. */
export function outcomeOf(f: LuaValue, args: readonly LuaValue[]): string {
  if (!(f instanceof LuaFunction)) throw new Error(`${typeName(f)} is no function`);
  try {
    return `ok ${list(callToTheEnd(f, args)).map(describe).join(' ')}`;
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    return `error ${describe(error.valueAt(undefined))}`;
  }
}

export function callToTheEnd(f: LuaFunction, args: readonly LuaValue[]): Result {
  const result = f.plain(...args);
  if (result !== MORE) return result;
  const steps = f.steps(...args);
  for (;;) {
    const step = steps.next(undefined);
    if (step.done === true) return step.value;
  }
}

function describe(value: LuaValue): string {
  if (value === undefined || typeof value === 'boolean') return String(value ?? 'nil');
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : Number.isNaN(value) ? 'nan' : formatted(value);
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (!(value instanceof LuaTable)) return typeName(value);
  const entries: string[] = [];
  for (let place = value.nextPlace(0); place > 0; place = value.nextPlace(place)) {
    entries.push(`${describe(value.keyAt(place))}=${describe(value.valueAt(place))}`);
  }
  return `{${entries.sort().join(',')}}`;
}

/** Enough digits to tell all numbers. */
function formatted(number: number): string {
  if (!Number.isFinite(number)) return number > 0 ? 'inf' : '-inf';
  return formatExponential(number, 16);
}

/** Lua's side of the descriptions: `outcome(pcall(f))`. */
export const DESCRIBE = `
local zero = 0
local function describe(v)
  local t = type(v)
  if t == 'nil' or t == 'boolean' then return tostring(v) end
  if t == 'number' then
    if v ~= v then return 'nan' end
    if v == 0 then return 1 / v < 0 and '-0' or '0.0000000000000000e+00' end
    if v == 1/0 then return 'inf' end
    if v == -1/0 then return '-inf' end
    return string.format('%.16e', v)
  end
  if t == 'string' then return #v .. ':' .. v end
  if t ~= 'table' then return t end
  local entries = {}
  for k, x in pairs(v) do entries[#entries + 1] = describe(k) .. '=' .. describe(x) end
  table.sort(entries)
  return '{' .. table.concat(entries, ',') .. '}'
end
local function outcome(ok, ...)
  local texts = {}
  for i = 1, select('#', ...) do texts[i] = describe((select(i, ...))) end
  return (ok and 'ok ' or 'error ') .. table.concat(texts, ' ')
end
`;

function nameOf(callee: string | Both): string {
  return typeof callee === 'string' ? callee : callee.lua;
}

/** Takes away where a function of the script called the library. */
const PLACELESS = `
local function placeless(ok, ...)
  local message = ...
  if ok or type(message) ~= 'string' then return ok, ... end
  return ok, (message:gsub('^user_script:%d+: ', ''))
end
`;

const CALLS_PER_SCRIPT = 50;

/** The outcomes in redis-server. */
export async function outcomesInRedis(redis: Connection, calls: readonly Call[]): Promise<string[]> {
  const outcomes: string[] = [];
  for (let from = 0; from < calls.length; from += CALLS_PER_SCRIPT) {
    const lines = calls
      .slice(from, from + CALLS_PER_SCRIPT)
      .map(({ callee, args }) => `outcome(placeless(pcall(${[nameOf(callee), ...args.map(toLua)].join(',')})))`);
    const script = `${DESCRIBE}${PLACELESS}return {${lines.join(',\n')}}`;
    const [reply] = await redis.ask([['EVAL', script, '0']]);
    if (reply[0] !== '*') throw new Error(`${reply} for ${script}`);
    outcomes.push(...readBulks(reply));
  }
  return outcomes;
}

function readBulks(reply: string): string[] {
  const texts: string[] = [];
  let at = reply.indexOf('\r\n') + 2;
  while (at < reply.length) {
    const lineEnd = reply.indexOf('\r\n', at);
    const length = Number(reply.slice(at + 1, lineEnd));
    texts.push(reply.slice(lineEnd + 2, lineEnd + 2 + length));
    at = lineEnd + length + 4;
  }
  return texts;
}

/** The outcomes here. */
export function outcomesHere(libraries: Record<string, LuaTable>, calls: readonly Call[]): string[] {
  return calls.map(({ callee, args }) => {
    if (typeof callee !== 'string') return outcomeOf(toValue(callee), args.map(toValue));
    const [library, name] = callee.split('.');
    return outcomeOf(libraries[library].getString(name), args.map(toValue));
  });
}

/** The calls whose outcomes differ, both of them beside it. */
export async function differences(
  redis: Connection,
  libraries: Record<string, LuaTable>,
  calls: readonly Call[],
): Promise<string[]> {
  const there = await outcomesInRedis(redis, calls);
  const here = outcomesHere(libraries, calls);
  return calls.flatMap(({ callee, args }, i) =>
    here[i] === there[i]
      ? []
      : [`${nameOf(callee)}(${args.map(toLua).join(', ')}) is ${here[i]} here and ${there[i]} there`],
  );
}
