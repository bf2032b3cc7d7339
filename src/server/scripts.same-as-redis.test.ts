/**
 * Scripts and functions beside a real redis-server: the same calls to both, in RESP2 and RESP3, and the same bytes back. The
 * language itself is compared in src/lua; here it is what scripts see of Redis and Redis of scripts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, RedisPeer, type Words } from '../engine/commands/redis-peer.testing.ts';
import { RawClient, requestOf } from './raw-client.testing.ts';
import { startTestServer, type TestServer } from './server.testing.ts';

let redis: RedisPeer;
let hotset: TestServer;

beforeAll(async () => {
  redis = await RedisPeer.start();
  hotset = await startTestServer();
});
afterAll(async () => {
  await redis.stop();
  await hotset.stop();
});

/** Keys of every type, for scripts that look at them. */
const DATA: readonly Words[] = [
  ['FLUSHALL'],
  ['SCRIPT', 'FLUSH'],
  ['FUNCTION', 'FLUSH'],
  ['SET', 's', 'text'],
  ['SET', 'n', '10'],
  ['RPUSH', 'l', 'a', 'b', 'c'],
  ['HSET', 'h', 'f', 'v'],
  ['SADD', 'm', 'x'],
  ['ZADD', 'z', '1.5', 'one'],
];

/** Scripts without keys and arguments. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  'what a script returns': [
    'return 1',
    'return -1',
    'return 3.99',
    'return -3.99',
    'return 1e15',
    'return 2^53',
    'return 2^62',
    'return 2^63',
    'return -2^63',
    'return 1e300',
    'return -1e300',
    'return 0/0',
    'return 1/0',
    'return -1/0',
    "return 'text'",
    "return '\\0\\255\\r\\n'",
    "return ''",
    'return nil',
    'return',
    '',
    'return true',
    'return false',
    'return {}',
    'return {1, 2, 3}',
    "return {1, 'two', {3, {4}}, false, true, 5.9}",
    'return {1, nil, 3}',
    'return {nil}',
    'return {false}',
    "return {1, 2, x = 'y'}",
    'return 1, 2, 3',
    'return {1, function() end, 2}',
    'return function() end',
    'return redis.call',
    'return coroutine.create(function() end)',
    "return {ok = 'FINE'}",
    "return {ok = 'two\\r\\nlines'}",
    "return {ok = 'nul\\0byte'}",
    'return {ok = 5}',
    "return {err = 'ERR bad'}",
    "return {err = 'CODE bad'}",
    "return {err = 'bad'}",
    "return {err = 'two\\r\\nlines\\r\\n'}",
    "return {err = 'nul\\0byte'}",
    'return {err = 5}',
    "return {err = 'E x', ok = 'y'}",
    "return {{err = 'E x'}, {ok = 'y'}, 3}",
    'return {double = 3.5}',
    'return {double = 10}',
    'return {double = 1/0}',
    "return {double = '3.5'}",
    "return {big_number = '123456789012345678901234567890'}",
    "return {big_number = '12\\r\\n34'}",
    'return {big_number = 5}',
    "return {verbatim_string = {format = 'txt', string = 'hello'}}",
    "return {verbatim_string = {format = 'mkd', string = ''}}",
    "return {verbatim_string = {format = 'txt'}}",
    "return {verbatim_string = 'hello'}",
    'return {map = {}}',
    'return {map = {a = 1}}',
    'return {map = {a = {map = {b = {1, 2}}}}}',
    'return {set = {}}',
    'return {set = {x = true}}',
    'return {map = 5}',
    'redis.setresp(3) return true',
    'redis.setresp(3) return {true, false}',
    'redis.setresp(3) return nil',
    "return setmetatable({}, {__index = function(t, k) return 'q' end})",
    'local t = {} for i = 1, 100 do t[i] = i end return t',
    'local t = {} t[1] = t return t',
    'local t = {} t.map = {a = t} return t',
    'local t = {} t.set = {} t.set[t] = true return t',
  ],
  'what a script is answered': [
    "return redis.call('PING')",
    "return redis.call('ping').ok",
    "return redis.call('GET', 's')",
    "return redis.call('GET', 'none')",
    "return tostring(redis.call('GET', 'none'))",
    "return type(redis.call('LRANGE', 'none', 0, -1))",
    "return #redis.call('LRANGE', 'l', 0, -1)",
    "return redis.call('LRANGE', 'l', 0, -1)",
    "return redis.call('HGETALL', 'h')",
    "return redis.call('HGET', 'h', 'none')",
    "return redis.call('HMGET', 'h', 'f', 'none')",
    "return redis.call('ZRANGE', 'z', 0, -1, 'WITHSCORES')",
    "return type(redis.call('ZSCORE', 'z', 'one'))",
    "return redis.call('SMEMBERS', 'm')",
    "return redis.call('BLMPOP', 0, 1, 'none', 'LEFT')",
    "return redis.call('LPOP', 'none', 2)",
    "return redis.call('TYPE', 's')",
    "return redis.call('TYPE', 's').ok",
    "return redis.call('OBJECT', 'ENCODING', 'n')",
    "return redis.call('TIME')[3]",
    "return redis.call('EXISTS', 's', 'none')",
    "redis.setresp(3) return redis.call('HGETALL', 'h')",
    "redis.setresp(3) return redis.call('HGETALL', 'h').map.f",
    "redis.setresp(3) return redis.call('SMEMBERS', 'm')",
    "redis.setresp(3) return tostring(redis.call('SMEMBERS', 'm').set.x)",
    "redis.setresp(3) return redis.call('ZSCORE', 'z', 'one')",
    "redis.setresp(3) return tostring(redis.call('ZSCORE', 'z', 'one').double)",
    "redis.setresp(3) return redis.call('ZRANGE', 'z', 0, -1, 'WITHSCORES')",
    "redis.setresp(3) return redis.call('GET', 'none')",
    "redis.setresp(3) return tostring(redis.call('GET', 'none'))",
    "redis.setresp(3) return redis.call('HMGET', 'h', 'f', 'none', 'f')",
    "redis.setresp(3) return #redis.call('HMGET', 'h', 'none', 'f')",
    "redis.setresp(3) redis.setresp(2) return redis.call('HGETALL', 'h')",
    "redis.setresp(3) return redis.call('LOLWUT').verbatim_string.format",
    "redis.setresp(3) return redis.call('DEBUG', 'PROTOCOL', 'bignum')",
    "redis.setresp(3) return redis.call('PING')",
    "redis.setresp(3) return redis.pcall('GET').err",
  ],
  'how a script calls': [
    "return redis.call('SET', 'k', 1.0)",
    "redis.call('SET', 'k', 100000000000000) return redis.call('GET', 'k')",
    "redis.call('SET', 'k', -7) return redis.call('GET', 'k')",
    "redis.call('SET', 'k', 2^53) return redis.call('GET', 'k')",
    "redis.call('SET', 'k', 0.5) return redis.call('GET', 'k')",
    "redis.call('SET', 'k', string.rep('x', 100000)) return redis.call('STRLEN', 'k')",
    "redis.call('SET', 'k', 'a\\0b\\255') return redis.call('GET', 'k')",
    "local t = {'RPUSH', 'big'} for i = 1, 500 do t[#t + 1] = i end return redis.call(unpack(t))",
    "redis.call('SELECT', 5) redis.call('SET', 'five', 'v') return redis.call('GET', 's')",
    "return redis.call('GET', 's')",
    'return redis.call()',
    'return redis.pcall()',
    'return redis.call({})',
    'return redis.call(true)',
    'return redis.call(nil)',
    "return redis.call('GET', nil)",
    "return redis.pcall('GET', {})",
    "return redis.call('NOSUCH')",
    "return redis.call('NOSUCH', 'a')",
    "return redis.pcall('NOSUCH')",
    "return redis.call('OBJECT')",
    "return redis.call('OBJECT', 'NOSUCH')",
    "return redis.call('GET')",
    "return redis.call('GET', 'a', 'b')",
    "return redis.call('INCR', 's')",
    "return redis.pcall('INCR', 's')",
    "return redis.pcall('INCR', 's').err",
    "return redis.call('LPUSH', 's', 'x')",
    "return redis.pcall('LPUSH', 's', 'x')",
    "return {redis.pcall('LPUSH', 's', 'x'), redis.pcall('GET', 's')}",
    "local ok, e = pcall(redis.call, 'LPUSH', 's', 'x') return e",
    "local ok, e = pcall(redis.call, 'NOSUCH') return type(e)",
    "return redis.call('SET', 'k', 'v', 'BAD')",
    "return redis.call('MULTI')",
    "return redis.call('EVAL', 'return 1', 0)",
    "return redis.call('WATCH', 'k')",
    "return redis.call('SCRIPT', 'LOAD', 'return 1')",
    "return redis.pcall('AUTH', 'x')",
    "return redis.call('CONFIG', 'GET', 'maxmemory')",
  ],
  errors: [
    "error('x')",
    'error()',
    'error(nil)',
    'error(5)',
    'error(true)',
    "error({err = 'FOO bar'})",
    "error({err = 'foo'})",
    'error({err = 5})',
    "error({err = 'two\\r\\nlines\\r\\n'})",
    "error('x', 0)",
    '\n\nerror("third")',
    "local function f()\n error('inner') end\nf()",
    "local function f()\n redis.call('NOSUCH') end\n\nf()",
    "local function f()\n return redis.call('NOSUCH') end\n\nlocal x = f()",
    'local a = nil + 1',
    "\nlocal t = 'x' + 1",
    'local a = nil\nreturn a.b',
    'local a = {}\nreturn a.b.c',
    'local a = {}\na.b()',
    'return #nil',
    'return {} < {}',
    "return 1 < '2'",
    'nosuch()',
    'return nosuch',
    'x = 1',
    'KEYS = 1',
    'redis.x = 1',
    'redis.call = 1',
    'return redis.nosuch',
    'string.x = 1',
    'math.random = nil',
    'table.insert(string, 1)',
    '_G.x = 1',
    "rawset(_G, 'x', 1)",
    'setmetatable(_G, {})',
    'getmetatable(_G).__index = nil',
    "getmetatable('').__index = nil",
    'string.rep()',
    "string.rep('x', {})",
    'table.sort({3, 2, 1}, function(a, b) error("zz") end)',
    "return pcall(error, 'x')",
    "local ok, e = pcall(error, {err = 'FOO x'}) return {ok and 1 or 0, e}",
    'local ok, e = pcall(error, {1}) return type(e)',
    "local ok, e = pcall(function() return redis.call('GET') end) return e",
    "return {xpcall(function() error('x') end, function(e) return 'handled ' .. e end)}",
    'retrn',
    'for',
    "return 'unfinished",
    'print(1)',
    'io.open("x")',
    'require("x")',
    'dofile("x")',
    'loadfile("x")',
    'debug.getinfo(1)',
    'package.path = 1',
    'return load(function() return nil end) == nil',
    "return loadstring('return 1')()",
    "return loadstring('return KEYS')()",
  ],
  'the library': [
    "return redis.sha1hex('')",
    "return redis.sha1hex('text')",
    'return redis.sha1hex(5)',
    'return redis.sha1hex()',
    "return redis.sha1hex('a', 'b')",
    "return redis.error_reply('text')",
    "return redis.error_reply('CODE text')",
    "return redis.error_reply('-CODE text')",
    "return redis.error_reply('-text')",
    "return redis.error_reply('')",
    "return redis.error_reply('A B\\r\\n')",
    'return redis.error_reply()',
    'return redis.error_reply(5)',
    "return redis.error_reply('a', 'b')",
    "return redis.status_reply('FINE')",
    'return redis.status_reply()',
    'return redis.status_reply(5)',
    'return redis.log()',
    'return redis.log(1)',
    "return redis.log('x', 'y')",
    "return redis.log(9, 'y')",
    "return redis.log(redis.LOG_DEBUG, 'y', 5)",
    'return {redis.LOG_DEBUG, redis.LOG_VERBOSE, redis.LOG_NOTICE, redis.LOG_WARNING}',
    'return redis.setresp()',
    'return redis.setresp(4)',
    "return redis.setresp('3')",
    "return redis.setresp('x')",
    'return redis.set_repl()',
    'return redis.set_repl(redis.REPL_ALL)',
    'return redis.set_repl(8)',
    'return {redis.REPL_NONE, redis.REPL_AOF, redis.REPL_SLAVE, redis.REPL_REPLICA, redis.REPL_ALL}',
    'return redis.replicate_commands()',
    'return redis.breakpoint()',
    'return redis.debug("x")',
    "return redis.acl_check_cmd('GET', 'k')",
    "return redis.acl_check_cmd('NOSUCH')",
    'return redis.acl_check_cmd()',
    'return type(redis.REDIS_VERSION)',
    'return type(redis.REDIS_VERSION_NUM)',
    'return server',
  ],
  'what a script declares': [
    '#!lua\nreturn 1',
    '#!lua',
    '#!lua flags=\nreturn 1',
    '#!lua flags=no-writes\nreturn 1',
    "#!lua flags=no-writes\nreturn redis.call('SET', 'k', 'v')",
    '#!lua flags=no-writes,allow-oom,allow-stale,no-cluster,allow-cross-slot-keys\nreturn 1',
    '#!lua flags=bad\nreturn 1',
    '#!lua flags=no-writes,\nreturn 1',
    '#!lua flags=no-writes, allow-oom\nreturn 1',
    '#!lua name=x\nreturn 1',
    '#!lua nothing\nreturn 1',
    '#!Lua\nreturn 1',
    '#!js\nreturn 1',
    '#!\nreturn 1',
    "#!lua 'unbalanced\nreturn 1",
    '#!lua\n\nerror("line three")',
  ],
};

const DIGEST = 'e0e1f9fabfc9d4800c877a703b823ac0578ff8db';

/** Other calls, in this order. */
const CALLS: Readonly<Record<string, readonly Words[]>> = {
  'keys and arguments': [
    ['EVAL', 'return {#KEYS, #ARGV}', '0'],
    ['EVAL', 'return {KEYS[1], KEYS[2], ARGV[1], ARGV[2]}', '2', 'a', 'b', 'c', 'd'],
    ['EVAL', 'return ARGV', '0', 'a', '', '\0\xff'],
    ['EVAL', 'return KEYS[1] .. ARGV[1]', '1', 'a', 'b'],
    ['EVAL', "KEYS[1] = 'x' ARGV[5] = 'y' return {KEYS[1], ARGV[5]}", '1', 'a'],
    ['EVAL', 'return 1'],
    ['EVAL', 'return 1', 'x'],
    ['EVAL', 'return 1', '-1'],
    ['EVAL', 'return 1', '1'],
    ['EVAL', 'return 1', '99999999999999999999'],
    ['EVAL', 'retrn', '5'],
    ['EVALSHA', 'short', 'x'],
    ['EVALSHA', DIGEST, 'x'],
    ['EVALSHA', DIGEST, '5'],
  ],
  'scripts by their digest': [
    ['EVALSHA', DIGEST, '0'],
    ['SCRIPT', 'EXISTS', DIGEST, 'x'],
    ['SCRIPT', 'LOAD', 'return 1'],
    ['SCRIPT', 'EXISTS', DIGEST, DIGEST.toUpperCase(), 'x'],
    ['EVALSHA', DIGEST, '0'],
    ['EVALSHA', DIGEST.toUpperCase(), '0'],
    ['EVALSHA_RO', DIGEST, '0'],
    ['EVAL', 'return 2', '0'],
    ['EVALSHA', '7f923f79fe76194c868d7e1d0820de36700eb649', '0'],
    ['SCRIPT', 'LOAD', 'retrn'],
    ['SCRIPT', 'LOAD'],
    ['SCRIPT', 'LOAD', 'a', 'b'],
    ['SCRIPT', 'EXISTS'],
    ['SCRIPT', 'FLUSH', 'NOW'],
    ['SCRIPT', 'FLUSH', 'SYNC', 'x'],
    ['SCRIPT', 'FLUSH', 'ASYNC'],
    ['SCRIPT', 'EXISTS', DIGEST],
    ['SCRIPT', 'KILL'],
    ['SCRIPT', 'NOSUCH'],
    ['SCRIPT'],
    ['SCRIPT', 'HELP'],
  ],
  'commands that only read': [
    ['EVAL_RO', "return redis.call('GET', KEYS[1])", '1', 's'],
    ['EVAL_RO', "return redis.call('SET', KEYS[1], 'v')", '1', 's'],
    ['EVAL_RO', "return redis.pcall('SET', KEYS[1], 'v')", '1', 's'],
    ['EVAL_RO', '#!lua\nreturn 1', '0'],
    ['EVAL_RO', '#!lua flags=no-writes\nreturn 1', '0'],
  ],
  'libraries of functions': [
    [
      'FUNCTION',
      'LOAD',
      "#!lua name=lib\nredis.register_function('f', function(k, a) return {#k, #a, k[1], a[1]} end)",
    ],
    ['FUNCTION', 'LOAD', "#!lua name=lib\nredis.register_function('g', function() end)"],
    [
      'FUNCTION',
      'LOAD',
      'REPLACE',
      "#!LUA NAME=lib\nredis.register_function('f', function(k, a) return {#k, #a, k[1], a[1]} end)",
    ],
    ['FCALL', 'f', '1', 'key', 'arg'],
    ['FCALL', 'F', '0'],
    ['FCALL', 'nosuch', '0'],
    ['FCALL', 'nosuch', 'x'],
    ['FCALL', 'f', 'x'],
    ['FCALL', 'f', '-1'],
    ['FCALL', 'f', '3', 'a'],
    ['FCALL_RO', 'f', '0'],
    ['FUNCTION', 'LIST'],
    ['FUNCTION', 'LIST', 'WITHCODE'],
    ['FUNCTION', 'LIST', 'LIBRARYNAME', 'l*', 'WITHCODE'],
    ['FUNCTION', 'LIST', 'LIBRARYNAME', 'x*'],
    ['FUNCTION', 'LIST', 'LIBRARYNAME'],
    ['FUNCTION', 'LIST', 'LIBRARYNAME', 'a', 'LIBRARYNAME', 'b'],
    ['FUNCTION', 'LIST', 'NOSUCH'],
    ['FUNCTION', 'STATS'],
    ['FUNCTION', 'LOAD', "#!lua name=other\nredis.register_function('f', function() end)"],
    ['FUNCTION', 'DELETE', 'nosuch'],
    ['FUNCTION', 'DELETE', 'lib'],
    ['FCALL', 'f', '0'],
    ['FUNCTION', 'KILL'],
    ['FUNCTION', 'FLUSH', 'NOW'],
    ['FUNCTION', 'FLUSH', 'SYNC', 'x'],
    ['FUNCTION', 'FLUSH', 'ASYNC'],
    ['FUNCTION', 'RESTORE', 'x'],
    ['FUNCTION', 'RESTORE', 'x', 'BAD'],
    ['FUNCTION', 'RESTORE', 'x', 'FLUSH', 'x'],
    ['FUNCTION', 'LOAD', 'BAD', 'x'],
    ['FUNCTION', 'LOAD', 'REPLACE'],
    ['FUNCTION', 'LOAD'],
    ['FUNCTION', 'HELP'],
    ['FUNCTION', 'DUMP'],
  ],
};

