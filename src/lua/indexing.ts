/**
 * Reading and writing fields as compiled code does it: the short way for a table that has what is looked for, else through
 * metatables. WAIT means that a metamethod is being called in steps.
 */

import { LuaError, positionOf } from './error.ts';
import { LuaFunction, type Signal } from './function.ts';
import type { Machine } from './machine.ts';
import { type Metamethods, metafield, wrongOperand } from './metamethods.ts';
import { NAMELESS, type ProgramSite } from './site.ts';
import { LuaTable } from './table.ts';
import type { LuaValue } from './value.ts';

/** Lua's own limit (MAXTAGLOOP). */
export const MAX_CHAIN = 100;
/** About what an entry of a table takes: an item, a field. */
const ITEM_BYTES = 16;
const FIELD_BYTES = 48;

const INDEX = metafield('__index');
const NEWINDEX = metafield('__newindex');

export type Index = (object: LuaValue, key: LuaValue, site: ProgramSite) => LuaValue | Signal;
export type Field = (object: LuaValue, site: ProgramSite) => LuaValue | Signal;

/** Reads `object[key]`; `field` reads the name that the site knows. */
export function makeReaders(machine: Machine, metamethods: Metamethods): { index: Index; field: Field } {
  function index(object: LuaValue, key: LuaValue, site: ProgramSite): LuaValue | Signal {
    if (object instanceof LuaTable) {
      const value = object.get(key);
      if (value !== undefined || object.metatable === undefined) return value;
    }
    return search(object, key, site);
  }

  function field(object: LuaValue, site: ProgramSite): LuaValue | Signal {
    if (object instanceof LuaTable) {
      const value = object.getField(site);
      if (value !== undefined || object.metatable === undefined) return value;
    } else if (typeof object === 'string') {
      const methods = machine.stringMetatable?.getField(INDEX);
      if (methods instanceof LuaTable) {
        const value = methods.getField(site);
        if (value !== undefined) return value;
      }
    }
    return search(object, site.key, site);
  }

  function search(object: LuaValue, key: LuaValue, site: ProgramSite): LuaValue | Signal {
    let at = object;
    for (let i = 0; i < MAX_CHAIN; i++) {
      if (at instanceof LuaTable) {
        const value = at.get(key);
        if (value !== undefined || at.metatable === undefined) return value;
      }
      const handler: LuaValue = metamethods.find(at, INDEX);
      if (handler === undefined) {
        if (at instanceof LuaTable) return undefined;
        // Only what the program wrote has a name there.
        return wrongOperand(site, at, 'index', i === 0 ? site : NAMELESS);
      }
      if (handler instanceof LuaFunction) return metamethods.invoke(site, handler, [at, key], 'value');
      at = handler;
    }
    throw new LuaError(`${positionOf(site)}loop in gettable`);
  }

  return { index, field };
}

/** `table[key]` as far as it is found without calling anything: in the table, or in those that are its `__index`. */
export function inherited(table: LuaTable, key: string): LuaValue {
  let at: LuaValue = table;
  for (let i = 0; i < MAX_CHAIN && at instanceof LuaTable; i++) {
    const value = at.getString(key);
    if (value !== undefined) return value;
    at = at.metatable?.getField(INDEX);
  }
  return undefined;
}

export type SetIndex = (object: LuaValue, key: LuaValue, value: LuaValue, site: ProgramSite) => LuaValue | Signal;
export type SetField = (object: LuaValue, value: LuaValue, site: ProgramSite) => LuaValue | Signal;

/** Writes `object[key] = value`. */
export function makeWriters(machine: Machine, metamethods: Metamethods): { setIndex: SetIndex; setField: SetField } {
  const budget = machine.budget;

  function setIndex(object: LuaValue, key: LuaValue, value: LuaValue, site: ProgramSite): LuaValue | Signal {
    if (object instanceof LuaTable && object.metatable === undefined && !object.readonly) {
      budget.allocate(typeof key === 'string' ? FIELD_BYTES : ITEM_BYTES);
      if (typeof key === 'string') object.setString(key, value);
      else if (typeof key === 'number' && key > 0) object.setInt(key, value);
      else store(object, key, value, site);
      return undefined;
    }
    return search(object, key, value, site);
  }

  function setField(object: LuaValue, value: LuaValue, site: ProgramSite): LuaValue | Signal {
    if (object instanceof LuaTable && object.metatable === undefined && !object.readonly) {
      budget.allocate(FIELD_BYTES);
      object.setField(site, value);
      return undefined;
    }
    return search(object, site.key, value, site);
  }

  function search(object: LuaValue, key: LuaValue, value: LuaValue, site: ProgramSite): LuaValue | Signal {
    let at = object;
    for (let i = 0; i < MAX_CHAIN; i++) {
      let handler: LuaValue;
      if (at instanceof LuaTable) {
        if (at.readonly) throw new LuaError(`${positionOf(site)}Attempt to modify a readonly table`);
        handler = at.metatable === undefined || at.get(key) !== undefined ? undefined : at.metatable.getField(NEWINDEX);
        // Before its metamethod is asked Lua makes room for the key.
        if (handler === undefined || key === undefined || Number.isNaN(key)) return store(at, key, value, site);
      } else {
        handler = metamethods.find(at, NEWINDEX);
        if (handler === undefined) return wrongOperand(site, at, 'index', i === 0 ? site : NAMELESS);
      }
      if (handler instanceof LuaFunction) return metamethods.invoke(site, handler, [at, key, value], 'value');
      at = handler;
    }
    throw new LuaError(`${positionOf(site)}loop in settable`);
  }

  function store(table: LuaTable, key: LuaValue, value: LuaValue, site: ProgramSite): undefined {
    if (key === undefined) throw new LuaError(`${positionOf(site)}table index is nil`);
    if (typeof key === 'number' && Number.isNaN(key)) throw new LuaError(`${positionOf(site)}table index is NaN`);
    budget.allocate(FIELD_BYTES);
    table.set(key, value);
    return undefined;
  }

  return { setIndex, setField };
}
