/**
 * Lua's only data structure.
 *
 *   array      the values of keys 1..array.length; nil may stand anywhere in it
 *   keys       all other keys, in the order they came
 *   values     their values, nil for one that was removed
 *   places     where a key is in `keys`; missing while there are so few that looking at each is as fast
 *
 * A removed key keeps its place until another new key needs room, as in Lua: so fields may be cleared during a traversal,
 * and `next` finds the way from a key that is no longer there. (A JavaScript Map alone cannot go on from a given key.)
 * Traversal is in order: the array first, then keys as they were added. In Lua the order is undefined.
 *
 * Everything here is raw: no metamethods.
 */

import { LuaError } from './error.ts';
import type { LuaValue } from './value.ts';

/** Fewer removed keys than this are not worth tidying up. */
const LEAST_GARBAGE = 8;
/** So many keys are searched one by one. */
const FEW_KEYS = 12;

/** A name in a program, and where it was found last: most tables a place in a program sees have their keys at the same places. */
export interface FieldCache {
  readonly key: string;
  place: number;
}

export class LuaTable {
  metatable: LuaTable | undefined = undefined;
  /** Set once a table is finished that no program may change, e.g. a library. */
  readonly = false;
  /** Numbers tables for `tostring`, when asked for the first time. */
  address = 0;
  private readonly array: LuaValue[];
  private keys: LuaValue[] = NO_KEYS;
  private values: LuaValue[] = NO_KEYS;
  private places: Map<LuaValue, number> | undefined = undefined;
  private live = 0;

  /** A table of `items` at 1, 2, 3…; the array becomes the table's own. */
  constructor(items: LuaValue[] = []) {
    this.array = items;
  }

  get(key: LuaValue): LuaValue {
    if (typeof key === 'number') return this.getInt(key);
    return this.getHashed(key);
  }

  /** The value of any number as key; named for what it is fast for. */
  getInt(key: number): LuaValue {
    const array = this.array;
    if (key > 0 && key <= array.length && (key | 0) === key) return array[key - 1];
    return this.keys.length === 0 ? undefined : this.getHashed(key);
  }

  getString(key: string): LuaValue {
    return this.getHashed(key);
  }

  getField(cache: FieldCache): LuaValue {
    const place = cache.place;
    return this.keys[place] === cache.key ? this.values[place] : this.findField(cache);
  }

  private findField(cache: FieldCache): LuaValue {
    const place = this.find(cache.key);
    if (place < 0) return undefined;
    cache.place = place;
    return this.values[place];
  }

  private getHashed(key: LuaValue): LuaValue {
    const place = this.find(key);
    return place < 0 ? undefined : this.values[place];
  }

  /** The place of a key among `keys`, -1 when it is not there. */
  private find(key: LuaValue): number {
    const places = this.places;
    if (places !== undefined) {
      const place = places.get(key);
      return place === undefined ? -1 : place;
    }
    const keys = this.keys;
    for (let i = 0; i < keys.length; i++) if (keys[i] === key) return i;
    return -1;
  }

  /** Stores a value; throws Lua's errors for a key that cannot be one and for a table that may not be changed. */
  set(key: LuaValue, value: LuaValue): void {
    if (this.readonly) throw new LuaError('Attempt to modify a readonly table');
    if (typeof key === 'number') {
      this.setInt(key, value);
    } else {
      if (key === undefined) throw new LuaError('table index is nil');
      this.setHashed(key, value);
    }
  }

  /** As `set`, for tables that are the caller's to change. */
  setInt(key: number, value: LuaValue): void {
    const array = this.array;
    if (key > 0 && key <= array.length && (key | 0) === key) {
      array[key - 1] = value;
    } else if (key === array.length + 1 && value !== undefined) {
      this.append(value);
    } else {
      if (Number.isNaN(key)) throw new LuaError('table index is NaN');
      this.setHashed(key, value);
    }
  }

  /** As `set`, for tables that are the caller's to change. */
  setString(key: string, value: LuaValue): void {
    this.setHashed(key, value);
  }

