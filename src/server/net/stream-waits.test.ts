/** XREAD and XREADGROUP with BLOCK. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawClient, request } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let server: TestServer;
let waiter: RawClient;
let other: RawClient;
let writer: RawClient;

beforeEach(async () => {
  server = await startTestServer();
  [waiter, other, writer] = await Promise.all([0, 1, 2].map(() => RawClient.connect(server.port)));
});

afterEach(async () => {
  for (const client of [waiter, other, writer]) client.close();
  await server.stop();
});

/** Resolves when so many clients wait. */
async function blocked(count: number): Promise<void> {
  while (server.server.clients.blocked !== count) await new Promise((resolve) => setTimeout(resolve, 1));
}

function expectNothingLeft(): void {
  const { effects, dispatcher } = server.server.engine;
  expect(server.server.clients.blocked).toBe(0);
  expect(dispatcher.blocking.countKeys(true)).toBe(0);
  expect(effects.listening).toBe(false);
}

/** What XREAD replies of one entry with one field. */
function entryOf(key: string, id: string, field: string, value: string): string {
  const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`;
  return `*1\r\n*2\r\n${bulk(key)}*1\r\n*2\r\n${bulk(id)}*2\r\n${bulk(field)}${bulk(value)}`;
}

test('everybody who reads gets what is added, behind the ID that was the last when they asked', async () => {
  await writer.ask('XADD', 's', '1-1', 'old', 'entry');
  waiter.command('XREAD', 'BLOCK', 0, 'STREAMS', 'absent', 's', '$', '$');
  other.command('XREAD', 'BLOCK', 100_000, 'STREAMS', 's', '2-0');
  await blocked(2);
  expect(await writer.ask('XADD', 's', '1-2', 'f', 'v')).toBe('$3\r\n1-2\r\n');
  expect(await waiter.reply()).toBe(entryOf('s', '1-2', 'f', 'v'));
  await blocked(1);
  await writer.ask('XADD', 's', '3-0', 'g', 'w');
  expect(await other.reply()).toBe(entryOf('s', '3-0', 'g', 'w'));
  expectNothingLeft();
});

test('of a group each entry goes to one, who asked first', async () => {
  await writer.ask('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM');
  waiter.command('XREADGROUP', 'GROUP', 'g', 'first', 'BLOCK', 0, 'STREAMS', 's', '>');
  await blocked(1);
  other.command('XREADGROUP', 'GROUP', 'g', 'second', 'BLOCK', 0, 'STREAMS', 's', '>');
  await blocked(2);
  await writer.ask('XADD', 's', '1-1', 'f', 'v');
  expect(await waiter.reply()).toBe(entryOf('s', '1-1', 'f', 'v'));
  await writer.ask('XADD', 's', '1-2', 'f', 'w');
  expect(await other.reply()).toBe(entryOf('s', '1-2', 'f', 'w'));
  expect(await writer.ask('XPENDING', 's', 'g', '-', '+', 10, 'first')).toContain('$3\r\n1-1\r\n');
  expectNothingLeft();
});

test.each([
  ['the stream is deleted', ['DEL', 's'], /^-NOGROUP No such key 's' or consumer group 'g'/],
  ['the group is destroyed', ['XGROUP', 'DESTROY', 's', 'g'], /^-NOGROUP /],
  ['another value takes its place', ['SET', 's', 'v'], /^-WRONGTYPE /],
  ['all is flushed', ['FLUSHALL'], /^-NOGROUP /],
])('a reader of a group is told when %s; other readers wait on', async (_, command, error) => {
  await writer.ask('XGROUP', 'CREATE', 's', 'g', '$', 'MKSTREAM');
  waiter.command('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', 0, 'STREAMS', 's', '>');
  await blocked(1);
  other.command('XREAD', 'BLOCK', 0, 'STREAMS', 's', '$');
  await blocked(2);
  await writer.ask(...command);
  expect(await waiter.reply()).toMatch(error);
  expect(server.server.clients.blocked).toBe(1);
});

test('what brings nothing to a waiting consumer lets it wait, even if there is something to read then', async () => {
  await writer.ask('XADD', 's', '1-1', 'f', 'v');
  await writer.ask('XGROUP', 'CREATE', 's', 'g', '$');
  waiter.command('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', 0, 'STREAMS', 's', '>');
  await blocked(1);
  const seen = async (): Promise<string | undefined> =>
    /seen-time\r\n:(\d+)/.exec(await writer.ask('XINFO', 'STREAM', 's', 'FULL'))?.[1];
  const before = await seen();
  while (Date.now() <= Number(before)) await new Promise((resolve) => setTimeout(resolve, 1));
  for (const command of [
    ['XGROUP', 'SETID', 's', 'g', 0],
    ['XGROUP', 'CREATE', 's', 'h', 0],
    ['XTRIM', 's', 'MAXLEN', 0],
    ['EXPIRE', 's', 1000],
    ['PERSIST', 's'],
  ]) {
    await writer.ask(...command);
  }
  expect(server.server.clients.blocked).toBe(1);
  expect(await seen()).toBe(before);
  await writer.ask('XADD', 's', '1-2', 'f', 'w');
  expect(await waiter.reply()).toBe(entryOf('s', '1-2', 'f', 'w'));
  expectNothingLeft();
});

test('a consumer that waits for two streams is served by one when the copy of the other is made', async () => {
  const { copies, encodingLimits } = server.server.engine.keyspace;
  encodingLimits.streamNodeMaxEntries = 1;
  for (let i = 1; i <= 1100; i++) await writer.ask('XADD', 's', `${i}-0`, 'f', 'v');
  for (const key of ['s', 't']) await writer.ask('XGROUP', 'CREATE', key, 'g', '$', 'MKSTREAM');
  waiter.command('XREADGROUP', 'GROUP', 'g', 'c', 'BLOCK', 0, 'STREAMS', 's', 't', '>', '>');
  await blocked(1);
  other.command('COPY', 's', 'u');
  while (!copies.isActive) await new Promise((resolve) => setImmediate(resolve));
  await writer.ask('XADD', 't', '1-1', 'f', 'w');
  expect(await other.reply()).toBe(':1\r\n');
  expect(await waiter.reply()).toBe(entryOf('t', '1-1', 'f', 'w'));
  expectNothingLeft();
});

test('nobody waits who has something to read, is inside MULTI, or is out of time', async () => {
  await writer.ask('XADD', 's', '1-1', 'f', 'v');
  expect(await waiter.ask('XREAD', 'BLOCK', 0, 'STREAMS', 's', '0')).toBe(entryOf('s', '1-1', 'f', 'v'));
  waiter.send(request('MULTI') + request('XREAD', 'BLOCK', 0, 'STREAMS', 's', '$') + request('EXEC'));
  expect(await waiter.replies(3)).toEqual(['+OK\r\n', '+QUEUED\r\n', '*1\r\n*-1\r\n']);
  expect(await waiter.ask('XREAD', 'BLOCK', 5, 'STREAMS', 's', '$')).toBe('*-1\r\n');
  expect(await waiter.ask('XREAD', 'BLOCK', -1, 'STREAMS', 's', '$')).toBe('-ERR timeout is negative\r\n');
  expectNothingLeft();
});
