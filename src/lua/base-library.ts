/**
 * The basic functions: those of Lua 5.1 that Redis leaves, which are all but the ones that reach files, the terminal and the
 * environments of functions.
 */

import {
  checkAny,
  checkInteger,
  checkNumber,
  checkOption,
  checkString,
  checkTable,
  optionalInt,
  optionalString,
  wrongType,
} from './arguments.ts';
import { badArgument, LuaError, positionOf, raise, type Site } from './error.ts';
import { ANY_NUMBER, call, first, LuaFunction, list, MORE, type Result, type Signal, type Steps } from './function.ts';
import { addBuiltins, makeBuiltin } from './library.ts';
import { MAX_BUILTIN_DEPTH, type Machine } from './machine.ts';
import { numberToString, stringToInteger, stringToNumber } from './numbers.ts';
import type { Iterators } from './runtime.ts';
import { LuaTable } from './table.ts';
import { LuaThread } from './thread.ts';
import { isTrue, type LuaValue, typeName } from './value.ts';

/** As many values as Lua has room for on its stack. */
const MAX_RESULTS = 7_999;

/** Compiles a chunk whose name is as given to `loadstring`. Throws LuaError. */
export type Load = (source: string, name: string) => LuaFunction;

/** Adds the basic functions to the globals. */
export function addBaseLibrary(globals: LuaTable, machine: Machine, load: Load): Iterators {
  globals.setString('_VERSION', 'Lua 5.1');
  globals.setString('_G', globals);
  addBuiltins(globals, valueFunctions, 'pure');
  addBuiltins(globals, metatables(machine), 'pure');
  addBuiltins(globals, tableFunctions);
  addBuiltins(globals, printing(machine), 'pure');
  addBuiltins(globals, complaints(machine), 'pure');
  const protect = protection(machine);
  addBuiltins(globals, protectedCalls(protect));
  addBuiltins(globals, loading(machine, load, protect));
  addBuiltins(globals, memory(machine));
  const next = makeBuiltin((...args) => nextOf(checkTable(args, 1), args[1]), 'pure');
  const ipairsNext = makeBuiltin((...args) => ipairsStep(args), 'pure');
  const iterators = {
    pairs: (...args: LuaValue[]) => [next, checkTable(args, 1), undefined],
    ipairs: (...args: LuaValue[]) => [ipairsNext, checkTable(args, 1), 0],
  };
  addBuiltins(globals, iterators, 'pure');
  globals.setString('next', next);
  return { next, ipairsNext };
}

const valueFunctions = {
  type: (...args: LuaValue[]) => typeName(checkAny(args, 1)),
  tonumber: (...args: LuaValue[]) => toNumber(args),
  rawequal: (...args: LuaValue[]) => checkAny(args, 1) === checkAny(args, 2),
  rawget: (...args: LuaValue[]) => {
    const table = checkTable(args, 1);
    checkAny(args, 2);
    return table.get(args[1]);
  },
  select: (...args: LuaValue[]) => selectFrom(args),
  unpack: (...args: LuaValue[]) => unpack(args),
};

function metatables(machine: Machine) {
  return {
    getmetatable: (...args: LuaValue[]) => {
      const value = checkAny(args, 1);
      if (typeof value === 'string') return shownMetatable(machine.stringMetatable);
      return value instanceof LuaTable ? shownMetatable(value.metatable) : undefined;
    },
  };
}

function shownMetatable(metatable: LuaTable | undefined): LuaValue {
  return metatable?.getString('__metatable') ?? metatable;
}

const tableFunctions = {
  rawset: (...args: LuaValue[]) => {
    const table = checkTable(args, 1);
    checkAny(args, 2);
    checkAny(args, 3);
    table.set(args[1], args[2]);
    return table;
  },
  setmetatable: (...args: LuaValue[]) => {
    const table = checkTable(args, 1);
    const metatable = args[1];
    if (!(metatable instanceof LuaTable) && (metatable !== undefined || args.length < 2)) {
      return badArgument(2, 'nil or table expected');
    }
    if (table.metatable?.getString('__metatable') !== undefined) raise('cannot change a protected metatable');
    if (table.readonly) throw new LuaError('Attempt to modify a readonly table');
    table.metatable = metatable;
    return table;
  },
};

