/**
 * HyperLogLog beside a real redis-server: the same random commands to both, the same replies, and after every command the
 * same bytes in every key; after every batch the same events, encodings, deadlines and number of changes. Values are also
 * carried from one to the other, and corrupted.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { expectWhole } from '../keyspace/keyspace.testing.ts';
import { hyperLogLogs } from './hyperloglog.ts';
import { introspection } from './introspection.ts';
import { type Connection, RedisPeer, type Words } from './redis-peer.testing.ts';

const KEYS = ['a', 'b', 'c'];

let redis: RedisPeer;
let theirs: Connection;
let control: Connection;
let subscriber: Connection;

beforeAll(async () => {
  redis = await RedisPeer.start(['--notify-keyspace-events', 'EA']);
  theirs = await redis.connect();
  control = await redis.connect();
  subscriber = await redis.connect();
  await subscriber.ask([['PSUBSCRIBE', '*']]);
});
afterAll(() => redis.stop());

/** Both servers with the same keys. */
class Pair {
  readonly ours = new TestEngine();
  private readonly events: string[] = [];
  private dirty = 0;

  constructor() {
    this.ours.engine.effects.subscribe((changes) => {
      for (const { event, key } of changes) if (event !== '') this.events.push(`${event} ${key.toString('latin1')}`);
    });
  }

  async begin(limit: number): Promise<void> {
    this.ours.engine.keyspace.encodingLimits.hllSparseMaxBytes = limit;
    await theirs.ask([['FLUSHALL'], ['CONFIG', 'SET', 'hll-sparse-max-bytes', `${limit}`], ['CONFIG', 'RESETSTAT']]);
    await this.theirEvents();
    this.dirty = await this.theirDirty();
  }

  /** Runs commands on both, comparing replies and, after each, every key's bytes. */
  async run(commands: readonly Words[]): Promise<void> {
    const asked = commands.flatMap((words) => [words, ...KEYS.map((key) => ['GET', key])]);
    const replies = await theirs.ask(asked);
    asked.forEach((words, i) => {
      const reply = this.ours.run(...words);
      if (reply !== replies[i]) expect(reply, JSON.stringify(asked.slice(i - (i % 4), i + 1))).toBe(replies[i]);
    });
  }

  async end(): Promise<void> {
    expect(this.events).toEqual(await this.theirEvents());
    expect(this.ours.engine.effects.dirty).toBe((await this.theirDirty()) - this.dirty);
    const state = KEYS.flatMap((key) => [
      ['OBJECT', 'ENCODING', key],
      ['PTTL', key],
    ]);
    const deadline = (reply: string) => reply.replace(/^:[1-9]\d*/, ':later');
    expect(state.map((words) => deadline(this.ours.run(...words)))).toEqual((await theirs.ask(state)).map(deadline));
    const [info] = await control.ask([['INFO', 'stats']]);
    const { hits, misses } = this.ours.engine.keyspace;
    expect({ hits, misses }).toEqual({
      hits: Number(/keyspace_hits:(\d+)/.exec(info)?.[1]),
      misses: Number(/keyspace_misses:(\d+)/.exec(info)?.[1]),
    });
    expectWhole(this.ours.engine.keyspace);
  }

  private async theirEvents(): Promise<string[]> {
    await control.ask([['PUBLISH', 'end', 'end']]);
    const events: string[] = [];
    for (;;) {
      const message = (await subscriber.receive()).split('\r\n');
      const channel = message[6];
      if (channel === 'end') return events;
      events.push(`${channel.slice('__keyevent@0__:'.length)} ${message[8]}`);
    }
  }

  private async theirDirty(): Promise<number> {
    const [info] = await control.ask([['INFO', 'persistence']]);
    return Number(/rdb_changes_since_last_save:(\d+)/.exec(info)?.[1]);
  }
}

const key = fc.constantFrom(...KEYS);
const element = fc.oneof(
  fc.nat(1_000_000).map(String),
  fc.string({ unit: 'binary-ascii', maxLength: 40 }),
  fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
);
const elements = fc.oneof(
  { weight: 4, arbitrary: fc.array(element, { maxLength: 5 }) },
  { weight: 2, arbitrary: fc.array(element, { minLength: 20, maxLength: 200, size: 'max' }) },
  // Many registers at once: both sides of the length where the form changes.
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(1e6), fc.integer({ min: 500, max: 3000 }))
      .map(([from, length]) => Array.from({ length }, (_, i) => `many:${from + i}`)),
  },
);
const words = (...parts: fc.Arbitrary<readonly string[]>[]): fc.Arbitrary<Words> =>
  fc.tuple(...parts).map((lists) => lists.flat());
