/**
 * The commands on hashes beside a real redis-server: the same random commands to both, valid and not; the same replies byte
 * for byte, and after every batch the same hashes, encodings, events, changes, hits and misses. What Redis 7.0 has not yet
 * (deadlines of fields) stands in field-expiry.test.ts.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { expectWhole } from '../keyspace/keyspace.testing.ts';
import { type Counters, ObservedPeer } from './observed-peer.testing.ts';
import type { Connection, Words } from './redis-peer.testing.ts';

const NAMES = ['h', 'large', 's', 'none'];

let redis: ObservedPeer;

beforeAll(async () => {
  redis = await ObservedPeer.start(['--hash-max-listpack-entries', '16']);
});
afterAll(() => redis.stop());

const WITHOUT_ORDER = /^(hgetall|hkeys|hvals|hscan)$/i;
const BY_CHANCE = /^hrandfield$/i;

/** Elements of whole replies in one order. */
function sorted(reply: string): string {
  return reply
    .split(/(?=\$\d+\r\n)/)
    .sort()
    .join('');
}

/** What is the same of two replies of HRANDFIELD: how many, and of what form. */
function form(reply: string): string {
  return reply.startsWith('$') ? '$' : reply.replace(/\$\d+\r\n[\s\S]*?\r\n(?=[$*]|$)/g, '$');
}

function alike(words: Words, reply: string): string {
  if (BY_CHANCE.test(words[0]) && !reply.startsWith('-')) return form(reply);
  return WITHOUT_ORDER.test(words[0]) ? sorted(reply) : reply;
}

class Pair {
  readonly ours: TestEngine;
  private readonly theirs: Connection;
  private readonly events: string[] = [];
  private before: Counters = { dirty: 0, hits: 0, misses: 0 };

  constructor(protocol: 2 | 3) {
    this.ours = new TestEngine([], protocol);
    this.ours.engine.keyspace.encodingLimits.hashMaxListpackEntries = 16;
    this.ours.engine.effects.subscribe((changes) => {
      for (const { event, key } of changes) this.events.push(`0 ${event} ${key.toString('latin1')}`);
    });
    this.theirs = redis.connections[protocol];
  }

  async begin(): Promise<void> {
    await this.theirs.ask([['FLUSHALL']]);
    await redis.events();
    this.before = await redis.counters();
  }

  async run(commands: readonly Words[]): Promise<void> {
    const theirs = await this.theirs.ask(commands);
    for (const [i, words] of commands.entries()) {
      const ours = this.ours.run(...words.map((word) => Buffer.from(word, 'latin1')));
      if (ours !== theirs[i]) expect(alike(words, ours), JSON.stringify(words)).toBe(alike(words, theirs[i]));
    }
  }

  async end(): Promise<void> {
    const { effects, keyspace } = this.ours.engine;
    expect({ dirty: effects.dirty, hits: keyspace.hits, misses: keyspace.misses }).toEqual(
      await redis.countersSince(this.before),
    );
    expect(this.events).toEqual(await redis.events());
    await this.run(
      NAMES.flatMap((name) => [
        ['HGETALL', name],
        ['OBJECT', 'ENCODING', name],
        ['HLEN', name],
        ['HSCAN', name, '0', 'COUNT', '10000'],
      ]),
    );
    await this.run([['DBSIZE']]);
    expectWhole(keyspace);
  }
}