function nextOf(table: LuaTable, key: LuaValue): Result {
  const place = table.placeOf(key);
  if (place < 0) throw new LuaError("invalid key to 'next'");
  const next = table.nextPlace(place);
  return next === 0 ? undefined : [table.keyAt(next), table.valueAt(next)];
}

function ipairsStep(args: readonly LuaValue[]): Result {
  const table = checkTable(args, 1);
  const next = checkInteger(args, 2) + 1;
  const value = table.getInt(next);
  return value === undefined ? [] : [next, value];
}

function selectFrom(args: readonly LuaValue[]): Result {
  if (args[0] === '#') return args.length - 1;
  const from = checkInteger(args, 1) | 0;
  const at = from < 0 ? args.length + from : from;
  if (at < 1) return badArgument(1, 'index out of range');
  return args.slice(at);
}

function unpack(args: readonly LuaValue[]): Result {
  const table = checkTable(args, 1);
  const from = optionalInt(args, 2, 1);
  const to = args[2] === undefined ? table.length() : optionalInt(args, 3, 0);
  if (from > to) return [];
  if (to - from >= MAX_RESULTS) raise('too many results to unpack');
  return Array.from({ length: to - from + 1 }, (_, i) => table.getInt(from + i));
}

function toNumber(args: readonly LuaValue[]): LuaValue {
  const base = optionalInt(args, 2, 10);
  if (base === 10) {
    const value = checkAny(args, 1);
    if (typeof value === 'number') return value;
    return typeof value === 'string' ? stringToNumber(value) : undefined;
  }
  const text = checkString(args, 1);
  if (base < 2 || base > 36) return badArgument(2, 'base out of range');
  return stringToInteger(text, base);
}

/** What tostring shows of a value without metamethods. */
export function textOf(machine: Machine, value: LuaValue): string {
  switch (typeof value) {
    case 'undefined':
      return 'nil';
    case 'boolean':
      return `${value}`;
    case 'number':
      return numberToString(value);
    case 'string':
      return value;
    default:
      if (value instanceof LuaTable || value instanceof LuaFunction || value instanceof LuaThread) {
        return `${typeName(value)}: ${addressOf(machine, value)}`;
      }
      return value.text;
  }
}

function addressOf(machine: Machine, holder: { address: number }): string {
  if (holder.address === 0) holder.address = machine.nextAddress();
  return `0x${(0x7f00_0000_0000 + holder.address * 32).toString(16)}`;
}

function printing(machine: Machine) {
  function handlerOf(value: LuaValue): LuaValue {
    return value instanceof LuaTable ? value.metatable?.getString('__tostring') : undefined;
  }

  return {
    tostring: {
      plain: (...args: LuaValue[]) => {
        const value = checkAny(args, 1);
        return handlerOf(value) === undefined ? textOf(machine, value) : MORE;
      },
      *steps(value: LuaValue): Steps {
        return first(yield* call(handlerOf(value), value));
      },
      plainArguments: ANY_NUMBER,
    },
  };
}

/** Functions that throw errors. */
function complaints(machine: Machine) {
  /** Where the function `level` calls up was when it called: 1 is the caller of the builtin. */
  function callerAt(level: number): string {
    if (level === 1) return positionOf(machine.site);
    const site = machine.callers[machine.depth - level + 2];
    return site?.isTail === true ? '' : positionOf(site);
  }

  function error(...args: LuaValue[]): typeof MORE {
    const level = optionalInt(args, 2, 1);
    const value = args[0];
    // Who called whom is not known of plain calls.
    if (level > 1 && machine.isSpeculating) return MORE;
    if ((typeof value !== 'string' && typeof value !== 'number') || level <= 0) throw new LuaError(value);
    const text = typeof value === 'number' ? numberToString(value) : value;
    throw new LuaError(callerAt(level) + text);
  }

  function assert(...args: LuaValue[]): Result {
    if (isTrue(checkAny(args, 1))) return args;
    return raise(optionalString(args, 2, 'assertion failed!'));
  }

  return { error, assert };
}

