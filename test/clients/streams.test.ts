/** Streams with consumer groups as client libraries offer them: consumers that share the work, one that dies, its work taken over. */
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';
import { SERVER } from './client-suite.ts';

const START_LIMIT_MS = 120_000;
const ORDERS = 600;
const TAKEN_BY_THE_DEAD = 40;
const BATCH = 16;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer(SERVER);
}, START_LIMIT_MS);
afterAll(() => server?.stop());

type IoredisEntry = [id: string, fields: string[]];
type IoredisBatch = [key: string, entries: IoredisEntry[]][];

const ALL_ORDERS = Array.from({ length: ORDERS }, (_, i) => `${i}`);

/** RESP3 has a map of keys where RESP2 has pairs; ioredis gives both as they come. */
function entriesOf(reply: unknown): IoredisEntry[] {
  if (reply === null) return [];
  if (Array.isArray(reply)) return (reply as IoredisBatch).flatMap(([, entries]) => entries);
  return Object.values(reply as Record<string, IoredisEntry[]>).flat();
}

it.each([2, 3] as const)('ioredis: a group whose consumer dies, RESP%i', async (protocol) => {
  const connect = () => new Redis({ host: '127.0.0.1', port: server.port, protocol });
  const client = connect();
  await client.flushall();
  expect(await client.xgroup('CREATE', 'orders', 'shop', '$', 'MKSTREAM')).toBe('OK');
  await expect(client.xgroup('CREATE', 'orders', 'shop', '$')).rejects.toThrow('BUSYGROUP');

  const doomed = connect();
  const waiting = doomed.xreadgroup('GROUP', 'shop', 'doomed', 'COUNT', 1, 'BLOCK', 5_000, 'STREAMS', 'orders', '>');
  const pipeline = client.pipeline();
  for (const order of ALL_ORDERS) pipeline.xadd('orders', '*', 'order', order);
  await pipeline.exec();
  const taken = entriesOf(await waiting);
  const count = TAKEN_BY_THE_DEAD - 1;
  taken.push(
    ...entriesOf(await doomed.xreadgroup('GROUP', 'shop', 'doomed', 'COUNT', count, 'STREAMS', 'orders', '>')),
  );
  doomed.disconnect();
  expect(taken.map(([, [, order]]) => order)).toEqual(ALL_ORDERS.slice(0, TAKEN_BY_THE_DEAD));

  const done: string[] = [];
  const work = async (name: string): Promise<void> => {
    const worker = connect();
    for (;;) {
      const more = ['COUNT', BATCH, 'BLOCK', 20, 'STREAMS', 'orders', '>'] as const;
      const entries = entriesOf(await worker.xreadgroup('GROUP', 'shop', name, ...more));
      if (entries.length === 0) break;
      done.push(...entries.map(([, [, order]]) => order));
      expect(await worker.xack('orders', 'shop', ...entries.map(([id]) => id))).toBe(entries.length);
    }
    worker.disconnect();
  };
  await Promise.all(['ann', 'bob', 'cy'].map(work));
  expect(done).toHaveLength(ORDERS - TAKEN_BY_THE_DEAD);
  expect(await client.xpending('orders', 'shop')).toEqual([
    TAKEN_BY_THE_DEAD,
    taken[0][0],
    taken.at(-1)?.[0],
    [['doomed', `${TAKEN_BY_THE_DEAD}`]],
  ]);

  for (let cursor = '0-0', first = true; first || cursor !== '0-0'; first = false) {
    const claim = ['orders', 'shop', 'ann', 0, cursor, 'COUNT', 7];
    const [next, entries] = (await client.call('XAUTOCLAIM', ...claim)) as [string, IoredisEntry[]];
    cursor = next;
    done.push(...entries.map(([, [, order]]) => order));
    await client.xack('orders', 'shop', ...entries.map(([id]) => id));
  }
  expect(done.sort((a, b) => Number(a) - Number(b))).toEqual(ALL_ORDERS);
  expect(await client.xpending('orders', 'shop')).toEqual([0, null, null, null]);
  expect(await client.xgroup('DELCONSUMER', 'orders', 'shop', 'doomed')).toBe(0);
  client.disconnect();
});

it.each([2, 3] as const)('ioredis: reads from several streams, ranges, trims, RESP%i', async (protocol) => {
  const client = new Redis({ host: '127.0.0.1', port: server.port, protocol });
  const other = client.duplicate();
  await client.flushall();
  const waiting = client.xread('COUNT', 2, 'BLOCK', 5_000, 'STREAMS', 'a', 'b', '$', '$');
  await other.ping();
  await other.xadd('b', '5-1', 'f', 'v');
  expect(entriesOf(await waiting)).toEqual([['5-1', ['f', 'v']]]);
  await other.multi().xadd('a', '1-1', 'x', '1', 'y', '2').xadd('a', '1-2', 'x', '3').xadd('a', '2-0', 'x', '4').exec();
  expect(entriesOf(await client.xread('STREAMS', 'a', 'b', '1-1', '5-1')).map(([id]) => id)).toEqual(['1-2', '2-0']);
  expect(await client.xrange('a', '(1-1', '+', 'COUNT', 1)).toEqual([['1-2', ['x', '3']]]);
  expect(await client.xrevrange('a', '+', '-')).toHaveLength(3);
  expect(await client.xdel('a', '1-2', '9-9')).toBe(1);
  expect(await client.xtrim('a', 'MAXLEN', 1)).toBe(1);
  expect(await client.xlen('a')).toBe(1);
  await expect(client.xadd('a', '1-1', 'x', '1')).rejects.toThrow(
    'ERR The ID specified in XADD is equal or smaller than the target stream top item',
  );
  client.disconnect();
  other.disconnect();
});

