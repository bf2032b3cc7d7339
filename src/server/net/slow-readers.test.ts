/** Clients that do not read their replies: what they leave unread is bounded, their own affair, and given back. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { startServer } from '../../../test/processes.ts';
import { family, row } from '../../engine/commands/spec.ts';
import { RawClient, request, textOf } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

const MEGABYTE = 1 << 20;

let server: TestServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function start(options: Record<string, string> = {}): Promise<{ server: TestServer; control: RawClient }> {
  server = await startTestServer(options);
  const control = await RawClient.connect(server.port);
  await control.ask('SET', 'megabyte', 'm'.repeat(MEGABYTE));
  return { server, control };
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; !holds(); await sleep(5)) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
  }
}

/** A client that has asked for so many megabytes and reads none of them. */
async function stalled(port: number, megabytes: number): Promise<RawClient> {
  const client = await RawClient.connect(port);
  client.stall();
  client.send(request('GET', 'megabyte').repeat(megabytes));
  return client;
}

describe('client-output-buffer-limit', () => {
  test('hard: a reply above it is not sent, the connection is closed', async () => {
    const { server, control } = await start({ 'client-output-buffer-limit': 'normal 100000 0 0' });
    const client = await RawClient.connect(server.port);
    client.command('GET', 'megabyte');
    expect(await client.rest()).toBe('');
    expect(server.server.clients.outputLimitDisconnections).toBe(1);
    expect(server.log()).toMatch(/Client id=\d+ .* closed for overcoming of output buffer limits/);
    expect(await control.ask('PING')).toBe('+PONG\r\n');
  });

  test('hard: counts the replies to a whole pipeline, but never what fits 16 KiB', async () => {
    const { server, control } = await start({ 'client-output-buffer-limit': 'normal 1 0 0' });
    const small = await RawClient.connect(server.port);
    expect(await small.ask('ECHO', 'x'.repeat(16_000))).toContain('xxx');
    small.send(request('ECHO', 'x'.repeat(1000)).repeat(20));
    expect(await small.rest()).toBe('');
    await control.ask('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 0 0 0');
    const large = await RawClient.connect(server.port);
    large.send(request('ECHO', 'x'.repeat(1000)).repeat(20));
    expect(await large.replies(20)).toHaveLength(20);
  });

  test('soft: too much for too long, noticed though nothing more is sent', async () => {
    const { server, control } = await start({ 'client-output-buffer-limit': 'normal 0 1mb 1' });
    const { clients } = server.server;
    const client = await stalled(server.port, 20);
    await until(() => clients.bufferBytes > 5 * MEGABYTE, 'unread replies');
    await sleep(300);
    expect(clients.all.size).toBe(2);
    await until(() => clients.all.size === 1, 'the soft limit');
    expect(clients.outputLimitDisconnections).toBe(1);
    expect(await control.ask('PING')).toBe('+PONG\r\n');
    client.close();
  });

  test('soft: who catches up in time stays, and has all the time again when it falls behind once more', async () => {
    const { server } = await start({ 'client-output-buffer-limit': 'normal 0 1mb 1' });
    const { clients, cron } = server.server;
    cron.paused = true;
    const now = Date.now();
    const client = await stalled(server.port, 20);
    await until(() => clients.bufferBytes > 5 * MEGABYTE, 'unread replies');
    clients.everyTick(now);
    client.resume();
    expect(await client.replies(20)).toHaveLength(20);
    await until(() => [...clients.all.values()].every(({ behind }) => !behind), 'its catching up');
    client.stall();
    client.send(request('GET', 'megabyte').repeat(20));
    await until(() => clients.bufferBytes > 5 * MEGABYTE, 'unread replies again');
    clients.everyTick(now + 60_000);
    clients.everyTick(now + 60_900);
    expect(clients.all.size).toBe(2);
    clients.everyTick(now + 61_100);
    expect(clients.all.size).toBe(1);
    client.close();
  });

  test('hard: lowered below what a client has left unread already', async () => {
    const { server, control } = await start();
    const { clients } = server.server;
    const client = await stalled(server.port, 20);
    await until(() => clients.bufferBytes > 5 * MEGABYTE, 'unread replies');
    await control.ask('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 1mb 0 0');
    await until(() => clients.all.size === 1, 'the hard limit');
    expect(clients.outputLimitDisconnections).toBe(1);
    client.close();
  });

  test('reached in the middle of EXEC: the rest of it runs, and leaves nothing behind', async () => {
    const { server, control } = await start({ 'client-output-buffer-limit': 'normal 100000 0 0' });
    const { channels } = server.server.engine.dispatcher.pubsub;
    const subscriber = await RawClient.connect(server.port);
    await subscriber.ask('SUBSCRIBE', 'news');
    const client = await RawClient.connect(server.port);
    await client.ask('SET', 'large', 'x'.repeat(50_000));
    const publishing = "for i = 1, 40 do redis.call('PUBLISH', 'news', string.rep('m', 50000)) end";
    client.send(
      request('MULTI') +
        request('GET', 'large').repeat(3) +
        request('EVAL', publishing, 0) +
        request('SET', 'after', '1') +
        request('SUBSCRIBE', 'other') +
        request('EXEC'),
    );
    expect(await client.rest()).not.toContain('xxx');
    expect(await control.ask('GET', 'after')).toBe('$1\r\n1\r\n');
    expect(channels.all.size).toBe(1);
    subscriber.close();
  });

  test('of messages to the very client whose script publishes them: no more are kept than it may have', async () => {
    const { server, control } = await start({ 'client-output-buffer-limit': 'pubsub 1mb 0 0' });
    const { clients, engine } = server.server;
    const waiting: number[] = [];
    const measure = row('MEASURE', (_, __, reply) => reply.integer(waiting.push(clients.traffic.late.length)), 1, 0);
    engine.commands.addFamily(family('server', [measure]));
    const client = await RawClient.connect(server.port);
    await client.ask('HELLO', 3);
    await client.ask('SUBSCRIBE', 'news');
    const publish = "redis.call('PUBLISH', 'news', string.rep('m', 50000)) redis.call('MEASURE')";
    client.command('EVAL', `for i = 1, 50 do ${publish} end redis.call('SET', 'after', 1)`, 0);
    expect(await client.rest()).toBe('');
    expect(clients.outputLimitDisconnections).toBe(1);
    expect(waiting).toHaveLength(50);
    expect(Math.max(...waiting)).toBeLessThanOrEqual(MEGABYTE);
    expect(await control.ask('GET', 'after')).toBe('$1\r\n1\r\n');
  });
});

