import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { bulks } from '../../engine/dispatch/waiting-clients.testing.ts';
import { RawClient, request } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let server: TestServer;
let clients: RawClient[];

beforeEach(async () => {
  server = await startTestServer();
  clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.connect(server.port)));
});

afterEach(async () => {
  for (const client of clients) client.close();
  await server.stop();
});

/** Resolves when so many clients wait. */
async function blocked(count: number): Promise<void> {
  while (server.server.clients.blocked !== count) await new Promise((resolve) => setTimeout(resolve, 1));
}

function expectNothingLeft(): void {
  const { effects, dispatcher } = server.server.engine;
  expect(server.server.clients.blocked).toBe(0);
  expect(dispatcher.blocking.countKeys(false)).toBe(0);
  expect(dispatcher.blocking.timedCount).toBe(0);
  expect(effects.listening).toBe(false);
}

test('who waited is written to first, in the order of waking', async () => {
  const [waiter, other, writer] = clients;
  for (const [i, client] of [waiter, other, writer].entries()) await client.ask('CLIENT', 'SETNAME', `client-${i}`);
  waiter.command('BLPOP', 'p', 0);
  other.command('BLPOP', 'q', 0);
  await blocked(2);
  const sent = vi.spyOn(server.server.clients.traffic.outbox, 'send');
  writer.send(request('PING') + request('RPUSH', 'q', 'x') + request('RPUSH', 'p', 'y'));
  expect(await writer.replies(3)).toEqual(['+PONG\r\n', ':1\r\n', ':1\r\n']);
  expect(await waiter.reply()).toBe(bulks('p', 'y'));
  expect(await other.reply()).toBe(bulks('q', 'x'));
  expect(sent.mock.calls.map(([{ session }]) => session.name)).toEqual(['client-1', 'client-0', 'client-2']);
  sent.mockRestore();
});

test('the reply goes to who waited, between the replies of who wrote', async () => {
  const [waiter, writer] = clients;
  waiter.send(request('BLPOP', 'q', 0) + request('PING') + request('GET', 'k'));
  await blocked(1);
  writer.send(request('SET', 'k', 'v') + request('RPUSH', 'q', 'x') + request('GET', 'k') + request('RPUSH', 'q', 'y'));
  expect(await waiter.replies(3)).toEqual([bulks('q', 'x'), '+PONG\r\n', '$1\r\nv\r\n']);
  expect(await writer.replies(4)).toEqual(['+OK\r\n', ':1\r\n', '$1\r\nv\r\n', ':1\r\n']);
  expectNothingLeft();
});

test('many wait on one key and each gets one of many elements pushed at once', async () => {
  for (const client of clients.slice(0, 3)) {
    client.command('BLPOP', 'q', 0);
    await blocked(clients.indexOf(client) + 1);
  }
  expect(await clients[3].ask('RPUSH', 'q', 'a', 'b', 'c', 'd')).toBe(':4\r\n');
  const replies = await Promise.all(clients.slice(0, 3).map((client) => client.reply()));
  expect(replies).toEqual([bulks('q', 'a'), bulks('q', 'b'), bulks('q', 'c')]);
  expect(await clients[3].ask('LRANGE', 'q', 0, -1)).toBe(bulks('d'));
  expectNothingLeft();
});

test('long elements reach everybody whole', async () => {
  const [waiter, writer] = clients;
  const long = 'x'.repeat(3_000_000);
  waiter.command('BLMOVE', 'q', 'r', 'LEFT', 'LEFT', 0);
  await blocked(1);
  writer.send(request('SET', 'k', long) + request('GET', 'k') + request('RPUSH', 'q', long) + request('GET', 'k'));
  const whole = `$${long.length}\r\n${long}\r\n`;
  expect((await waiter.reply()) === whole).toBe(true);
  const replies = await writer.replies(4);
  expect([replies[0], replies[2]]).toEqual(['+OK\r\n', ':1\r\n']);
  expect(replies[1] === whole && replies[3] === whole).toBe(true);
});

