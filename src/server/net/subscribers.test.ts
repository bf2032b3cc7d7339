import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RawClient, request, textOf } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let server: TestServer;
const clients: RawClient[] = [];

beforeEach(async () => {
  server = await startTestServer();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.stop();
});

async function connect(): Promise<RawClient> {
  const client = await RawClient.connect(server.port);
  clients.push(client);
  return client;
}

function message(channel: string, text: string, marker = '*'): string {
  return `${marker}3\r\n$7\r\nmessage\r\n$${channel.length}\r\n${channel}\r\n$${text.length}\r\n${text}\r\n`;
}

function expectNothingLeft(): void {
  const { channels, patterns, shards } = server.server.engine.dispatcher.pubsub;
  expect([channels.all.size, patterns.all.size, shards.all.size]).toEqual([0, 0, 0]);
}

async function infoField(client: RawClient, section: string, name: string): Promise<string> {
  const text = textOf(await client.ask('INFO', section));
  return new RegExp(`^${name}:(.*)\\r$`, 'm').exec(text)?.[1] ?? '';
}

async function ownLine(client: RawClient, id: string): Promise<string> {
  return textOf(await client.ask('CLIENT', 'LIST', 'ID', id));
}

/** Waits until something holds that takes some turns. */
async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !holds(); ) {
    if (Date.now() > deadline) throw new Error('it never came to hold');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe('a message to whoever publishes it', () => {
  test('comes behind the reply, before the next', async () => {
    const client = await connect();
    await client.ask('HELLO', 3);
    client.send(request('SUBSCRIBE', 'a') + request('PUBLISH', 'a', 'x') + request('PING'));
    expect((await client.replies(4)).slice(1)).toEqual([':1\r\n', message('a', 'x', '>'), '+PONG\r\n']);
  });

  test('of a key that it has changed is in the protocol it spoke then, though EXEC has changed that too', async () => {
    const client = await connect();
    await client.ask('CONFIG', 'SET', 'notify-keyspace-events', 'E$');
    await client.ask('HELLO', 3);
    await client.ask('SUBSCRIBE', '__keyevent@0__:set');
    const queue = [request('SET', 'a', '1'), request('HELLO', 2), request('SET', 'b', '2')];
    client.send([request('MULTI'), ...queue, request('EXEC')].join(''));
    const pushed = (await client.replies(7)).slice(5);
    expect(pushed).toEqual([message('__keyevent@0__:set', 'a', '>'), message('__keyevent@0__:set', 'b')]);
  });

  test('comes behind the whole of EXEC', async () => {
    const client = await connect();
    await client.ask('HELLO', 3);
    const queue = [
      ['SUBSCRIBE', 'a'],
      ['PUBLISH', 'a', '1'],
      ['GET', 'k'],
      ['PUBLISH', 'a', '2'],
      ['UNSUBSCRIBE', 'a'],
      ['PUBLISH', 'a', '3'],
    ];
    client.send(request('MULTI') + queue.map((words) => request(...words)).join('') + request('EXEC'));
    await client.replies(7);
    expect(await client.replies(3)).toEqual([
      '*6\r\n>3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n:1\r\n_\r\n:1\r\n>3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n:0\r\n',
      message('a', '1', '>'),
      message('a', '2', '>'),
    ]);
    expect(await client.ask('PING')).toBe('+PONG\r\n');
  });

  test('comes behind the reply of the script that publishes it', async () => {
    const client = await connect();
    await client.ask('HELLO', 3);
    await client.ask('SUBSCRIBE', 'a');
    const script =
      "redis.call('PUBLISH', 'a', '1') return {redis.call('PUBLISH', 'a', '2'), redis.call('PUBLISH', 'b', '')}";
    client.command('EVAL', script, 0);
    expect(await client.replies(3)).toEqual(['*2\r\n:1\r\n:0\r\n', message('a', '1', '>'), message('a', '2', '>')]);
  });

  test('comes behind the reply, though it tells of what the command itself did to a key', async () => {
    const client = await connect();
    await client.ask('HELLO', 3);
    await client.ask('CONFIG', 'SET', 'notify-keyspace-events', 'KEA');
    await client.ask('SUBSCRIBE', '__keyevent@0__:set', '__keyevent@0__:del');
    await client.reply();
    client.send(request('SET', 'k', 'v') + request('GET', 'k') + request('EVAL', "redis.call('DEL', KEYS[1])", 1, 'k'));
    expect(await client.replies(5)).toEqual([
      '+OK\r\n',
      message('__keyevent@0__:set', 'k', '>'),
      '$1\r\nv\r\n',
      '_\r\n',
      message('__keyevent@0__:del', 'k', '>'),
    ]);
  });

  test('comes in RESP2, too, where it subscribed inside EXEC', async () => {
    const client = await connect();
    client.send(request('MULTI') + request('SUBSCRIBE', 'a') + request('PUBLISH', 'a', 'x') + request('EXEC'));
    await client.replies(3);
    expect(await client.replies(2)).toEqual([
      '*2\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n:1\r\n',
      message('a', 'x'),
    ]);
    expect(await client.ask('GET', 'k')).toMatch(/^-ERR Can't execute 'get': only /);
  });
});

describe('who has subscribed', () => {
  test('is shown by CLIENT LIST and INFO', async () => {
    const [client, other] = [await connect(), await connect()];
    const id = (await client.ask('CLIENT', 'ID')).slice(1, -2);
    expect(await ownLine(other, id)).toMatch(/ flags=N .* sub=0 psub=0 ssub=0 multi=-1 /);
    client.send(request('SUBSCRIBE', 'a', 'b') + request('PSUBSCRIBE', 'a*') + request('SSUBSCRIBE', 'a', 'b', 'c'));
    await client.replies(6);
    expect(await ownLine(other, id)).toMatch(/ flags=P .* sub=2 psub=1 ssub=3 multi=-1 /);
    expect(await infoField(other, 'stats', 'pubsub_channels')).toBe('2');
    expect(await infoField(other, 'stats', 'pubsub_patterns')).toBe('1');
    expect(await infoField(other, 'stats', 'pubsubshard_channels')).toBe('3');
    expect(textOf(await other.ask('CLIENT', 'LIST', 'TYPE', 'PUBSUB')).split('\n')).toHaveLength(2);
    expect(textOf(await other.ask('CLIENT', 'LIST', 'TYPE', 'NORMAL'))).not.toContain(`id=${id} `);
    client.send(request('UNSUBSCRIBE') + request('PUNSUBSCRIBE'));
    await client.replies(3);
    expect(await ownLine(other, id)).toMatch(/ flags=P .* sub=0 psub=0 ssub=3 /);
    await client.ask('SUNSUBSCRIBE', 'a');
    client.command('SUNSUBSCRIBE');
    await client.replies(2);
    expect(await ownLine(other, id)).toMatch(/ flags=N .* sub=0 psub=0 ssub=0 /);
    expectNothingLeft();
  });

  test('can be killed by type, and leaves nothing', async () => {
    const [client, pattern, shard, other] = [await connect(), await connect(), await connect(), await connect()];
    await client.ask('SUBSCRIBE', 'a');
    await pattern.ask('PSUBSCRIBE', 'a*');
    await shard.ask('SSUBSCRIBE', 'a');
    expect(await other.ask('CLIENT', 'KILL', 'TYPE', 'pubsub')).toBe(':3\r\n');
    for (const killed of [client, pattern, shard]) expect(await killed.rest()).toBe('');
    expect(await other.ask('PUBLISH', 'a', 'x')).toBe(':0\r\n');
    expectNothingLeft();
  });

  test('leaves nothing when it disconnects', async () => {
    const [client, other] = [await connect(), await connect()];
    await client.ask('SUBSCRIBE', 'a');
    await client.ask('PSUBSCRIBE', '*');
    client.close();
    await until(() => server.server.clients.all.size === 1);
    expect(await other.ask('PUBLISH', 'a', 'x')).toBe(':0\r\n');
    expectNothingLeft();
  });

  test('is never idle', async () => {
    const [client, idle, other] = [await connect(), await connect(), await connect()];
    await client.ask('SUBSCRIBE', 'a');
    await other.ask('CONFIG', 'SET', 'timeout', '1');
    await other.ask('CONFIG', 'SET', 'hz', '100');
    expect(await idle.rest()).toBe('');
    const again = await connect();
    await again.ask('PUBLISH', 'a', 'x');
    expect(await client.reply()).toBe(message('a', 'x'));
  });

  test('takes memory for its subscriptions, and gives it back', async () => {
    const client = await connect();
    const [connection] = server.server.clients.all.values();
    const before = connection.bytes;
    const total = server.server.clients.bufferBytes;
    for (let i = 0; i < 1000; i += 10) {
      client.command('SUBSCRIBE', ...Array.from({ length: 10 }, (_, j) => `${'x'.repeat(100)}${i + j}`));
      await client.replies(10);
    }
    expect(connection.bytes).toBeGreaterThan(before + 1000 * 100);
    expect(server.server.clients.bufferBytes).toBeGreaterThan(total + 1000 * 100);
    client.command('UNSUBSCRIBE');
    await client.replies(1000);
    expect(connection.bytes).toBe(before);
    expectNothingLeft();
  });
});

test('a hundred subscribers get every message in order, in one write a turn each', async () => {
  const subscribers = await Promise.all(Array.from({ length: 100 }, () => connect()));
  for (const subscriber of subscribers) subscriber.command('SUBSCRIBE', 'a');
  await Promise.all(subscribers.map((subscriber) => subscriber.reply()));
  const publisher = await connect();
  const { outbox } = server.server.clients.traffic;
  const { writes } = outbox;
  const texts = Array.from({ length: 50 }, (_, i) => `${i}`);
  publisher.send(texts.map((text) => request('PUBLISH', 'a', text)).join(''));
  expect(await publisher.replies(50)).toEqual(texts.map(() => ':100\r\n'));
  const expected = texts.map((text) => message('a', text));
  for (const subscriber of subscribers) expect(await subscriber.replies(50)).toEqual(expected);
  expect(outbox.writes - writes).toBeLessThan(5 * 101);
});

test('messages, replies and confirmations keep their order on one connection', async () => {
  const [client, publisher] = [await connect(), await connect()];
  await client.ask('HELLO', 3);
  for (let i = 0; i < 50; i++) {
    client.send(request('SUBSCRIBE', 'a') + request('ECHO', `${i}`));
    await client.replies(2);
    publisher.send(request('PUBLISH', 'a', `${i}`) + request('PUBLISH', 'b', 'x') + request('PUBLISH', 'a', 'last'));
    await publisher.replies(3);
    client.send(request('ECHO', 'between') + request('UNSUBSCRIBE', 'a') + request('ECHO', 'end'));
    const replies = await client.replies(5);
    expect(replies.slice(0, 2)).toEqual([message('a', `${i}`, '>'), message('a', 'last', '>')]);
    expect(replies[4]).toBe('$3\r\nend\r\n');
  }
});

test('much that is published in the middle of a transaction leaves replies and messages whole', async () => {
  const [listener, both] = [await connect(), await connect()];
  await listener.ask('SUBSCRIBE', 'a');
  await both.ask('HELLO', 3);
  await both.ask('SUBSCRIBE', 'a');
  const long = 'x'.repeat(300_000);
  const texts = Array.from({ length: 20 }, (_, i) => `${i}${long}`);
  both.send(request('MULTI') + texts.map((text) => request('ECHO', text) + request('PUBLISH', 'a', text)).join(''));
  await both.replies(41);
  both.send(request('EXEC') + request('PING'));
  const replies = texts.map((text) => `$${text.length}\r\n${text}\r\n:2\r\n`);
  expect((await both.reply()) === `*40\r\n${replies.join('')}`).toBe(true);
  for (const text of texts) expect((await both.reply()) === message('a', text, '>')).toBe(true);
  expect(await both.reply()).toBe('+PONG\r\n');
  for (const text of texts) expect((await listener.reply()) === message('a', text)).toBe(true);
});

test.each([
  ['100 KB of "*?"', '*?'.repeat(50_000), 'a'.repeat(100_000)],
  ['many stars that almost match', `${'a*'.repeat(30)}b`, 'a'.repeat(60)],
  ['a star and a long tail that almost matches', `*${'a'.repeat(50_000)}b`, 'a'.repeat(200_000)],
  ['10,000 open classes', '['.repeat(10_000), 'a'.repeat(60)],
])('a pattern that would be slow (G1), %s, holds up nobody', async (_, pattern, channel) => {
  const [listener, publisher] = [await connect(), await connect()];
  await listener.ask('PSUBSCRIBE', pattern);
  const matches = pattern.startsWith('*?');
  expect(await publisher.ask('PUBLISH', channel, 'x')).toBe(matches ? ':1\r\n' : ':0\r\n');
  expect(await publisher.ask('PUBSUB', 'NUMPAT')).toBe(':1\r\n');
  if (matches) expect((await listener.reply()).startsWith('*4\r\n$8\r\npmessage\r\n')).toBe(true);
  expect(await listener.ask('PING')).toBe('*2\r\n$4\r\npong\r\n$0\r\n\r\n');
});

test('a thousand subscribers that do not read take no more than their limit allows, and give it back', async () => {
  const publisher = await connect();
  await publisher.ask('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 256kb 0 0');
  const stalled = await Promise.all(Array.from({ length: 1000 }, () => connect()));
  for (const client of stalled) client.send(request('SUBSCRIBE', 'a'));
  await Promise.all(stalled.map((client) => client.reply()));
  for (const client of stalled) client.stall();
  const text = 'x'.repeat(50_000);
  let most = 0;
  for (let left = 1000; left > 0; ) {
    left = Number((await publisher.ask('PUBLISH', 'a', text)).slice(1, -2));
    most = Math.max(most, server.server.clients.bufferBytes);
  }
  expect(most).toBeLessThan(1000 * 1024 * 1024);
  expect(server.server.clients.all.size).toBe(1);
  expectNothingLeft();
}, 60_000);

describe('a slow subscriber', () => {
  async function stalled(): Promise<RawClient> {
    const client = await connect();
    await client.ask('SUBSCRIBE', 'a');
    client.stall();
    return client;
  }

  async function publishUntilGone(publisher: RawClient, most: number): Promise<void> {
    const text = 'x'.repeat(30_000);
    for (let i = 0; i < most; i++) if ((await publisher.ask('PUBLISH', 'a', text)) === ':0\r\n') return;
    throw new Error('the subscriber is still there');
  }

  test('is disconnected above the hard limit of its class, and its memory comes back', async () => {
    const publisher = await connect();
    await publisher.ask('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 1mb 0 0');
    const total = server.server.clients.bufferBytes;
    const slow = await stalled();
    await publishUntilGone(publisher, 1000);
    expect(server.log()).toMatch(/closed for overcoming of output buffer limits/);
    expect(server.server.clients.outputLimitDisconnections).toBe(1);
    expect(server.server.clients.bufferBytes).toBe(total);
    expectNothingLeft();
    slow.close();
  });

  test('is disconnected when it stays above the soft limit', async () => {
    const publisher = await connect();
    await publisher.ask('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 0 100kb 1');
    await stalled();
    const text = 'x'.repeat(100_000);
    for (let i = 0; i < 100; i++) expect(await publisher.ask('PUBLISH', 'a', text)).toBe(':1\r\n');
    await until(() => server.server.clients.outputLimitDisconnections === 1);
    expectNothingLeft();
  });

  test('does not hold up those who read', async () => {
    const publisher = await connect();
    const reader = await connect();
    await reader.ask('SUBSCRIBE', 'a');
    await Promise.all(Array.from({ length: 20 }, () => stalled()));
    const text = 'x'.repeat(10_000);
    for (let i = 0; i < 1000; i++) {
      publisher.command('PUBLISH', 'a', text);
      expect((await reader.reply()).length).toBe(message('a', text).length);
    }
    await publisher.replies(1000);
  });

  test('has the limit of normal clients once it has subscribed no more', async () => {
    const [client, other] = [await connect(), await connect()];
    await other.ask('CONFIG', 'SET', 'client-output-buffer-limit', 'normal 1mb 0 0 pubsub 0 0 0');
    const [connection] = server.server.clients.all.values();
    expect(connection.outputLimit.hardBytes).toBe(1024 * 1024);
    await client.ask('SUBSCRIBE', 'a');
    expect(connection.outputLimit.hardBytes).toBe(Number.POSITIVE_INFINITY);
    await client.ask('UNSUBSCRIBE', 'a');
    expect(connection.outputLimit.hardBytes).toBe(1024 * 1024);
  });
});

test('who publishes is written to before those who listen, who need not wait for others', async () => {
  const [listener, publisher] = [await connect(), await connect()];
  await listener.ask('CLIENT', 'SETNAME', 'listener');
  await publisher.ask('CLIENT', 'SETNAME', 'publisher');
  listener.command('SUBSCRIBE', 'news');
  await listener.reply();
  const { outbox } = server.server.clients.traffic;
  const flushed = vi.spyOn(outbox, 'flushTurn');
  const sent = vi.spyOn(outbox, 'send');
  publisher.send(request('PUBLISH', 'news', 'one') + request('PUBLISH', 'news', 'two'));
  expect(await listener.replies(2)).toEqual([message('news', 'one'), message('news', 'two')]);
  expect(sent.mock.calls.map(([{ session }]) => session.name)).toEqual(['publisher', 'listener']);
  expect(flushed).toHaveBeenCalledTimes(1);
  vi.restoreAllMocks();
});
