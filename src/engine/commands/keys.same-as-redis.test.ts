/**
 * The commands on keys, deadlines and whole databases beside a real redis-server: the same random commands to both, valid
 * and not, over a few keys of two databases; the same replies byte for byte, and after every batch the same keys, values,
 * deadlines, encodings, events, changes, hits and misses.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALL_KEYS } from '../effects/effects.ts';
import { TestEngine } from '../engine.testing.ts';
import { type Counters, ObservedPeer } from './observed-peer.testing.ts';
import type { Connection, Words } from './redis-peer.testing.ts';

/** How far the times of both servers may be apart: they do not run a command at the same moment. */
const LAG_SECONDS = 5;
const DATABASES = [0, 1];
const NAMES = ['a', 'b', 'key', '', 'k\r\n\0\xff'];

let redis: ObservedPeer;

beforeAll(async () => {
  redis = await ObservedPeer.start();
});
afterAll(() => redis.stop());

type Comparison = (ours: string, theirs: string) => boolean;

function within(distance: number): Comparison {
  return (ours, theirs) =>
    /^:\d/.test(ours + theirs) && Math.abs(Number(ours.slice(1)) - Number(theirs.slice(1))) <= distance;
}

/** The same bulk strings in some order. */
function sameMembers(ours: string, theirs: string): boolean {
  return bulks(ours).join() === bulks(theirs).join() && ours.length === theirs.length;
}

function bulks(reply: string): string[] {
  return reply.split(/\$\d+\r\n/).sort();
}

/** Where the replies need not be the same bytes, and how they are compared then. */
const DIFFERENCES: readonly { reason: string; covers: (words: Words) => boolean; compare: Comparison }[] = [
  {
    reason: 'time passes between the servers',
    covers: ([name, sub]) => /^(ttl|expiretime)$/i.test(name) || /^idletime$/i.test(sub),
    compare: within(LAG_SECONDS),
  },
  {
    reason: 'time passes between the servers',
    covers: ([name]) => /^(pttl|pexpiretime)$/i.test(name),
    compare: within(LAG_SECONDS * 1000),
  },
  { reason: 'keys are listed in no order', covers: ([name]) => /^(keys|scan)$/i.test(name), compare: sameMembers },
  {
    reason: 'a cursor means something to the table that gave it only',
    covers: ([name, cursor, ...options]) =>
      /^scan$/i.test(name) && (!/^[-+]?0*$/.test(cursor) || options.some((option) => /^1[56]?$/.test(option))),
    compare: (ours, theirs) => ours.startsWith('*2') && theirs.startsWith('*2'),
  },
  {
    reason: 'RANDOMKEY is random',
    covers: ([name]) => /^randomkey$/i.test(name),
    compare: (ours, theirs) => ours.startsWith('$') && theirs.startsWith('$'),
  },
  {
    reason: 'Redis stops sharing a small integer when COPY copies it; we do not keep that',
    covers: ([, sub]) => /^refcount$/i.test(sub),
    compare: (ours, theirs) => ours === ':2147483647\r\n' && theirs === ':1\r\n',
  },
];

/** Both servers with the same keys and nothing else. */
class Pair {
  readonly ours: TestEngine;
  readonly theirs: Connection;
  private readonly events: string[] = [];
  private before: Counters = { dirty: 0, hits: 0, misses: 0 };

  constructor(protocol: 2 | 3) {
    this.ours = new TestEngine([], protocol);
    this.ours.engine.effects.subscribe((changes) => {
      for (const { event, database, key } of changes) {
        // No notification tells of a whole database.
        if (key !== ALL_KEYS) this.events.push(`${database} ${event} ${key.toString('latin1')}`);
      }
    });
    this.theirs = redis.connections[protocol];
  }

  async begin(): Promise<void> {
    await this.theirs.ask([['FLUSHALL'], ['SELECT', '0']]);
    await redis.events();
    this.before = await redis.counters();
  }

  /** Runs commands on both and compares the replies byte for byte. */
  async runExactly(commands: readonly Words[]): Promise<void> {
    const theirs = await this.theirs.ask(commands);
    commands.forEach((words, i) => {
      expect(this.runOurs(words), JSON.stringify(words)).toBe(theirs[i]);
    });
  }

  /** The same but for the known differences. */
  async run(commands: readonly Words[]): Promise<void> {
    const theirs = await this.theirs.ask(commands);
    commands.forEach((words, i) => {
      const ours = this.runOurs(words);
      if (ours === theirs[i]) return;
      const known = DIFFERENCES.some(({ covers, compare }) => covers(words) && compare(ours, theirs[i]));
      if (!known) expect(ours, JSON.stringify(words)).toBe(theirs[i]);
    });
  }

  /** Compares what the commands left behind. */
  async end(): Promise<void> {
    const { effects, keyspace } = this.ours.engine;
    expect({ dirty: effects.dirty, hits: keyspace.hits, misses: keyspace.misses }).toEqual(
      await redis.countersSince(this.before),
    );
    expect(this.events).toEqual(await redis.events());
    for (const database of DATABASES) {
      await this.run([['SELECT', `${database}`], ['DBSIZE'], ['KEYS', '*']]);
      await this.run(
        NAMES.flatMap((name) => [
          ['GET', name],
          ['OBJECT', 'ENCODING', name],
          ['PEXPIRETIME', name],
        ]),
      );
    }
  }

