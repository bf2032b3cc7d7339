/**
 * Bitmaps, BITFIELD and LCS beside a real redis-server: the same random commands to both, valid and not, the same replies
 * byte for byte, and after every batch the same values, encodings, events and number of changes.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { TestEngine } from '../engine.testing.ts';
import { NO_REF } from '../memory/arena.ts';

/** Redis's number of lists: a key of another type, which no command of this version makes. */
const LIST = 1;

import { encodingName } from '../values/value.ts';
import { bitfields } from './bitfield.ts';
import { bitmaps } from './bitmaps.ts';
import { introspection } from './introspection.ts';
import { subsequences } from './lcs.ts';
import {
  bitcount,
  bitfield,
  bitfieldReadOnly,
  bitop,
  bitopNot,
  bitpos,
  EXTREMES,
  everything,
  FULL,
  getbit,
  initial,
  KEYS,
  LIST_KEY,
  lcs,
  MAX_BULK_BYTES,
  setbit,
  subsequenceValue,
  value,
  weighted,
  write,
  writeSubsequence,
} from './random-bitmap-commands.testing.ts';
import { type Connection, RedisPeer, type Words } from './redis-peer.testing.ts';

let redis: RedisPeer;
let subscriber: Connection;
let control: Connection;
const connections = {} as Record<2 | 3, Connection>;

beforeAll(async () => {
  redis = await RedisPeer.start(['--proto-max-bulk-len', String(MAX_BULK_BYTES), '--notify-keyspace-events', 'EA']);
  connections[2] = await redis.connect(2);
  connections[3] = await redis.connect(3);
  control = await redis.connect();
  subscriber = await redis.connect();
  await subscriber.ask([['PSUBSCRIBE', '*']]);
});
afterAll(() => redis.stop());

/** Where 7.2 deliberately answers otherwise than 7.0. */
const DIFFERENCES: readonly { reason: string; covers: (words: Words, ours: string) => boolean }[] = [
  {
    reason: 'Since 7.2 BITCOUNT checks the unit before it looks whether the range is empty',
    covers: (words, ours) => words[0] === 'BITCOUNT' && Number(words[3]) < 0 && ours === '-ERR syntax error\r\n',
  },
];

/** A key as argument 1: argument 0 is a command's name. */
function argsOf(key: string): Args {
  return Args.of([Buffer.alloc(0), Buffer.from(key, 'latin1')]);
}

/** Both servers with the same keys and nothing else. */
class Pair {
  readonly ours: TestEngine;
  readonly theirs: Connection;
  private readonly events: string[] = [];
  private dirty = 0;

  constructor(protocol: 2 | 3) {
    this.ours = new TestEngine([], protocol);
    this.ours.engine.limits.maxBulkBytes = MAX_BULK_BYTES;
    this.ours.engine.effects.subscribe((changes) => {
      for (const { event, key } of changes) this.events.push(`${event} ${key.toString('latin1')}`);
    });
    this.theirs = connections[protocol];
  }

  /** Empties redis-server and gives both a list and the values. */
  async begin(values: Record<string, string>): Promise<void> {
    const database = this.ours.engine.keyspace.databases[0];
    database.create(argsOf(LIST_KEY), 1, LIST, 0, 0);
    await this.theirs.ask([['FLUSHALL'], ['RPUSH', LIST_KEY, 'element']]);
    await this.theirEvents();
    await control.ask([['CONFIG', 'RESETSTAT']]);
    this.dirty = await this.theirDirty();
    await this.run(Object.entries(values).map(([key, value]) => ['SET', key, value]));
  }

  /** Runs commands on both and compares the replies. */
  async run(commands: readonly Words[]): Promise<void> {
    const theirs = await this.theirs.ask(commands);
    commands.forEach((words, i) => {
      const ours = this.ours.run(...words);
      if (ours === theirs[i] || DIFFERENCES.some(({ covers }) => covers(words, ours))) return;
      expect(ours, JSON.stringify(words)).toBe(theirs[i]);
    });
  }

  /** Compares what the commands left behind. */
  async end(): Promise<void> {
    expect(this.events).toEqual(await this.theirEvents());
    expect(this.ours.engine.effects.dirty).toBe((await this.theirDirty()) - this.dirty);
    const database = this.ours.engine.keyspace.databases[0];
    for (const key of [...KEYS, FULL]) {
      const [value, encoding, ttl] = await this.theirs.ask([
        ['GET', key],
        ['OBJECT', 'ENCODING', key],
        ['PTTL', key],
      ]);
      // Strings of a megabyte are not for printing.
      expect(this.ours.run('GET', key) === value, `the value of ${key}`).toBe(true);
      const ref = database.find(argsOf(key), 1);
      if (ref === NO_REF) continue;
      const name = encodingName(database.arena, ref);
      expect(`$${name.length}\r\n${name}\r\n`, key).toBe(encoding);
      expect(database.hasDeadline(ref), key).toBe(ttl !== ':-1\r\n');
    }
  }

  private async theirEvents(): Promise<string[]> {
    await control.ask([['PUBLISH', 'end', 'end']]);
    const events: string[] = [];
    for (;;) {
      const message = (await subscriber.receive()).split('\r\n');
      const channel = message[6];
      const payload = message[8];
      if (channel === 'end') return events;
      events.push(`${channel.slice('__keyevent@0__:'.length)} ${payload}`);
    }
  }

  /** Compares how often a key was found, and was not. */
  async compareLookups(): Promise<void> {
    const [info] = await control.ask([['INFO', 'stats']]);
    const { hits, misses } = this.ours.engine.keyspace;
    expect({ hits, misses }).toEqual({
      hits: Number(/keyspace_hits:(\d+)/.exec(info)?.[1]),
      misses: Number(/keyspace_misses:(\d+)/.exec(info)?.[1]),
    });
  }

