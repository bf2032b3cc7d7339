/**
 * Payloads exchanged with a real redis-server, both ways: what it dumps is restored here as the same value in the same
 * encoding, what is dumped here is restored there as the same value; and RESTORE refuses what it refuses, in its words.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { valueDigest } from '../../server/debug/digest.ts';
import { intset, payload, text, ziplist, zipmap } from '../dump/payloads.testing.ts';
import { TestEngine } from '../engine.testing.ts';
import type { Ref } from '../memory/arena.ts';
import { typeName } from '../values/value.ts';
import { type Connection, RedisPeer, type Words } from './redis-peer.testing.ts';

let redis: RedisPeer;
let connection: Connection;

beforeAll(async () => {
  redis = await RedisPeer.start(['--enable-debug-command', 'yes']);
  connection = await redis.connect();
});
afterAll(() => redis.stop());

/** Settings that move the limits of the encodings. */
const SETTINGS: readonly Readonly<Record<string, number>>[] = [
  { 'hash-max-listpack-entries': 512, 'zset-max-listpack-entries': 128, 'list-max-listpack-size': -2 },
  { 'hash-max-listpack-entries': 4, 'zset-max-listpack-entries': 4, 'list-max-listpack-size': 3 },
  { 'hash-max-listpack-entries': 0, 'zset-max-listpack-entries': 0, 'list-max-listpack-size': 1 },
  { 'hash-max-listpack-entries': 100, 'zset-max-listpack-entries': 100, 'list-max-listpack-size': -1 },
];

async function configure(engine: TestEngine, settings: Readonly<Record<string, number>>): Promise<void> {
  const limits = engine.engine.keyspace.encodingLimits;
  limits.hashMaxListpackEntries = settings['hash-max-listpack-entries'];
  limits.zsetMaxListpackEntries = settings['zset-max-listpack-entries'];
  limits.listMaxListpackSize = settings['list-max-listpack-size'];
  const words = Object.entries(settings).flatMap(([name, value]) => [name, String(value)]);
  expect(await connection.ask([['CONFIG', 'SET', ...words]])).toEqual(['+OK\r\n']);
}

function content(reply: string): Buffer {
  return Buffer.from(reply.slice(reply.indexOf('\r\n') + 2, -2), 'latin1');
}

function recordOf(engine: TestEngine): Ref {
  return engine.engine.keyspace.databases[0].find(Args.of([Buffer.from('k')]), 0);
}

const word = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', 'c', '\0', '\r\n', '\xff'), maxLength: 8 }) },
  { weight: 4, arbitrary: fc.integer({ min: -70000, max: 70000 }).map(String) },
  { weight: 2, arbitrary: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) },
  { weight: 2, arbitrary: fc.constantFrom('', '-0', '007', '+1', '1e5', '9223372036854775808', '127', '128', '-4097') },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 300 }).map((size) => 'repeat'.repeat(size).slice(0, size)) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 20000 }).map((size) => 'ab c'.repeat(size).slice(0, size)) },
);
const score = fc.oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.double({ noNaN: true })).map(String);
const number = fc.integer({ min: -3e9, max: 3e9 }).map(String);

/** The command that makes a value of some type at `k`. */
const making: fc.Arbitrary<Words> = fc.oneof(
  word.map((value) => ['SET', 'k', value]),
  fc.array(word, { minLength: 1, maxLength: 60 }).map((elements) => ['RPUSH', 'k', ...elements]),
  fc.array(word, { minLength: 1, maxLength: 60 }).map((members) => ['SADD', 'k', ...members]),
  fc.array(number, { minLength: 1, maxLength: 700 }).map((members) => ['SADD', 'k', ...members]),
  fc.array(fc.tuple(score, word), { minLength: 1, maxLength: 60 }).map((pairs) => ['ZADD', 'k', ...pairs.flat()]),
  fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 60 }).map((pairs) => ['HSET', 'k', ...pairs.flat()]),
);

/** Takes a payload from redis-server, gives back what is made of it, and compares. */
async function exchange(engine: TestEngine, make: Words | undefined, dumped?: Buffer): Promise<void> {
  await connection.ask([['FLUSHALL']]);
  engine.run('FLUSHALL');
  const set = make ?? ['RESTORE', 'k', '0', (dumped as Buffer).toString('latin1')];
  const [made, dump, digest] = await connection.ask([set, ['DUMP', 'k'], ['DEBUG', 'DIGEST-VALUE', 'k']]);
  expect(made).not.toMatch(/^-/);
  // What it makes of its own payload: the original may have been larger once.
  const [twin, encoding] = await connection.ask([
    ['RESTORE', 'twin', '0', dumped?.toString('latin1') ?? content(dump).toString('latin1')],
    ['OBJECT', 'ENCODING', 'twin'],
  ]);
  expect(twin).toBe('+OK\r\n');
  expect(engine.run('RESTORE', 'k', 0, dumped ?? content(dump))).toBe('+OK\r\n');
  expect(valueDigest(engine.engine.keyspace.databases[0], recordOf(engine))).toBe(/[0-9a-f]{40}/.exec(digest)?.[0]);
  const ours = engine.run('OBJECT', 'ENCODING', 'k');
  // Lists and sets are kept as listpacks from 7.2 on.
  const isNewer = ['list', 'set'].includes(typeName(engine.engine.keyspace.arena, recordOf(engine)));
  if (!isNewer || /intset/.test(ours + encoding)) expect(ours).toBe(encoding);
  const back = content(engine.run('DUMP', 'k')).toString('latin1');
  const [restored, again] = await connection.ask([
    ['RESTORE', 'again', '0', back],
    ['DEBUG', 'DIGEST-VALUE', 'again'],
  ]);
  expect([restored, again]).toEqual(['+OK\r\n', digest]);
}

