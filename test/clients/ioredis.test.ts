import { once } from 'node:events';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';
import { type ConnectOptions, describeLibrary, type LibraryClient, SERVER } from './client-suite.ts';

const RETRY_MS = 20;
const START_LIMIT_MS = 120_000;
const KEYS = 1_000;

describeLibrary('ioredis', connect, 'text');

/** Ready, or rejected with the first reason why not. */
async function connect({ protocol, port, socket, password, database }: ConnectOptions): Promise<LibraryClient> {
  const client = new Redis({
    protocol,
    ...(socket === undefined ? { host: '127.0.0.1', port: port ?? 0 } : { path: socket }),
    ...(password === undefined ? {} : { password }),
    db: database ?? 0,
    lazyConnect: true,
    retryStrategy: () => RETRY_MS,
  });
  const failed = new Promise<never>((_, reject) => client.once('error', reject));
  failed.catch(() => {});
  client.on('error', () => {});
  try {
    await Promise.race([client.connect(), failed]);
  } catch (error) {
    client.disconnect();
    throw error;
  }
  return {
    call: (name, ...rest) => client.callBuffer(String(name), ...rest),
    async pipeline(commands) {
      const pipeline = client.pipeline();
      for (const [name, ...rest] of commands) pipeline.call(String(name), ...rest);
      const results = await pipeline.exec();
      return (results ?? []).map(([error, reply]) => error ?? reply);
    },
    close: () => client.disconnect(),
  };
}

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer(SERVER);
}, START_LIMIT_MS);
afterAll(() => server?.stop());

it.each([2, 3] as const)('ioredis streams SCAN, RESP%i', async (protocol) => {
  const client = new Redis({ host: '127.0.0.1', port: server.port, protocol });
  await client.flushall();
  await client.mset(Object.fromEntries(Array.from({ length: KEYS }, (_, i) => [`key:${i}`, i])));
  const found = new Set<string>();
  for await (const keys of client.scanStream({ match: 'key:*', count: 50 })) for (const key of keys) found.add(key);
  expect(found.size).toBe(KEYS);
  client.disconnect();
});

it('ioredis ends with QUIT', async () => {
  const client = new Redis({ host: '127.0.0.1', port: server.port });
  const ended = once(client, 'end');
  expect(await client.quit()).toBe('OK');
  await ended;
});

it.each([2, 3] as const)('ioredis reads collections in its own types, RESP%i', async (protocol) => {
  const client = new Redis({ host: '127.0.0.1', port: server.port, protocol });
  await client.flushall();
  await client.hset('h', { name: 'Alice', age: 29 });
  expect({ ...(await client.hgetall('h')) }).toEqual({ name: 'Alice', age: '29' });
  await client.sadd('s', 'a', 'b');
  expect((await client.smembers('s')).sort()).toEqual(['a', 'b']);
  await client.zadd('z', 1.5, 'ann', '+inf', 'bob');
  expect((await client.zrange('z', '0', '-1', 'WITHSCORES')).flat()).toEqual(['ann', '1.5', 'bob', 'inf']);
  expect(await client.lpush('l', 'a', 'b')).toBe(2);
  expect(await client.lpop('l', 5)).toEqual(['b', 'a']);
  expect(await client.pfadd('p', 'a', 'b')).toBe(1);
  expect(await client.pfcount('p')).toBe(2);
  await client.geoadd('g', 13.361389, 38.115556, 'Palermo');
  expect(await client.geosearch('g', 'FROMLONLAT', 13, 38, 'BYRADIUS', 50, 'km')).toEqual(['Palermo']);
  const found: string[] = [];
  for await (const members of client.sscanStream('s')) found.push(...members);
  expect(found.sort()).toEqual(['a', 'b']);
  client.disconnect();
});
