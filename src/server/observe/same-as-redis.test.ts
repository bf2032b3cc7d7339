/**
 * Reports and DEBUG beside a real redis-server: the same errors byte for byte, the same fields in the same order, the same
 * shapes, the same digests for the same data. Values that depend on the process are not compared.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Connection, RedisPeer, type Words } from '../../engine/commands/redis-peer.testing.ts';
import { RawClient, textOf } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let redis: RedisPeer;
let hotset: TestServer;
const theirs = {} as Record<2 | 3, Connection>;
const ours = {} as Record<2 | 3, RawClient>;

beforeAll(async () => {
  redis = await RedisPeer.start(['--enable-debug-command', 'yes']);
  hotset = await startTestServer({ 'enable-debug-command': 'yes' });
  for (const protocol of [2, 3] as const) {
    theirs[protocol] = await redis.connect(protocol);
    ours[protocol] = await RawClient.connect(hotset.port);
    await ours[protocol].ask('HELLO', protocol);
  }
});
afterAll(async () => {
  for (const client of Object.values(ours)) client.close();
  await hotset.stop();
  await redis.stop();
});

interface Replies {
  readonly hotset: string;
  readonly redis: string;
}

async function ask(words: Words, protocol: 2 | 3 = 2): Promise<Replies> {
  const [reply] = await theirs[protocol].ask([words]);
  return { hotset: await ours[protocol].ask(...words), redis: reply };
}

/** A reply with every number but those that announce a length as `#`, so that only its shape is left. */
function shapeOf(reply: string): string {
  return reply.replace(/^:-?\d+\r$/gm, ':#\r').replace(/^,.*\r$/gm, ',#\r');
}

describe('errors and fixed replies', () => {
  const LINES = [
    'INFO nosuch',
    'INFO cluster',
    'INFO cluster nosuch CLUSTER',
    'TIME x',
    'SHUTDOWN x',
    'SHUTDOWN SAVE NOSAVE',
    'SHUTDOWN NOSAVE ABORT',
    'SHUTDOWN ABORT',
    'LOLWUT VERSION x',
    'MEMORY',
    'MEMORY NOSUCH',
    'MEMORY USAGE',
    'MEMORY USAGE nothing',
    'MEMORY USAGE nothing SAMPLES',
    'MEMORY USAGE nothing SAMPLES -1',
    'MEMORY USAGE nothing SAMPLES x',
    'MEMORY USAGE nothing COUNT 1',
    'MEMORY USAGE nothing SAMPLES 1 SAMPLES 2',
    'MEMORY STATS x',
    'SLOWLOG',
    'SLOWLOG NOSUCH',
    'SLOWLOG LEN x',
    'SLOWLOG GET x',
    'SLOWLOG GET -2',
    'SLOWLOG GET 1 2',
    'SLOWLOG GET 99999999999999999999',
    'SLOWLOG GET 0',
    'LATENCY NOSUCH',
    'LATENCY LATEST',
    'LATENCY LATEST x',
    'LATENCY HISTORY nothing',
    'LATENCY GRAPH nothing',
    'LATENCY RESET nothing',
    'LATENCY RESET',
    'LATENCY HISTOGRAM nothing',
    'LATENCY HELP x',
    'DEBUG NOSUCH',
    'DEBUG SLEEP',
    'DEBUG SLEEP 0',
    'DEBUG SLEEP x',
    'DEBUG OBJECT nothing',
    'DEBUG SDSLEN nothing',
    'DEBUG SDSLEN number',
    'DEBUG HTSTATS x',
    'DEBUG HTSTATS 99',
    'DEBUG HTSTATS -1',
    'DEBUG HTSTATS-KEY nothing',
    'DEBUG HTSTATS-KEY number',
    'DEBUG DIGEST-VALUE nothing',
    'DEBUG ERROR MYERR',
    'DEBUG ERROR',
    'DEBUG SET-ACTIVE-EXPIRE x',
    'DEBUG SET-ACTIVE-EXPIRE 1',
    'DEBUG POPULATE x',
    'DEBUG POPULATE 1 p -1',
    'DEBUG POPULATE 1 p 1 x',
    'DEBUG PROTOCOL nosuch',
    'DEBUG PAUSE-CRON 0',
    'DEBUG REPLYBUFFER x y',
    'DEBUG QUICKLIST-PACKED-THRESHOLD 1kb',
    'DEBUG QUICKLIST-PACKED-THRESHOLD x',
  ];

  test.each(LINES)('%s', async (line) => {
    await ask(['SET', 'number', '12345']);
    for (const protocol of [2, 3] as const) {
      const replies = await ask(line.split(' '), protocol);
      expect(replies.hotset).toBe(replies.redis);
    }
  });
});

