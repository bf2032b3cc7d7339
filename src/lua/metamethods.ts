/** Metatables, and calling what is found in them. */

import { LuaError, positionOf } from './error.ts';
import { call, first, isTailCall, LuaFunction, MORE, type Steps } from './function.ts';
import { MAX_BUILTIN_DEPTH, type Machine, REDO } from './machine.ts';
import type { Naming, ProgramSite } from './site.ts';
import { type FieldCache, LuaTable } from './table.ts';
import { isTrue, type LuaValue, typeName } from './value.ts';

/** The name of a metamethod, for `getField`. */
export function metafield(key: string): FieldCache {
  return { key, place: 0 };
}

/** What is done with a metamethod's result. */
export type Outcome = 'value' | 'truth' | 'untruth';

export class Metamethods {
  private readonly machine: Machine;
  private handler: LuaValue;
  private args: LuaValue[] = [];
  private outcome: Outcome = 'value';

  constructor(machine: Machine) {
    this.machine = machine;
  }

  metatable(value: LuaValue): LuaTable | undefined {
    if (value instanceof LuaTable) return value.metatable;
    return typeof value === 'string' ? this.machine.stringMetatable : undefined;
  }

  find(value: LuaValue, name: FieldCache): LuaValue {
    return this.metatable(value)?.getField(name);
  }

  /** Calls a metamethod; MORE when that takes steps, which `rest` makes. */
  invoke(site: ProgramSite, handler: LuaValue, args: LuaValue[], outcome: Outcome): LuaValue | typeof MORE {
    if (this.machine.isSpeculating) throw REDO;
    this.machine.site = site;
    if (handler instanceof LuaFunction) {
      const result = handler.plain(...args);
      if (result !== MORE && !isTailCall(result)) return conclude(first(result), outcome);
    }
    this.handler = handler;
    this.args = args;
    this.outcome = outcome;
    return MORE;
  }

  /** Makes the call that `invoke` left open. */
  *rest(): Steps {
    const { machine, handler, args, outcome } = this;
    this.args = [];
    const depth = machine.builtinDepth;
    if (depth >= MAX_BUILTIN_DEPTH) throw new LuaError(`${positionOf(machine.site)}C stack overflow`);
    machine.builtinDepth = depth + 1;
    const result = yield* call(handler, ...args);
    machine.builtinDepth = depth;
    return conclude(first(result), outcome);
  }
}

function conclude(value: LuaValue, outcome: Outcome): LuaValue {
  switch (outcome) {
    case 'value':
      return value;
    case 'truth':
      return isTrue(value);
    case 'untruth':
      return !isTrue(value);
  }
}

/** "attempt to index local 'x' (a nil value)" */
export function wrongOperand(site: ProgramSite, value: LuaValue, action: string, naming: Naming): never {
  const what = naming.kind === '' ? `a ${typeName(value)} value` : named(naming, value);
  throw new LuaError(`${positionOf(site)}attempt to ${action} ${what}`);
}

function named({ kind, name }: Naming, value: LuaValue): string {
  return `${kind} '${name}' (a ${typeName(value)} value)`;
}