describe('payloads are exchanged', () => {
  for (const settings of SETTINGS) {
    for (const compression of ['yes', 'no']) {
      test(`under ${JSON.stringify(settings)}, compression ${compression}`, { timeout: 60_000 }, async () => {
        const engine = new TestEngine();
        await configure(engine, settings);
        await connection.ask([['CONFIG', 'SET', 'rdbcompression', compression]]);
        engine.engine.limits.compressesDumps = compression === 'yes';
        await fc.assert(
          fc.asyncProperty(making, (make) => exchange(engine, make)),
          { numRuns: 150 },
        );
      });
    }
  }

  test('of the types that only older versions write', async () => {
    const engine = new TestEngine();
    await configure(engine, SETTINGS[0]);
    const elements = ['a', 1, 300, -70000, 2n ** 40n, 'long '.repeat(60), '', 12, 13, 'b'.repeat(20000)];
    const pairs = elements.flatMap((element) => [element, `value ${element}`]);
    const scores = ['x', 1, 'a', '2.5', 5, 70000];
    const small = [
      ['f', 'v'],
      ['g', '12'],
      ['h', 'x'.repeat(60)],
    ] as const;
    const payloads = [
      payload(1, [2, ...text('a'), ...text('b')]),
      payload(3, [2, ...text('a'), 3, ...Buffer.from('1.5'), ...text('b'), 254]),
      payload(9, text(zipmap(small, 2))),
      payload(9, text(zipmap([['f', 'y'.repeat(300)]]))),
      payload(10, text(ziplist(elements))),
      payload(12, text(ziplist(scores))),
      payload(13, text(ziplist(pairs))),
      payload(14, [2, ...text(ziplist(elements)), ...text(ziplist(['z']))]),
      payload(11, text(intset([-5, 1, 70000], 8))),
    ];
    for (const dumped of payloads) await exchange(engine, undefined, dumped);
  });
});

test('what is not ordered by chance is dumped in the same bytes', async () => {
  const engine = new TestEngine();
  await configure(engine, SETTINGS[3]);
  await connection.ask([['CONFIG', 'SET', 'rdbcompression', 'no']]);
  engine.engine.limits.compressesDumps = false;
  const body = (dump: string): string => content(dump).subarray(0, -10).toString('latin1');
  await fc.assert(
    fc.asyncProperty(making, async (make) => {
      const isListed = /intset|listpack|skiplist|int$|embstr|raw/;
      const [, , dump, encoding] = await connection.ask([
        ['FLUSHALL'],
        make,
        ['DUMP', 'k'],
        ['OBJECT', 'ENCODING', 'k'],
      ]);
      if (!isListed.test(encoding)) return;
      engine.run('RESTORE', 'k', 0, content(dump), 'REPLACE');
      expect(body(engine.run('DUMP', 'k'))).toBe(body(dump));
    }),
    { numRuns: 200 },
  );
});

describe('RESTORE', () => {
  /** The same words to both; the same replies, and the same keys with the same idle times afterwards. */
  async function sameReplies(script: readonly Words[]): Promise<void> {
    const engine = new TestEngine();
    await connection.ask([['FLUSHALL']]);
    const theirs = await connection.ask(script);
    const ours = script.map((words) => engine.run(...words.map((part) => Buffer.from(part, 'latin1'))));
    expect(ours).toEqual(theirs);
  }

  const good = payload(0, text('value')).toString('latin1');

  test('checks what it is told in the same order', async () => {
    const words = [
      'REPLACE',
      'replace',
      'ABSTTL',
      'IDLETIME',
      'FREQ',
      '5',
      '-1',
      '0',
      '300',
      'x',
      '9223372036854775807',
      '',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('there', 'absent'),
        fc.constantFrom('0', '-1', 'x', '100000', '9223372036854775807', '9223372036854775808', ' 1', ''),
        fc.constantFrom(good, `${good.slice(0, -1)}x`, 'short', '', payload(99, [9]).toString('latin1'), newer()),
        fc.array(fc.constantFrom(...words), { maxLength: 5 }),
        async (key, ttl, dumped, options) => {
          await sameReplies([
            ['SET', 'there', 'old'],
            ['RESTORE', key, ttl, dumped, ...options],
            ['EXISTS', key],
            ['GET', key],
          ]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('replies to wrong calls, and takes what has passed', async () => {
    await sameReplies([
      ['DUMP', 'absent'],
      ['DUMP'],
      ['DUMP', 'a', 'b'],
      ['RESTORE', 'k', '0'],
      ['RESTORE', 'k', '1', good, 'ABSTTL'],
      ['EXISTS', 'k'],
      ['SET', 'k', 'old'],
      ['RESTORE', 'k', '1', good, 'ABSTTL', 'REPLACE'],
      ['EXISTS', 'k'],
      ['RESTORE', 'k', '9999999999999', good, 'ABSTTL'],
      ['PEXPIRETIME', 'k'],
      ['RESTORE', 'k', '0', good],
      ['RESTORE', 'k', '0', good, 'REPLACE'],
      ['PTTL', 'k'],
      ['RESTORE-ASKING', 'k', '0', good, 'REPLACE', 'IDLETIME', '1000'],
      ['OBJECT', 'IDLETIME', 'k'],
      ['OBJECT', 'FREQ', 'k'],
      ['RESTORE', 'k', '0', good, 'REPLACE', 'FREQ', '100'],
      ['OBJECT', 'IDLETIME', 'k'],
    ]);
  });
});

/** A payload of a version that nobody knows. */
function newer(): string {
  return payload(0, text('value'), 4000).toString('latin1');
}
