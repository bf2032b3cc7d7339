import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { RawClient, request, textOf } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';
import { queuedBytes } from './direct-socket.ts';

let server: TestServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(options: Record<string, string> = {}): Promise<{ server: TestServer; control: RawClient }> {
  server = await startTestServer(options);
  return { server, control: await RawClient.connect(server.port) };
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; !holds(); await sleep(5)) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
  }
}

async function config(control: RawClient, ...pairs: string[]): Promise<void> {
  expect(await control.ask('CONFIG', 'SET', ...pairs)).toBe('+OK\r\n');
}

/** Whether a new client is served. */
async function isServed(port: number): Promise<boolean> {
  const client = await RawClient.connect(port);
  client.command('PING');
  const reply = await client.reply();
  client.close();
  return reply === '+PONG\r\n';
}

describe('maxclients', () => {
  test('turns away who is too many, lowered and raised while running', async () => {
    const { server, control } = await start({ maxclients: '3' });
    const { clients } = server.server;
    const others = [await RawClient.connect(server.port), await RawClient.connect(server.port)];
    for (const other of others) expect(await other.ask('PING')).toBe('+PONG\r\n');
    const fourth = await RawClient.connect(server.port);
    expect(await fourth.rest()).toBe('-ERR max number of clients reached\r\n');
    expect([clients.accepted, clients.rejected, clients.all.size]).toEqual([3, 1, 3]);
    await config(control, 'maxclients', '4');
    expect(await isServed(server.port)).toBe(true);
    await until(() => clients.all.size === 3, 'its leaving');
    await config(control, 'maxclients', '1');
    expect(await isServed(server.port)).toBe(false);
    for (const other of others) expect(await other.ask('PING')).toBe('+PONG\r\n');
  });

  test('is not more than open files allow', async () => {
    const { control } = await start();
    expect(await control.ask('CONFIG', 'SET', 'maxclients', '4000000000')).toMatch(
      /^-ERR CONFIG SET failed \(possibly related to argument 'maxclients'\) - The operating system is not able to handle the specified number of clients, try with \d+\r\n$/,
    );
  });

  test('a rejected client that stays is not waited for', async () => {
    const { server } = await start({ maxclients: '1' });
    const rejected = await Promise.all(Array.from({ length: 20 }, () => RawClient.connect(server.port)));
    for (const each of rejected) expect(await each.rest()).toMatch(/^-ERR max number/);
    expect(server.server.clients.rejected).toBe(20);
  });
});

describe('timeout', () => {
  test('disconnects who says nothing, but no monitor', async () => {
    const { server, control } = await start();
    const { clients } = server.server;
    const [idle, busy, monitor] = await Promise.all([1, 2, 3].map(() => RawClient.connect(server.port)));
    for (const client of [idle, busy]) expect(await client.ask('PING')).toBe('+PONG\r\n');
    expect(await monitor.ask('MONITOR')).toBe('+OK\r\n');
    await config(control, 'timeout', '1');
    for (const deadline = Date.now() + 10_000; !idle.closed && Date.now() < deadline; await sleep(100)) {
      await busy.ask('PING');
      await control.ask('PING');
    }
    expect([idle.closed, busy.closed, monitor.closed]).toEqual([true, false, false]);
    expect(clients.all.size).toBe(3);
    monitor.close();
  });

  test('begins anew when a client is replied to that has waited for longer', async () => {
    const { server, control } = await start({ timeout: '1' });
    const { clients, cron } = server.server;
    cron.paused = true;
    const waiter = await RawClient.connect(server.port);
    waiter.command('BLPOP', 'list', 0);
    await until(() => clients.blocked === 1, 'its waiting');
    const now = Date.now();
    clients.everyTick(now);
    await control.ask('RPUSH', 'list', 'x');
    expect(await waiter.reply()).toContain('list');
    clients.everyTick(now + 5000);
    expect(clients.all.size).toBe(2);
    clients.everyTick(now + 6500);
    expect(clients.all.size).toBe(0);
  });

  test('does not end a client that still reads a long reply', async () => {
    const { server, control } = await start({ timeout: '1' });
    const { clients, cron } = server.server;
    cron.paused = true;
    await control.ask('SET', 'long', 'x'.repeat(20_000_000));
    control.close();
    const reader = await RawClient.connect(server.port);
    await until(() => clients.all.size === 1, 'the leaving of the other');
    reader.stall();
    reader.command('GET', 'long');
    const [connection] = clients.all.values();
    await until(() => connection.behind, 'its falling behind');
    const now = Date.now();
    clients.everyTick(now);
    const unread = queuedBytes(connection.socket);
    reader.resume();
    await until(() => queuedBytes(connection.socket) < unread, 'its reading');
    clients.everyTick(now + 5000);
    expect(connection.closed).toBe(false);
    reader.close();
  });
});

