import { createClient, RESP_TYPES } from 'redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';
import { type ConnectOptions, describeLibrary, type LibraryClient, SERVER } from './client-suite.ts';

const RETRY_MS = 20;
const START_LIMIT_MS = 120_000;
const KEYS = 1_000;

describeLibrary('node-redis', connect, 'numbers');

/** Ready, or rejected with the first reason why not. */
async function connect({ protocol, port, socket, password, database }: ConnectOptions): Promise<LibraryClient> {
  const reconnectStrategy = () => RETRY_MS;
  const client = createClient({
    RESP: protocol,
    socket:
      socket === undefined
        ? { host: '127.0.0.1', port: port ?? 0, reconnectStrategy }
        : { path: socket, tls: false, reconnectStrategy },
    ...(password === undefined ? {} : { password }),
    database: database ?? 0,
  });
  const failed = new Promise<never>((_, reject) => client.once('error', reject));
  failed.catch(() => {});
  client.on('error', () => {});
  try {
    await Promise.race([client.connect(), failed]);
  } catch (error) {
    client.destroy();
    throw error;
  }
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  return {
    call: (...words) => bytes.sendCommand(words),
    pipeline: async (commands) => {
      const replies = await Promise.allSettled(commands.map((words) => bytes.sendCommand(words)));
      return replies.map((reply) => (reply.status === 'fulfilled' ? reply.value : reply.reason));
    },
    close: () => client.destroy(),
  };
}

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer(SERVER);
}, START_LIMIT_MS);
afterAll(() => server?.stop());

it.each([2, 3] as const)('node-redis iterates SCAN, RESP%i', async (protocol) => {
  const client = createClient({ RESP: protocol, socket: { host: '127.0.0.1', port: server.port } });
  await client.connect();
  await client.flushAll();
  await client.mSet(Object.fromEntries(Array.from({ length: KEYS }, (_, i) => [`key:${i}`, `${i}`])));
  const found = new Set<string>();
  for await (const keys of client.scanIterator({ MATCH: 'key:*', COUNT: 50 })) for (const key of keys) found.add(key);
  expect(found.size).toBe(KEYS);
  await client.close();
});

it.each([2, 3] as const)('node-redis reads replies that are maps, RESP%i', async (protocol) => {
  const client = createClient({ RESP: protocol, socket: { host: '127.0.0.1', port: server.port } });
  await client.connect();
  await client.mSet({ a: 'ohmytext', b: 'mynewtext' });
  const found = await client.lcsIdxWithMatchLen('a', 'b');
  expect({ length: Number(found.len), matches: found.matches.length }).toEqual({ length: 6, matches: 2 });
  const [name, value] = Object.entries(await client.configGet('maxmemory-policy'))[0];
  expect([String(name), String(value)]).toEqual(['maxmemory-policy', 'noeviction']);
  await client.close();
});

it.each([2, 3] as const)('node-redis reads collections in its own types, RESP%i', async (protocol) => {
  const client = createClient({ RESP: protocol, socket: { host: '127.0.0.1', port: server.port } });
  await client.connect();
  await client.flushAll();
  await client.hSet('h', { name: 'Alice', age: '29' });
  expect({ ...(await client.hGetAll('h')) }).toEqual({ name: 'Alice', age: '29' });
  await client.sAdd('s', ['a', 'b']);
  expect((await client.sMembers('s')).sort()).toEqual(['a', 'b']);
  expect(await client.sIsMember('s', 'a')).toBeTruthy();
  await client.zAdd('z', [
    { score: 1.5, value: 'ann' },
    { score: Number.POSITIVE_INFINITY, value: 'bob' },
  ]);
  expect(await client.zRangeWithScores('z', 0, -1)).toEqual([
    { value: 'ann', score: 1.5 },
    { value: 'bob', score: Number.POSITIVE_INFINITY },
  ]);
  expect(await client.zScore('z', 'nobody')).toBeNull();
  expect(await client.lPush('l', ['a', 'b'])).toBe(2);
  expect(await client.lPopCount('l', 5)).toEqual(['b', 'a']);
  expect(Number(await client.pfAdd('p', ['a', 'b']))).toBe(1);
  expect(await client.pfCount('p')).toBe(2);
  await client.geoAdd('g', { member: 'Palermo', longitude: 13.361389, latitude: 38.115556 });
  const [found] = await client.geoSearchWith('g', { longitude: 13, latitude: 38 }, { radius: 50, unit: 'km' }, [
    'WITHDIST',
    'WITHCOORD',
  ]);
  expect(found).toMatchObject({ member: 'Palermo', distance: 34.1601 });
  expect(Number(found.coordinates?.longitude)).toBeCloseTo(13.361389, 5);
  const fields: string[] = [];
  for await (const entries of client.hScanIterator('h')) for (const { field } of entries) fields.push(field);
  expect(fields.sort()).toEqual(['age', 'name']);
  await client.close();
});
