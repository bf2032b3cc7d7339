/**
 * Scripts of EVAL: their cache and the Lua state they share.
 *
 * A script sees its keys and arguments as the globals KEYS and ARGV, which are made anew for every call. All other globals
 * are the same for all scripts, and none can change them: nothing is left behind for the next one.
 */
import { LuaError } from '../../lua/error.ts';
import type { FieldCache } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import type { Args } from '../../protocol/args.ts';
import type { Reply } from '../../protocol/reply.ts';
import { scriptDoesNotCompile } from '../../protocol/script-errors.ts';
import type { Call } from '../dispatch/call.ts';
import type { LuaState } from './lua-state.ts';
import type { ScriptRunner } from './runner.ts';
import { Script } from './script.ts';
import { callFlags, FIRST_KEY, tableOf } from './script-arguments.ts';
import { digestOf, ScriptCache } from './script-cache.ts';
import { readDeclaration, UNDECLARED } from './shebang.ts';

/** The globals that are other ones in every call. */
const KEYS: FieldCache = { key: 'KEYS', place: 0 };
const ARGV: FieldCache = { key: 'ARGV', place: 0 };
/** The name of a script's text in messages. */
const CHUNK = 'user_script';

export class Evaluator {
  readonly cache = new ScriptCache();
  readonly runner: ScriptRunner;
  private readonly makeState: () => LuaState;
  /** Made for the first script: many engines run none. */
  private made: LuaState | undefined;

  constructor(runner: ScriptRunner, makeState: () => LuaState) {
    this.runner = runner;
    this.makeState = makeState;
  }

  private get state(): LuaState {
    this.made ??= this.makeState();
    return this.made;
  }

  /** The script of this text, compiled if it is new; a string is the error. One that is `kept` stays until FLUSH. */
  scriptOf(text: string, kept: boolean): Script | string {
    const known = this.cache.findText(text);
    if (known !== undefined) {
      if (kept) this.cache.keep(known);
      return known;
    }
    const declaration = readDeclaration(text);
    if (typeof declaration === 'string') return declaration;
    const { machine, globals } = this.state;
    try {
      const main = this.state.compile(declaration.code, CHUNK, globals);
      const script = new Script(digestOf(text), text, declaration.flags, main, machine, CHUNK, kept);
      this.cache.add(script);
      return script;
    } catch (error) {
      if (error instanceof LuaError) return scriptDoesNotCompile(String(error.valueAt(undefined)));
      throw error;
    }
  }

  /** Runs a script with the keys and arguments of a call. */
  run(call: Call, args: Args, reply: Reply, script: Script, keyCount: number, readsOnly: boolean): void {
    const { globals } = this.state;
    globals.setField(KEYS, tableOf(args, FIRST_KEY, FIRST_KEY + keyCount));
    globals.setField(ARGV, tableOf(args, FIRST_KEY + keyCount, args.count));
    this.runner.run(call, args, reply, script, NO_VALUES, readsOnly);
  }

  /** The flags of EVAL for a script of this text, which are `flags` when it declares none. */
  flagsOfText(text: string, flags: number): number {
    if (!text.startsWith('#!')) return flags;
    const declaration = readDeclaration(text);
    return typeof declaration === 'string' ? flags : callFlags(flags, declaration.flags);
  }

  /** The flags of EVALSHA for the script whose digest is argument 1. */
  flagsOfDigest(args: Args, flags: number): number {
    const declared = this.cache.find(args, 1)?.flags ?? UNDECLARED;
    return (declared & UNDECLARED) !== 0 ? flags : callFlags(flags, declared);
  }

  /** Forgets all scripts, and whatever they may have left. */
  flush(): void {
    this.cache.clear();
    this.made = undefined;
  }
}

const NO_VALUES: readonly LuaValue[] = [];
