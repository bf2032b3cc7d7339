/** Clients that leave, or are made to, whatever they are doing: nothing of them stays behind. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RawClient, request } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

const CLIENTS = 8;

/** What client number `n` sends, and how many replies it waits for. */
const STATES: Readonly<Record<string, (n: number) => readonly [requests: string, replies: number]>> = {
  'in the middle of a request': () => ['*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5000\r\nxxx', 0],
  'waiting for keys': (n) => [request('BLPOP', `list${n}`, 'list', n % 2 === 0 ? 0 : 1000), 0],
  'in a transaction': (n) => [
    request('WATCH', `key${n}`, 'key') + request('MULTI') + request('SET', 'k', 'x'.repeat(5000)),
    3,
  ],
  'in a transaction that must fail': (n) => [
    request('WATCH', `key${n}`) + request('SET', `key${n}`, n) + request('MULTI') + request('NOSUCH'),
    4,
  ],
  subscribed: (n) => [
    request('SUBSCRIBE', `channel${n}`, 'c') + request('PSUBSCRIBE', `${n}*`, '*') + request('SSUBSCRIBE', 's'),
    5,
  ],
  'tracking what it reads': (n) => [
    request('HELLO', 3) + request('CLIENT', 'TRACKING', 'ON') + request('GET', `key${n}`) + request('GET', 'key'),
    4,
  ],
  'tracking prefixes': (n) => [
    request('HELLO', 3) + request('CLIENT', 'TRACKING', 'ON', 'BCAST', 'PREFIX', `k${n}`) + request('SET', `k${n}`, n),
    3,
  ],
  'subscribed, tracking and waiting': (n) => [
    request('HELLO', 3) +
      request('SUBSCRIBE', `channel${n}`) +
      request('CLIENT', 'TRACKING', 'ON') +
      request('BLPOP', `list${n}`, 0),
    3,
  ],
  monitoring: () => [request('MONITOR'), 1],
};

const ENDS: Readonly<Record<string, (client: RawClient) => void>> = {
  'closes its socket': (client) => client.close(),
  'resets its connection': (client) => client.socket.resetAndDestroy(),
  'ends its half of the connection': (client) => client.socket.end(),
};

let server: TestServer;
let control: RawClient;

beforeEach(async () => {
  server = await startTestServer();
  server.server.cron.paused = true;
  control = await RawClient.connect(server.port);
  await control.ask('PING');
});

afterEach(async () => {
  control.close();
  await server.stop();
});

function remains(): Record<string, unknown> {
  const { clients, engine } = server.server;
  const { pubsub, blocking, tracking, observers } = engine.dispatcher;
  return {
    clients: clients.all.size,
    bytes: clients.bufferBytes,
    waiting: clients.blocked,
    subscriptions: [pubsub.channels.all.size, pubsub.patterns.all.size, pubsub.shards.all.size],
    awaited: [blocking.countKeys(false), blocking.timedCount],
    trackers: [tracking.clients, tracking.totalPrefixes, tracking.totalKeys, tracking.isActive],
    isListening: engine.effects.listening,
    observer: observers.before,
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !holds(); await new Promise((resolve) => setTimeout(resolve, 1))) {
    if (Date.now() > deadline) throw new Error('it never came to hold');
  }
}

async function crowd(state: string): Promise<RawClient[]> {
  const { clients } = server.server;
  const crowd = await Promise.all(Array.from({ length: CLIENTS }, () => RawClient.connect(server.port)));
  await Promise.all(
    crowd.map(async (client, n) => {
      const [requests, replies] = STATES[state](n);
      client.send(requests);
      await client.replies(replies);
    }),
  );
  await until(() => clients.all.size === CLIENTS + 1);
  // None has sent less than a whole request by now, or it waits.
  await until(() => [...clients.all.values()].every(({ totalReceived }) => totalReceived > 0));
  return crowd;
}

describe.each(Object.keys(STATES))('a client %s', (state) => {
  test.each(Object.keys(ENDS))('%s', async (end) => {
    const before = remains();
    const leaving = await crowd(state);
    for (const client of leaving) ENDS[end](client);
    await until(() => server.server.clients.all.size === 1);
    expect(remains()).toEqual(before);
    for (const client of leaving) client.close();
  });

  test('is killed', async () => {
    const before = remains();
    const killed = await crowd(state);
    expect(await control.ask('CLIENT', 'KILL', 'SKIPME', 'yes')).toBe(`:${CLIENTS}\r\n`);
    expect(remains()).toEqual(before);
    for (const client of killed) await client.rest();
  });
});
