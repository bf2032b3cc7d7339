import { describe, expect, it } from 'vitest';
import { ScriptStopped } from './error.ts';
import { makeLua, run, show } from './lua.testing.ts';

function times(count: number, write: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => write(i)).join('');
}

describe('a source', () => {
  it.each([
    ['parentheses', `return ${'('.repeat(1e5)}1${')'.repeat(1e5)}`, 'chunk has too many syntax levels'],
    ['tables', `return ${'{'.repeat(1e5)}${'}'.repeat(1e5)}`, 'chunk has too many syntax levels'],
    ['blocks', 'do '.repeat(1e5), 'chunk has too many syntax levels'],
    ['functions', 'local function f() '.repeat(1e5), 'chunk has too many syntax levels'],
    ['concatenations', `local a = "x" return a${'..a'.repeat(1e5)}`, 'chunk has too many syntax levels'],
    ['minus signs', `return ${'- '.repeat(1e5)}1`, 'chunk has too many syntax levels'],
    ['calls', `local f return f${'()'.repeat(1e4)}`, 'function or expression too complex'],
    ['fields', `local a return a${'.a'.repeat(1e4)}`, 'function or expression too complex'],
    ['sums', `local a = 1 return a${'+a'.repeat(1e4)}`, 'function or expression too complex'],
    ['conditions', `local a = 1 return a${' and a'.repeat(1e4)}`, 'function or expression too complex'],
    ['locals', times(201, (i) => `local a${i} `), 'main function has more than 200 local variables'],
    ['arguments', `return f(${times(300, (i) => `${i},`)}1)`, "function or expression too complex near ','"],
    ['statements', 'local x = 0 '.repeat(190) + 'x = x + 1 '.repeat(2e5), 'code size overflow'],
  ])('with too many %s is refused', (_, source, message) => {
    expect(show(source)).toBe(`error: user_script:1: ${message}`);
  });

  it('with too many upvalues is refused, and one with many of everything is not', () => {
    const locals = times(150, (i) => `local a${i} = 1 `);
    const sum = (count: number): string => times(count, (i) => `+a${i}`);
    expect(show(`${locals} return function() return 0${sum(61)} end`)).toBe(
      'error: user_script:1: function at line 1 has more than 60 upvalues',
    );
    expect(show(`${locals} return (function() return 0${sum(60)} end)()${sum(150)}`)).toBe('210');
    expect(show(`return ${'('.repeat(190)}1${')'.repeat(190)}`)).toBe('1');
    expect(show(`local t = {${times(20_000, (i) => `${i},`)}} return #t`)).toBe('20000');
    expect(
      show(`local x = 500 if x == 0 then return 0 ${times(1000, (i) => `elseif x == ${i} then return ${i} `)} end`),
    ).toBe('500');
  });
});

describe('nested calls', () => {
  it.each([
    ['of a function', 'local function f() return 1 + f() end f()', 'user_script:1: stack overflow'],
    ['of functions and builtins', 'local function f() table.sort({2, 1}, f) end f()', undefined],
    ['of pcall', 'local function f() local ok, e = pcall(f) return ok or error(e, 0) end f()', 'C stack overflow'],
    [
      'of metamethods',
      'local t = setmetatable({}, {__index = function(t, k) return t[k .. k] end}) return t.x',
      undefined,
    ],
    ['of coroutines', 'local function f() return coroutine.wrap(f)() end f()', undefined],
    ['of many values', 'local function f(...) return f(1, ...) end f()', 'user_script:1: stack overflow'],
  ])('%s end in an error', (_, source, message) => {
    const given = show(`local table = {sort = function(t, f) f() end} ${source}`);
    expect(given).toMatch(message === undefined ? /^error: / : new RegExp(`^error: ${message}$`));
  });

  it('may be as deep as in Lua, and without end at the end of a function', () => {
    expect(show('local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(19000)')).toBe(
      '19000',
    );
    expect(show('local function f(n) if n == 0 then return "end" end return f(n - 1) end return f(300000)')).toBe(
      'end',
    );
  });

  it('in a coroutine are suspended and go on', () => {
    const source = `local co = coroutine.wrap(function()
      local function f(n) if n == 0 then coroutine.yield("deep") return 0 end return 1 + f(n - 1) end
      return f(5000)
    end) return co(), co()`;
    expect(show(source)).toBe('deep 5000');
  });
});

