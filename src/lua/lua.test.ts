import { describe, expect, it } from 'vitest';
import { show } from './lua.testing.ts';

describe('a program', () => {
  it.each([
    ['return 1', '1'],
    ['return 1, "a", nil, true', '1 a nil true'],
    ['local a, b = 1 return a, b', '1 nil'],
    ['local function f() return 1, 2, 3 end local a, b = f() return a, b, (f())', '1 2 1'],
    ['local function f(...) return select("#", ...), ... end return f(nil, 2, nil)', '3 nil 2 nil'],
    ['local s = 0 for i = 1, 10 do s = s + i end return s', '55'],
    ['local s = "" for i = 3, 1, -1 do s = s .. i end return s', '321'],
    ['local t = {10, 20, x = 30, [5] = 50} local n = 0 for k, v in pairs(t) do n = n + v end return n, #t', '110 2'],
    ['local s = "" for i, v in ipairs({"a", "b", nil, "d"}) do s = s .. i .. v end return s', '1a2b'],
    ['local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end return fib(20)', '6765'],
    ['local t = {} for i = 1, 3 do t[i] = function() return i end end return t[1](), t[2](), t[3]()', '1 2 3'],
    ['local a = {n = 1} function a:add(x) self.n = self.n + x return self end return a:add(2):add(3).n', '6'],
    ['local i = 1 local t = {} i, t[i] = i + 1, 20 return i, t[1], t[2]', '2 20 nil'],
    ['local a, b = 1, 2 a, b = b, a return a, b', '2 1'],
    ['return 2 ^ 10, 7 % 3, -7 % 3, 7 / 2, "10" + 5, 10 .. 20', '1024 1 2 3.5 15 1020'],
    ['return 1 and 2, nil and 1, false or "x", nil or false, not nil', '2 nil x false true'],
    ['return pcall(error, {1})', 'false table'],
    ['return pcall(function() error("a") end)', 'false user_script:1: a'],
    ['return pcall(function() local x x.y = 1 end)', "false user_script:1: attempt to index local 'x' (a nil value)"],
    ['nothere()', "error: user_script:1: attempt to call global 'nothere' (a nil value)"],
    ['local t = setmetatable({}, {__index = function(t, k) return k .. "!" end}) return t.a, t[1]', 'a! 1!'],
    [
      'local c = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end) return c(1), c(10)',
      '2 20',
    ],
    ['local function f(n) if n == 0 then return "done" end return f(n - 1) end return f(100000)', 'done'],
    ['local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(10000)', '10000'],
    ['local function f() return 1 + f() end return pcall(f)', 'false user_script:1: stack overflow'],
    ['local function f(...) return arg.n, arg[1] end return f(7, 8)', '2 7'],
    ['local x = 0 repeat local y = x x = x + 1 until y >= 3 return x', '4'],
    ['while true do break end return loadstring("return 1 + 1")()', '2'],
  ])('%s gives %s', (source, expected) => {
    expect(show(source)).toBe(expected);
  });
});