  private runOurs(words: Words): string {
    this.ours.now = Date.now();
    if (words[0] !== 'SELECT') return this.ours.run(...words.map((word) => Buffer.from(word, 'latin1')));
    this.ours.session.database = Number(words[1]);
    return '+OK\r\n';
  }
}

const name = fc.constantFrom(...NAMES);
const names = fc.array(name, { minLength: 1, maxLength: 4 });
const value = fc.constantFrom('', '7', '9999', '10000', '-1', '12345678901', 'text', 'x'.repeat(44), 'y'.repeat(300));
const integerLike = fc.oneof(
  fc.constantFrom('', 'x', '1.5', '+1', '01', ' 1', '-', '2147483647', '2147483648', '-2147483649'),
  fc.constantFrom(
    ...[63n, 64n].flatMap((bits) => [2n ** bits - 1n, 2n ** bits, -(2n ** bits), -(2n ** bits) - 1n].map(String)),
  ),
);
const databaseIndex = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('0', '1') },
  { weight: 1, arbitrary: fc.constantFrom('15', '16', '-1') },
  { weight: 1, arbitrary: integerLike },
);
/** Words that are an option of some command, in any case. */
const option = fc.constantFrom(
  'NX',
  'xx',
  'GT',
  'lt',
  'REPLACE',
  'replace',
  'DB',
  'SYNC',
  'async',
  'COUNT',
  'MATCH',
  'bogus',
);
const noise = fc.array(fc.oneof(option, databaseIndex), { maxLength: 3 });
const letterCase = (...words: string[]) =>
  fc.constantFrom(...words.flatMap((word) => [word, word, word.toLowerCase()]));

/** So far apart that no two are drawn closer than the servers lag, and none passes during the test. */
const seconds = fc.integer({ min: 1, max: 10 ** 7 }).map((n) => n * 600);
const TODAY = Math.floor(Date.now() / 1000);
const SHARED_DEADLINES = [2 ** 40, 2 ** 40 + 1, 2 ** 53 - 1, 2 ** 53 + 2].map(String);
const edges = [0, -1, -(2 ** 40)].map(String);
const hugeSeconds = ['9223372036854775', '9223372036854776', '-9223372036854775', '-9223372036854776'];
const hugeMillis = ['9223372036854775807', '9223372036854775806', '9223370000000000000', '-9223372036854775808'];
const conditions = fc.array(fc.constantFrom('NX', 'xx', 'GT', 'lt', 'Lt'), { maxLength: 2 });

function expiring(command: string, time: fc.Arbitrary<string>): fc.Arbitrary<Words> {
  const rest = fc.oneof({ weight: 5, arbitrary: conditions }, { weight: 1, arbitrary: noise });
  return fc.tuple(letterCase(command), name, time, rest).map(([word, key, at, options]) => [word, key, at, ...options]);
}

const expiry = fc.oneof(
  expiring('EXPIRE', fc.oneof(seconds.map(String), fc.constantFrom(...edges, ...hugeSeconds), integerLike)),
  expiring(
    'PEXPIRE',
    fc.oneof(
      seconds.map((n) => `${n * 1000}`),
      fc.constantFrom(...edges, ...hugeMillis),
      integerLike,
    ),
  ),
  expiring(
    'EXPIREAT',
    fc.oneof(
      seconds.map((n) => `${TODAY + n}`),
      fc.constantFrom(...edges, ...hugeSeconds),
      integerLike,
    ),
  ),
  expiring(
    'PEXPIREAT',
    fc.oneof(
      seconds.map((n) => `${(TODAY + n) * 1000 + 1}`),
      fc.constantFrom(...edges, ...hugeMillis, ...SHARED_DEADLINES),
      integerLike,
    ),
  ),
  fc.tuple(letterCase('TTL', 'PTTL', 'EXPIRETIME', 'PEXPIRETIME', 'PERSIST'), name),
);

const copying = fc.oneof(
  fc.tuple(letterCase('RENAME', 'RENAMENX'), name, name),
  fc.tuple(letterCase('COPY'), name, name),
  fc.tuple(letterCase('COPY'), name, name, fc.constantFrom('REPLACE', 'replace')),
  fc.tuple(letterCase('COPY'), name, name, fc.constantFrom('DB', 'db'), databaseIndex),
  fc.tuple(letterCase('COPY'), name, name, fc.constant('REPLACE'), fc.constant('DB'), databaseIndex),
  fc.tuple(letterCase('COPY'), name, name, noise).map(([word, a, b, rest]) => [word, a, b, ...rest]),
  fc.tuple(letterCase('MOVE'), name, databaseIndex),
);