/** Texts of libraries whose loading fails, or does not, and what their function answers. */
const LIBRARIES: readonly string[] = [
  'x',
  '#!lua',
  '#!lua\n',
  '#!lua name=x',
  '#!lua name=a name=b\n',
  '#!lua name=a-b\n',
  '#!lua name=\n',
  '#!lua nothing\n',
  '#!js name=x\n',
  '#!lua name="unbalanced\n',
  ...[
    '',
    'for',
    'error("x")',
    'x = 1',
    'redis.x = 1',
    'return redis.x',
    'math.floor(1)',
    'redis.call("GET", "a")',
    'redis.setresp(3)',
    'redis.log(redis.LOG_DEBUG, "x")',
    'redis.register_function()',
    'redis.register_function(1)',
    'redis.register_function("f")',
    'redis.register_function({})',
    'redis.register_function(1, 2)',
    'redis.register_function({}, 2)',
    'redis.register_function("f", 2)',
    'redis.register_function("f", function() end, {})',
    'redis.register_function("a b", function() end)',
    'redis.register_function("", function() end)',
    'redis.register_function(1, function() return 1 end)',
    'redis.register_function("f", function() end) redis.register_function("f", function() end)',
    'redis.register_function{function_name = "f"}',
    'redis.register_function{function_name = {}}',
    'redis.register_function{callback = function() end}',
    'redis.register_function{callback = 5}',
    'redis.register_function{description = {}}',
    'redis.register_function{1}',
    'redis.register_function{nosuch = 1}',
    'redis.register_function{function_name = "f", callback = function() end, flags = 1}',
    'redis.register_function{function_name = "f", callback = function() end, flags = {1}}',
    'redis.register_function{function_name = "f", callback = function() end, flags = {"bad"}}',
    'redis.register_function{FUNCTION_NAME = "f", callback = function() return 5 end, flags = {"NO-WRITES"}, description = "d"}',
    'redis.register_function("f", function() return x end)',
    'redis.register_function("f", function() x = 1 end)',
    'redis.register_function("f", function() return KEYS end)',
    'redis.register_function("f", function()\n error("y") end)',
    'redis.register_function("f", function() return redis.nosuch end)',
    'redis.register_function("f", function() return redis.breakpoint() end)',
    'redis.register_function("f", function() return redis.register_function("g", function() end) end)',
    'redis.register_function("f", function() return redis.call("GET", "s") end)',
    'redis.register_function("f", function() return redis.call("NOSUCH") end)',
    'redis.register_function("f", function() redis.setresp(3) return redis.call("HGETALL", "h") end)',
    'local n = 0 redis.register_function("f", function() n = n + 1 return n end)',
    'local function g() return math.floor(2.5) end redis.register_function("f", function() return g() end)',
    'redis.register_function("f", function(keys) keys[1] = "x" return keys end)',
    'redis.register_function{function_name = "f", callback = function() return redis.call("SET", "k", "v") end, flags = {"no-writes"}}',
  ].map((code) => `#!lua name=lib\n${code}`),
];

