/**
 * Loads libraries: runs their text once, during which they register their functions.
 *
 * While a library is loaded its globals are few: `redis.register_function`, the log, the versions. Later, when its functions
 * run, the same globals are those of EVAL without what only EVAL has. So the table of globals is empty, cannot be changed, and
 * its metatable leads to one or the other.
 */
import { LuaError, ScriptStopped } from '../../lua/error.ts';
import { LuaFunction } from '../../lua/function.ts';
import { inherited } from '../../lua/indexing.ts';
import { addBuiltins } from '../../lua/library.ts';
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import { libraryExists } from '../../protocol/script-errors.ts';
import type { Notices } from '../dispatch/call.ts';
import type { Library, RegisteredFunction } from './libraries.ts';
import type { LuaState } from './lua-state.ts';
import { protectGlobals } from './protection.ts';
import { fail, libraryOfLog, numberOrText } from './redis-library.ts';
import { BAD_NAME, isSoundName, readLibraryHeader, SCRIPT_FLAGS } from './shebang.ts';

/** The name of a library's text in messages. */
const FUNCTION_CHUNK = 'user_function';
/** How long a library may take to register its functions. */
const LOAD_MS = 500;

/** What redis.register_function was given. */
interface Registration {
  readonly name: string;
  readonly description: string | undefined;
  readonly flags: number;
  readonly callback: LuaFunction;
}

export class LibraryLoader {
  readonly state: LuaState;
  private readonly globals = new LuaTable();
  private readonly lookup = new LuaTable();
  private readonly loadGlobals = new LuaTable();
  /** The functions of the library that is being loaded. */
  private loading: Map<string, RegisteredFunction> | undefined;

  constructor(state: LuaState, notices: Notices) {
    this.state = state;
    const library = addBuiltins(libraryOfLog(notices), {
      register_function: (...values) => {
        this.register(values);
        return [];
      },
    });
    this.loadGlobals.setString('redis', protectGlobals(library));
    protectGlobals(this.loadGlobals);
    this.lookup.setString('__index', state.globals);
    this.lookup.readonly = true;
    this.globals.metatable = this.lookup;
    this.globals.readonly = true;
  }

  /** Makes a library of its text; a string is the error. `isTaken` tells names that cannot be used. */
  load(text: string, isTaken: (name: string) => boolean): Library | string {
    const header = readLibraryHeader(text);
    if (typeof header === 'string') return header;
    const { engine, name, code } = header;
    if (!isSoundName(name)) return BAD_NAME;
    if (engine.toLowerCase() !== 'lua') return `ERR Engine '${engine}' not found`;
    if (isTaken(name)) return libraryExists(name);
    const functions = new Map<string, RegisteredFunction>();
    const problem = this.run(code, functions);
    if (problem !== undefined) return problem;
    return functions.size === 0 ? 'ERR No functions registered' : { name, code: text, functions };
  }

  /** Runs the text of a library; a string is the error. */
  private run(code: string, functions: Map<string, RegisteredFunction>): string | undefined {
    let main: LuaFunction;
    try {
      main = this.state.compile(code, FUNCTION_CHUNK, this.globals);
    } catch (error) {
      if (error instanceof LuaError) return `ERR Error compiling function: ${error.valueAt(undefined)}`;
      throw error;
    }
    const { machine } = this.state;
    const { limits } = machine.budget;
    limits.sliceMs = Number.POSITIVE_INFINITY;
    limits.totalMs = LOAD_MS;
    this.loading = functions;
    this.lookup.setString('__index', this.loadGlobals);
    try {
      machine.start(main, []);
      return undefined;
    } catch (error) {
      return `ERR Error registering functions: ${textOf(error, machine.site)}`;
    } finally {
      this.loading = undefined;
      this.lookup.setString('__index', this.state.globals);
      machine.reset();
    }
  }

  private register(values: readonly LuaValue[]): void {
    if (this.loading === undefined) return fail('redis.register_function can only be called on FUNCTION LOAD command');
    if (values.length < 1 || values.length > 2) fail('wrong number of arguments to redis.register_function');
    const { name, description, flags, callback } =
      values.length === 1 ? namedArguments(values[0]) : positionalArguments(values);
    if (!isSoundName(name)) fail(BAD_NAME.slice('ERR '.length));
    if (this.loading.has(name)) fail('Function already exists in the library');
    const { machine } = this.state;
    const program = { main: callback, name, flags, isFunction: true, machine, chunk: FUNCTION_CHUNK };
    this.loading.set(name, { ...program, description });
  }
}

function textOf(error: unknown, site: Parameters<LuaError['valueAt']>[0]): string {
  if (error instanceof ScriptStopped) return 'ERR FUNCTION LOAD timeout';
  if (!(error instanceof LuaError)) throw error;
  const value = error.valueAt(site);
  if (!(value instanceof LuaTable)) return `ERR ${value}`;
  return numberOrText(inherited(value, 'err')) ?? 'ERR unknown error';
}

function positionalArguments([first, callback]: readonly LuaValue[]): Registration {
  const name = numberOrText(first) ?? fail('first argument to redis.register_function must be a string');
  if (!(callback instanceof LuaFunction)) return fail('second argument to redis.register_function must be a function');
  return { name, description: undefined, flags: 0, callback };
}

function namedArguments(table: LuaValue): Registration {
  if (!(table instanceof LuaTable)) {
    return fail(
      'calling redis.register_function with a single argument is only applicable to Lua table (representing named arguments).',
    );
  }
  let name: string | undefined;
  let description: string | undefined;
  let callback: LuaFunction | undefined;
  let flags = 0;
  for (let place = table.nextPlace(0); place !== 0; place = table.nextPlace(place)) {
    const key = numberOrText(table.keyAt(place));
    const value = table.valueAt(place);
    if (key === undefined) fail('named argument key given to redis.register_function is not a string');
    switch (key?.toLowerCase()) {
      case 'function_name':
        name = stringArgument('function_name', value);
        break;
      case 'description':
        description = stringArgument('description', value);
        break;
      case 'callback':
        if (!(value instanceof LuaFunction)) {
          return fail('callback argument given to redis.register_function must be a function');
        }
        callback = value;
        break;
      case 'flags':
        flags = flagsArgument(value);
        break;
      default:
        fail('unknown argument given to redis.register_function');
    }
  }
  if (name === undefined) return fail('redis.register_function must get a function name argument');
  if (callback === undefined) return fail('redis.register_function must get a callback argument');
  return { name, description, flags, callback };
}

function stringArgument(key: string, value: LuaValue): string {
  return numberOrText(value) ?? fail(`${key} argument given to redis.register_function must be a string`);
}

function flagsArgument(value: LuaValue): number {
  if (!(value instanceof LuaTable)) {
    return fail('flags argument to redis.register_function must be a table representing function flags');
  }
  let flags = 0;
  for (let i = 1; value.getInt(i) !== undefined; i++) {
    flags |= SCRIPT_FLAGS.get(numberOrText(value.getInt(i))?.toLowerCase() ?? '') ?? fail('unknown flag given');
  }
  return flags;
}
