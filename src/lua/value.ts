/**
 * What a Lua program can hold.
 *
 *   nil        undefined
 *   boolean    true, false
 *   number     a double
 *   string     a JavaScript string of which every char code is a byte, 0..255: length, order and equality are the bytes'
 *   table      LuaTable
 *   function   LuaFunction
 *   thread     LuaThread, a coroutine
 *   userdata   LuaUserdata, of which there is but NULL
 *
 * Nothing else ever reaches a program: no object of the host, so there is nothing whose prototype it could climb.
 */

import { LuaFunction } from './function.ts';
import { LuaTable } from './table.ts';
import type { LuaThread } from './thread.ts';
import { LuaUserdata } from './userdata.ts';

export type LuaValue = undefined | boolean | number | string | LuaTable | LuaFunction | LuaThread | LuaUserdata;

/** What `type(value)` answers. */
export function typeName(value: LuaValue): string {
  switch (typeof value) {
    case 'undefined':
      return 'nil';
    case 'boolean':
    case 'number':
    case 'string':
      return typeof value;
    default:
      if (value instanceof LuaTable) return 'table';
      if (value instanceof LuaFunction) return 'function';
      return value instanceof LuaUserdata ? 'userdata' : 'thread';
  }
}

/** Only nil and false are false. */
export function isTrue(value: LuaValue): boolean {
  return value !== undefined && value !== false;
}
