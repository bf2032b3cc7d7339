/** Metatables, and calling what is found in them. */

import { LuaError, positionOf } from './error.ts';
import { call, first, LuaFunction, MORE, type Result, type Signal, type Steps, WAIT } from './function.ts';
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

  /** Calls a metamethod: what is made of its result, or WAIT. */
  invoke(site: ProgramSite, handler: LuaValue, args: LuaValue[], outcome: Outcome): LuaValue | Signal {
    const { machine } = this;
    if (machine.isSpeculating) throw REDO;
    machine.site = site;
    const depth = machine.builtinDepth;
    if (depth >= MAX_BUILTIN_DEPTH) machine.overflow();
    machine.builtinDepth = depth + 1;
    const plain = handler instanceof LuaFunction ? handler.plain(...args) : MORE;
    const result = plain === MORE ? machine.enter(call(handler, ...args)) : plain;
    if (result === WAIT) return machine.wait(this.conclusion(depth, outcome), WAIT);
    machine.builtinDepth = depth;
    return conclude(first(result as Result), outcome);
  }

  /** Waits for the metamethod's result in the place of the operation. */
  private conclusion(depth: number, outcome: Outcome): Steps {
    const steps = this.conclude(depth, outcome);
    steps.next();
    return steps;
  }

  private *conclude(depth: number, outcome: Outcome): Steps {
    const result = yield WAIT;
    this.machine.builtinDepth = depth;
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
