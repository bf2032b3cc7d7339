/** Scripts and functions as client libraries offer them. */
import { Redis } from 'ioredis';
import { createClient, defineScript } from 'redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';
import { SERVER } from './client-suite.ts';

const START_LIMIT_MS = 120_000;
/** Releases a lock, if it is still its holder's. */
const RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";
/** Takes a token from a bucket that fills with time: whether there was one. */
const TAKE_TOKEN = `
local capacity, perSecond, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'time')
local tokens = tonumber(bucket[1]) or capacity
local time = tonumber(bucket[2]) or now
tokens = math.min(capacity, tokens + (now - time) * perSecond)
local taken = tokens >= 1 and 1 or 0
redis.call('HSET', KEYS[1], 'tokens', tokens - taken, 'time', now)
return {taken, tostring(tokens - taken)}`;
const LIBRARY = `#!lua name=shop
redis.register_function('sell', function(keys, args)
  local left = tonumber(redis.call('GET', keys[1]) or '0') - tonumber(args[1])
  if left < 0 then return redis.error_reply('SOLDOUT only ' .. redis.call('GET', keys[1]) .. ' left') end
  redis.call('SET', keys[1], left)
  return left
end)
redis.register_function{function_name = 'stock', callback = function(keys) return redis.call('GET', keys[1]) end,
  flags = {'no-writes'}}`;

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer(SERVER);
}, START_LIMIT_MS);
afterAll(() => server?.stop());

it.each([2, 3] as const)('ioredis: defined commands, pipelines, functions, RESP%i', async (protocol) => {
  const client = new Redis({ host: '127.0.0.1', port: server.port, protocol });
  await client.flushall();
  await client.script('FLUSH');
  client.defineCommand('release', { numberOfKeys: 1, lua: RELEASE });
  client.defineCommand('takeToken', { numberOfKeys: 1, lua: TAKE_TOKEN });
  const defined = client as Redis & {
    release(key: string, holder: string): Promise<number>;
    takeToken(key: string, capacity: number, perSecond: number, now: number): Promise<[number, string]>;
  };
  expect(await client.set('lock', 'mine', 'PX', 5000, 'NX')).toBe('OK');
  expect(await defined.release('lock', 'yours')).toBe(0);
  expect(await defined.release('lock', 'mine')).toBe(1);
  expect(await defined.takeToken('bucket', 2, 0.5, 0)).toEqual([1, '1']);
  expect(await defined.takeToken('bucket', 2, 0.5, 0)).toEqual([1, '0']);
  expect(await defined.takeToken('bucket', 2, 0.5, 1)).toEqual([0, '0.5']);
  expect(await defined.takeToken('bucket', 2, 0.5, 2)).toEqual([1, '0']);
  // It falls back to EVAL where the script was forgotten.
  await client.script('FLUSH');
  expect(await defined.release('lock', 'mine')).toBe(0);
  const pipeline = client.pipeline() as ReturnType<Redis['pipeline']> & {
    release(key: string, holder: string): unknown;
  };
  pipeline.set('lock', 'mine');
  pipeline.release('lock', 'mine');
  expect(await pipeline.exec()).toEqual([
    [null, 'OK'],
    [null, 1],
  ]);
  await expect(client.eval("return redis.call('LPUSH', 'bucket', 'x')", 0)).rejects.toThrow(
    /^WRONGTYPE .* on @user_script:1\.$/,
  );
  expect(await client.function('LOAD', 'REPLACE', LIBRARY)).toBe('shop');
  await client.set('stock:1', '3');
  expect(await client.fcall('sell', 1, 'stock:1', '2')).toBe(1);
  await expect(client.fcall('sell', 1, 'stock:1', '2')).rejects.toThrow('SOLDOUT only 1 left');
  expect(await client.fcall_ro('stock', 1, 'stock:1')).toBe('1');
  client.disconnect();
});

it.each([2, 3] as const)('node-redis: scripts and functions, RESP%i', async (protocol) => {
  const release = defineScript({
    SCRIPT: RELEASE,
    NUMBER_OF_KEYS: 1,
    parseCommand(parser, key: string, holder: string) {
      parser.pushKey(key);
      parser.push(holder);
    },
    transformReply: (reply: number) => reply === 1,
  });
  const client = createClient({
    RESP: protocol,
    scripts: { release },
    socket: { host: '127.0.0.1', port: server.port },
  });
  await client.connect();
  await client.flushAll();
  await client.scriptFlush();
  await client.set('lock', 'mine');
  expect(await client.release('lock', 'yours')).toBe(false);
  expect(await client.release('lock', 'mine')).toBe(true);
  expect(await client.multi().set('lock', 'mine').release('lock', 'mine').exec()).toEqual(['OK', true]);
  expect(await client.eval('return {KEYS[1], ARGV[1]}', { keys: ['k'], arguments: ['a'] })).toEqual(['k', 'a']);
  const digest = await client.scriptLoad('return 1');
  expect(await client.scriptExists([digest, '0'.repeat(40)])).toEqual([1, 0]);
  expect(await client.evalSha(digest)).toBe(1);
  expect(await client.functionLoad(LIBRARY, { REPLACE: true })).toBe('shop');
  await client.set('stock:1', '3');
  expect(await client.fCall('sell', { keys: ['stock:1'], arguments: ['1'] })).toBe(2);
  expect(await client.fCallRo('stock', { keys: ['stock:1'] })).toBe('2');
  const [library] = await client.functionList();
  expect(library).toMatchObject({ library_name: 'shop', engine: 'LUA', functions: [{}, {}] });
  const dump = await client.withTypeMapping({ 36: Buffer }).functionDump();
  await client.functionFlush();
  expect(await client.functionRestore(bytesOf(dump))).toBe('OK');
  expect(await client.fCallRo('stock', { keys: ['stock:1'] })).toBe('2');
  client.destroy();
});

function bytesOf(value: unknown): Buffer {
  if (Buffer.isBuffer(value)) return value;
  throw new Error('the reply is no bytes');
}
