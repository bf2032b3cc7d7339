/** What library functions do with inputs that would take very long or very much memory. */
import { describe, expect, it } from 'vitest';
import { Budget, DEFAULT_LIMITS } from '../budget.ts';
import { LuaError, ScriptStopped } from '../error.ts';
import { LuaFunction, MORE } from '../function.ts';
import { Machine } from '../machine.ts';
import { LuaTable } from '../table.ts';
import type { LuaValue } from '../value.ts';
import { cjsonLibrary } from './cjson.ts';
import { cmsgpackLibrary } from './cmsgpack.ts';
import { callToTheEnd } from './library-calls.testing.ts';
import { stringLibrary } from './string.ts';
import { structLibrary } from './struct.ts';
import { tableLibrary } from './table.ts';

/** A clock that goes on whenever it is looked at, and a heap that holds what was counted. */
function surroundings() {
  return { ms: 0, looks: 0, nowMs: () => 0, heapBytes: () => 0, collectGarbage: () => {} };
}

function call(library: LuaTable, name: string, ...args: LuaValue[]) {
  const f = library.getString(name);
  if (!(f instanceof LuaFunction)) throw new Error(`no function ${name}`);
  return callToTheEnd(f, args);
}

function messageOf(task: () => unknown): LuaValue {
  try {
    task();
  } catch (error) {
    if (error instanceof LuaError) return error.valueAt(undefined);
    throw error;
  }
  return 'no error';
}

// Tries every way to match nothing: 2^40 of them.
const TEXT = 'a'.repeat(40);
const PATTERN = `${'a?'.repeat(40)}${'a'.repeat(40)}b`;

describe('a pattern that takes for ever', () => {
  it.each(['find', 'match', 'gsub'])('is given up by the plain form of %s, and suspended in steps', (name) => {
    const budget = new Budget(surroundings(), { ...DEFAULT_LIMITS, sliceMs: 0 });
    const f = stringLibrary(new Machine(budget)).getString(name);
    if (!(f instanceof LuaFunction)) throw new Error(`no function ${name}`);
    const args = [TEXT, PATTERN, 'x'].slice(0, name === 'gsub' ? 3 : 2);
    expect(f.plain(...args)).toBe(MORE);
    const steps = f.steps(...args);
    for (let i = 0; i < 10; i++) expect(steps.next(undefined).done).toBe(false);
    budget.stop('killed');
    expect(() => steps.next(undefined)).toThrow(ScriptStopped);
  });

  it('is suspended in an iterator too, and goes on where it was', () => {
    const budget = new Budget(surroundings(), { ...DEFAULT_LIMITS, sliceMs: 0 });
    const iterator = call(
      stringLibrary(new Machine(budget)),
      'gmatch',
      `${'a'.repeat(14)}b`,
      `${'a?'.repeat(14)}${'a'.repeat(14)}()b`,
    );
    if (!(iterator instanceof LuaFunction)) throw new Error('no iterator');
    const steps = iterator.steps();
    let pauses = 0;
    let step = steps.next(undefined);
    for (; step.done !== true; step = steps.next(undefined)) pauses++;
    expect(pauses).toBeGreaterThan(0);
    expect(step.value).toBe(15);
    expect(callToTheEnd(iterator, [])).toEqual([]);
  });

  it('is ended where a program that cannot be suspended is killed', () => {
    let nowMs = 0;
    const world = { nowMs: () => nowMs++, heapBytes: () => 0, collectGarbage: () => {} };
    const budget = new Budget(world, { ...DEFAULT_LIMITS, totalMs: 20 });
    budget.start();
    expect(() => call(stringLibrary(new Machine(budget)), 'find', TEXT, PATTERN)).toThrow(ScriptStopped);
  });

  it('needs no stack for its length', () => {
    const strings = stringLibrary(new Machine(new Budget(surroundings())));
    expect(call(strings, 'find', 'a'.repeat(100_000), 'a?'.repeat(100_000))).toEqual([1, 100_000]);
  });
});

