/** The memory that a script may hold: script-memory-limit. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawClient } from './raw-client.testing.ts';
import { startTestServer, type TestServer } from './server.testing.ts';

const TOO_MUCH = /^-ERR .*not enough memory/;
const VALUE_BYTES = 8_000_000;

let server: TestServer;
let client: RawClient;

beforeEach(async () => {
  server = await startTestServer({ 'script-memory-limit': '64mb' });
  client = await RawClient.connect(server.port);
  expect(await client.ask('SETRANGE', 'large', VALUE_BYTES, 'x')).toBe(`:${VALUE_BYTES + 1}\r\n`);
});

afterEach(async () => {
  client.close();
  await server.stop();
});

function evaluate(script: string, ...keys: string[]): Promise<string> {
  return client.ask('EVAL', script, keys.length, ...keys);
}

test('replies that a script keeps count', async () => {
  const keep = "local t = {} for i = 1, 100 do t[i] = redis.call('GET', KEYS[1]) end return #t";
  expect(await evaluate(keep, 'large')).toMatch(TOO_MUCH);
});

test('replies that it forgets do not', async () => {
  const forget = "local n = 0 for i = 1, 100 do n = n + #redis.call('GET', KEYS[1]) end return n";
  expect(await evaluate(forget, 'large')).toBe(`:${(VALUE_BYTES + 1) * 100}\r\n`);
});

test('a reply that alone would be too much breaks off its command', async () => {
  expect(await client.ask('SETRANGE', 'huge', 70_000_000, 'x')).toBe(':70000001\r\n');
  expect(await evaluate("return redis.call('GET', KEYS[1])", 'huge')).toMatch(TOO_MUCH);
  expect(await evaluate("return (select(2, pcall(redis.call, 'GET', KEYS[1])))", 'huge')).toMatch(/not enough memory/);
  expect(await evaluate("return redis.call('STRLEN', KEYS[1])", 'huge')).toBe(':70000001\r\n');
});

test('data that it writes does not count', async () => {
  const write = "for i = 1, 12 do redis.call('SETRANGE', 'copy' .. i, 8000000, 'x') end return redis.call('DBSIZE')";
  expect(await evaluate(write)).toBe(':13\r\n');
});
