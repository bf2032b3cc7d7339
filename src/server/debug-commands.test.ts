import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RawClient, textOf } from './raw-client.testing.ts';
import { startTestServer, type TestServer } from './server.testing.ts';

let server: TestServer;
let client: RawClient;

beforeEach(async () => {
  server = await startTestServer({ 'enable-debug-command': 'local' });
  client = await RawClient.connect(server.port);
});
afterEach(async () => {
  client.close();
  await server.stop();
});

const debug = (...words: (string | number)[]): Promise<string> => client.ask('DEBUG', ...words);

test('without enable-debug-command it is refused', async () => {
  const other = await startTestServer();
  const stranger = await RawClient.connect(other.port);
  expect(await stranger.ask('DEBUG', 'HELP')).toMatch(/^-ERR DEBUG command not allowed\. If the enable-debug-command/);
  stranger.close();
  await other.stop();
});

test('unknown subcommands and wrong counts of arguments', async () => {
  const refusal = (name: string): string =>
    `-ERR unknown subcommand or wrong number of arguments for '${name}'. Try DEBUG HELP.\r\n`;
  expect(await debug('nosuch')).toBe(refusal('nosuch'));
  expect(await debug('SLEEP')).toBe(refusal('SLEEP'));
  expect(await debug('digest', 'x')).toBe(refusal('digest'));
  expect(await debug('__proto__')).toBe(refusal('__proto__'));
  expect(await debug('constructor')).toBe(refusal('constructor'));
});

test('HELP lists every subcommand', async () => {
  const help = await debug('HELP');
  for (const name of ['JSHEAP', 'POPULATE', 'SET-ACTIVE-EXPIRE', 'STRINGMATCH-LEN']) expect(help).toContain(`+${name}`);
});

test('JSHEAP is the heap without garbage', async () => {
  const before = Number((await debug('JSHEAP')).slice(1));
  await debug('POPULATE', 50_000, 'k', 100);
  const after = Number((await debug('JSHEAP')).slice(1));
  expect(before).toBeGreaterThan(1_000_000);
  expect(after - before).toBeLessThan(5_000_000);
});

test('SLEEP stops the server', async () => {
  const begin = performance.now();
  expect(await debug('SLEEP', '0.05')).toBe('+OK\r\n');
  expect(performance.now() - begin).toBeGreaterThanOrEqual(49);
  expect(await debug('SLEEP', 'x')).toBe('+OK\r\n');
});

test('SET-ACTIVE-EXPIRE 0 leaves keys until they are noticed', async () => {
  await debug('SET-ACTIVE-EXPIRE', 0);
  await client.ask('SET', 'k', 'v', 'PX', 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await client.ask('DBSIZE')).toBe(':1\r\n');
  await debug('SET-ACTIVE-EXPIRE', 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await client.ask('DBSIZE')).toBe(':0\r\n');
});

describe('POPULATE', () => {
  test('makes keys and leaves those that are there', async () => {
    await client.ask('SET', 'key:1', 'mine');
    expect(await debug('POPULATE', 3)).toBe('+OK\r\n');
    expect(await client.ask('MGET', 'key:0', 'key:1', 'key:2')).toBe(
      '*3\r\n$7\r\nvalue:0\r\n$4\r\nmine\r\n$7\r\nvalue:2\r\n',
    );
  });

  test('with a prefix and a size', async () => {
    await debug('POPULATE', 1, 'p', 10);
    expect(await client.ask('GET', 'p:0')).toBe('$10\r\nvalue:0\0\0\0\r\n');
    await debug('POPULATE', 1, 'q', 3);
    expect(await client.ask('GET', 'q:0')).toBe('$3\r\nval\r\n');
    expect(await debug('POPULATE', -1)).toBe('-ERR value is out of range, must be positive\r\n');
    expect(await debug('POPULATE', 1, 'r', 2 ** 40)).toMatch(/^-ERR string exceeds/);
  });
});