describe('client-query-buffer-limit', () => {
  test('disconnects who sends a longer request, and counts it', async () => {
    const { server, control } = await start({ 'client-query-buffer-limit': '1mb' });
    const { clients } = server.server;
    const fits = await RawClient.connect(server.port);
    expect(await fits.ask('ECHO', 'x'.repeat(900_000))).toContain('xxx');
    const client = await RawClient.connect(server.port);
    client.send(`*2\r\n$4\r\nECHO\r\n$3000000\r\n${'x'.repeat(2_000_000)}`);
    expect(await client.rest()).toBe('');
    expect(clients.queryLimitDisconnections).toBe(1);
    expect(server.log()).toMatch(/# Closing client that reached max query buffer length: id=\d+/);
    await config(control, 'client-query-buffer-limit', '4mb');
    expect(await fits.ask('ECHO', 'x'.repeat(3_000_000))).toContain('xxx');
    expect(await isServed(server.port)).toBe(true);
  });
});

describe('proto-max-bulk-len', () => {
  test('holds for connections that exist', async () => {
    const { control } = await start();
    await config(control, 'proto-max-bulk-len', '1mb');
    control.send('*2\r\n$4\r\nECHO\r\n$1048577\r\n');
    expect(await control.rest()).toBe('-ERR Protocol error: invalid bulk length\r\n');
  });
});

describe('maxmemory-clients', () => {
  /** A client whose unfinished request takes so many bytes. */
  async function filled(port: number, name: string, bytes: number): Promise<RawClient> {
    const client = await RawClient.connect(port);
    expect(await client.ask('CLIENT', 'SETNAME', name)).toBe('+OK\r\n');
    client.send(`*2\r\n$4\r\nECHO\r\n$${bytes + 1}\r\n${'x'.repeat(bytes)}`);
    return client;
  }

  async function names(control: RawClient): Promise<string[]> {
    const list = textOf(await control.ask('CLIENT', 'LIST'));
    return [...list.matchAll(/ name=(\S+)/g)].map(([, name]) => name).sort();
  }

  test('evicts the largest first, until the limit is kept', async () => {
    const { server, control } = await start();
    const { clients } = server.server;
    const sizes = { small: 100_000, medium: 1_000_000, large: 3_000_000 };
    for (const [name, bytes] of Object.entries(sizes)) {
      const before = clients.bufferBytes;
      await filled(server.port, name, bytes);
      await until(() => clients.bufferBytes >= before + bytes, name);
    }
    expect(await names(control)).toEqual(['large', 'medium', 'small']);
    await config(control, 'maxmemory-clients', '2mb');
    expect(await names(control)).toEqual(['medium', 'small']);
    await config(control, 'maxmemory-clients', '500kb');
    expect(await names(control)).toEqual(['small']);
    expect(clients.evicted).toBe(2);
    expect(server.log()).toMatch(/Evicting client: id=\d+ .* name=large /);
  });

  test('evicts who grows beyond it, before the request is run', async () => {
    const { server, control } = await start({ 'maxmemory-clients': '1mb' });
    const client = await RawClient.connect(server.port);
    client.send(request('SET', 'big', 'x'.repeat(2_000_000)));
    expect(await client.rest()).toBe('');
    expect(await control.ask('EXISTS', 'big')).toBe(':0\r\n');
    expect(server.server.clients.evicted).toBe(1);
  });

  test('does not count what clients have queued or watched, and no longer do', async () => {
    const { server } = await start({ 'maxmemory-clients': '3mb' });
    const { clients, cron } = server.server;
    cron.paused = true;
    const keys = Array.from({ length: 5000 }, (_, i) => `key${i}`);
    const watching = await Promise.all([1, 2, 3].map(() => RawClient.connect(server.port)));
    for (const client of watching) expect(await client.ask('WATCH', ...keys)).toBe('+OK\r\n');
    clients.everyTick(Date.now());
    const before = clients.bufferBytes;
    expect(before).toBeGreaterThan(2_000_000);
    for (const client of watching) expect(await client.ask('UNWATCH')).toBe('+OK\r\n');
    const client = await RawClient.connect(server.port);
    expect(await client.ask('MULTI')).toBe('+OK\r\n');
    for (let i = 0; i < 30; i++) expect(await client.ask('ECHO', 'x'.repeat(30_000))).toBe('+QUEUED\r\n');
    expect(clients.bufferBytes).toBeGreaterThan(900_000);
    expect(await client.ask('DISCARD')).toBe('+OK\r\n');
    expect(clients.bufferBytes).toBeLessThan(900_000);
    expect(clients.evicted).toBe(0);
  });

  test('is a share of maxmemory when it is a percentage', async () => {
    const { server, control } = await start({ maxmemory: '20mb', 'maxmemory-clients': '10%' });
    const { clients } = server.server;
    await filled(server.port, 'within', 1_500_000);
    await until(() => clients.bufferBytes > 1_500_000, 'buffers');
    expect(await names(control)).toEqual(['within']);
    await config(control, 'maxmemory', '10mb');
    expect(await names(control)).toEqual([]);
    expect(clients.evicted).toBe(1);
  });

  test('spares who asked for it, until it no longer does', async () => {
    const { server, control } = await start({ 'maxmemory-clients': '1mb' });
    const { clients } = server.server;
    for (const client of [control, await RawClient.connect(server.port)]) {
      expect(await client.ask('CLIENT', 'NO-EVICT', 'ON')).toBe('+OK\r\n');
    }
    const exempt = await RawClient.connect(server.port);
    exempt.send(request('CLIENT', 'NO-EVICT', 'ON') + request('ECHO', 'x'.repeat(2_000_000)));
    expect(await exempt.reply()).toBe('+OK\r\n');
    expect(await exempt.reply()).toContain('xxx');
    exempt.send(`${request('CLIENT', 'SETNAME', 'exempt')}*2\r\n$4\r\nECHO\r\n$2000001\r\n${'x'.repeat(2_000_000)}`);
    await until(() => clients.bufferBytes > 2_000_000, 'buffers');
    expect(await control.ask('CLIENT', 'LIST')).toMatch(/ name=exempt .* flags=e /);
    expect(clients.evicted).toBe(0);
    exempt.send(`x\r\n${request('CLIENT', 'NO-EVICT', 'OFF')}`);
    await exempt.replies(3);
    exempt.send(request('ECHO', 'x'.repeat(2_000_000)));
    await exempt.rest();
    expect(clients.evicted).toBe(1);
    expect(await control.ask('PING')).toBe('+PONG\r\n');
  });
});

describe('requirepass', () => {
  test('set while running: who is there stays, who comes must authenticate', async () => {
    const { server, control } = await start();
    const early = await RawClient.connect(server.port);
    await early.ask('PING');
    await config(control, 'requirepass', 'secret');
    expect(await early.ask('PING')).toBe('+PONG\r\n');
    const late = await RawClient.connect(server.port);
    expect(await late.ask('PING')).toBe('-NOAUTH Authentication required.\r\n');
    expect(await late.ask('AUTH', 'wrong')).toMatch(/^-WRONGPASS/);
    await config(control, 'requirepass', 'other');
    expect(await late.ask('AUTH', 'secret')).toMatch(/^-WRONGPASS/);
    expect(await late.ask('AUTH', 'other')).toBe('+OK\r\n');
    expect(await late.ask('PING')).toBe('+PONG\r\n');
    expect(await early.ask('RESET')).toBe('+RESET\r\n');
    expect(await early.ask('PING')).toBe('-NOAUTH Authentication required.\r\n');
    late.close();
    early.close();
  });

  test('RESET does not cost the replies before it', async () => {
    const { server, control } = await start();
    await control.ask('SET', 'long', 'x'.repeat(200_000));
    await config(control, 'requirepass', 'secret');
    const client = await RawClient.connect(server.port);
    client.send(request('AUTH', 'secret') + request('GET', 'long') + request('RESET') + request('PING'));
    const replies = await client.replies(4);
    expect(replies.map((reply) => reply.length)[1]).toBeGreaterThan(200_000);
    expect(replies.slice(2)).toEqual(['+RESET\r\n', '-NOAUTH Authentication required.\r\n']);
    client.close();
  });

  test('taken away: who had not authenticated need not, until it is set again', async () => {
    const { server } = await start({ requirepass: 'secret' });
    const [control, waiting] = [await RawClient.connect(server.port), await RawClient.connect(server.port)];
    await control.ask('AUTH', 'secret');
    expect(await waiting.ask('PING')).toMatch(/^-NOAUTH/);
    await config(control, 'requirepass', '');
    expect(await waiting.ask('PING')).toBe('+PONG\r\n');
    await config(control, 'requirepass', 'secret');
    expect(await waiting.ask('PING')).toMatch(/^-NOAUTH/);
    expect(await control.ask('PING')).toBe('+PONG\r\n');
  });
});

const outside = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

describe.skipIf(outside === undefined)('protected-mode', () => {
  test('lets nobody in from outside without a password', async () => {
    const { server, control } = await start({ bind: '0.0.0.0' });
    const address = { host: outside ?? '', port: server.port };
    const refused = await RawClient.connect(address);
    expect(await refused.rest()).toMatch(/^-DENIED Redis is running in protected mode /);
    expect(server.server.clients.rejected).toBe(1);
    await config(control, 'requirepass', 'secret');
    const guarded = await RawClient.connect(address);
    expect(await guarded.ask('PING')).toMatch(/^-NOAUTH/);
    await config(control, 'requirepass', '', 'protected-mode', 'no');
    const open = await RawClient.connect(address);
    expect(await open.ask('PING')).toBe('+PONG\r\n');
    open.close();
    guarded.close();
  });
});