describe.each([2, 3] as const)('in RESP%d', (protocol) => {
  let client: RawClient;
  let connection: Connection;

  async function compare(calls: readonly Words[]): Promise<void> {
    const theirs = await connection.ask(calls);
    const ours = await ask(calls);
    const differences = calls.flatMap((words, i) =>
      ours[i] === theirs[i] ? [] : [{ call: words.join(' ').slice(0, 300), ours: ours[i], theirs: theirs[i] }],
    );
    expect(differences).toEqual([]);
  }

  async function ask(calls: readonly Words[]): Promise<string[]> {
    client.send(calls.map((words) => requestOf(words)).join(''));
    return client.replies(calls.length);
  }

  async function begin(): Promise<void> {
    await connection.ask(DATA);
    await ask(DATA);
  }

  beforeAll(async () => {
    connection = await redis.connect(protocol);
    client = await RawClient.connect(hotset.port);
    if (protocol === 3) await client.ask('HELLO', 3);
  });
  afterAll(() => client.close());

  test.each(Object.entries(SCRIPTS))('%s', async (_, scripts) => {
    await begin();
    await compare(scripts.map((script) => ['EVAL', script, '0']));
  });

  test.each(Object.entries(CALLS))('%s', async (_, calls) => {
    await begin();
    await compare(calls);
  });

  test('what libraries may do', async () => {
    await begin();
    for (const code of LIBRARIES) {
      await compare([
        ['FUNCTION', 'FLUSH'],
        ['FUNCTION', 'LOAD', code],
        ['FCALL', 'f', '1', 'a'],
        ['FCALL_RO', 'f', '0'],
        ['FUNCTION', 'LIST'],
      ]);
    }
  });

  test('a debugger that is off', async () => {
    for (const mode of ['NO', 'MAYBE']) await compare([['SCRIPT', 'DEBUG', mode]]);
  });

  test('payloads of libraries, both ways', async () => {
    const libraries = ['a', 'b', 'c'].map(
      (name) =>
        `#!lua name=${name}\n-- ${'text '.repeat(20)}\nredis.register_function('f_${name}', function() return '${name}' end)`,
    );
    await begin();
    await compare(libraries.slice(0, 1).map((code) => ['FUNCTION', 'LOAD', code]));
    await compare([['FUNCTION', 'DUMP']]);
    await compare(libraries.slice(1).map((code) => ['FUNCTION', 'LOAD', code]));
    const [dumped] = await connection.ask([['FUNCTION', 'DUMP']]);
    const theirs = bodyOf(dumped);
    const ours = bodyOf(await client.ask('FUNCTION', 'DUMP'));
    for (const payload of [theirs, ours]) {
      await compare([
        ['FUNCTION', 'FLUSH'],
        ['FUNCTION', 'RESTORE', payload],
        ['FUNCTION', 'RESTORE', payload, 'REPLACE'],
        ['FUNCTION', 'RESTORE', payload, 'FLUSH'],
        ['FUNCTION', 'DELETE', 'a'],
        ['FUNCTION', 'RESTORE', payload, 'REPLACE'],
        ['FCALL', 'f_a', '0'],
        ['FUNCTION', 'FLUSH'],
        ['FUNCTION', 'RESTORE', payload, 'APPEND'],
        ['FCALL', 'f_c', '0'],
        ['FUNCTION', 'STATS'],
        ['FUNCTION', 'FLUSH'],
        ['FUNCTION', 'LOAD', "#!lua name=taken\nredis.register_function('f_b', function() end)"],
        ['FUNCTION', 'RESTORE', payload],
        ['FUNCTION', 'STATS'],
        ['FUNCTION', 'RESTORE', payload.slice(0, -1)],
        ['FUNCTION', 'RESTORE', `${payload.slice(0, -1)}\0`],
      ]);
    }
  });
});

function bodyOf(reply: string): string {
  return reply.slice(reply.indexOf('\r\n') + 2, -2);
}
