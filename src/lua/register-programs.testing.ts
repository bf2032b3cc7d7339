/** Small programs about when Lua reads a variable that is changed meanwhile, and in what steps it counts and stores. */

const FIFTY = Array.from({ length: 50 }, (_, i) => i + 1).join(',');

export const REGISTERS: readonly string[] = [
  'local a, x = {} local function f() a = {y=1} return 5 end a.z, x = f(), 2 return a.z, a.y',
  'local a, i, x = {}, 1 local function f() i = 2 return 5 end a[i], x = f(), 2 return a[1], a[2]',
  'local a, i = {}, 1 local function f() i = 2 return 5 end a[i], i = f(), 3 return a[1], a[2], i',
  'local a, i = {}, 1 local function f() i = 2 return 5 end i, a[i] = 3, f() return a[1], a[2], a[3], i',
  'local a, i = {}, 1 local function f() i = 2 return 5 end a[i] = f() return a[1], a[2]',
  'local a = {} local b = a local function f() a = {} return 5 end a.x = f() return a.x, b.x',
  'local k = "a" local function g() k = "b" return 1 end local t = {[k]=g()} return t.a, t.b',
  'local k = "a" local function g() k = "b" return 1 end local t = {[k]=g(), 5} return t.a, t.b, t[1]',
  'local t = "" for i = 0.1, 4, 2 do t = t .. ("%.17g "):format(i) end return t',
  'local t = "" for i = 1e16, 1e16 + 4 do t = t .. ("%.17g "):format(i) if #t > 90 then break end end return t',
  'for i = math.huge, math.huge, math.huge do return i end return "none"',
  'local x = -0 for i = x, 1 do return 1 / i end',
  `return ({${FIFTY}, [1]="x"})[1], ({${FIFTY}, [1]="x", 51})[1], ({${FIFTY}, 51, [51]="x"})[51]`,
  'return ({1, [1]="x"})[1], ({[1]="x", 1})[1]',
];
