/** Everything compiled code calls, under the names it has there. */

import type { Runtime } from './compiler/compile.ts';
import { LuaError, positionOf, raise } from './error.ts';
import {
  LuaFunction,
  MORE,
  NOTHING,
  PAUSE,
  type Plain,
  type Result,
  type Signal,
  type Stepping,
  type Steps,
  TailCall,
  WAIT,
} from './function.ts';
import { makeReaders, makeWriters } from './indexing.ts';
import { type Machine, REDO } from './machine.ts';
import { Metamethods, metafield, wrongOperand } from './metamethods.ts';
import { stringToNumber } from './numbers.ts';
import { makeOperators } from './operators.ts';
import { power } from './power.ts';
import type { ProgramSite } from './site.ts';
import { type History, Speculation } from './speculation.ts';
import { LuaTable } from './table.ts';
import type { LuaValue } from './value.ts';

const CALL = metafield('__call');
/** About what a table and a closure take without what is in them. */
const TABLE_BYTES = 80;
const CLOSURE_BYTES = 120;
const ITEM_BYTES = 16;
/** Lua's own limit of what a C function may have on the stack (LUAI_MAXCSTACK). */
const MAX_VALUES = 8000;
/** Lua stores the items of a constructor so many at a time (LFIELDS_PER_FLUSH). */
const ITEMS_AT_ONCE = 50;

/** The iterators of pairs and ipairs, which loops know. */
export interface Iterators {
  readonly next: LuaFunction;
  readonly ipairsNext: LuaFunction;
}

export function makeRuntime(machine: Machine, iterators: Iterators): Runtime {
  const { budget } = machine;
  const metamethods = new Metamethods(machine);
  const speculation = new Speculation(machine);
  const { index, field } = makeReaders(machine, metamethods);
  const { setIndex, setField } = makeWriters(machine, metamethods);
  const { arithmetic, concat, length, equal, less, lessOrEqual } = makeOperators(budget, metamethods);

  function closure(steps: Stepping): LuaFunction {
    budget.allocate(CLOSURE_BYTES);
    const made = new LuaFunction(undefined, steps);
    made.isBuiltin = false;
    return made;
  }

  function speculative(pure: Plain, steps: Stepping, history: History): LuaFunction {
    budget.allocate(CLOSURE_BYTES);
    const made = speculation.make(pure, steps, history);
    made.isBuiltin = false;
    return made;
  }

  /** A function that ends soon. */
  function settled(plain: Plain, pure?: Plain): LuaFunction {
    budget.allocate(CLOSURE_BYTES);
    const made = new LuaFunction(plain, undefined, pure);
    made.isBuiltin = false;
    return made;
  }

  return {
    machine,
    budget,
    F: LuaFunction,
    TailCall,
    MORE,
    WAIT,
    NOTHING,
    PAUSE,
    power,
    enter: (steps: Steps) => machine.enter(steps),
    index,
    field,
    setIndex,
    setField,
    arithmetic,
    concat,
    length,
    equal,
    less,
    lessOrEqual,
    closure,
    speculative,
    settled,
    refill: () => speculation.refill(),
    redo,
    few,
    ...makeCallers(machine, metamethods),
    ...makeTables(machine),
    ...makeLoops(iterators),
  };
}

function redo(): never {
  throw REDO;
}

/** Values to be passed on: Lua has room for so many, and so has JavaScript's stack. */
function few(values: readonly LuaValue[]): readonly LuaValue[] {
  if (values.length > MAX_VALUES) raise('stack overflow');
  return values;
}

/** Calls of what is no function. */
function makeCallers(machine: Machine, metamethods: Metamethods): Runtime {
  function callOther(callee: LuaValue, site: ProgramSite, ...args: LuaValue[]): Result | Signal {
    const handler = metamethods.find(callee, CALL);
    if (!(handler instanceof LuaFunction)) return wrongOperand(site, callee, 'call', site);
    const result = handler.plain(callee, ...args);
    return result === MORE ? machine.enter(handler.steps(callee, ...args)) : result;
  }

  function refuseCall(callee: LuaValue, site: ProgramSite): never {
    if (metamethods.find(callee, CALL) instanceof LuaFunction) throw REDO;
    return wrongOperand(site, callee, 'call', site);
  }

  return { callOther, refuseCall };
}

function makeTables({ budget }: Machine): Runtime {
  function makeTable(items: LuaValue[]): LuaTable {
    budget.allocate(TABLE_BYTES + items.length * ITEM_BYTES);
    return new LuaTable(items);
  }

  /**
   * A table of fields and items in the order they were written: for each letter of `shape`, `f`: its key and value,
   * `i`: an item, `l`: a list of items. As in Lua, an item wins over a field of the same key that is before it is stored.
   */
  function fillTable(shape: string, parts: readonly unknown[]): LuaTable {
    const items: LuaValue[] = [];
    const table = makeTable(items);
    const fields: [key: LuaValue, value: LuaValue, stored: number][] = [];
    let at = 0;
    for (let i = 0; i < shape.length; i++) {
      if (shape[i] === 'f') {
        const stored = items.length - (items.length % ITEMS_AT_ONCE);
        fields.push([parts[at] as LuaValue, parts[at + 1] as LuaValue, stored]);
        at += 2;
      } else if (shape[i] === 'i') {
        items.push(parts[at++] as LuaValue);
      } else {
        for (const item of parts[at++] as LuaValue[]) items.push(item);
      }
    }
    budget.allocate(shape.length * ITEM_BYTES);
    const count = items.length;
    for (const [key, value, stored] of fields) {
      if (typeof key !== 'number' || !(key > stored && key <= count && Number.isInteger(key))) table.set(key, value);
    }
    return table;
  }

  /** The key of a field in a constructor. */
  function checkKey(key: LuaValue, site: ProgramSite): LuaValue {
    if (key === undefined) throw new LuaError(`${positionOf(site)}table index is nil`);
    if (Number.isNaN(key)) throw new LuaError(`${positionOf(site)}table index is NaN`);
    return key;
  }

  /** The table `arg` of a function that takes `...` without using it. */
  function makeArg(values: readonly LuaValue[]): LuaTable {
    const table = makeTable([...values]);
    table.setString('n', values.length);
    return table;
  }

  return { makeTable, fillTable, checkKey, makeArg };
}

function makeLoops({ next, ipairsNext }: Iterators): Runtime {
  function loopNumber(value: LuaValue, what: string, site: ProgramSite): number {
    if (typeof value === 'number') return value;
    const number = typeof value === 'string' ? stringToNumber(value) : undefined;
    if (number === undefined) {
      throw new LuaError(`${positionOf(site)}'for' ${what}${what === 'initial' ? ' value' : ''} must be a number`);
    }
    return number;
  }

  /** 1 for a loop over pairs, 2 over ipairs, 0 for any other iterator. */
  function loopKind(iterator: LuaValue, state: LuaValue, control: LuaValue): number {
    if (!(state instanceof LuaTable)) return 0;
    if (iterator === next && control === undefined) return 1;
    return iterator === ipairsNext && control === 0 ? 2 : 0;
  }

  return { loopNumber, loopKind };
}