const scanArguments = fc.array(
  fc.oneof(
    fc.tuple(
      fc.constantFrom('COUNT', 'count'),
      fc.oneof(fc.constantFrom('0', '-1', '1000', '9223372036854775807'), integerLike),
    ),
    fc.tuple(fc.constantFrom('MATCH', 'match'), fc.constantFrom('*', 'k*', '?', '[ab]', '', 'none')),
    noise,
  ),
  { maxLength: 3 },
);

const listing = fc
  .oneof(
    fc.tuple(letterCase('KEYS'), fc.constantFrom('*', '**', 'k*', '?', '[ab]', '', 'a', '[', '\\')),
    fc.tuple(
      letterCase('SCAN'),
      fc.constantFrom('0', '', '00', '-0', '+0'),
      fc.constant(['COUNT', '1000']),
      scanArguments,
    ),
    fc.tuple(letterCase('SCAN'), fc.oneof(integerLike, fc.constant('abc')), fc.constant([]), scanArguments),
    fc.constant(['RANDOMKEY']),
    fc.constant(['DBSIZE']),
  )
  .map((parts) => parts.flat(2) as string[]);

const whole = fc.oneof(
  fc.tuple(letterCase('SWAPDB'), databaseIndex, databaseIndex),
  fc.tuple(letterCase('FLUSHDB', 'FLUSHALL')),
  fc.tuple(letterCase('FLUSHDB', 'FLUSHALL'), fc.constantFrom('SYNC', 'async', 'bogus')),
  fc.tuple(letterCase('FLUSHDB'), noise).map(([word, rest]) => [word, ...rest]),
);

const looking = fc.oneof(
  fc.tuple(fc.constant('TYPE'), name),
  fc.tuple(fc.constant('OBJECT'), letterCase('ENCODING', 'REFCOUNT', 'IDLETIME', 'FREQ', 'BOGUS'), name),
  fc.constantFrom(['OBJECT', 'HELP'], ['OBJECT'], ['OBJECT', 'help', 'x']),
  fc.tuple(letterCase('EXISTS', 'TOUCH'), names).map(([word, rest]) => [word, ...rest]),
);

const storing = fc.oneof(
  fc.tuple(fc.constant('SET'), name, value),
  fc.tuple(fc.constant('SET'), name, value),
  fc.tuple(
    fc.constant('SET'),
    name,
    value,
    fc.constant('EXAT'),
    seconds.map((n) => `${TODAY + n}`),
  ),
  fc.tuple(fc.constant('APPEND'), name, value),
  fc.tuple(letterCase('DEL', 'UNLINK'), names).map(([word, rest]) => [word, ...rest]),
  fc.constantFrom(['SELECT', '0'], ['SELECT', '1']),
);

const wrongCount = fc
  .tuple(fc.oneof(expiry, copying, looking, listing), fc.constantFrom(-2, -1, 1), fc.constantFrom('a', 'bogus'))
  .map(([words, change, extra]) =>
    change > 0 ? [...words, extra] : words.slice(0, Math.max(1, words.length + change)),
  );

const command: fc.Arbitrary<Words> = fc.oneof(
  { weight: 8, arbitrary: storing as fc.Arbitrary<Words> },
  { weight: 8, arbitrary: expiry },
  { weight: 8, arbitrary: copying as fc.Arbitrary<Words> },
  { weight: 4, arbitrary: listing },
  { weight: 4, arbitrary: looking as fc.Arbitrary<Words> },
  { weight: 1, arbitrary: whole as fc.Arbitrary<Words> },
  { weight: 1, arbitrary: wrongCount.filter(([name]) => !/^(flush|swap)/i.test(name)) },
);

/** Deadlines that both servers count alike, over the whole signed 64-bit range. */
const exactTime = fc.oneof(
  fc.bigInt(2n ** 41n, 2n ** 63n),
  fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n),
  fc.bigInt(2n ** 63n - 2000n, 2n ** 63n),
  fc.bigInt(-(2n ** 63n) - 1n, 0n),
);
const exactExpiry = fc.oneof(
  fc.tuple(fc.constant('PEXPIREAT'), name, exactTime.map(String), conditions).map((parts) => parts.flat()),
  fc
    .tuple(fc.constant('EXPIREAT'), name, exactTime, fc.integer({ min: -1, max: 1 }), conditions)
    .map(([word, key, time, change, rest]) => [word, key, `${time / 1000n + BigInt(change)}`, ...rest]),
  fc.tuple(fc.constantFrom('PEXPIRETIME', 'EXPIRETIME', 'PERSIST'), name),
  fc.tuple(fc.constantFrom('RENAME', 'COPY'), name, name),
  fc.tuple(fc.constant('SET'), name, value, fc.constant('KEEPTTL')),
);

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
      { numRuns: 60 },
    );
  });

  test('deadlines, exactly', async () => {
    const batch = fc.array(exactExpiry, { minLength: 1, maxLength: 100, size: 'max' });
    await fc.assert(
      fc.asyncProperty(batch, async (commands) => {
        const pair = new Pair(protocol);
        await pair.begin();
        await pair.run(NAMES.map((key) => ['SET', key, 'x']));
        await pair.runExactly(commands);
        await pair.end();
      }),
      { numRuns: 30 },
    );
  });
});