describe('memory', () => {
  test('of many stalled readers is counted and given back when they leave', async () => {
    const { server, control } = await start();
    const { clients } = server.server;
    const before = clients.bufferBytes;
    const readers = await Promise.all(Array.from({ length: 20 }, () => stalled(server.port, 8)));
    await until(() => clients.bufferBytes > before + 40 * MEGABYTE, 'unread replies');
    const list = textOf(await control.ask('CLIENT', 'LIST'));
    const shown = [...list.matchAll(/omem=(\d+)/g)].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    expect(shown).toBeGreaterThan(40 * MEGABYTE);
    expect(list).toMatch(/oll=[1-9]\d* .*events=rw/);
    expect(await control.ask('PING')).toBe('+PONG\r\n');
    for (const reader of readers) reader.close();
    await until(() => clients.all.size === 1, 'their leaving');
    expect(clients.bufferBytes).toBeLessThanOrEqual(before);
  });

  test('of small unread replies is in proportion to them', async () => {
    const { server, control } = await start();
    const { clients } = server.server;
    const client = await stalled(server.port, 12);
    await until(() => clients.bufferBytes > 4 * MEGABYTE, 'unread replies');
    const before = clients.bufferBytes;
    for (let i = 0; i < 500; i++) {
      client.command('PING');
      await control.ask('PING');
    }
    expect(clients.bufferBytes).toBeLessThan(before + 2 * MEGABYTE);
    client.resume();
    expect((await client.replies(512)).slice(-500)).toEqual(Array.from({ length: 500 }, () => '+PONG\r\n'));
    client.close();
  });

  test('goes back to the system', async () => {
    const hotset = await startServer('hotset');
    try {
      const control = await RawClient.connect(hotset.port);
      await control.ask('SET', 'megabyte', 'm'.repeat(MEGABYTE));
      const before = residentBytes(hotset.pid);
      const readers = await Promise.all(Array.from({ length: 30 }, () => stalled(hotset.port, 20)));
      await until(() => residentBytes(hotset.pid) > before + 150 * MEGABYTE, 'unread replies');
      for (const reader of readers) reader.close();
      await until(() => residentBytes(hotset.pid) < before + 100 * MEGABYTE, 'memory given back');
      expect(await control.ask('PING')).toBe('+PONG\r\n');
      control.close();
    } finally {
      await hotset.stop();
    }
  });
});

describe('MONITOR', () => {
  test('on a busy server: a monitor that does not read is disconnected, one that reads misses nothing', async () => {
    const { server, control } = await start();
    const { clients } = server.server;
    const [reading, stalling] = [await RawClient.connect(server.port), await RawClient.connect(server.port)];
    await reading.ask('MONITOR');
    await stalling.ask('MONITOR');
    stalling.stall();
    let seen = 0;
    reading.socket.removeAllListeners('data');
    reading.socket.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1').split('"ECHO"').length - 1;
    });
    const value = 'v'.repeat(100_000);
    let sent = 0;
    while (clients.outputLimitDisconnections === 0 && sent < 2000) {
      await control.ask('ECHO', value);
      sent++;
      expect(clients.bufferBytes).toBeLessThan(80 * MEGABYTE);
    }
    expect(clients.outputLimitDisconnections).toBe(1);
    expect(clients.all.size).toBe(2);
    await until(() => seen === sent, 'all lines');
    expect(await control.ask('PING')).toBe('+PONG\r\n');
    reading.close();
    stalling.close();
  });
});

function residentBytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return Number(kilobytes) * 1024;
}
