/** redis-benchmark, Debian's: its own tests of what Hotset has, in the ways people run them. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';

const START_LIMIT_MS = 120_000;
const RUN = { timeout: 30_000 };
const TESTS = 'ping_inline,ping_mbulk,set,get,incr,mset';
const NAMES = ['PING_INLINE', 'PING_MBULK', 'SET', 'GET', 'INCR', 'MSET (10 keys)'];
const DEFAULT_NAMES = [
  'PING_INLINE',
  'PING_MBULK',
  'SET',
  'GET',
  'INCR',
  'LPUSH',
  'RPUSH',
  'LPOP',
  'RPOP',
  'SADD',
  'HSET',
  'SPOP',
  'ZADD',
  'ZPOPMIN',
  'LPUSH (needed to benchmark LRANGE)',
  'LRANGE_100 (first 100 elements)',
  'LRANGE_300 (first 300 elements)',
  'LRANGE_500 (first 500 elements)',
  'LRANGE_600 (first 600 elements)',
  'MSET (10 keys)',
];
const REQUESTS = '5000';
const PASSWORD = 'secret';

const run = promisify(execFile);
let server: ServerProcess;

beforeAll(async () => {
  server = await startServer('hotset', ['--unixsocket', '{dir}/socket']);
}, START_LIMIT_MS);
afterAll(() => server?.stop());

/** Requests per second by test. */
async function benchmark(args: readonly string[]): Promise<Map<string, number>> {
  const { stdout, stderr } = await run('redis-benchmark', ['-n', REQUESTS, ...args, '--csv'], RUN);
  expect(stderr.replace(/^WARNING: Keepalive disabled.*\n/, '')).toBe('');
  const [head, ...lines] = stdout.trim().split('\n');
  expect(head).toMatch(/^"test","rps"/);
  return new Map(
    lines.map((line) => {
      const [name, rate] = line.split('","');
      return [name.slice(1), Number(rate)];
    }),
  );
}

it.each([
  ['unpipelined', []],
  ['pipelined', ['-P', '16', '-r', '10000', '-d', '64']],
  ['RESP3', ['-3']],
  ['RESP3, pipelined', ['-3', '-P', '16']],
  ['two threads', ['--threads', '2', '-P', '4']],
  ['a connection a request', ['-k', '0', '-c', '10', '-n', '500']],
  ['large values', ['-d', '100000', '-c', '5', '-n', '500']],
  ['another database', ['--dbnum', '3']],
])('%s', async (_, args) => {
  const rates = await benchmark(['-p', `${server.port}`, '-t', TESTS, ...args]);
  expect([...rates.keys()]).toEqual(NAMES);
  for (const rate of rates.values()) expect(rate).toBeGreaterThan(0);
});

it.each([
  ['unpipelined', []],
  ['pipelined, RESP3, many keys', ['-P', '16', '-3', '-r', '1000']],
])('its default tests, %s', async (_, args) => {
  const rates = await benchmark(['-p', `${server.port}`, ...args]);
  expect([...rates.keys()]).toEqual(DEFAULT_NAMES);
  for (const rate of rates.values()) expect(rate).toBeGreaterThan(0);
});

it('a unix socket', async () => {
  const rates = await benchmark(['-s', `${server.directory}/socket`, '-t', 'set,get']);
  expect([...rates.keys()]).toEqual(['SET', 'GET']);
});

it('a command of its own, behind a password', async () => {
  const connection = ['-p', `${server.port}`];
  await run('redis-cli', [...connection, 'CONFIG', 'SET', 'requirepass', PASSWORD], RUN);
  const words = ['SETRANGE', 'key:__rand_int__', '10', 'value'];
  const { stdout } = await run(
    'redis-benchmark',
    [...connection, '-a', PASSWORD, '-q', '-n', REQUESTS, '-r', '50', ...words],
    RUN,
  );
  expect(stdout).toMatch(/SETRANGE .*: [\d.]+ requests per second/);
  const { stdout: size } = await run('redis-cli', [...connection, '-a', PASSWORD, 'DBSIZE'], RUN);
  expect(Number(size)).toBeGreaterThan(0);
});
