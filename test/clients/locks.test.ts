/** Locks and expiry by EVALSHA: one lock for many clients, and the scripts of an article on caching as they stand there. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createClient, defineScript } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';

const START_LIMIT_MS = 120_000;
const CLIENTS = 20;
const TURNS = 25;
const LOCK_MS = 5_000;

const RELEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0`;

const EXTEND = `
if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 0`;

const LOCK_LUA = `-- lock.lua
if redis.call("SETNX", KEYS[1], ARGV[1]) == 1 then
redis.call("PEXPIRE", KEYS[1], ARGV[2])
return 1
else
return 0
end`;

const EARLY_EXPIRE_LUA = `-- early_expire.lua
local ttl = tonumber(redis.call('TTL', KEYS[1]))
if ttl < 0 then return 0 end
local jitter = math.random(0, 30) -- seconds
if ttl < jitter then
redis.call('EXPIRE', KEYS[1], ttl + jitter)
return 1
end
return 0`;

/** A client with the lock's scripts as commands: EVALSHA, and EVAL when the server does not know them yet. */
interface Locker extends Redis {
  release(key: string, token: string): Promise<number>;
  extend(key: string, token: string, lifeMs: number): Promise<number>;
}

describe.each(['redis', 'hotset'] as const)('locks on %s', (name) => {
  let server: ServerProcess;
  const opened: Redis[] = [];
  beforeAll(async () => {
    server = await startServer(name);
  }, START_LIMIT_MS);
  afterEach(async () => {
    await opened[0]?.flushall();
    for (const client of opened.splice(0)) client.disconnect();
  });
  afterAll(() => server?.stop());

  function open(protocol: 2 | 3 = 2): Redis {
    const client = new Redis({ host: '127.0.0.1', port: server.port, protocol });
    opened.push(client);
    return client;
  }
  function openLocker(protocol: 2 | 3): Locker {
    const client = open(protocol);
    client.defineCommand('release', { numberOfKeys: 1, lua: RELEASE });
    client.defineCommand('extend', { numberOfKeys: 1, lua: EXTEND });
    return client as Locker;
  }

  it.each([2, 3] as const)('have one holder at a time, RESP%i', async (protocol) => {
    let holders = 0;
    let most = 0;
    let refused = 0;
    const takeTurns = async (client: Locker): Promise<void> => {
      for (let turn = 0; turn < TURNS; turn++) {
        const token = randomUUID();
        while ((await client.set('lock', token, 'PX', LOCK_MS, 'NX')) !== 'OK') {
          refused++;
          await sleep(1);
        }
        most = Math.max(most, ++holders);
        const count = Number(await client.get('count'));
        expect(await client.extend('lock', token, LOCK_MS)).toBe(1);
        await client.set('count', count + 1);
        holders--;
        expect(await client.release('lock', token)).toBe(1);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, () => takeTurns(openLocker(protocol))));
    expect(most).toBe(1);
    expect(refused).toBeGreaterThan(0);
    expect(await open().mget('count', 'lock')).toEqual([`${CLIENTS * TURNS}`, null]);
  });

  it('end by themselves, and then belong to who takes them', async () => {
    const [first, second] = [openLocker(2), openLocker(3)];
    expect(await first.set('lock', 'first', 'PX', 30, 'NX')).toBe('OK');
    expect(await second.set('lock', 'second', 'PX', LOCK_MS, 'NX')).toBeNull();
    expect(await second.release('lock', 'second')).toBe(0);
    await expect.poll(() => second.set('lock', 'second', 'PX', LOCK_MS, 'NX')).toBe('OK');
    expect(await first.extend('lock', 'first', LOCK_MS)).toBe(0);
    expect(await first.release('lock', 'first')).toBe(0);
    expect(await first.get('lock')).toBe('second');
    expect(await first.pttl('lock')).toBeGreaterThan(0);
    expect(await second.release('lock', 'second')).toBe(1);
  });

  it.each([2, 3] as const)('lock.lua locks for a while, RESP%i', async (protocol) => {
    const client = open(protocol);
    const sha = String(await client.script('LOAD', LOCK_LUA));
    expect(await client.evalsha(sha, 1, 'lock:resource', 'uuid-1234', 5_000)).toBe(1);
    expect(await client.evalsha(sha, 1, 'lock:resource', 'uuid-5678', 5_000)).toBe(0);
    expect(await client.get('lock:resource')).toBe('uuid-1234');
    const life = await client.pttl('lock:resource');
    expect(life).toBeGreaterThan(0);
    expect(life).toBeLessThanOrEqual(5_000);
    expect(await client.evalsha(sha, 1, 'lock:other', 'uuid-5678', 10)).toBe(1);
    await expect.poll(() => client.exists('lock:other')).toBe(0);
  });

  it.each([2, 3] as const)('early_expire.lua spreads deadlines, RESP%i', async (protocol) => {
    const client = open(protocol);
    const sha = String(await client.script('LOAD', EARLY_EXPIRE_LUA));
    expect(await client.evalsha(sha, 1, 'none')).toBe(0);
    await client.set('for-ever', 'v');
    expect(await client.evalsha(sha, 1, 'for-ever')).toBe(0);
    await client.set('long', 'v', 'EX', 1_000);
    expect(await client.evalsha(sha, 1, 'long')).toBe(0);
    expect(await client.ttl('long')).toBeGreaterThan(990);
    await client.set('short', 'v', 'EX', 20);
    await expect.poll(() => client.evalsha(sha, 1, 'short')).toBe(1);
    const life = await client.ttl('short');
    expect(life).toBeGreaterThan(25);
    expect(life).toBeLessThanOrEqual(50);
  });

  it('a script a client has not sent yet is told apart from one that fails', async () => {
    const client = open();
    await expect(client.evalsha('0'.repeat(40), 0)).rejects.toThrow(/^NOSCRIPT No matching script/);
    await expect(client.eval('return redis.call("INCR", KEYS[1], "x")', 1, 'k')).rejects.toThrow(
      /^ERR Wrong number of args calling Redis command from script/,
    );
    expect(await client.eval('return redis.pcall("NOSUCH").err', 0)).toMatch(
      /Unknown Redis command called from script/,
    );
    await client.script('FLUSH');
    const [locker] = [openLocker(2)];
    expect(await locker.release('lock', 'x')).toBe(0);
    expect(await client.script('EXISTS', '0'.repeat(40))).toEqual([0]);
  });

  it.each([2, 3] as const)('node-redis defines scripts as commands, RESP%i', async (protocol) => {
    const client = createClient({
      RESP: protocol,
      socket: { host: '127.0.0.1', port: server.port },
      scripts: {
        release: defineScript({
          SCRIPT: RELEASE,
          NUMBER_OF_KEYS: 1,
          parseCommand(parser, key: string, token: string) {
            parser.pushKey(key);
            parser.push(token);
          },
          transformReply: (reply: number) => reply,
        }),
      },
    });
    await client.connect();
    expect(await client.set('lock', 'mine', { NX: true, PX: LOCK_MS } as never)).toBe('OK');
    expect(await client.release('lock', 'other')).toBe(0);
    expect(await client.release('lock', 'mine')).toBe(1);
    expect(await client.eval('return {KEYS[1], ARGV[1], 3.99, false}', { keys: ['k'], arguments: ['v'] })).toEqual([
      'k',
      'v',
      3,
      null,
    ]);
    const many = await client.multi().set('n', '1').release('n', '1').exists('n').exec();
    expect(many).toEqual(['OK', 1, 0]);
    await client.close();
  });
});