  private append(value: LuaValue): void {
    const array = this.array;
    array.push(value);
    if (this.keys.length === 0) return;
    this.forget(array.length);
    // What was stored ahead of its turn now follows.
    for (;;) {
      const next = this.getHashed(array.length + 1);
      if (next === undefined) return;
      this.forget(array.length + 1);
      array.push(next);
    }
  }

  private forget(key: number): void {
    const place = this.find(key);
    if (place < 0 || this.values[place] === undefined) return;
    this.values[place] = undefined;
    this.live--;
  }

  private setHashed(key: LuaValue, value: LuaValue): void {
    const place = this.find(key);
    if (place >= 0) this.setPlace(place, value);
    else if (value !== undefined) this.addKey(key, value);
  }

  /** As `set`, for tables that are the caller's to change. */
  setField(cache: FieldCache, value: LuaValue): void {
    if (this.keys[cache.place] !== cache.key) {
      const place = this.find(cache.key);
      if (place < 0) {
        if (value !== undefined) this.addKey(cache.key, value);
        return;
      }
      cache.place = place;
    }
    this.setPlace(cache.place, value);
  }

  private setPlace(place: number, value: LuaValue): void {
    const old = this.values[place];
    this.values[place] = value;
    if (old === undefined) {
      if (value !== undefined) this.live++;
    } else if (value === undefined) {
      this.live--;
    }
  }

  private addKey(key: LuaValue, value: LuaValue): void {
    if (this.keys === NO_KEYS) {
      // Many tables have one key: arrays that are appended to begin with room for more.
      this.keys = [key];
      this.values = [value];
      this.live = 1;
      return;
    }
    if (this.keys.length >= this.live * 2 + LEAST_GARBAGE) {
      this.tidy();
    }
    const place = this.keys.length;
    this.keys.push(key);
    this.values.push(value);
    this.live++;
    if (this.places !== undefined) this.places.set(key, place);
    else if (place >= FEW_KEYS) this.indexKeys();
  }

  private indexKeys(): void {
    const places = new Map<LuaValue, number>();
    for (let i = 0; i < this.keys.length; i++) places.set(this.keys[i], i);
    this.places = places;
  }

  /** Drops the removed keys. */
  private tidy(): void {
    const { keys, values } = this;
    this.keys = [];
    this.values = [];
    for (let i = 0; i < keys.length; i++) {
      if (values[i] === undefined) continue;
      this.keys.push(keys[i]);
      this.values.push(values[i]);
    }
    if (this.keys.length > FEW_KEYS) this.indexKeys();
    else this.places = undefined;
  }

  /** What `#` answers: n with t[n] not nil and t[n+1] nil; any such n where nils stand between values, as in Lua. */
  length(): number {
    const array = this.array;
    let high = array.length;
    if (high === 0 || array[high - 1] !== undefined) return high;
    let low = 0;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (array[middle - 1] === undefined) high = middle;
      else low = middle;
    }
    return low;
  }

  /**
   * Traversal by places: the first place after `place` that has a value, 0 when there is none. Start with 0; `keyAt` and
   * `valueAt` tell what is there.
   */
  nextPlace(place: number): number {
    const array = this.array;
    let next = place + 1;
    while (next <= array.length && array[next - 1] === undefined) next++;
    if (next <= array.length) return next;
    const values = this.values;
    let hashed = next - 1 - array.length;
    while (hashed < values.length && values[hashed] === undefined) hashed++;
    return hashed < values.length ? hashed + 1 + array.length : 0;
  }

  keyAt(place: number): LuaValue {
    return place <= this.array.length ? place : this.keys[place - 1 - this.array.length];
  }

  valueAt(place: number): LuaValue {
    return place <= this.array.length ? this.array[place - 1] : this.values[place - 1 - this.array.length];
  }

  /** The place of a key that is or was in the table; 0 for nil, -1 for a key that never was. */
  placeOf(key: LuaValue): number {
    if (key === undefined) return 0;
    const size = this.array.length;
    if (typeof key === 'number' && key > 0 && key <= size && (key | 0) === key) return key;
    const place = this.find(key);
    return place < 0 ? -1 : place + 1 + size;
  }
}

/** Stands for the missing hash part; never written to. */
const NO_KEYS: LuaValue[] = [];
