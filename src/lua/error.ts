/**
 * Errors of a Lua program.
 *
 * They are thrown and caught by pcall or by whoever runs the program. They are no JavaScript `Error`s: capturing a stack would
 * cost more than everything else a failing call does.
 *
 * What a builtin complains about begins with the place it was called from ("user_script:3: ") and names the function as
 * the caller named it. A builtin knows neither; it throws `raise(…)` or `badArgument(…)`, and whoever catches the error
 * asks for `valueOf(site)`, `site` being where the program was.
 */

import type { LuaValue } from './value.ts';

/** A place in a program where something can fail: its line, and what the thing that fails is called there. */
export interface Site {
  /** The chunk's name as messages show it, e.g. `user_script`. */
  readonly chunk: string;
  readonly line: number;
  /** `local`, `global`, `field`, `method`, `upvalue`; empty where the thing has no name. */
  readonly kind: string;
  readonly name: string;
  /** A call whose result is the caller's: the function that is called does not know where from. */
  readonly isTail?: boolean;
}

/** `user_script:3: `; nothing when a builtin was called by another. */
export function positionOf(site: Site | undefined): string {
  return site === undefined ? '' : `${site.chunk}:${site.line}: `;
}

/** An error whose value is known. */
export class LuaError {
  private readonly value: LuaValue;

  constructor(value: LuaValue) {
    this.value = value;
  }

  /** The value that pcall answers; `site` is where the program called the builtin that failed. */
  valueAt(_site: Site | undefined): LuaValue {
    return this.value;
  }
}

class UnplacedError extends LuaError {
  override valueAt(site: Site | undefined): LuaValue {
    return positionOf(site) + super.valueAt(site);
  }
}

class ArgumentError extends LuaError {
  private readonly position: number;

  constructor(position: number, problem: string) {
    super(problem);
    this.position = position;
  }

  override valueAt(site: Site | undefined): LuaValue {
    const name = site === undefined || site.name === '' ? '?' : site.name;
    const problem = super.valueAt(site);
    const isMethod = site?.kind === 'method';
    if (isMethod && this.position === 1) return `${positionOf(site)}calling '${name}' on bad self (${problem})`;
    const position = isMethod ? this.position - 1 : this.position;
    return `${positionOf(site)}bad argument #${position} to '${name}' (${problem})`;
  }
}

/** Throws `message` with the position of the builtin's caller before it, as `luaL_error` does. */
export function raise(message: string): never {
  throw new UnplacedError(message);
}

/** Throws `bad argument #position to 'name' (problem)`, as `luaL_argerror` does; positions count from 1. */
export function badArgument(position: number, problem: string): never {
  throw new ArgumentError(position, problem);
}

/** Ends a program from outside: killed, out of time. Passes through pcall, xpcall and coroutines. */
export class ScriptStopped {
  /** For whoever ran the program. */
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}