test('a writer whose replies are off', async () => {
  const [waiter, writer] = clients;
  waiter.command('BLPOP', 'q', 0);
  await blocked(1);
  writer.send(
    request('CLIENT', 'REPLY', 'OFF') + request('RPUSH', 'q', 'x') + request('CLIENT', 'REPLY', 'ON') + request('PING'),
  );
  expect(await waiter.reply()).toBe(bulks('q', 'x'));
  expect(await writer.replies(2)).toEqual(['+OK\r\n', '+PONG\r\n']);
  expect(await waiter.within(20)).toBe('');
});

test('a waiter whose reply is skipped', async () => {
  const [waiter, writer] = clients;
  waiter.send(request('CLIENT', 'REPLY', 'SKIP') + request('BLPOP', 'q', 0) + request('PING'));
  await blocked(1);
  expect(await writer.ask('RPUSH', 'q', 'x')).toBe(':1\r\n');
  expect(await waiter.reply()).toBe('+PONG\r\n');
  expectNothingLeft();
});

test('deadlines come by themselves, in their order', async () => {
  const [first, second, third] = clients;
  second.command('BLPOP', 'q', '0.06');
  third.command('WAIT', 1, 30);
  first.command('BLMOVE', 'q', 'r', 'LEFT', 'LEFT', '0.0001');
  expect(await first.reply()).toBe('*-1\r\n');
  expect(await third.reply()).toBe(':0\r\n');
  expect(await second.reply()).toBe('*-1\r\n');
  expectNothingLeft();
});

test('RESP3 says null', async () => {
  const [client] = clients;
  await client.ask('HELLO', 3);
  expect(await client.ask('BLPOP', 'q', '0.001')).toBe('_\r\n');
  client.command('BZPOPMIN', 'z', 0);
  await blocked(1);
  await clients[1].ask('ZADD', 'z', 1.5, 'm');
  expect(await client.reply()).toBe('*3\r\n$1\r\nz\r\n$1\r\nm\r\n,1.5\r\n');
});

test('CLIENT LIST and INFO tell; CLIENT UNBLOCK ends a wait', async () => {
  const [waiter, other] = clients;
  const id = (await waiter.ask('CLIENT', 'ID')).slice(1, -2);
  waiter.send(request('BLPOP', 'a', 'b', 100) + request('PING'));
  await blocked(1);
  expect(await other.ask('CLIENT', 'LIST', 'ID', id)).toMatch(/ flags=b .* cmd=blpop /);
  const told = await other.ask('INFO', 'clients');
  for (const line of ['blocked_clients:1', 'clients_in_timeout_table:1', 'total_blocking_keys:2']) {
    expect(told).toContain(`${line}\r\n`);
  }
  expect(await other.ask('CLIENT', 'UNBLOCK', id, 'NOW')).toBe(
    '-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR\r\n',
  );
  expect(await other.ask('CLIENT', 'UNBLOCK', id, 'ERROR')).toBe(':1\r\n');
  expect(await waiter.replies(2)).toEqual(['-UNBLOCKED client unblocked via CLIENT UNBLOCK\r\n', '+PONG\r\n']);
  expect(await other.ask('CLIENT', 'UNBLOCK', id)).toBe(':0\r\n');
  const { dispatcher, commands } = server.server.engine;
  expect(dispatcher.errorCounts.get('UNBLOCKED')).toBe(1);
  expect(commands.byName('client|unblock')).toMatchObject({ calls: 3, failed: 1 });
  waiter.command('BLPOP', 'a', 0);
  await blocked(1);
  expect(await other.ask('CLIENT', 'UNBLOCK', id, 'TIMEOUT')).toBe(':1\r\n');
  expect(await waiter.reply()).toBe('*-1\r\n');
  expectNothingLeft();
});