it.each([2, 3] as const)('node-redis: a group whose consumer dies, RESP%i', async (protocol) => {
  const connect = async () => {
    const client = createClient({ RESP: protocol, socket: { host: '127.0.0.1', port: server.port } });
    await client.connect();
    return client;
  };
  const client = await connect();
  await client.flushAll();
  expect(await client.xGroupCreate('orders', 'shop', '0', { MKSTREAM: true })).toBe('OK');
  for (const order of ALL_ORDERS.slice(0, 100)) await client.xAdd('orders', '*', { order });

  const doomed = await connect();
  const taken = await doomed.xReadGroup('shop', 'doomed', { key: 'orders', id: '>' }, { COUNT: 30 });
  doomed.destroy();
  expect(taken).toHaveLength(1);

  const done: string[] = [];
  const worker = await connect();
  const acknowledge = async (messages: readonly { id: string; message: Record<string, string> }[]): Promise<void> => {
    done.push(...messages.map(({ message }) => message.order));
    await worker.xAck(
      'orders',
      'shop',
      messages.map(({ id }) => id),
    );
  };
  for (;;) {
    const options = { COUNT: 30, BLOCK: 20 };
    const batch = (await worker.xReadGroup('shop', 'worker', { key: 'orders', id: '>' }, options)) as
      | { messages: { id: string; message: Record<string, string> }[] }[]
      | null;
    if (batch === null) break;
    await acknowledge(batch[0].messages);
  }
  expect(done).toHaveLength(70);
  expect(await client.xPending('orders', 'shop')).toMatchObject({
    pending: 30,
    consumers: [{ name: 'doomed', deliveriesCounter: 30 }],
  });
  for (let start = '0-0', first = true; first || start !== '0-0'; first = false) {
    const claimed = await worker.xAutoClaim('orders', 'shop', 'worker', 0, start, { COUNT: 11 });
    start = claimed.nextId;
    await acknowledge(claimed.messages.flatMap((message) => (message === null ? [] : [message])) as never);
  }
  expect(done.sort((a, b) => Number(a) - Number(b))).toEqual(ALL_ORDERS.slice(0, 100));
  expect((await client.xPending('orders', 'shop')).pending).toBe(0);
  expect(await client.xInfoGroups('orders')).toMatchObject([{ name: 'shop', consumers: 2, pending: 0, lag: 0 }]);
  expect(await client.xInfoConsumers('orders', 'shop')).toMatchObject([
    { name: 'doomed', pending: 0 },
    { name: 'worker', pending: 0 },
  ]);
  expect(await client.xInfoStream('orders')).toMatchObject({ length: 100, groups: 1, 'entries-added': 100 });
  await worker.close();
  await client.close();
});

it.skipIf(SERVER === 'redis').each([2, 3] as const)('node-redis: what Redis 8 added, RESP%i', async (protocol) => {
  const client = createClient({ RESP: protocol, socket: { host: '127.0.0.1', port: server.port } });
  await client.connect();
  await client.flushAll();
  const sent = { IDMP: { pid: 'shop', iid: 'order 1' } };
  const first = await client.xAdd('orders', '*', { item: 'book' }, sent);
  expect(await client.xAdd('orders', '*', { item: 'book' }, sent)).toBe(first);
  const second = await client.xAdd('orders', '*', { item: 'pen' }, { IDMPAUTO: { pid: 'shop' } });
  expect(await client.xAdd('orders', '*', { item: 'pen' }, { IDMPAUTO: { pid: 'shop' } })).toBe(second);
  expect(await client.xCfgSet('orders', { IDMP_DURATION: 300, IDMP_MAXSIZE: 1_000 })).toBe('OK');
  expect(await client.xInfoStream('orders')).toMatchObject({ length: 2, 'idmp-maxsize': 1_000, 'iids-duplicates': 2 });

  await client.xGroupCreate('orders', 'shop', '0');
  await client.xReadGroup('shop', 'ann', { key: 'orders', id: '>' }, { COUNT: 1 });
  const again = await client.xReadGroup('shop', 'bob', { key: 'orders', id: '>' }, { CLAIM: 0 });
  expect(again).toMatchObject([
    {
      name: 'orders',
      messages: [
        { id: first, message: { item: 'book' }, deliveriesCounter: 1 },
        { id: second, message: { item: 'pen' }, deliveriesCounter: 0 },
      ],
    },
  ]);
  expect(await client.xDelEx('orders', [first, second], 'ACKED')).toEqual([2, 2]);
  expect(await client.xAckDel('orders', 'shop', [first, '9-9'], 'ACKED')).toEqual([1, -1]);
  expect(await client.xDelEx('orders', second, 'DELREF')).toEqual([1]);
  expect((await client.xPending('orders', 'shop')).pending).toBe(0);
  await client.close();
});
