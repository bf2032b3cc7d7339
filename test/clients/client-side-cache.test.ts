/** node-redis's own client-side cache, which relies on CLIENT TRACKING and the invalidations that it brings. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { BasicClientSideCache, createClient } from 'redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';
import { SERVER } from './client-suite.ts';

const START_LIMIT_MS = 120_000;
const WAIT_MS = 10_000;

let server: ServerProcess;
let cache: BasicClientSideCache;
let reader: Awaited<ReturnType<typeof connect>>;
let writer: Awaited<ReturnType<typeof connect>>;

beforeAll(async () => {
  server = await startServer(SERVER);
}, START_LIMIT_MS);
afterAll(() => server?.stop());

beforeEach(async () => {
  writer = await connect();
  // The library keeps a value that was on its way while it was told to forget everything.
  await writer.flushAll();
  cache = new BasicClientSideCache({ ttl: 0, maxEntries: 0 });
  reader = await connect(cache);
});

afterEach(() => {
  reader.destroy();
  writer.destroy();
});

async function connect(clientSideCache?: BasicClientSideCache) {
  const client = createClient({
    RESP: 3,
    socket: { host: '127.0.0.1', port: server.port, reconnectStrategy: () => 20 },
    ...(clientSideCache === undefined ? {} : { clientSideCache }),
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** How often the server has run a command. */
async function calls(command: string): Promise<number> {
  const info = await writer.info('commandstats');
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(info)?.[1] ?? 0);
}

/** Resolves when the cache was told that `key` is invalid; null is everything. */
function invalidated(key: string | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no invalidation of ${key} in ${WAIT_MS} ms`)), WAIT_MS);
    cache.on('invalidate', function told(invalid: string | Buffer | null) {
      if (invalid?.toString() !== key?.toString()) return;
      clearTimeout(timer);
      cache.off('invalidate', told);
      resolve();
    });
  });
}

async function until(isDone: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + WAIT_MS; !(await isDone()); await sleep(5)) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
  }
}

describe("node-redis's client-side cache", () => {
  it('asks once for what nobody changes', async () => {
    await writer.set('k', 'v');
    const before = await calls('get');
    for (let i = 0; i < 10; i++) expect(await reader.get('k')).toBe('v');
    expect(await calls('get')).toBe(before + 1);
    expect([cache.stats().hitCount, cache.stats().missCount]).toEqual([9, 1]);
  });

  it.each([
    ['a write', () => writer.set('k', 'new'), 'new'],
    ['a removal', () => writer.del('k'), null],
    ['a deadline', () => writer.pExpire('k', 1), null],
    ['a transaction', () => writer.multi().set('other', '1').set('k', 'new').exec(), 'new'],
    ['another key in its place', () => writer.rename('other', 'k'), 'renamed'],
  ])('forgets what %s of another client has changed', async (_, change, expected) => {
    await writer.mSet({ k: 'old', other: 'renamed' });
    expect(await reader.get('k')).toBe('old');
    const told = invalidated('k');
    await change();
    await told;
    expect(await reader.get('k')).toBe(expected);
    expect(await reader.get('k')).toBe(expected);
    expect(cache.stats().hitCount).toBe(1);
  });

  it('forgets what the client itself changes', async () => {
    await reader.set('k', 'old');
    expect(await reader.get('k')).toBe('old');
    const told = invalidated('k');
    await reader.set('k', 'new');
    await told;
    expect(await reader.get('k')).toBe('new');
  });

  it('forgets collections, and every reply that was made from a key', async () => {
    await writer.hSet('h', { a: '1', b: '2' });
    expect(await reader.hGetAll('h')).toEqual({ a: '1', b: '2' });
    expect(await reader.hGet('h', 'a')).toBe('1');
    expect(await reader.mGet(['x', 'y'])).toEqual([null, null]);
    const told = [invalidated('h'), invalidated('y')];
    await writer.hIncrBy('h', 'a', 5);
    await writer.set('y', 'z');
    await Promise.all(told);
    expect(await reader.hGetAll('h')).toEqual({ a: '6', b: '2' });
    expect(await reader.hGet('h', 'a')).toBe('6');
    expect(await reader.mGet(['x', 'y'])).toEqual([null, 'z']);
  });

  it('forgets everything when the data is flushed', async () => {
    await writer.mSet({ a: '1', b: '2' });
    expect([await reader.get('a'), await reader.get('b')]).toEqual(['1', '2']);
    expect(cache.size()).toBe(2);
    const told = invalidated(null);
    await writer.flushAll();
    await told;
    expect(cache.size()).toBe(0);
    expect([await reader.get('a'), await reader.get('b')]).toEqual([null, null]);
  });

  it('begins anew with a new connection, and is told again', async () => {
    await writer.set('k', 'old');
    expect(await reader.get('k')).toBe('old');
    const id = await reader.sendCommand(['CLIENT', 'ID']);
    await writer.sendCommand(['CLIENT', 'KILL', 'ID', String(id)]);
    await until(() => cache.size() === 0);
    await writer.set('k', 'new');
    expect(await reader.get('k')).toBe('new');
    expect(await reader.get('k')).toBe('new');
    const told = invalidated('k');
    await writer.set('k', 'newest');
    await told;
    expect(await reader.get('k')).toBe('newest');
  });

  it('shows values in the order in which they were written, the last one at last', async () => {
    let written = 0;
    let isOver = false;
    const reading = (async () => {
      for (let last = 0; !isOver || last < written; ) {
        const value = Number((await reader.get('n')) ?? 0);
        expect(value).toBeGreaterThanOrEqual(last);
        last = value;
        // A cached value comes without a turn of the event loop, in which the writes are answered.
        await nextTurn();
      }
    })();
    for (; written < 500; written++) await writer.set('n', String(written + 1));
    isOver = true;
    await reading;
    expect(await reader.get('n')).toBe('500');
  });
});
