import { afterEach, beforeEach, expect, test } from 'vitest';
import { RawClient } from './raw-client.testing.ts';
import { startTestServer, type TestServer } from './server.testing.ts';

let server: TestServer;
let client: RawClient;

beforeEach(async () => {
  server = await startTestServer({ hz: '20', 'lfu-log-factor': '7', loglevel: 'verbose', activerehashing: 'no' });
  client = await RawClient.connect(server.port);
});
afterEach(async () => {
  client.close();
  await server.stop();
});

async function set(name: string, value: string): Promise<void> {
  expect(await client.ask('CONFIG', 'SET', name, value)).toBe('+OK\r\n');
}

test('what the configuration says at the start holds', () => {
  const { cron, engine, log } = server.server;
  expect(cron.hz).toBe(20);
  expect(cron.resizes).toBe(false);
  expect(engine.keyspace.clock.logFactor).toBe(7);
  expect(log.level).toBe('verbose');
});

test('what CONFIG SET changes holds at once', async () => {
  const { cron, engine, log } = server.server;
  const { evictor, keyspace, limits, dispatcher } = engine;
  await set('hz', '200');
  expect(cron.hz).toBe(200);
  await set('activerehashing', 'yes');
  expect(cron.resizes).toBe(true);
  await set('maxmemory', '100mb');
  expect(evictor.maxMemory).toBe(100 * 1024 * 1024);
  await set('maxmemory-policy', 'allkeys-lfu');
  expect(evictor.policyName).toBe('allkeys-lfu');
  expect(keyspace.clock.lfu).toBe(true);
  await set('maxmemory-samples', '9');
  expect(evictor.samples).toBe(9);
  await set('lfu-decay-time', '5');
  expect(keyspace.clock.decayMinutes).toBe(5);
  await set('lazyfree-lazy-user-flush', 'yes');
  expect(limits.lazyFlush).toBe(true);
  await set('latency-tracking', 'no');
  expect(dispatcher.tracksLatency).toBe(false);
  await set('loglevel', 'warning');
  expect(log.level).toBe('warning');
});

test.each([
  ['0', 0],
  ['5', 250],
  ['10', 500],
  ['11', 575],
  ['100', Number.POSITIVE_INFINITY],
])('maxmemory-eviction-tenacity %s lets eviction hold up a command for %d microseconds', async (tenacity, micros) => {
  await set('maxmemory-eviction-tenacity', tenacity);
  expect(server.server.engine.evictor.sliceMicros).toBeCloseTo(micros);
});