const name = (text: string) => fc.constant([text]);
const oneKey = key.map((text) => [text]);
const someKeys = fc.array(key, { maxLength: 3 });

const command = fc.oneof(
  { weight: 10, arbitrary: words(name('PFADD'), oneKey, elements) },
  { weight: 4, arbitrary: words(name('PFCOUNT'), oneKey, someKeys) },
  { weight: 3, arbitrary: words(name('PFMERGE'), oneKey, someKeys) },
  { weight: 1, arbitrary: words(name('PFDEBUG'), name('TODENSE'), oneKey) },
  { weight: 1, arbitrary: words(name('PFDEBUG'), name('encoding'), oneKey) },
  { weight: 1, arbitrary: words(name('PFDEBUG'), name('DECODE'), oneKey) },
  { weight: 1, arbitrary: words(name('PFDEBUG'), fc.constantFrom(['GETREG'], ['nonsense']), oneKey) },
  { weight: 1, arbitrary: words(name('COPY'), oneKey, oneKey) },
  { weight: 1, arbitrary: words(name('RENAME'), oneKey, oneKey) },
  { weight: 1, arbitrary: words(name('EXPIRE'), oneKey, name('1000')) },
  { weight: 1, arbitrary: words(name('DEL'), oneKey) },
);

describe('random commands', () => {
  test.each([
    [3000, 12],
    [100, 12],
    [0, 4],
    [20000, 6],
  ])('up to %i bytes sparse', async (limit, numRuns) => {
    const batch = fc.array(command, { minLength: 40, maxLength: 80, size: 'max' });
    const compare = async (commands: readonly Words[]) => {
      const pair = new Pair();
      await pair.begin(limit);
      await pair.run(commands);
      await pair.end();
    };
    await fc.assert(fc.asyncProperty(batch, compare), { numRuns, endOnFailure: true });
  });
});

/** What a value is made of: runs, most of them whole, that have 16384 registers in all more often than chance would. */
const run = fc.oneof(
  fc.integer({ min: 0, max: 63 }).map((length) => [length]),
  fc.tuple(fc.integer({ min: 0x40, max: 0x7f }), fc.nat(255)).map((bytes) => [...bytes]),
  fc.integer({ min: 0x80, max: 0xff }).map((opcode) => [opcode]),
);

function registersOf(runs: readonly (readonly number[])[]): number {
  return runs.reduce((sum, [opcode, low]) => {
    if (opcode < 0x40) return sum + opcode + 1;
    return sum + (opcode >= 0x80 ? (opcode & 3) + 1 : ((opcode & 63) << 8) + low + 1);
  }, 0);
}

function filledUp(runs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const left = 16384 - registersOf(runs);
  return left <= 0 ? runs : [...runs, [0x40 | ((left - 1) >>> 8), (left - 1) & 255]];
}

const header = fc
  .tuple(fc.constantFrom(1, 1, 1, 1, 0, 2, 255), fc.uint8Array({ minLength: 11, maxLength: 11 }))
  .map(([form, rest]) => Buffer.from([0x48, 0x59, 0x4c, 0x4c, form, ...rest]));
const runs = fc
  .tuple(fc.array(run, { maxLength: 60, size: 'max' }), fc.boolean())
  .map(([list, isFilled]) => Buffer.from((isFilled ? filledUp(list) : list).flat()));
const dense = fc
  .uint8Array({ minLength: 12288, maxLength: 12288 })
  .map((bytes) => Buffer.concat([Buffer.from('HYLL\0\0\0\0\0\0\0\0\0\0\0\x80', 'latin1'), bytes]));
const corrupt = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(header, runs).map(([head, rest]) => Buffer.concat([head, rest])) },
  { weight: 1, arbitrary: dense },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes)) },
);

