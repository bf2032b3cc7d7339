import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RawClient, request } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let server: TestServer;
let control: RawClient;

beforeAll(async () => {
  server = await startTestServer();
  control = await RawClient.connect(server.port);
});

afterAll(() => server.stop());

beforeEach(async () => {
  await control.ask('CLIENT', 'UNPAUSE');
});

async function pause(...words: (string | number)[]): Promise<void> {
  expect(await control.ask('CLIENT', 'PAUSE', ...words)).toBe('+OK\r\n');
}

async function unpause(): Promise<void> {
  expect(await control.ask('CLIENT', 'UNPAUSE')).toBe('+OK\r\n');
}

async function untilBlocked(count: number): Promise<void> {
  for (const deadline = Date.now() + 10_000; server.server.clients.blocked !== count; await sleep(2)) {
    if (Date.now() > deadline) throw new Error(`${server.server.clients.blocked} clients wait, not ${count}`);
  }
}

describe('CLIENT PAUSE', () => {
  test('WRITE holds writes back, and what comes behind them', async () => {
    await control.ask('SET', 'k', 'before');
    await pause(100_000, 'WRITE');
    const writer = await RawClient.connect(server.port);
    writer.send(request('GET', 'k') + request('SET', 'k', 'after') + request('GET', 'k') + request('PING'));
    expect(await writer.reply()).toBe('$6\r\nbefore\r\n');
    await untilBlocked(1);
    expect(writer.pending).toBe('');
    expect(await control.ask('GET', 'k')).toBe('$6\r\nbefore\r\n');
    expect(await control.ask('CLIENT', 'LIST')).toMatch(/ flags=b .* cmd=set /);
    writer.send(request('ECHO', 'later'));
    await unpause();
    expect(await writer.replies(4)).toEqual(['+OK\r\n', '$5\r\nafter\r\n', '+PONG\r\n', '$5\r\nlater\r\n']);
    expect(server.server.clients.blocked).toBe(0);
    writer.close();
  });

  test('ALL holds everything back but CLIENT', async () => {
    await pause(100_000);
    const other = await RawClient.connect(server.port);
    other.command('PING');
    await untilBlocked(1);
    expect(await control.ask('CLIENT', 'ID')).toMatch(/^:/);
    const late = await RawClient.connect(server.port);
    late.send(`${request('GET', 'k').slice(0, -3)}`);
    late.send('k\r\n');
    await untilBlocked(2);
    await unpause();
    expect(await other.reply()).toBe('+PONG\r\n');
    expect(await late.reply()).toMatch(/^\$/);
    other.close();
    late.close();
  });

  test('lets those go on first who have waited longest', async () => {
    const early = await RawClient.connect(server.port);
    const late = await RawClient.connect(server.port);
    await control.ask('DEL', 'l');
    await pause(100_000, 'ALL');
    late.command('RPUSH', 'l', 'first');
    await untilBlocked(1);
    early.command('RPUSH', 'l', 'second');
    await untilBlocked(2);
    await unpause();
    expect(await late.reply()).toBe(':1\r\n');
    expect(await early.reply()).toBe(':2\r\n');
    early.close();
    late.close();
  });

  test('ends when its time is over', async () => {
    await pause(150, 'ALL');
    const other = await RawClient.connect(server.port);
    other.command('PING');
    await untilBlocked(1);
    expect(await other.reply()).toBe('+PONG\r\n');
    expect(await control.ask('PING')).toBe('+PONG\r\n');
  });

  test('is not shortened and not made milder by another', async () => {
    await pause(100_000, 'ALL');
    await pause(1, 'WRITE');
    const other = await RawClient.connect(server.port);
    other.command('PING');
    await untilBlocked(1);
    await sleep(50);
    expect(server.server.clients.blocked).toBe(1);
    await unpause();
    expect(await other.reply()).toBe('+PONG\r\n');
    other.close();
  });

  test('made stricter, holds back from then on what it let pass', async () => {
    await pause(100_000, 'WRITE');
    const other = await RawClient.connect(server.port);
    expect(await other.ask('GET', 'k')).toMatch(/^\$/);
    await pause(1, 'ALL');
    other.command('GET', 'k');
    await untilBlocked(1);
    await unpause();
    other.close();
  });

  test('errors are replied at once', async () => {
    await pause(100_000, 'WRITE');
    expect(await control.ask('SET', 'k')).toMatch(/^-ERR wrong number of arguments/);
    expect(await control.ask('NOSUCH')).toMatch(/^-ERR unknown command/);
  });

  test('keys expire for readers, but none is removed until it ends', async () => {
    await control.ask('FLUSHALL');
    await control.ask('SET', 'a', '1', 'PX', 30);
    await control.ask('SET', 'b', '2', 'PX', 30);
    const { keyspace } = server.server.engine;
    const { expired } = keyspace;
    await pause(100_000, 'WRITE');
    await sleep(80);
    expect(await control.ask('GET', 'a')).toBe('$-1\r\n');
    expect(await control.ask('TTL', 'b')).toBe(':-2\r\n');
    expect(await control.ask('DBSIZE')).toBe(':2\r\n');
    expect(await control.ask('RANDOMKEY')).toMatch(/^\$1\r\n[ab]\r\n$/);
    expect(keyspace.expired).toBe(expired);
    await unpause();
    expect(await control.ask('GET', 'a')).toBe('$-1\r\n');
    for (const deadline = Date.now() + 5000; keyspace.expired < expired + 2 && Date.now() < deadline; ) await sleep(10);
    expect(keyspace.expired).toBe(expired + 2);
    expect(await control.ask('DBSIZE')).toBe(':0\r\n');
  });

  test('no key is evicted until it ends', async () => {
    await control.ask('FLUSHALL');
    for (let i = 0; i < 100; i++) await control.ask('SET', `k${i}`, 'x'.repeat(10_000));
    await pause(100_000, 'WRITE');
    await control.ask('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru', 'maxmemory', '500kb');
    expect(await control.ask('GET', 'k1')).toMatch(/^\$10000/);
    expect(await control.ask('DBSIZE')).toBe(':100\r\n');
    await unpause();
    await control.ask('SET', 'more', 'x');
    for (const deadline = Date.now() + 5000; Date.now() < deadline; await sleep(10)) {
      if (Number((await control.ask('DBSIZE')).slice(1)) < 100) break;
    }
    expect(Number((await control.ask('DBSIZE')).slice(1))).toBeLessThan(100);
    await control.ask('CONFIG', 'SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction');
  });

  test('a client that leaves while it waits is forgotten', async () => {
    await pause(100_000, 'ALL');
    const other = await RawClient.connect(server.port);
    other.command('SET', 'gone', '1');
    await untilBlocked(1);
    other.close();
    await untilBlocked(0);
    await unpause();
    expect(await control.ask('EXISTS', 'gone')).toBe(':0\r\n');
  });

  test('a time beyond all times is refused', async () => {
    expect(await control.ask('CLIENT', 'PAUSE', '9223372036854775807')).toBe('-ERR timeout is out of range\r\n');
  });

  test('ended in the middle of EXEC, serves who waits for a key only when EXEC is over', async () => {
    const waiter = await RawClient.connect(server.port);
    waiter.command('BLPOP', 'l', 0);
    await untilBlocked(1);
    const queue = [
      ['CLIENT', 'PAUSE', 100_000, 'WRITE'],
      ['RPUSH', 'l', 'v'],
      ['CLIENT', 'UNPAUSE'],
      ['LPOP', 'l'],
    ];
    control.send([['MULTI'], ...queue, ['EXEC']].map((words) => request(...words)).join(''));
    expect((await control.replies(6)).at(-1)).toBe('*4\r\n+OK\r\n:1\r\n+OK\r\n$1\r\nv\r\n');
    expect(server.server.clients.blocked).toBe(1);
    control.send(
      [['MULTI'], ['CLIENT', 'PAUSE', 100_000, 'WRITE'], ['RPUSH', 'l', 'w'], ['EXEC']]
        .map((words) => request(...words))
        .join(''),
    );
    await control.replies(4);
    expect(await control.ask('LLEN', 'l')).toBe(':1\r\n');
    await unpause();
    expect(await waiter.reply()).toBe('*2\r\n$1\r\nl\r\n$1\r\nw\r\n');
    waiter.close();
  });

  test('its end serves who waits for a key that was filled meanwhile', async () => {
    const waiter = await RawClient.connect(server.port);
    waiter.command('BLPOP', 'l', 0);
    await untilBlocked(1);
    control.send(
      [['MULTI'], ['CLIENT', 'PAUSE', 50, 'WRITE'], ['RPUSH', 'l', 'v'], ['EXEC']]
        .map((words) => request(...words))
        .join(''),
    );
    await control.replies(4);
    expect(await waiter.reply()).toBe('*2\r\n$1\r\nl\r\n$1\r\nv\r\n');
    waiter.close();
  });

  test('of writes, lets MULTI queue scripts that declare that they write nothing', async () => {
    await pause(100_000, 'WRITE');
    const other = await RawClient.connect(server.port);
    expect(await other.ask('MULTI')).toBe('+OK\r\n');
    expect(await other.ask('EVAL', '#!lua flags=no-writes\nreturn 1', 0)).toBe('+QUEUED\r\n');
    expect(await other.ask('EXEC')).toBe('*1\r\n:1\r\n');
    other.close();
  });
});
