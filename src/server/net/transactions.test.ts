import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawClient, request, textOf } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

const QUEUED = '+QUEUED\r\n';
let server: TestServer;
let client: RawClient;
let other: RawClient;

beforeEach(async () => {
  server = await startTestServer();
  client = await RawClient.connect(server.port);
  other = await RawClient.connect(server.port);
});

afterEach(async () => {
  client.close();
  other.close();
  await server.stop();
});

test('a transaction sent in one piece', async () => {
  client.send(request('MULTI') + request('INCR', 'n') + request('GET', 'n') + request('EXEC') + request('PING'));
  expect(await client.replies(5)).toEqual(['+OK\r\n', QUEUED, QUEUED, '*2\r\n:1\r\n$1\r\n1\r\n', '+PONG\r\n']);
});

test('CLIENT LIST tells of queued commands, memory and changed keys', async () => {
  const id = (await client.ask('CLIENT', 'ID')).slice(1, -2);
  const fields = async () => textOf(await other.ask('CLIENT', 'LIST', 'ID', id));
  expect(await fields()).toMatch(/ flags=N .* multi=-1 .* multi-mem=0 /);
  await client.ask('WATCH', 'k');
  expect(await fields()).toMatch(/ flags=N .* multi=-1 .* multi-mem=[1-9]/);
  await client.ask('MULTI');
  await client.ask('SET', 'k', 'x'.repeat(10_000));
  await other.ask('SET', 'k', 'v');
  expect(await fields()).toMatch(/ flags=xd .* multi=1 .* multi-mem=1\d{4} /);
  expect(await client.ask('EXEC')).toBe('*-1\r\n');
  expect(await fields()).toMatch(/ flags=N .* multi=-1 .* multi-mem=0 /);
});

test('what is queued counts towards the limit of the query buffer', async () => {
  await other.ask('CONFIG', 'SET', 'client-query-buffer-limit', '1mb');
  client.command('MULTI');
  for (let i = 0; i < 20; i++) client.command('SET', 'k', 'x'.repeat(100_000));
  await client.rest();
  expect(server.log()).toContain('Closing client that reached max query buffer length');
  expect(await other.ask('EXISTS', 'k')).toBe(':0\r\n');
});

test('nothing more is kept once EXEC is sure to fail', async () => {
  await other.ask('CONFIG', 'SET', 'client-query-buffer-limit', '1mb');
  const queued = async (): Promise<string | undefined> =>
    / multi=(\S+)/.exec(textOf(await other.ask('CLIENT', 'LIST', 'ID', id)))?.[1];
  const id = (await client.ask('CLIENT', 'ID')).slice(1, -2);
  for (const spoil of [() => client.ask('NOSUCH'), () => other.ask('SET', 'watched', 1)]) {
    await client.ask('WATCH', 'watched');
    await client.ask('MULTI');
    expect(await client.ask('SET', 'k', 'x')).toBe('+QUEUED\r\n');
    await spoil();
    for (let i = 0; i < 20; i++) expect(await client.ask('SET', 'k', 'x'.repeat(100_000))).toBe('+QUEUED\r\n');
    expect(await queued()).toBe('1');
    expect(await client.ask('EXEC')).toMatch(/^(-EXECABORT|\*-1)/);
  }
});

test('who leaves watches nothing any more', async () => {
  const { effects } = server.server.engine;
  await client.ask('WATCH', 'k');
  expect(effects.listening).toBe(true);
  client.close();
  while (effects.listening) await new Promise((resolve) => setTimeout(resolve, 1));
  await other.ask('WATCH', 'k');
  await other.ask('MULTI');
  expect(await other.ask('RESET')).toBe('+RESET\r\n');
  expect(effects.listening).toBe(false);
  expect(await other.ask('EXEC')).toBe('-ERR EXEC without MULTI\r\n');
});