test('OBJECT and SDSLEN describe a value; it stays where it is while it fits', async () => {
  await client.ask('SET', 'k', '100');
  const first = await debug('OBJECT', 'k');
  expect(first).toMatch(
    /^\+Value at:0x[0-9a-f]{8} refcount:1 encoding:int serializedlength:2 lru:\d+ lru_seconds_idle:0\r\n$/,
  );
  await client.ask('INCR', 'k');
  expect((await debug('OBJECT', 'k')).split(' ')[1]).toBe(first.split(' ')[1]);
  expect(await debug('SDSLEN', 'k')).toBe('-ERR Not an sds encoded string.\r\n');
  await client.ask('SET', 'k', 'x'.repeat(100));
  expect(await debug('OBJECT', 'k')).toContain('encoding:raw serializedlength:9 ');
  expect(await debug('SDSLEN', 'k')).toMatch(/^\+key_sds_len:1, .*val_sds_len:100, /);
  expect(await debug('OBJECT', 'nothing')).toBe('-ERR no such key\r\n');
});

describe('RELOAD', () => {
  const VALUES = [
    ['SET', 's', 'x'.repeat(100)],
    ['SET', 'i', '12'],
    ['RPUSH', 'l', 'a', '1', 'x'.repeat(5000), 'y'.repeat(5000)],
    ['SADD', 'set', 'a', '1'],
    ['SADD', 'ints', '1', '70000'],
    ['ZADD', 'z', '1', 'a', '0.1', 'b'],
    ['HSET', 'h', 'f', 'v', '1', '2'],
  ];

  test('keeps values, deadlines and access times', async () => {
    for (const words of VALUES) await client.ask(...words);
    await client.ask('PEXPIREAT', 'h', '9999999999999');
    await client.ask('SELECT', 3);
    await client.ask('SET', 'far', 'away');
    const [, payload] = /\r\n([\s\S]*)\r\n$/.exec(await client.ask('DUMP', 'far')) ?? [];
    await client.ask('RESTORE', 'old', 0, payload, 'IDLETIME', 1000);
    await client.ask('HSET', 'timed', 'f', 'v', 'g', 'w');
    await client.ask('HPEXPIREAT', 'timed', '9999999999999', 'FIELDS', 1, 'f');
    const before = await debug('DIGEST');
    expect(await debug('RELOAD')).toBe('+OK\r\n');
    expect(await debug('RELOAD', 'noflush', 'merge')).toBe('+OK\r\n');
    expect(await debug('DIGEST')).toBe(before);
    expect(await client.ask('HPEXPIRETIME', 'timed', 'FIELDS', 2, 'f', 'g')).toBe('*2\r\n:9999999999999\r\n:-1\r\n');
    expect(await client.ask('OBJECT', 'IDLETIME', 'old')).toMatch(/^:100\d\r\n$/);
    await client.ask('SELECT', 0);
    expect(await client.ask('DBSIZE')).toBe(`:${VALUES.length}\r\n`);
    expect(await client.ask('PEXPIRETIME', 'h')).toBe(':9999999999999\r\n');
  });

  test('gives values the encodings of new settings, and the digest does not tell', async () => {
    for (const words of VALUES) await client.ask(...words);
    const before = await debug('DIGEST-VALUE', 'l', 'set', 'ints', 'z', 'h');
    const settings = ['hash-max-listpack-entries', 'zset-max-listpack-entries', 'set-max-intset-entries'];
    await client.ask('CONFIG', 'SET', ...settings.flatMap((name) => [name, '1']), 'set-max-listpack-entries', '1');
    expect(await debug('RELOAD')).toBe('+OK\r\n');
    for (const [key, encoding] of Object.entries({
      set: 'hashtable',
      ints: 'hashtable',
      z: 'skiplist',
      h: 'hashtable',
    })) {
      expect(await client.ask('OBJECT', 'ENCODING', key)).toContain(encoding);
    }
    expect(await debug('DIGEST-VALUE', 'l', 'set', 'ints', 'z', 'h')).toBe(before);
    expect(await debug('HTSTATS-KEY', 'h')).toContain('number of elements: 2');
    expect(await debug('HTSTATS-KEY', 'l')).toMatch(/^-ERR The value stored/);
    expect(await debug('OBJECT', 'l')).toMatch(
      /encoding:quicklist .* ql_nodes:2 ql_avg_node:2\.00 ql_listpack_max:-2 /,
    );
  });

  test('has a COPY that is under way begin anew: what it copied is another value now', async () => {
    const { copies, lazyFree } = server.server.engine.keyspace;
    const fill = "for i = 1, 20000 do redis.call('SADD', KEYS[1], KEYS[1] .. i) end";
    await client.ask('EVAL', fill, 1, 'big');
    const digest = await debug('DIGEST-VALUE', 'big');
    const { step } = copies;
    const other = await RawClient.connect(server.port);
    await new Promise<void>((resolve) => {
      copies.step = () => resolve();
      other.command('COPY', 'big', 'copy');
    });
    let slices = 0;
    step.call(copies, () => slices++ < 3);
    expect(await debug('RELOAD')).toBe('+OK\r\n');
    lazyFree.finish();
    await client.ask('EVAL', fill, 1, 'other');
    copies.step = step;
    expect(await other.reply()).toBe(':1\r\n');
    expect(await debug('DIGEST-VALUE', 'copy')).toBe(digest);
    other.close();
  });

  test('refuses what it cannot do', async () => {
    expect(await debug('RELOAD', 'NOSAVE')).toMatch(/^-ERR Error trying to load the RDB dump/);
    expect(await debug('RELOAD', 'x')).toMatch(/^-ERR DEBUG RELOAD only supports/);
  });
});