  private async theirDirty(): Promise<number> {
    const [info] = await control.ask([['INFO', 'persistence']]);
    return Number(/rdb_changes_since_last_save:(\d+)/.exec(info)?.[1]);
  }
}

describe.each([2, 3] as const)('RESP%i', (protocol) => {
  test.each([
    ['single bits', weighted([6, setbit], [3, getbit], [1, write]), value, 12],
    ['ranges', weighted([5, bitcount], [5, bitpos], [1, setbit], [1, write]), value, 15],
    ['operations between strings', weighted([6, bitop], [3, bitopNot], [2, write], [1, setbit]), value, 12],
    ['bitfields', weighted([8, bitfield], [2, bitfieldReadOnly], [1, write]), value, 20],
    ['subsequences', weighted([8, lcs], [1, writeSubsequence]), subsequenceValue, 15],
    ['everything', everything, value, 12],
  ])('random commands: %s', async (name, command, each, numRuns) => {
    const batch = fc.array(command, { minLength: 60, maxLength: 120, size: 'max' });
    const compare = async (values: Record<string, string>, full: string, commands: readonly Words[]) => {
      const pair = new Pair(protocol);
      await pair.begin({ ...values, [FULL]: full });
      await pair.run(commands);
      // In 7.0 BITCOUNT and BITPOS look the key up before they look at the range.
      if (name !== 'ranges' && name !== 'everything') await pair.compareLookups();
      await pair.end();
    };
    await fc.assert(fc.asyncProperty(initial(each), each, batch, compare), { numRuns, endOnFailure: true });
  });
});

describe('at the edges', () => {
  const edges =
    (commands: readonly Words[], values: Record<string, string> = {}) =>
    async () => {
      for (const protocol of [2, 3] as const) {
        const pair = new Pair(protocol);
        await pair.begin(values);
        await pair.run(commands);
        await pair.end();
      }
    };

  test(
    'ranges beyond what a number holds',
    edges(
      [...EXTREMES, '0', '-1'].flatMap((start) =>
        [...EXTREMES, '0', '-1'].flatMap((end) => [
          ['BITCOUNT', FULL, start, end],
          ['BITCOUNT', FULL, start, end, 'BIT'],
          ['BITPOS', FULL, '1', start, end],
          ['BITPOS', FULL, '0', start, end, 'BIT'],
        ]),
      ),
      { [FULL]: 'abc\xff' },
    ),
  );

  test(
    'every type, its limits and the integers around them, with every overflow',
    edges(
      Array.from({ length: 64 }, (_, i) => i + 1).flatMap((bits) =>
        (bits === 64 ? ['i64'] : [`i${bits}`, `u${bits}`]).flatMap((type) =>
          ['WRAP', 'SAT', 'FAIL'].flatMap((overflow) => {
            const end = 2n ** BigInt(type[0] === 'u' ? bits : bits - 1);
            const around = [-2n, -1n, 0n, 1n, 2n].flatMap((n) => [end + n, -end + n, end / 2n + n, n]);
            const distinct = [...new Set([...around.map(String), ...EXTREMES])];
            const operands = distinct.filter((n) => BigInt(n) === BigInt.asIntN(64, BigInt(n)));
            return operands.flatMap((operand) => [
              ['BITFIELD', 'k1', 'OVERFLOW', overflow, 'SET', type, '#1', operand, 'GET', type, '#1'],
              ['BITFIELD', 'k1', 'OVERFLOW', overflow, 'INCRBY', type, '#1', operand, 'INCRBY', type, '#1', '1'],
            ]);
          }),
        ),
      ),
    ),
  );

  const cells = MAX_BULK_BYTES / 4;
  test.each([
    [1, cells / 2 - 1],
    [511, 511],
    [511, 512],
    [cells / 64 - 1, 63],
    [cells / 64, 63],
    [63, cells / 64 - 1],
    [0, 100],
  ])('the longest subsequences allowed: %i and %i bytes', async (a, b) => {
    const text = (length: number, step: number) =>
      Array.from({ length }, (_, i) => 'acgt'[((i * i * step) >>> 3) & 3]).join('');
    const values = { k1: text(a, 7), k2: text(b, 11) };
    await edges(
      [
        ['LCS', 'k1', 'k2'],
        ['LCS', 'k1', 'k2', 'LEN'],
        ['LCS', 'k1', 'k2', 'IDX', 'WITHMATCHLEN'],
        ['LCS', 'k1', 'k2', 'IDX', 'MINMATCHLEN', '3'],
      ],
      values,
    )();
  });
});

describe('COMMAND', () => {
  const engine = new TestEngine([introspection([])]);

  async function expectSame(...words: string[]): Promise<void> {
    const [theirs] = await connections[2].ask([words]);
    expect(engine.run(...words)).toBe(theirs);
  }

  const rows = [...bitmaps.rows, ...bitfields.rows, ...subsequences.rows];
  test.each(rows.map(({ name }) => name))('describes %s', (name) => expectSame('COMMAND', 'INFO', name));

  test.each([
    [['BITFIELD', 'k', 'GET', 'u8', '0', 'OVERFLOW', 'FAIL']],
    [['BITFIELD', 'k', 'GET', 'u8', '0', 'SET', 'u8', '0', '1']],
    [['BITFIELD', 'k', 'INCRBY', 'u8', '0']],
    [['BITFIELD', 'k', 'GET', 'u8']],
    [['BITFIELD', 'k']],
    [['BITOP', 'NOT', 'd', 'a', 'b']],
    [['LCS', 'a', 'b', 'IDX']],
  ])('finds the keys of %j', (words) => expectSame('COMMAND', 'GETKEYSANDFLAGS', ...words));
});