/** Where a builtin was called from: its caller is there even if its result is the caller's. */
function ofBuiltin(site: Site | undefined): Site | undefined {
  return site?.isTail === true ? { chunk: site.chunk, line: site.line, kind: site.kind, name: site.name } : site;
}

type Protect = (f: LuaValue, args: readonly LuaValue[], handler?: { readonly f: LuaValue }) => Steps;

/** Calls that catch errors. */
function protection(machine: Machine): Protect {
  /** The value of what was caught; throws on what a program may not catch. */
  function caught(error: unknown): LuaValue {
    const failure = machine.translate(error);
    if (!(failure instanceof LuaError)) throw error;
    return failure.valueAt(machine.site);
  }

  /** Calls f as a builtin does: from no line of the program. A handler is called with what was caught. */
  function* protect(f: LuaValue, args: readonly LuaValue[], handler?: { readonly f: LuaValue }): Steps {
    const { depth, builtinDepth } = machine;
    if (builtinDepth >= MAX_BUILTIN_DEPTH) throw new LuaError('C stack overflow');
    machine.builtinDepth = builtinDepth + 1;
    machine.depth = depth + 1;
    machine.callers[machine.depth] = ofBuiltin(machine.site);
    machine.site = undefined;
    try {
      const result = yield* call(f, ...args);
      machine.depth = depth;
      machine.builtinDepth = builtinDepth;
      return [true, ...list(result)];
    } catch (error) {
      const value = caught(error);
      machine.depth = depth;
      machine.builtinDepth = builtinDepth;
      if (handler === undefined) return [false, ...machine.caughtValues(value)];
      return [false, yield* handle(handler.f, value)];
    }
  }

  function* handle(handler: LuaValue, value: LuaValue): Generator<Signal, LuaValue, Result> {
    try {
      return first(yield* call(handler, value));
    } catch (error) {
      caught(error);
      return 'error in error handling';
    }
  }

  return protect;
}

function protectedCalls(protect: Protect) {
  function* pcall(...args: LuaValue[]): Steps {
    // As Redis has it: without a function, true is called.
    return yield* protect(args.length === 0 ? true : args[0], args.slice(1));
  }

  function* xpcall(...args: LuaValue[]): Steps {
    checkAny(args, 2);
    return yield* protect(args[0], [], { f: args[1] });
  }

  return { pcall, xpcall };
}

function loading(machine: Machine, load: Load, protect: Protect) {
  function attempt(source: string, name: string): Result {
    try {
      return load(source, name);
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      return [undefined, error.valueAt(undefined)];
    }
  }

  return {
    loadstring: (...args: LuaValue[]) => {
      const source = checkString(args, 1);
      return attempt(source, optionalString(args, 2, source));
    },
    *load(...args: LuaValue[]): Steps {
      const reader = args[0];
      if (!(reader instanceof LuaFunction)) return wrongType(args, 1, 'function');
      const name = optionalString(args, 2, '=(load)');
      let source = '';
      for (;;) {
        const [isRead, piece] = list(yield* protect(reader, []));
        if (isRead === false) return [undefined, piece];
        if (piece === undefined || piece === '') return attempt(source, name);
        if (typeof piece !== 'string' && typeof piece !== 'number') {
          return [undefined, 'reader function must return a string'];
        }
        const text = typeof piece === 'number' ? numberToString(piece) : piece;
        machine.budget.allocateString(source.length + text.length);
        source += text;
      }
    },
  };
}

const COLLECT_OPTIONS = ['stop', 'restart', 'collect', 'count', 'step', 'setpause', 'setstepmul'] as const;

/** JavaScript's garbage is collected by itself; what is told is about a fresh state of Redis. */
function memory(machine: Machine) {
  return {
    collectgarbage: (...args: LuaValue[]) => {
      const option = checkOption(args, 1, COLLECT_OPTIONS, 'collect');
      if (args[1] !== undefined) checkNumber(args, 2);
      switch (option) {
        case 'count':
          return machine.budget.usedKilobytes();
        case 'step':
          return true;
        case 'setpause':
        case 'setstepmul':
          return 200;
        default:
          return 0;
      }
    },
    gcinfo: () => Math.floor(machine.budget.usedKilobytes()),
  };
}