describe('values that anybody may have written', () => {
  test('are counted, merged and changed alike, or refused alike', async () => {
    const small = fc.oneof(
      { weight: 4, arbitrary: words(name('PFADD'), oneKey, fc.array(element, { maxLength: 30 })) },
      { weight: 4, arbitrary: words(name('PFCOUNT'), oneKey, someKeys) },
      { weight: 3, arbitrary: words(name('PFMERGE'), oneKey, someKeys) },
      { weight: 1, arbitrary: words(name('PFDEBUG'), name('TODENSE'), oneKey) },
      {
        weight: 4,
        arbitrary: fc.tuple(key, corrupt).map(([k, value]) => ['SET', k, value.toString('latin1')]),
      },
    );
    const batch = fc.array(small, { minLength: 40, maxLength: 80, size: 'max' });
    const compare = async (limit: number, commands: readonly Words[]) => {
      const pair = new Pair();
      await pair.begin(limit);
      await pair.run(commands);
      await pair.end();
    };
    const limit = fc.constantFrom(3000, 60);
    await fc.assert(fc.asyncProperty(limit, batch, compare), { numRuns: 60, endOnFailure: true });
  });

  test('a value whose last run is cut is refused, where Redis reads the byte behind it', async () => {
    const pair = new Pair();
    const cut = `HYLL\x01${'\0'.repeat(10)}\x80${'\x7f\x3f'}\x40`;
    for (const words of [
      ['PFCOUNT', 'a'],
      ['PFCOUNT', 'a', 'b'],
      ['PFMERGE', 'b', 'a'],
      ['PFDEBUG', 'TODENSE', 'a'],
    ]) {
      pair.ours.run('SET', 'a', Buffer.from(cut, 'latin1'));
      expect(pair.ours.run(...words)).toBe('-INVALIDOBJ Corrupted HLL object detected\r\n');
    }
  });

  test('registers that no hash gives: a count beyond 64 bits', async () => {
    const pair = new Pair();
    await pair.begin(3000);
    for (const byte of ['\xff', '\xfb', '\xaa', '\x33', '\xcb']) {
      for (const rest of [0, 1, 3, 300]) {
        const full = `HYLL\0${'\0'.repeat(10)}\x80${byte.repeat(12288 - rest)}${'\xcb'.repeat(rest)}`;
        await pair.run([
          ['SET', 'a', full],
          ['PFCOUNT', 'a'],
          ['PFCOUNT', 'a'],
          ['PFCOUNT', 'a', 'b'],
        ]);
      }
    }
    // Counts between 2^53 and 2^63, of which every digit is replied.
    for (let value = 36; value < 64; value++) {
      const bits = value.toString(2).padStart(6, '0').repeat(4);
      const three = [16, 8, 0].map((at) => Number.parseInt(bits.slice(at, at + 8), 2));
      const full = Buffer.from(Array.from({ length: 12288 }, (_, i) => three[i % 3])).toString('latin1');
      await pair.run([
        ['SET', 'a', `HYLL\0${'\0'.repeat(10)}\x80${full}`],
        ['PFCOUNT', 'a'],
        ['PFCOUNT', 'a'],
      ]);
    }
    await pair.end();
  });
});

test('a value carried to the other server counts the same, and goes on the same', async () => {
  const pair = new Pair();
  await pair.begin(3000);
  for (const size of [0, 1, 10, 500, 5000, 50_000]) {
    const many = Array.from({ length: size }, (_, i) => `visitor:${i}`);
    pair.ours.run('DEL', 'a');
    pair.ours.run('PFADD', 'a', ...many);
    const bulk = pair.ours.run('GET', 'a');
    const value = bulk.slice(bulk.indexOf('\r\n') + 2, -2);
    await theirs.ask([['SET', 'a', value]]);
    await pair.run([
      ['PFCOUNT', 'a'],
      ['PFADD', 'a', 'another', ...many.slice(0, 5)],
      ['PFCOUNT', 'a', 'b'],
      ['PFCOUNT', 'a'],
    ]);
  }
});

describe('COMMAND', () => {
  const engine = new TestEngine([introspection([])]);
  test.each(hyperLogLogs.rows.map((row) => row.name))('describes %s', async (command) => {
    const [described] = await theirs.ask([['COMMAND', 'INFO', command]]);
    expect(engine.run('COMMAND', 'INFO', command)).toBe(described);
  });
});