describe('DEBUG PROTOCOL', () => {
  const types = [
    'string',
    'integer',
    'double',
    'bignum',
    'null',
    'array',
    'set',
    'map',
    'attrib',
    'verbatim',
    'TRUE',
    'false',
  ];

  test.each(types)('%s, RESP2', async (type) => {
    const replies = await ask(['DEBUG', 'PROTOCOL', type]);
    expect(replies.hotset).toBe(replies.redis);
  });

  test.each([...types, 'push'])('%s, RESP3', async (type) => {
    // An attribute or a push comes before the reply: a PING behind it shows where it ends.
    const [frame] = await theirs[3].ask([['DEBUG', 'PROTOCOL', type]]);
    ours[3].command('DEBUG', 'PROTOCOL', type);
    const rest = type === 'attrib' ? '$39\r\nSome real reply following the attribute\r\n' : '';
    const behind = type === 'push' ? '$40\r\nSome real reply following the push reply\r\n' : rest;
    const expected = type === 'attrib' || type === 'push' ? await wholeOf(frame, behind) : frame;
    expect(await ours[3].within(100)).toBe(expected);
  });

  /** What redis-server sent for one request, though the connection's reader took it for more than one frame. */
  async function wholeOf(frame: string, end: string): Promise<string> {
    let whole = frame;
    while (!whole.endsWith(end)) whole += await theirs[3].receive();
    return whole;
  }
});

describe('digests', () => {
  const SAME: readonly Words[] = [
    ['FLUSHALL'],
    ['MSET', 'a', '1', 'b', 'text', 'c', '', '', 'empty key'],
    ['SET', 'binary', 'a\0\xff\r\n'],
    ['SET', 'volatile', 'x', 'EX', '1000'],
    ['SETBIT', 'bits', '100', '1'],
    ['INCRBY', 'counter', '-77'],
    ['SELECT', '3'],
    ['SET', 'a', '1'],
    ['SELECT', '0'],
  ];

  test('of a value and of everything', async () => {
    for (const words of SAME) await ask(words);
    const values = await ask([
      'DEBUG',
      'DIGEST-VALUE',
      'a',
      'b',
      'c',
      '',
      'binary',
      'volatile',
      'bits',
      'counter',
      'nothing',
    ]);
    expect(values.hotset).toBe(values.redis);
    const everything = await ask(['DEBUG', 'DIGEST']);
    expect(everything.hotset).toBe(everything.redis);
    await ask(['PERSIST', 'volatile']);
    const persisted = await ask(['DEBUG', 'DIGEST']);
    expect(persisted.hotset).toBe(persisted.redis);
    expect(persisted.hotset).not.toBe(everything.hotset);
    await ask(['FLUSHALL']);
    expect((await ask(['DEBUG', 'DIGEST'])).hotset).toBe((await ask(['DEBUG', 'DIGEST'])).redis);
  });
});

