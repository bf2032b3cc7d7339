import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawClient, textOf } from './raw-client.testing.ts';
import { startTestServer, type TestServer } from './server.testing.ts';

let server: TestServer;
let client: RawClient;

beforeEach(async () => {
  server = await startTestServer();
  client = await RawClient.connect(server.port);
});
afterEach(async () => {
  client.close();
  await server.stop();
});

test('TIME is now, in seconds and microseconds, and does not go back', async () => {
  let last = 0;
  for (let i = 0; i < 20; i++) {
    const [, seconds, micros] = /^\*2\r\n\$10\r\n(\d+)\r\n\$\d\r\n(\d+)\r\n$/.exec(await client.ask('TIME')) ?? [];
    const now = Number(seconds) * 1e6 + Number(micros);
    expect(Math.abs(now / 1000 - Date.now())).toBeLessThan(1000);
    expect(now).toBeGreaterThanOrEqual(last);
    last = now;
  }
});

test('LOLWUT draws and names its version', async () => {
  expect(textOf(await client.ask('LOLWUT'))).toMatch(/Redis ver\. 7\.2\.4\n$/);
  expect(textOf(await client.ask('LOLWUT', 'VERSION', 5, 1, 2))).toMatch(/Redis ver\. 7\.2\.4\n$/);
  expect(await client.ask('LOLWUT', 'VERSION', 'x')).toMatch(/^-ERR value is not an integer/);
});

test.each(['FOO', 'SAVE NOSAVE', 'ABORT NOW', 'SAVE ABORT'])('SHUTDOWN %s is no syntax', async (words) => {
  expect(await client.ask('SHUTDOWN', ...words.split(' '))).toBe('-ERR syntax error\r\n');
});

test('SHUTDOWN refuses what cannot be done', async () => {
  expect(await client.ask('SHUTDOWN', 'ABORT')).toBe('-ERR No shutdown in progress.\r\n');
  expect(await client.ask('SHUTDOWN', 'SAVE')).toBe('-ERR Errors trying to SHUTDOWN. Check logs.\r\n');
  expect(server.log()).toContain("can't exit");
  expect(await client.ask('PING')).toBe('+PONG\r\n');
});

test('SHUTDOWN sends what was answered before and closes every connection', async () => {
  const other = await RawClient.connect(server.port);
  await other.ask('PING');
  client.send('SET k v\r\nSHUTDOWN NOSAVE\r\nGET k\r\n');
  expect(await client.rest()).toBe('+OK\r\n');
  expect(await other.rest()).toBe('');
  await expect(RawClient.connect(server.port)).rejects.toThrow('ECONNREFUSED');
});

test('a signal follows shutdown-on-sigterm at the next tick', async () => {
  await client.ask('CONFIG', 'SET', 'shutdown-on-sigterm', 'save');
  server.server.receive('SIGTERM');
  expect(await client.within(300)).toBe('');
  expect(client.closed).toBe(false);
  expect(server.log()).toContain("can't exit");
  await client.ask('CONFIG', 'SET', 'shutdown-on-sigterm', 'nosave');
  server.server.receive('SIGTERM');
  expect(await client.rest()).toBe('');
});
