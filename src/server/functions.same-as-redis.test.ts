/** Functions beside a real redis-server: libraries, what they may do when they are loaded and run, their payloads. */
import { afterAll, beforeAll, beforeEach, describe, test } from 'vitest';
import type { Words } from '../engine/commands/redis-peer.testing.ts';
import { Pair, type PairedClient } from './paired-clients.testing.ts';

let pair: Pair;

beforeAll(async () => {
  pair = await Pair.start();
});
afterAll(() => pair.stop());

/** Calls in this order. */
const CALLS: readonly Words[] = [
  ['FUNCTION', 'LOAD', "#!lua name=lib\nredis.register_function('f', function(k, a) return {#k, #a, k[1], a[1]} end)"],
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
];

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
  let client: PairedClient;

  beforeAll(async () => {
    client = await pair.connect(protocol);
  });
  beforeEach(() => client.begin());
  afterAll(() => client.close());

  test('libraries and calls', async () => {
    await client.compare(CALLS);
  });

  test('what libraries may do', async () => {
    for (const code of LIBRARIES) {
      await client.compare([
        ['FUNCTION', 'FLUSH'],
        ['FUNCTION', 'LOAD', code],
        ['FCALL', 'f', '1', 'a'],
        ['FCALL_RO', 'f', '0'],
        ['FUNCTION', 'LIST'],
      ]);
    }
  });

  test('payloads of libraries, both ways', async () => {
    const libraries = ['a', 'b', 'c'].map(
      (name) =>
        `#!lua name=${name}\n-- ${'text '.repeat(20)}\nredis.register_function('f_${name}', function() return '${name}' end)`,
    );
    await client.compare(libraries.slice(0, 1).map((code) => ['FUNCTION', 'LOAD', code]));
    await client.compare([['FUNCTION', 'DUMP']]);
    await client.compare(libraries.slice(1).map((code) => ['FUNCTION', 'LOAD', code]));
    const payloads = (await client.both('FUNCTION', 'DUMP')).map(bodyOf);
    for (const payload of payloads) {
      await client.compare([
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