describe('INFO', () => {
  /** What redis-server reports and we do not. */
  const ABSENT = ['redis_build_id', 'monotonic_clock', 'atomicvar_api', 'gcc_version'];

  test('the same sections, the same fields in the same order', async () => {
    await ask(['SET', 'k', 'v', 'EX', '1000']);
    const { hotset, redis } = await ask(['INFO', 'everything']);
    const their = fieldsOf(textOf(redis)).filter((name) => !ABSENT.includes(name));
    const our = fieldsOf(textOf(hotset));
    expect(our.filter((name) => their.includes(name))).toEqual(their);
  });

  /** Names in order, headings among them; those that depend on what was called are left out. */
  function fieldsOf(text: string): string[] {
    return text
      .split('\r\n')
      .filter((line) => line !== '' && !/^(cmdstat|errorstat|latency_percentiles)/.test(line))
      .map((line) => line.split(':')[0]);
  }

  test('the statistics of commands have the same form', async () => {
    const { hotset, redis } = await ask(['INFO', 'commandstats', 'latencystats']);
    const form = (text: string): string | undefined => /cmdstat_set:.*/.exec(text)?.[0].replace(/\d+(\.\d+)?/g, '#');
    expect(form(hotset)).toBe(form(redis));
    const percentiles = (text: string): string | undefined =>
      /latency_percentiles_usec_set:.*/.exec(text)?.[0].replace(/=[\d.]+/g, '=#');
    expect(percentiles(hotset)).toBe(percentiles(redis));
  });
});

describe('shapes', () => {
  test.each([2, 3] as const)('MEMORY STATS, RESP%i', async (protocol) => {
    await ask(['SET', 'k', 'v']);
    const { hotset, redis } = await ask(['MEMORY', 'STATS'], protocol);
    const names = (reply: string): string[] =>
      [...reply.matchAll(/\r\n([a-z][a-z0-9.-]+)(?=\r\n)/g)].map(([, name]) => name);
    expect(names(hotset)).toEqual(names(redis));
    expect(hotset.slice(0, 4)).toBe(redis.slice(0, 4));
    if (protocol === 3)
      expect(shapeOf(hotset).replace(/\r\n\$\d+/g, '')).toBe(shapeOf(redis).replace(/\r\n\$\d+/g, ''));
  });

  test.each([2, 3] as const)('LATENCY HISTOGRAM, RESP%i', async (protocol) => {
    await ask(['CONFIG', 'RESETSTAT']);
    await ask(['SET', 'k', 'v']);
    const { hotset, redis } = await ask(['LATENCY', 'HISTOGRAM', 'set'], protocol);
    const form = (reply: string): string => reply.replace(/(:\d+\r\n)+$/, '').replace(/[*%]\d\r\n$/, '');
    expect(form(hotset)).toBe(form(redis));
  });

  test('SLOWLOG GET and LATENCY LATEST', async () => {
    await ask(['CONFIG', 'SET', 'slowlog-log-slower-than', '20000', 'latency-monitor-threshold', '20']);
    await ask(['SLOWLOG', 'RESET']);
    await ask(['DEBUG', 'SLEEP', '0.03']);
    for (const words of [
      ['SLOWLOG', 'GET'],
      ['LATENCY', 'LATEST'],
      ['LATENCY', 'HISTORY', 'command'],
    ]) {
      const { hotset, redis } = await ask(words);
      const form = (reply: string): string => shapeOf(reply).replace(/\$\d+\r\n127\.0\.0\.1:\d+/, 'address');
      expect(form(hotset)).toBe(form(redis));
    }
  });

  test('the first and last lines of HELP', async () => {
    for (const name of ['MEMORY', 'SLOWLOG', 'LATENCY', 'DEBUG']) {
      const { hotset, redis } = await ask([name, 'HELP']);
      expect(hotset.split('\r\n')[1]).toBe(redis.split('\r\n')[1]);
      expect(hotset.split('\r\n').slice(-3)).toEqual(redis.split('\r\n').slice(-3));
    }
  });
});
