/** redis-cli, Debian's, used as a person or a script uses it: what it prints with Hotset and with redis-server is the same. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ServerName } from '../processes.ts';
import { redisCli, SERVERS, same, useServers } from './redis-cli-runner.ts';

const PIPED_KEYS = 20_000;

useServers();

const SESSION = `SET greeting "hello world"
get greeting
INCR counter
SET bin "\\x00\\xff\\r\\n"
GET bin
MGET greeting missing counter
SETRANGE greeting 6 Redis
GETRANGE greeting 0 -1
INCR greeting
NOSUCH command
SET
EXPIRE greeting 1000
PERSIST greeting
SELECT 5
DBSIZE
SELECT 0
CONFIG GET maxmemory-policy
LCS greeting counter IDX
OBJECT ENCODING counter
SCAN 0 COUNT 1000 MATCH greet*
BITFIELD flags SET u8 0 200 GET u4 0
HELLO 9
RENAME nosuch key
ECHO ""
PING
HSET profile name "Alice B" age 29 "" empty
HGETALL profile
HMGET profile name missing
HINCRBYFLOAT profile age 0.5
RPUSH queue a b c "d e"
LRANGE queue 0 -1
LPOP queue 2
LPOS queue c
LMPOP 2 missing queue LEFT COUNT 5
SADD tags 3 1 2
SMEMBERS tags
SMISMEMBER tags 1 4
SADD words apple
SRANDMEMBER words
ZADD board 1500 ann 2000.5 bob -inf cat
ZRANGE board 0 -1 WITHSCORES
ZRANGE board 0 -1 WITHSCORES LIMIT 0 10
ZSCORE board bob
ZMSCORE board ann nobody
ZPOPMAX board
ZADD board INCR 5 ann
PFADD visitors ann bob ann
PFCOUNT visitors
GEOADD places 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
GEOPOS places Palermo nowhere
GEODIST places Palermo Catania km
GEOSEARCH places FROMMEMBER Palermo BYRADIUS 200 km ASC WITHDIST WITHCOORD
TYPE board
OBJECT ENCODING tags
LPUSH tags x
HGET profile
`;

describe('a session', () => {
  it.each([
    ['RESP2', ['-2']],
    ['RESP3', ['-3']],
    ['formatted', ['--no-raw']],
    ['formatted, RESP3', ['--no-raw', '-3']],
    ['CSV', ['--csv']],
    ['JSON', ['--json']],
    ['another database', ['-n', '3']],
    ['a unix socket', ['-s', '{dir}/socket']],
  ])('%s', async (_, args) => {
    await same([...args, 'FLUSHALL']);
    const { output, code } = await same(args, SESSION);
    expect(code).toBe(0);
    expect(output).toContain('hello world');
  });

  it('one command, repeated', async () => {
    await same(['DEL', 'n']);
    expect((await same(['-r', '5', 'INCR', 'n'])).output.trim().split('\n')).toEqual(['1', '2', '3', '4', '5']);
    expect((await same(['-r', '2', '-i', '0.01', 'PING'])).output).toBe('PONG\nPONG\n');
  });

  it('the last argument from standard input', async () => {
    await same(['-x', 'SET', 'from-stdin'], Buffer.from([0, 1, 2, 255, 10]));
    expect((await same(['STRLEN', 'from-stdin'])).output).toBe('5\n');
  });

  it('the exit code of an error', async () => {
    expect((await same(['-e', 'INCRBY', 'n', 'x'])).code).toBe(1);
  });

  it('a password', async () => {
    await same(['CONFIG', 'SET', 'requirepass', 'secret']);
    await same(['GET', 'k']);
    await same(['-a', 'wrong', 'GET', 'k']);
    await same(['--no-auth-warning', '-a', 'secret', 'PING']);
    await same(['--no-auth-warning', '-a', 'secret', '--user', 'default', '-3', 'PING']);
    await same(['--no-auth-warning', '-a', 'secret', 'CONFIG', 'SET', 'requirepass', '']);
    expect((await same(['PING'])).output).toBe('PONG\n');
  });
});

describe('its modes', () => {
  beforeAll(async () => {
    for (const name of SERVERS) await redisCli(name, ['FLUSHALL']);
  });

  it('--pipe loads a stream of requests', async () => {
    const requests = Array.from({ length: PIPED_KEYS }, (_, i) => {
      const [key, value] = [`key:${i}`, 'v'.repeat(i % 50)];
      return `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`;
    });
    const { output, code } = await same(['--pipe'], requests.join(''));
    expect({ output, code }).toEqual({ output: expect.stringContaining(`errors: 0, replies: ${PIPED_KEYS}`), code: 0 });
  });

  it('--pipe counts errors', async () => {
    const { output } = await same(['--pipe'], 'SET a b\r\nINCR a\r\nNOSUCH\r\n');
    expect(output).toContain('errors: 2, replies: 3');
  });

  it('--scan lists every key', async () => {
    const listed = async (name: ServerName, ...args: string[]) =>
      (await redisCli(name, ['--scan', ...args])).output.trim().split('\n').sort();
    const ours = await listed('hotset');
    expect(ours).toEqual(await listed('redis'));
    expect(ours.length).toBe(PIPED_KEYS + 1);
    const some = await listed('hotset', '--pattern', 'key:123*', '--count', '500');
    expect(some).toEqual(await listed('redis', '--pattern', 'key:123*', '--count', '500'));
  });

  it('--bigkeys finds the largest', async () => {
    const summary = async (name: ServerName) => (await redisCli(name, ['--bigkeys'])).output.split('summary')[1];
    const comparable = (text: string) => text.replace(/"key:\d+"/, '"key"');
    expect(comparable(await summary('hotset'))).toBe(comparable(await summary('redis')));
  });

  it.each(SERVERS)('--memkeys sums up memory (%s)', async (name) => {
    const { output, code } = await redisCli(name, ['--memkeys', '--memkeys-samples', '5']);
    expect({ output, code }).toEqual({
      output: expect.stringMatching(/Biggest string found '?"key:\d+"'? has \d+ bytes/),
      code: 0,
    });
  });

  it.each(SERVERS)('--hotkeys wants an LFU policy, and finds keys with one (%s)', async (name) => {
    expect((await redisCli(name, ['--hotkeys'])).output).toContain('An LFU maxmemory policy is not selected');
    await redisCli(name, ['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu']);
    await redisCli(name, ['-r', '200', 'GET', 'key:77']);
    const { output, code } = await redisCli(name, ['--hotkeys']);
    await redisCli(name, ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction']);
    expect({ output, code }).toEqual({
      output: expect.stringMatching(/hot key found with counter: \d+\tkeyname: "?key:77/),
      code: 0,
    });
  });

  it.each(SERVERS)('--latency samples (%s)', async (name) => {
    const { output, code } = await redisCli(name, ['--latency', '-i', '0.3']);
    expect({ output, code }).toEqual({ output: expect.stringMatching(/^\d+ \d+ \d+\.\d+ \d+\n$/), code: 0 });
  });

  it.each(SERVERS)('--stat shows keys, memory, clients and requests (%s)', async (name) => {
    const { output } = await redisCli(name, ['--stat', '-i', '0.1'], '', 1500);
    const lines = output.trim().split('\n');
    expect(lines[1]).toMatch(/^keys\s+mem\s+clients\s+blocked\s+requests\s+connections/);
    expect(lines[2]).toMatch(new RegExp(`^${PIPED_KEYS + 1}\\s+\\d+\\.\\d+M\\s+1\\s+0\\s+\\d+ \\(\\+0\\)\\s+\\d+`));
    expect(lines.length).toBeGreaterThan(4);
  });
});