describe('memory', () => {
  const lua = () => makeLua({ memoryBytes: 16 * 2 ** 20 });

  it.each([
    ['a string that doubles', 'local s = "x" while true do s = s .. s end'],
    ['a string that grows', 'local s = "x" local t = {} while true do s = s .. "yyyyyyyyyyyyyyyy" t[#t + 1] = s end'],
    ['a list', 'local t = {} for i = 1, 1e12 do t[i] = i end'],
    ['keys', 'local t = {} for i = 1, 1e12 do t["k" .. i] = i end'],
    ['tables', 'local t = {} for i = 1, 1e12 do t = {t} end'],
    ['functions', 'local t = {} for i = 1, 1e12 do t[i] = function() return i end end'],
    [
      'calls in coroutines',
      `local t = {} for i = 1, 1e12 do
        local function f(n) if n == 0 then coroutine.yield() return 0 end return 1 + f(n - 1) end
        t[i] = coroutine.create(f)
        local ok, message = coroutine.resume(t[i], 5000)
        if not ok then error(message, 0) end
      end`,
    ],
    ['coroutines', 'local t = {} for i = 1, 1e12 do t[i] = coroutine.create(function() end) end'],
  ])('%s cannot take more than is allowed', (_, source) => {
    expect(show(source, lua())).toMatch(/not enough memory$/);
  });

  it('is not what was made and forgotten', () => {
    const source = 'local s for i = 1, 3e5 do s = {("x" .. i) .. "yyyyyyyyyyyyyyyyyyyyyyyyyyyyy"} end return #s';
    expect(show(source, makeLua({ memoryBytes: 512 * 2 ** 20 }))).toBe('1');
  });
});

describe('time', () => {
  const loops = [
    'while true do end',
    'repeat until false',
    'for i = 1, 1e300 do end',
    'local function f() return f() end f()',
    'while true do pcall(error) end',
    'while true do pcall(function() while true do end end) end',
    'coroutine.wrap(function() while true do end end)()',
    'return setmetatable({}, {__index = function() while true do end end}).x',
    'for k in pairs({1}) do while true do local x = k end end',
    'local function f(n) return n < 2 and n or f(n - 1) + f(n - 2) end f(100)',
  ];

  it.each(loops)('ends %s', (source) => {
    expect(() => run(makeLua({ totalMs: 30 }), source)).toThrow(ScriptStopped);
  });

  it.each(loops)('suspends %s, which can be stopped then', (source) => {
    const lua = makeLua({ sliceMs: 2 });
    const { machine } = lua;
    expect(machine.start(lua.compile(source, '@user_script'), [])).toBe(false);
    expect(machine.proceed()).toBe(false);
    machine.budget.stop('killed');
    expect(() => machine.proceed()).toThrow(expect.objectContaining({ reason: 'killed' }));
    // The state is as good as new.
    expect(run(lua, 'return 1 + 1')).toEqual([2]);
  });
});

describe('names of JavaScript', () => {
  const names = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'length',
    'arguments',
    'eval',
    'this',
  ];

  it.each(names)('%s is a name like any other', (name) => {
    expect(show(`return ${name}`)).toBe('nil');
    expect(show(`local t = {} return t.${name}, t["${name}"], ("x")["${name}"]`)).toMatch(/^error: .* a string value/);
    expect(show(`local t = {} return t.${name}, rawget(t, "${name}")`)).toBe('nil nil');
    expect(show(`local ${name} = 1 local function f(${name}) return ${name} end return ${name}, f(2)`)).toBe('1 2');
    expect(show(`local t = {${name} = 1} t.${name} = t.${name} + 1 return t.${name}`)).toBe('2');
    expect(show(`${name} = 5 return ${name}, _G.${name}`)).toBe('5 5');
    expect(show(`local f = function() end return f.${name}`)).toMatch(
      /attempt to index local 'f' \(a function value\)/,
    );
    expect(show(`return (5).${name}`)).toMatch(/attempt to index a number value/);
  });

  it('cannot be written into what is compiled', () => {
    const hostile = ['"];process.exit(1);["`', '{process.exit(1)}', '\\u2028*/'].join('$');
    expect(show(`return [==[${hostile}]==]`)).toBe(hostile);
    expect(show('return "\\226\\128\\168"')).toBe('â\x80¨');
  });
});