test('what waits counts as memory of its client', async () => {
  const [waiter, other] = clients;
  const id = (await waiter.ask('CLIENT', 'ID')).slice(1, -2);
  const memory = async () => Number(/ tot-mem=(\d+)/.exec(await other.ask('CLIENT', 'LIST', 'ID', id))?.[1]);
  const before = await memory();
  waiter.command('BLPOP', 'k'.repeat(50_000), 0);
  await blocked(1);
  expect(await memory()).toBeGreaterThanOrEqual(before + 50_000);
  expect(await other.ask('CLIENT', 'UNBLOCK', id)).toBe(':1\r\n');
  await waiter.reply();
  expect(await memory()).toBeLessThan(before + 50_000);
});

test('who leaves, is killed or says goodbye leaves nothing behind', async () => {
  const [leaving, killed, ended, other] = clients;
  const id = (await killed.ask('CLIENT', 'ID')).slice(1, -2);
  for (const client of [leaving, killed, ended]) client.command('BLPOP', 'q', 'r', 100);
  await blocked(3);
  leaving.close();
  await blocked(2);
  expect(await other.ask('CLIENT', 'KILL', 'ID', id)).toBe(':1\r\n');
  await blocked(1);
  ended.socket.end();
  await blocked(0);
  expect(await other.ask('RPUSH', 'q', 'x')).toBe(':1\r\n');
  expect(await other.ask('LLEN', 'q')).toBe(':1\r\n');
  expectNothingLeft();
});

test('whose wait is ended by the transaction that would serve it can wait for something else', async () => {
  const [waiter, other, writer] = clients;
  const id = (await waiter.ask('CLIENT', 'ID')).slice(1, -2);
  for (let round = 0; round < 3; round++) {
    waiter.send(request('BLPOP', 'p', 0) + request('BLPOP', 'q', 0));
    await blocked(1);
    const commands = [['MULTI'], ['RPUSH', 'p', 'x'], ['CLIENT', 'UNBLOCK', id], ['EXEC']] as const;
    writer.send(commands.map((words) => request(...words)).join(''));
    expect((await writer.replies(4))[3]).toBe('*2\r\n:1\r\n:1\r\n');
    expect(await waiter.reply()).toBe('*-1\r\n');
    expect(await other.ask('BLPOP', 'p', 0)).toBe(bulks('p', 'x'));
    other.command('BLPOP', 'p', 0);
    await blocked(2);
    writer.send(request('RPUSH', 'q', 'y') + request('RPUSH', 'p', 'z'));
    expect(await waiter.reply()).toBe(bulks('q', 'y'));
    expect(await other.reply()).toBe(bulks('p', 'z'));
    await writer.replies(2);
    expectNothingLeft();
  }
});

test('a push during a pause serves when it is over', async () => {
  const [waiter, writer] = clients;
  waiter.command('BLPOP', 'q', 0);
  await blocked(1);
  writer.send(request('MULTI') + request('CLIENT', 'PAUSE', 60_000) + request('RPUSH', 'q', 'x') + request('EXEC'));
  expect(await writer.replies(4)).toEqual(['+OK\r\n', '+QUEUED\r\n', '+QUEUED\r\n', '*2\r\n+OK\r\n:1\r\n']);
  expect(await waiter.within(20)).toBe('');
  expect(await writer.ask('CLIENT', 'UNPAUSE')).toBe('+OK\r\n');
  expect(await waiter.reply()).toBe(bulks('q', 'x'));
  expectNothingLeft();
});

test('a key whose deadline passes is waited for again', async () => {
  const [waiter, writer] = clients;
  await writer.ask('SET', 'q', 'v', 'PX', 20);
  expect(await waiter.ask('BLPOP', 'q', 0)).toMatch(/^-WRONGTYPE/);
  await writer.within(40);
  waiter.command('BLPOP', 'q', 0);
  await blocked(1);
  await writer.ask('RPUSH', 'q', 'x');
  expect(await waiter.reply()).toBe(bulks('q', 'x'));
});