test('what RESTORE refuses is logged', async () => {
  await debug('SET-SKIP-CHECKSUM-VALIDATION', 1);
  expect(await client.ask('RESTORE', 'k', 0, '\x0b\x01x\n\x0012345678')).toBe('-ERR Bad data format\r\n');
  expect(server.log()).toContain('Intset integrity check failed.');
});

test('SET-SKIP-CHECKSUM-VALIDATION lets wrong checksums pass', async () => {
  const payload = '\0\x01a\n\x0012345678';
  expect(await client.ask('RESTORE', 'k', 0, payload)).toMatch(/^-ERR DUMP payload version or checksum/);
  await debug('SET-SKIP-CHECKSUM-VALIDATION', 1);
  expect(await client.ask('RESTORE', 'k', 0, payload)).toBe('+OK\r\n');
  expect(await client.ask('GET', 'k')).toBe('$1\r\na\r\n');
});

test('HTSTATS describes a database', async () => {
  expect(textOf(await debug('HTSTATS', 0))).toContain('No stats available for empty dictionaries');
  await debug('POPULATE', 1000);
  const text = textOf(await debug('HTSTATS', 0));
  expect(text).toMatch(/ table size: \d+\n number of elements: 1000\n/);
  expect(await debug('HTSTATS', 99)).toBe('-ERR Out of range database\r\n');
  expect(await debug('HTSTATS-KEY', 'key:1')).toMatch(/^-ERR The value stored at the specified key/);
});

test('PAUSE-CRON stops periodic work', async () => {
  await debug('PAUSE-CRON', 1);
  expect(server.server.cron.paused).toBe(true);
  await debug('PAUSE-CRON', 0);
  expect(server.server.cron.paused).toBe(false);
});

test('ERROR, LOG, CHANGE-REPL-ID, STRINGMATCH-LEN and what is accepted without effect', async () => {
  expect(await debug('ERROR', 'MYERR oh\r\nno')).toBe('-MYERR oh  no\r\n');
  expect(await debug('LOG', 'a line')).toBe('+OK\r\n');
  expect(server.log()).toContain('DEBUG LOG: a line');
  const before = server.server.identity.replicationId;
  expect(await debug('CHANGE-REPL-ID')).toBe('+OK\r\n');
  expect(server.server.identity.replicationId).not.toBe(before);
  expect(await debug('STRINGMATCH-LEN', 'a*', 'abc')).toBe(':1\r\n');
  expect(await debug('STRINGMATCH-LEN', 'b*', 'abc')).toBe(':0\r\n');
  expect(await debug('QUICKLIST-PACKED-THRESHOLD', '100b')).toBe('+OK\r\n');
  expect(await debug('QUICKLIST-PACKED-THRESHOLD', 'x')).toMatch(/^-ERR argument must be a memory value/);
  expect(await debug('REPLYBUFFER', 'RESIZING', 0)).toBe('+OK\r\n');
  expect(await debug('DICT-RESIZING', 0)).toBe('+OK\r\n');
  expect(await debug('CONFIG-REWRITE-FORCE-ALL')).toMatch(/^-ERR CONFIG-REWRITE-FORCE-ALL failed/);
});
