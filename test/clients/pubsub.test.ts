/** Publish and subscribe, and keyspace notifications, as client libraries offer them. */
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';
import { SERVER } from './client-suite.ts';

const START_LIMIT_MS = 120_000;
const MESSAGES = 1000;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer(SERVER);
}, START_LIMIT_MS);
afterAll(() => server?.stop());

const leavers: (() => void)[] = [];
afterEach(() => {
  for (const leave of leavers.splice(0)) leave();
});

function ioredis(protocol: 2 | 3 = 2) {
  const client = new Redis({ host: '127.0.0.1', port: server.port, protocol, retryStrategy: () => 10 });
  leavers.push(() => client.disconnect());
  return client;
}

/** Waits until something has come. */
async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !holds(); ) {
    if (Date.now() > deadline) throw new Error('it never came');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

it.each([2, 3] as const)('ioredis: channels, patterns, sharded channels, notifications, RESP%i', async (protocol) => {
  const [publisher, subscriber] = [ioredis(protocol), ioredis(protocol)];
  const heard: string[] = [];
  subscriber.on('message', (channel, message) => heard.push(`${channel} ${message}`));
  subscriber.on('pmessage', (pattern, channel, message) => heard.push(`${pattern} ${channel} ${message}`));
  subscriber.on('smessage', (channel, message) => heard.push(`sharded ${channel} ${message}`));
  expect(await subscriber.subscribe('news', 'sport')).toBe(2);
  expect(await subscriber.psubscribe('n*')).toBe(3);
  expect(await subscriber.ssubscribe('shard')).toBe(1);
  expect(await publisher.publish('news', 'a')).toBe(2);
  expect(await publisher.publish('sport', 'b')).toBe(1);
  expect(await publisher.spublish('shard', 'c')).toBe(1);
  await until(() => heard.length === 4);
  expect(heard.splice(0)).toEqual(['news a', 'n* news a', 'sport b', 'sharded shard c']);
  expect(await publisher.pubsub('NUMSUB', 'news', 'none')).toEqual(['news', 1, 'none', 0]);
  expect(await publisher.pubsub('NUMPAT')).toBe(1);

  expect(await subscriber.punsubscribe('n*')).toBe(2);
  const sent = Array.from({ length: MESSAGES }, (_, i) => `${i}`);
  await Promise.all(sent.map((text) => publisher.publish('news', text)));
  await until(() => heard.length === MESSAGES);
  expect(heard.splice(0)).toEqual(sent.map((text) => `news ${text}`));

  await publisher.config('SET', 'notify-keyspace-events', 'KEA');
  await subscriber.psubscribe('__key*__:*');
  await publisher.set('k', 'v', 'EX', 100);
  await publisher.del('k');
  await until(() => heard.length === 6);
  expect(heard.splice(0).map((text) => text.replace('__key*__:* ', ''))).toEqual([
    '__keyspace@0__:k set',
    '__keyevent@0__:set k',
    '__keyspace@0__:k expire',
    '__keyevent@0__:expire k',
    '__keyspace@0__:k del',
    '__keyevent@0__:del k',
  ]);
  await publisher.config('SET', 'notify-keyspace-events', '');
  await subscriber.unsubscribe('news', 'sport');
  await subscriber.punsubscribe('__key*__:*');
  await subscriber.sunsubscribe('shard');
  expect(await subscriber.get('k')).toBeNull();
});

it('ioredis: subscribes again by itself after its connection was killed', async () => {
  const [publisher, subscriber] = [ioredis(), ioredis()];
  const heard: string[] = [];
  subscriber.on('message', (_, message) => heard.push(message));
  await subscriber.subscribe('news');
  expect(await publisher.call('CLIENT', 'KILL', 'TYPE', 'pubsub')).toBe(1);
  while (heard.length === 0) await publisher.publish('news', 'again');
  expect(heard[0]).toBe('again');
});

it.each([2, 3] as const)(
  'node-redis: channels, patterns, sharded channels, notifications, RESP%i',
  async (protocol) => {
    const options = { RESP: protocol, socket: { host: '127.0.0.1', port: server.port } };
    const [publisher, subscriber] = [createClient(options), createClient(options)];
    for (const client of [publisher, subscriber]) {
      await client.connect();
      leavers.push(() => client.destroy());
    }
    const heard: string[] = [];
    const note = (message: string, channel: string) => heard.push(`${channel} ${message}`);
    await subscriber.subscribe(['news', 'sport'], note);
    await subscriber.pSubscribe('n*', note);
    await subscriber.sSubscribe('shard', note);
    expect(await publisher.publish('news', 'a')).toBe(2);
    expect(await publisher.publish('sport', 'b')).toBe(1);
    expect(await publisher.sPublish('shard', 'c')).toBe(1);
    await until(() => heard.length === 4);
    expect(heard.splice(0)).toEqual(['news a', 'news a', 'sport b', 'shard c']);
    expect(await publisher.pubSubChannels()).toEqual(expect.arrayContaining(['news', 'sport']));
    expect(await publisher.pubSubShardNumSub(['shard'])).toMatchObject({ shard: 1 });

    await subscriber.pUnsubscribe('n*');
    const sent = Array.from({ length: MESSAGES }, (_, i) => `${i}`);
    await Promise.all(sent.map((text) => publisher.publish('news', text)));
    await until(() => heard.length === MESSAGES);
    expect(heard.splice(0)).toEqual(sent.map((text) => `news ${text}`));

    await publisher.configSet('notify-keyspace-events', 'Ex');
    await subscriber.subscribe('__keyevent@0__:expired', note);
    await publisher.set('short', 'v', { PX: 5 });
    await until(() => heard.length === 1);
    expect(heard.splice(0)).toEqual(['__keyevent@0__:expired short']);
    await publisher.configSet('notify-keyspace-events', '');
    // A RESP3 client may do anything else meanwhile.
    if (protocol === 3) expect(await subscriber.set('k', 'v')).toBe('OK');
    await subscriber.unsubscribe();
    await subscriber.sUnsubscribe();
    expect(await subscriber.get('nothing')).toBeNull();
  },
);
