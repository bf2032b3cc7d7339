/** Transactions and queues as client libraries offer them. */
import { Redis } from 'ioredis';
import { createClient, WatchError } from 'redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';
import { SERVER } from './client-suite.ts';

const START_LIMIT_MS = 120_000;
const JOBS = 500;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer(SERVER);
}, START_LIMIT_MS);
afterAll(() => server?.stop());

async function nodeRedis(protocol: 2 | 3) {
  const client = createClient({ RESP: protocol, socket: { host: '127.0.0.1', port: server.port } });
  await client.connect();
  return client;
}

it.each([2, 3] as const)('ioredis: multi, watch and a queue of workers, RESP%i', async (protocol) => {
  const connect = () => new Redis({ host: '127.0.0.1', port: server.port, protocol });
  const client = connect();
  const other = connect();
  await client.flushall();
  expect(await client.multi().set('k', 'v').get('k').lpush('k', 'x').exec()).toEqual([
    [null, 'OK'],
    [null, 'v'],
    [expect.objectContaining({ message: expect.stringMatching(/^WRONGTYPE/) })],
  ]);
  await client.watch('k');
  await other.set('k', 'w');
  expect(await client.multi().set('k', 'lost').exec()).toBeNull();
  expect(await client.get('k')).toBe('w');
  await expect(client.multi().call('NOSUCH').exec()).rejects.toThrow(/EXECABORT/);

  const workers = [connect(), connect(), connect()];
  const done: string[] = [];
  const work = async (worker: Redis): Promise<void> => {
    for (let job = await worker.blpop('jobs', 5); job?.[1] !== 'stop'; job = await worker.blpop('jobs', 5)) {
      done.push(String(job?.[1]));
    }
  };
  const working = workers.map(work);
  for (let i = 0; i < JOBS; i++) await client.rpush('jobs', `job ${i}`);
  await client.rpush('jobs', ...workers.map(() => 'stop'));
  await Promise.all(working);
  expect(done.sort()).toEqual(Array.from({ length: JOBS }, (_, i) => `job ${i}`).sort());
  expect(await client.blmove('jobs', 'done', 'LEFT', 'RIGHT', 0.01)).toBeNull();
  expect(await client.bzpopmin('none', 0.01)).toBeNull();
  for (const one of [client, other, ...workers]) one.disconnect();
});

it.each([2, 3] as const)('node-redis: multi, watch and blocking pops, RESP%i', async (protocol) => {
  const client = await nodeRedis(protocol);
  const other = await nodeRedis(protocol);
  await client.flushAll();
  expect(await client.multi().set('k', 'v').get('k').incr('n').exec()).toEqual(['OK', 'v', 1]);
  await client.watch('k');
  await other.set('k', 'w');
  await expect(client.multi().set('k', 'lost').exec()).rejects.toBeInstanceOf(WatchError);
  expect(await client.get('k')).toBe('w');

  const popped = client.blPop(['a', 'b'], 5);
  await other.rPush('b', 'x');
  expect(await popped).toEqual({ key: 'b', element: 'x' });
  const scored = client.bzPopMax('z', 5);
  await other.zAdd('z', [
    { score: 1.5, value: 'low' },
    { score: 2.5, value: 'high' },
  ]);
  expect(await scored).toEqual({ key: 'z', value: 'high', score: 2.5 });
  const moved = client.blMove('from', 'to', 'LEFT', 'RIGHT', 5);
  await other.multi().rPush('from', 'y').rPush('from', 'z').exec();
  expect(await moved).toBe('y');
  expect(await client.blPop('nothing', 0.01)).toBeNull();
  await client.close();
  await other.close();
});