const key = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('h', 'large') }, fc.constantFrom(...NAMES));
const field = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map((n) => `f${n}`),
  fc.integer({ min: 0, max: 40 }).map(String),
  fc.constantFrom('', '__proto__', '\0\xff', 'f'.repeat(64), 'f'.repeat(65)),
);
const INT64 = ['9223372036854775807', '-9223372036854775808', '9223372036854775808', '4611686018427387904'];
const content = fc.oneof(
  fc.constantFrom('', '0', '-7', '1.5', ' 1', '1e3', 'inf', 'text', 'v'.repeat(64), 'v'.repeat(65), 'v'.repeat(2000)),
  fc.constantFrom(...INT64),
  fc.integer().map(String),
);
const increment = fc.oneof(fc.constantFrom('0', '1', '-1', 'x', '', '1.5', ...INT64), fc.integer().map(String));
const decimal = fc.oneof(
  fc.constantFrom('0', '1.5', '-0.1', '3e2', 'inf', '-inf', 'nan', 'x', '', ' 1', '1e400', '5.0e-3'),
  fc.integer({ min: -(10 ** 6), max: 10 ** 6 }).map((n) => `${n / 100}`),
);
const count = fc.oneof(
  fc.constantFrom('0', '1', '-1', '5', '-5', '17', '-40', '1000', 'x', '9223372036854775808'),
  fc.constantFrom('-9223372036854775808'),
);
// No more at once than a listpack may have: 7.2 makes a table of such a hash even where fields are named twice, 7.0 does not.
const pairs = fc
  .array(fc.tuple(field, content), { minLength: 1, maxLength: 12, size: 'max' })
  .map((list) => list.flat());
const fields = fc.array(field, { minLength: 1, maxLength: 6, size: 'max' });
const word = (...names: string[]) => fc.constantFrom(...names.flatMap((name) => [name, name.toLowerCase()]));
const noise = fc.array(fc.constantFrom('MATCH', 'count', '5', '*', 'f*', 'bogus', 'WITHVALUES'), { maxLength: 3 });

const command: fc.Arbitrary<Words> = fc
  .oneof(
    { weight: 6, arbitrary: fc.tuple(word('HSET', 'HMSET'), key, pairs) },
    { weight: 2, arbitrary: fc.tuple(word('HSETNX'), key, field, content) },
    { weight: 4, arbitrary: fc.tuple(word('HGET', 'HSTRLEN', 'HEXISTS'), key, field) },
    { weight: 2, arbitrary: fc.tuple(word('HMGET'), key, fields) },
    { weight: 4, arbitrary: fc.tuple(word('HDEL'), key, fields) },
    { weight: 3, arbitrary: fc.tuple(word('HGETALL', 'HKEYS', 'HVALS', 'HLEN'), key) },
    { weight: 3, arbitrary: fc.tuple(word('HINCRBY'), key, field, increment) },
    { weight: 3, arbitrary: fc.tuple(word('HINCRBYFLOAT'), key, field, decimal) },
    { weight: 2, arbitrary: fc.tuple(word('HRANDFIELD'), key) },
    { weight: 2, arbitrary: fc.tuple(word('HRANDFIELD'), key, count) },
    {
      weight: 3,
      arbitrary: fc.tuple(
        word('HRANDFIELD'),
        key,
        fc.oneof(count, fc.constantFrom(...INT64)),
        fc.constantFrom('WITHVALUES', 'withvalues', 'bogus'),
      ),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(
        word('HSCAN'),
        key,
        fc.constantFrom('0', 'x', '', '-0'),
        fc.constant(['COUNT', '1000']),
        noise,
      ),
    },
    { weight: 1, arbitrary: fc.tuple(word('HSET', 'HMSET', 'HGETALL', 'HDEL', 'HINCRBY'), key, noise) },
    { weight: 1, arbitrary: fc.tuple(word('DEL', 'TYPE'), key) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('SET'), fc.constantFrom('s', 'h'), content) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom('RENAME', 'COPY'), key, key) },
  )
  .map((parts) => parts.flat(2) as string[])
  // A table's cursor means something to the server that gave it only: all fields in one call.
  .filter(([name, ...rest]) => !/^hscan$/i.test(name) || !/count,5/i.test(rest.join()));

describe.each([2, 3] as const)('RESP%i', (protocol) => {
  test('random commands', async () => {
    const batch = fc.array(command, { minLength: 1, maxLength: 200, size: 'max' });
    await fc.assert(
      fc.asyncProperty(batch, async (commands) => {
        const pair = new Pair(protocol);
        await pair.begin();
        await pair.run(commands);
        await pair.end();
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});
