/** What scripts may take of the server, and what the server tells of them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawClient, textOf } from './raw-client.testing.ts';
import { startTestServer, type TestServer } from './server.testing.ts';

let server: TestServer;
let client: RawClient;

beforeEach(async () => {
  server = await startTestServer({ 'script-memory-limit': '16mb' });
  client = await RawClient.connect(server.port);
});

afterEach(async () => {
  client.close();
  await server.stop();
});

async function info(section: string, field: string): Promise<string | undefined> {
  return new RegExp(`^${field}:(.*)\\r$`, 'm').exec(textOf(await client.ask('INFO', section)))?.[1];
}

test.each([
  ['a table', 'local t = {} for i = 1, 1e9 do t[i] = {i} end'],
  ['strings', "local t = {} for i = 1, 1e9 do t[i] = 'text ' .. i end"],
  ['one string', "local s = 'x' while true do s = s .. s end"],
  ['a repeated string', "return string.rep('x', 2^30)"],
  ['what it reads', "local t = {} while true do t[#t + 1] = redis.call('LRANGE', KEYS[1], 0, -1) end"],
])('a script may not hold too much: %s', async (_, script) => {
  for (let i = 0; i < 100; i++)
    await client.ask('RPUSH', 'list', ...Array.from({ length: 100 }, (_, j) => `${i} ${j}`));
  expect(await client.ask('EVAL', script, 1, 'list')).toMatch(/^-ERR .*(not enough memory|too large)/);
  expect(await client.ask('EVAL', 'return 1', 0)).toBe(':1\r\n');
});

test('INFO counts scripts and functions', async () => {
  await client.ask('EVAL', 'return 1', 0);
  await client.ask('SCRIPT', 'LOAD', 'return 2');
  const library =
    "#!lua name=l\nredis.register_function('f', function() end) redis.register_function('g', function() end)";
  await client.ask('FUNCTION', 'LOAD', library);
  expect(await info('memory', 'number_of_cached_scripts')).toBe('2');
  expect(await info('memory', 'number_of_functions')).toBe('2');
  expect(await info('memory', 'number_of_libraries')).toBe('1');
  expect(Number(await info('memory', 'used_memory_scripts'))).toBeGreaterThan(library.length);
  await client.ask('SCRIPT', 'FLUSH');
  await client.ask('FUNCTION', 'FLUSH');
  expect(await info('memory', 'used_memory_scripts')).toBe('0');
});

test('INFO counts scripts that were given up for newer ones', async () => {
  for (let i = 0; i < 503; i++) await client.ask('EVAL', `return ${i}`, 0);
  expect(await info('memory', 'number_of_cached_scripts')).toBe('500');
  expect(await info('stats', 'evicted_scripts')).toBe('3');
  await client.ask('CONFIG', 'RESETSTAT');
  expect(await info('stats', 'evicted_scripts')).toBe('0');
});

test('the slow log names scripts and what they call', async () => {
  await client.ask('CONFIG', 'SET', 'slowlog-log-slower-than', '0');
  await client.ask('EVAL', "return redis.call('PING')", 0);
  await client.ask('CONFIG', 'SET', 'slowlog-log-slower-than', '-1');
  const log = await client.ask('SLOWLOG', 'GET', 10);
  expect(log).toContain("$4\r\nEVAL\r\n$25\r\nreturn redis.call('PING')\r\n");
  expect(log).toContain('*1\r\n$4\r\nPING\r\n');
});

test('redis.log writes to the log at its level', async () => {
  await client.ask('EVAL', "redis.log(redis.LOG_WARNING, 'heard', 5) redis.log(redis.LOG_DEBUG, 'unheard')", 0);
  expect(server.log()).toMatch(/ # heard 5\n/);
  expect(server.log()).not.toContain('unheard');
});
