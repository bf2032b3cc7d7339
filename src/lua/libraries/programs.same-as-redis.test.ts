/** Programs that call the libraries as programs do: with methods, callbacks, metatables, and errors at their lines. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Connection, RedisPeer } from '../../engine/commands/redis-peer.testing.ts';
import { Budget } from '../budget.ts';
import { list } from '../function.ts';
import { Lua } from '../lua.ts';
import { LuaTable } from '../table.ts';
import { DESCRIBE, testLibraries } from './library-calls.testing.ts';

let peer: RedisPeer;
let redis: Connection;
beforeAll(async () => {
  peer = await RedisPeer.start();
  redis = await peer.connect();
});
afterAll(() => peer.stop());

function run(source: string): unknown {
  const budget = new Budget({ nowMs: () => performance.now(), heapBytes: () => 0, collectGarbage: () => {} });
  const lua = new Lua(budget);
  for (const [name, library] of Object.entries(testLibraries(lua.machine))) lua.globals.setString(name, library);
  const methods = new LuaTable();
  methods.setString('__index', lua.globals.getString('string'));
  lua.machine.stringMetatable = methods;
  let isDone = lua.machine.start(lua.compile(source, '@user_script'), []);
  while (!isDone) isDone = lua.machine.proceed();
  return list(lua.machine.takeResult())[0];
}

it.each([
  'return ("x"):rep(3)',
  'return ("x"):rep()',
  'return ("x").rep()',
  'return (12):len()',
  'return string.rep()',
  'local f = string.rep; return f()',
  'local t = {f = string.rep}; return t.f()',
  'local t = {f = string.rep}; return t:f()',
  'return pcall(string.rep)',
  'return string.find("a", "%")',
  'return ("a"):find("[a")',
  'return ("%d %s"):format(1, "x")',
  'return ("%d"):format("x")',
  'return string.format("%d")',
  'local s = "" for w in ("one two"):gmatch("%a+") do s = s .. w end return s',
  'local n = 0 for a, b in ("a=1,b=2"):gmatch("(%w)=(%w)") do n = n + tonumber(b) end return n',
  'for a in ("a"):gmatch("%") do end',
  'for a in ("a"):gmatch("(") do end',
  'return ("hello"):gsub("l", function(c) return c:upper() end)',
  'return ("hello"):gsub("(h)(e)", function(a, b) return b .. a end)',
  'return ("hello"):gsub("l", function(c) return {} end)',
  'return ("hello"):gsub("l", function(c) local x = string.rep("a", 2)\n return {} end)',
  'return ("hello"):gsub("l", function(c) error("no") end)',
  'return ("hello"):gsub("l", function(c) return nil + 1 end)',
  'return ("hello"):gsub("l", function(c) return string.upper(c) end)',
  'return ("hello"):gsub("l", function(c) return ("x"):gsub("x", "y") end)',
  'return ("hello"):gsub("%w", setmetatable({}, {__index = function(t, k) return k .. k end}))',
  'return ("hello"):gsub("%w", setmetatable({}, {__index = {h = "H"}}))',
  'return ("hello"):gsub("%w", setmetatable({}, {__index = string.upper}))',
  'return ("hello"):gsub("l", coroutine.wrap(function(c) while true do c = coroutine.yield(c .. "!") end end))',
  'local t = {3, 1, 2} table.sort(t, function(a, b) return a > b end) return t',
  'local t = {} for i = 1, 100 do t[i] = i * 7 % 101 end table.sort(t, function(a, b) return a < b end) return t',
  'local t = {3, 1, 2} table.sort(t, function(a, b) return math.max(a, b) == b end) return t',
  'local t = {1, 2, 3, 4, 5} return table.sort(t, function(a, b) local x = a + b\n return true end)',
  'local t = {1, "x"} return table.sort(t)',
  'local t = {{v = 2}, {v = 1}} local m = {__lt = function(a, b) return a.v < b.v end} setmetatable(t[1], m) setmetatable(t[2], m) table.sort(t) return t[1].v',
  'local t = {{}, {}} return table.sort(t)',
  'local t = {3, 1, 2} return table.sort(t, function(a, b) error("no") end)',
  'local t = {3, 1, 2} return table.sort(t, function(a, b) return a.x < b.x end)',
  'local s = "" table.foreach({1, 2, a = 3}, function(k, v) s = s .. tostring(k) .. tostring(v) end) return s',
  'return table.foreachi({1, 2}, function(i, v) return v > 1 and i or nil end)',
  'return table.foreachi({1, 2}, function(i, v) return tostring(v) end)',
  'return table.concat({1, 2, {}}, ",")',
  'return table.insert({}, 1, 2, 3)',
  'return #table.concat({}, ",")',
  'local t = {} table.insert(t, "a") table.insert(t, 1, "b") return t, #t, table.remove(t), table.remove(t), table.remove(t)',
  'return cjson.decode("[1,")',
  'return cjson.encode(tostring)',
  'return tostring(cjson.null), cjson.decode("null") == cjson.null, type(cjson.null)',
  'local ok, e = pcall(cjson.decode, "{") return e',
  'local ok, e = pcall(cjson.decode) return e',
  'return cjson.encode({1, {2}, "x"})',
  'return cjson.decode(cjson.encode({a = {1, 2}})).a[2]',
  'local c = cjson.new() c.encode_number_precision(3) return c.encode(1.23456), cjson.encode(1.23456)',
  'return cmsgpack.unpack(cmsgpack.pack({1, {a = "b"}}, nil, true))',
  'return cmsgpack.unpack("\\193")',
  'return cmsgpack.unpack("\\129\\192\\1")',
  'return cmsgpack.pack()',
  'return cmsgpack.pack(cjson.null)',
  'return struct.unpack("i", "a")',
  'return struct.pack("z")',
  'return struct.unpack(">I2", struct.pack(">I2", 258))',
  'return bit.band()',
  'return bit.tohex(255, 4)',
  'return math.floor()',
  'return math.max()',
  'return math.random(0)',
  'return 2 ^ 0.5, (-8) ^ (1 / 3), 1 ^ (0 / 0), (-1) ^ (1 / 0)',
  'local one, nan = 1, 0 / 0 return one ^ nan, nan ^ 0',
  'return tostring(1e15), tostring(0.1), tostring(-0), tostring(1e100), 2^53 .. ""',
  'return tonumber("0x10"), tonumber(" 10 "), tonumber("10a"), tonumber("zz", 36), tonumber("10\\0x"), tonumber("1e1")',
  'return "10" + 5, "0x10" * 2, "3" .. 4, 10 .. ""',
  'return string.format("%5.1f|%-5d|%05d|%x|%q", 3.14159, 42, 42, 255, "a\\nb")',
  'return ("x"):byte(), ("abc"):sub(-2), ("abc"):reverse(), ("aBc"):upper(), #("abc")',
  'return string.char(72, 105), string.len("a\\0b")',
  'return ("a,b,,c"):find(",", 1, true), ("a.b"):find(".", 1, true)',
  'return string.gsub("abc", "b", "%2")',
  'return string.gsub("abc", "b", true)',
  'return string.gsub("abc")',
  'return getmetatable("").__index == string',
  'return ("hello"):gsub("l", string.rep)',
  'local m = {} local t = setmetatable({}, m) m.__index = t return ("a"):gsub("a", t)',
  'return ("a"):gsub("a", setmetatable({}, {__index = 5}))',
  'return ("rep"):gsub("%w+", setmetatable({}, {__index = "text"}))',
  'local m = {__lt = setmetatable({}, {__call = function(_, a, b) return a[1] < b[1] end})} local t = {setmetatable({2}, m), setmetatable({1}, m)} table.sort(t) return t[1][1]',
  'return struct.unpack("i9i9", "\\219\\127\\005-I\\000\\128rq\\127\\000\\000\\000\\000\\000\\000\\000\\001")',
  'return struct.unpack(">i16", ("\\1"):rep(16)), struct.unpack("i16", ("\\200"):rep(16))',
  'return struct.pack("fd", 0 / 0, 0 / 0), struct.pack(">fd", 0 / 0, 0 / 0)',
  'return table.foreach({1}, string.rep)',
  'return table.sort({1, 2}, string.rep)',
  'return ("hello"):gsub("l", function(c)\n local x = string.rep("a", 2)\n return {} end)',
  'local t = {1, 2, 3, 4, 5} return table.sort(t, function(a, b)\n local x = math.max(a, b)\n return true end)',
  'return ("hello"):gsub("(l", function(c)\n local x = string.rep("a", 2)\n return "" end)',
  'return ("hello"):gsub("(l)", function(c)\n local x = string.rep("a", 2)\n return x end):rep()',
])('%s', async (program) => {
  const source = `${DESCRIBE}return outcome(pcall(function()\n${program}\nend))`;
  const [reply] = await redis.ask([['EVAL', source, '0']]);
  const text = reply.slice(reply.indexOf('\r\n') + 2, -2);
  expect(run(source)).toBe(text);
});
