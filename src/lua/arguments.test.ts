import { describe, expect, it } from 'vitest';
import {
  checkAny,
  checkInt,
  checkInteger,
  checkNumber,
  checkOption,
  checkString,
  checkTable,
  optionalInt,
} from './arguments.ts';
import { LuaError, type Site } from './error.ts';
import { LuaTable } from './table.ts';
import type { LuaValue } from './value.ts';

const called: Site = { chunk: 'user_script', line: 3, kind: 'field', name: 'rep' };

function complaint(action: () => unknown, ...at: [] | [Site | undefined]): LuaValue {
  const site = at.length === 0 ? called : at[0];
  try {
    action();
  } catch (error) {
    if (error instanceof LuaError) return error.valueAt(site);
    throw error;
  }
  return undefined;
}

describe('arguments', () => {
  it('are converted as Lua does', () => {
    expect(checkNumber(['0x10'], 1)).toBe(16);
    expect(checkString([1e15], 1)).toBe('1e+15');
    expect(checkInteger([-1.9], 1)).toBe(-1);
    expect(checkInteger([Number.NaN], 1)).toBe(-(2 ** 63));
    expect(checkInt([2 ** 32 + 5], 1)).toBe(5);
    expect(optionalInt([undefined], 1, 7)).toBe(7);
    expect(optionalInt([], 3, 7)).toBe(7);
    expect(checkAny([undefined], 1)).toBe(undefined);
    expect(checkOption([], 1, ['collect', 'count'], 'collect')).toBe('collect');
  });

  it('of the wrong type are told in Lua’s words', () => {
    expect(complaint(() => checkString([], 1))).toBe(
      "user_script:3: bad argument #1 to 'rep' (string expected, got no value)",
    );
    expect(complaint(() => checkNumber(['a', undefined], 2))).toBe(
      "user_script:3: bad argument #2 to 'rep' (number expected, got nil)",
    );
    expect(complaint(() => checkTable([1], 1))).toBe(
      "user_script:3: bad argument #1 to 'rep' (table expected, got number)",
    );
    expect(complaint(() => checkAny([], 1))).toBe("user_script:3: bad argument #1 to 'rep' (value expected)");
    expect(complaint(() => checkOption(['x'], 1, ['count']))).toBe(
      "user_script:3: bad argument #1 to 'rep' (invalid option 'x')",
    );
  });

  it('are numbered and named as the caller sees them', () => {
    const method = { ...called, kind: 'method' };
    expect(complaint(() => checkNumber(['a', new LuaTable()], 2), method)).toBe(
      "user_script:3: bad argument #1 to 'rep' (number expected, got table)",
    );
    expect(complaint(() => checkNumber([new LuaTable()], 1), method)).toBe(
      "user_script:3: calling 'rep' on bad self (number expected, got table)",
    );
    expect(complaint(() => checkNumber([], 1), undefined)).toBe(
      "bad argument #1 to '?' (number expected, got no value)",
    );
  });
});