describe('much work in one call', () => {
  const pausing = (library: (machine: Machine) => LuaTable, name: string, ...args: LuaValue[]) => {
    const machine = new Machine(new Budget(surroundings(), { ...DEFAULT_LIMITS, sliceMs: 0 }));
    const f = library(machine).getString(name);
    if (!(f instanceof LuaFunction)) throw new Error(`no function ${name}`);
    expect(f.plain(...args)).toBe(MORE);
    const steps = f.steps(...args);
    let pauses = 0;
    let step = steps.next(undefined);
    for (; step.done !== true && pauses < 1e6; step = steps.next(undefined)) pauses++;
    expect(pauses).toBeGreaterThan(0);
    return step.value;
  };
  const same = new LuaFunction((value) => value);

  it('is suspended', () => {
    expect(pausing(stringLibrary, 'gsub', 'x'.repeat(200_000), 'x', 'y')).toEqual(['y'.repeat(200_000), 200_000]);
    expect(pausing(stringLibrary, 'gsub', 'x'.repeat(20_000), 'x', same)).toEqual(['x'.repeat(20_000), 20_000]);
    const table = new LuaTable(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 100_003));
    pausing(tableLibrary, 'sort', table);
    for (let i = 2; i <= 100_000; i++)
      expect((table.getInt(i - 1) as number) <= (table.getInt(i) as number)).toBe(true);
    pausing(tableLibrary, 'insert', table, 1, -1);
    expect([table.length(), table.getInt(1)]).toEqual([100_001, -1]);
    expect(pausing(tableLibrary, 'foreachi', table, new LuaFunction(() => []))).toEqual([]);
  });
});

describe('results that would not fit', () => {
  const budget = new Budget(surroundings());
  const strings = stringLibrary(new Machine(budget));
  const long = 'x'.repeat(2 ** 24);

  it('are refused before they are made', () => {
    expect(messageOf(() => call(strings, 'rep', 'x', 2 ** 31 - 1))).toBe('not enough memory');
    expect(messageOf(() => call(strings, 'rep', long, 1000))).toBe('not enough memory');
    expect(call(strings, 'rep', '', 2 ** 31 - 1)).toBe('');
    expect(messageOf(() => call(strings, 'gsub', 'x'.repeat(100), 'x', long))).toBe('not enough memory');
    const table = new LuaTable(Array.from({ length: 100 }, () => long));
    expect(messageOf(() => call(tableLibrary(new Machine(budget)), 'concat', table))).toBe('not enough memory');
    expect(messageOf(() => call(cjsonLibrary(budget), 'encode', table))).toBe('not enough memory');
    expect(messageOf(() => call(cmsgpackLibrary(budget), 'pack', table))).toBe('not enough memory');
    expect(messageOf(() => call(structLibrary(budget), 'pack', 's'.repeat(100), ...Array(100).fill(long)))).toBe(
      'not enough memory',
    );
  });

  it('do not count as steps', () => {
    const { fuel } = budget;
    expect(messageOf(() => call(strings, 'rep', 'x'.repeat(1000), 3_000_000))).toBe('not enough memory');
    expect(budget.fuel).toBeLessThanOrEqual(fuel);
  });

  it('are refused for a sparse array that is allowed to be one', () => {
    const cjson = cjsonLibrary(budget);
    call(cjson, 'encode_sparse_array', true, 0, 0);
    const table = new LuaTable();
    table.set(2 ** 31 - 1, 1);
    expect(messageOf(() => call(cjson, 'encode', table))).toBe('not enough memory');
  });

  it('count while they are read', () => {
    let heap = 0;
    const world = { nowMs: () => 0, heapBytes: () => (heap += 2 ** 26), collectGarbage: () => {} };
    const small = new Budget(world, { ...DEFAULT_LIMITS, memoryBytes: 2 ** 26 });
    small.start();
    const json = `[${'[],'.repeat(2 ** 20)}[]]`;
    expect(messageOf(() => call(cjsonLibrary(small), 'decode', json))).toBe('not enough memory');
    small.start();
    const msgpack = `\xdd\x00\x20\x00\x00${'\x90'.repeat(2 ** 21)}`;
    expect(messageOf(() => call(cmsgpackLibrary(small), 'unpack', msgpack))).toBe('not enough memory');
  });

  it('are not allocated because a count says so', () => {
    expect(messageOf(() => call(cmsgpackLibrary(budget), 'unpack', '\xdd\xff\xff\xff\xff'))).toBe(
      'Missing bytes in input.',
    );
    expect(messageOf(() => call(structLibrary(budget), 'unpack', 'c2147483647', 'x'))).toContain(
      'data string too short',
    );
  });
});
