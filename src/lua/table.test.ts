import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LuaError } from './error.ts';
import { LuaTable } from './table.ts';
import type { LuaValue } from './value.ts';

function entries(table: LuaTable): [LuaValue, LuaValue][] {
  const found: [LuaValue, LuaValue][] = [];
  for (let place = table.nextPlace(0); place !== 0; place = table.nextPlace(place)) {
    found.push([table.keyAt(place), table.valueAt(place)]);
  }
  return found;
}

function messageOf(action: () => void): LuaValue {
  try {
    action();
  } catch (error) {
    if (error instanceof LuaError) return error.valueAt(undefined);
  }
  return undefined;
}

const key = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -1, max: 12 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<LuaValue>('a', 'b', '1', '__proto__', 'constructor', '', true, false, 1.5, -0),
  },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 31, 2 ** 32 + 1, 2 ** 53, Number.POSITIVE_INFINITY) },
);

describe('a table', () => {
  it('holds what a Map of the same changes holds, in lookups, traversal and border', () => {
    const change = fc.tuple(key, fc.option(fc.integer(), { nil: undefined, freq: 3 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
        const table = new LuaTable();
        const model = new Map<LuaValue, LuaValue>();
        for (const [name, value] of changes) {
          table.set(name, value);
          if (value === undefined) model.delete(name);
          else model.set(name, value);
          for (const known of model.keys()) expect(table.get(known)).toBe(model.get(known));
          expect(table.get(name)).toBe(value);
          const border = table.length();
          expect(border === 0 || model.has(border)).toBe(true);
          expect(model.has(border + 1)).toBe(false);
        }
        expect(new Map(entries(table))).toEqual(model);
        expect(entries(table).length).toBe(model.size);
      }),
      { numRuns: 2000 },
    );
  });

  it('may be emptied while it is traversed', () => {
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 30 }), (names) => {
        const table = new LuaTable();
        for (const name of names) table.set(name, 'x');
        const seen: LuaValue[] = [];
        let at: LuaValue;
        for (let place = table.nextPlace(0); place !== 0; place = table.nextPlace(table.placeOf(at))) {
          at = table.keyAt(place);
          seen.push(at);
          table.set(at, undefined);
        }
        expect(new Set(seen)).toEqual(new Set(names.map((name) => (name === 0 ? 0 : name))));
        expect(entries(table)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('does not grow by keys that come and go', () => {
    const table = new LuaTable();
    for (let i = 0; i < 100_000; i++) {
      table.set(`key${i}`, i);
      table.set(`key${i}`, undefined);
    }
    expect(table.placeOf('key1')).toBe(-1);
    expect(table.nextPlace(0)).toBe(0);
  });

  it('keeps the size its constructor gave it, as # shows', () => {
    expect(new LuaTable([1, undefined, 3]).length()).toBe(3);
    expect(new LuaTable([1, undefined]).length()).toBe(1);
    expect(new LuaTable([1, undefined, 3, undefined]).length()).toBe(1);
  });

  it('refuses keys that cannot be one, and changes once it is read-only', () => {
    const table = new LuaTable();
    expect(messageOf(() => table.set(undefined, 1))).toBe('table index is nil');
    expect(messageOf(() => table.set(Number.NaN, 1))).toBe('table index is NaN');
    expect(table.get(Number.NaN)).toBe(undefined);
    table.readonly = true;
    expect(messageOf(() => table.set('a', 1))).toBe('Attempt to modify a readonly table');
  });
});