test('MONITOR shows the commands of EXEC in their order, and EXEC last', async () => {
  expect(await other.ask('MONITOR')).toBe('+OK\r\n');
  client.send(request('MULTI') + request('SET', 'a', '1') + request('GET', 'a') + request('EXEC'));
  await client.replies(4);
  const shown = (await other.replies(4)).map((line) => line.slice(line.indexOf('] ') + 2, -2));
  expect(shown).toEqual(['"MULTI"', '"SET" "a" "1"', '"GET" "a"', '"EXEC"']);
});

test('a MONITOR inside is refused', async () => {
  client.send(request('MULTI') + request('MONITOR') + request('PING') + request('EXEC'));
  expect((await client.replies(4)).at(-1)).toBe(
    "*2\r\n-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n+PONG\r\n",
  );
});

test('a pause of writes holds back an EXEC that writes, and no other', async () => {
  await client.ask('MULTI');
  await client.ask('SET', 'k', 'v');
  await other.ask('MULTI');
  await other.ask('GET', 'k');
  const third = await RawClient.connect(server.port);
  expect(await third.ask('CLIENT', 'PAUSE', 60_000, 'WRITE')).toBe('+OK\r\n');
  client.command('EXEC');
  expect(await other.ask('EXEC')).toBe('*1\r\n$-1\r\n');
  expect(await third.ask('CLIENT', 'UNPAUSE')).toBe('+OK\r\n');
  expect(await client.reply()).toBe('*1\r\n+OK\r\n');
  third.close();
});

test('a transaction is run to its end though its client is disconnected in the middle', async () => {
  await other.ask('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 100000 0 0');
  await other.ask('SET', 'long', 'x'.repeat(2_000_000));
  const listener = await RawClient.connect(server.port);
  await listener.ask('SUBSCRIBE', 'news');
  client.send(
    request('MULTI') +
      request('SET', 'before', '1') +
      request('GET', 'long') +
      request('PUBLISH', 'news', 'x') +
      request('SET', 'after', '1') +
      request('EXEC'),
  );
  await client.rest();
  expect(server.server.clients.outputLimitDisconnections).toBe(1);
  expect(await other.ask('EXISTS', 'before', 'after')).toBe(':2\r\n');
  listener.close();
});

test('who kills itself inside is answered up to there, and the rest is run', async () => {
  const id = (await client.ask('CLIENT', 'ID')).slice(1, -2);
  await other.ask('SUBSCRIBE', 'news');
  await client.ask('HELLO', 3);
  await client.ask('SUBSCRIBE', 'news');
  await client.ask('CLIENT', 'TRACKING', 'ON');
  await client.ask('GET', 'after');
  client.send(
    request('MULTI') +
      request('SET', 'before', '1') +
      request('CLIENT', 'KILL', 'ID', id, 'SKIPME', 'no') +
      request('HELLO', 3) +
      request('SET', 'after', '1') +
      request('PUBLISH', 'news', 'x') +
      request('GET', 'after') +
      request('EXEC') +
      request('SET', 'behind', '1'),
  );
  expect(await client.rest()).toBe(`+OK\r\n${QUEUED.repeat(6)}*6\r\n+OK\r\n:1\r\n`);
  expect(await other.reply()).toBe('*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n');
  await other.ask('UNSUBSCRIBE');
  expect(await other.ask('EXISTS', 'before', 'after', 'behind')).toBe(':2\r\n');
});

test('who kills itself behind a slow script is answered up to there and closed', async () => {
  await other.ask('CONFIG', 'SET', 'busy-reply-threshold', '1');
  const id = (await client.ask('CLIENT', 'ID')).slice(1, -2);
  client.send(
    request('MULTI') +
      request('EVAL', 'local n = 0 for i = 1, 30000000 do n = n + i % 7 end return 1', 0) +
      request('CLIENT', 'KILL', 'ID', id, 'SKIPME', 'no') +
      request('SET', 'after', '1') +
      request('EXEC'),
  );
  expect(await client.rest()).toBe(`+OK\r\n${QUEUED.repeat(3)}*3\r\n:1\r\n:1\r\n`);
  expect(await other.ask('EXISTS', 'after')).toBe(':1\r\n');
});
