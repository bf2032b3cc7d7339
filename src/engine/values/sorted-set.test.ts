/** Sorted sets as commands use them, beside plain maps, in their records and outside, on both sides of every limit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDouble } from '../../bytes/double.ts';
import { TestEngine } from '../engine.testing.ts';
import { liveBlocks } from '../memory/arena.testing.ts';

const KEYS = ['y', 'z'];

interface Entry {
  readonly member: string;
  readonly score: number;
}

/** The engine's sorted sets and what they should be. */
class Twin {
  readonly engine = new TestEngine();
  readonly sets = new Map<string, Map<string, number>>(KEYS.map((key) => [key, new Map()]));
  private readonly emptyBytes = this.engine.engine.keyspace.arena.used;

  constructor(entries: number, bytes: number) {
    const limits = this.engine.engine.keyspace.encodingLimits;
    limits.zsetMaxListpackEntries = entries;
    limits.zsetMaxListpackValue = bytes;
  }

  set(key: string): Map<string, number> {
    return this.sets.get(key) ?? new Map();
  }

  /** In the order of scores, then of bytes. */
  entries(key: string): Entry[] {
    return [...this.set(key)].map(([member, score]) => ({ member, score })).sort(compare);
  }

  run(...words: (string | number)[]): string {
    return this.engine.run(...words);
  }

  check(): void {
    for (const key of KEYS) {
      const entries = this.entries(key);
      expect(this.run('ZRANGE', key, 0, -1, 'WITHSCORES')).toBe(flat(entries));
      expect(this.run('ZRANGE', key, 0, -1, 'WITHSCORES', 'REV')).toBe(flat(entries.toReversed()));
      expect(this.run('ZCARD', key)).toBe(`:${entries.length}\r\n`);
      expect(this.run('EXISTS', key)).toBe(`:${entries.length === 0 ? 0 : 1}\r\n`);
    }
  }

  /** Every member by itself. */
  checkMembers(): void {
    for (const key of KEYS) {
      for (const [rank, { member, score }] of this.entries(key).entries()) {
        expect(this.run('ZSCORE', key, member)).toBe(bulk(formatDouble(score)));
        expect(this.run('ZRANK', key, member)).toBe(`:${rank}\r\n`);
        expect(this.run('ZREVRANK', key, member)).toBe(`:${this.set(key).size - 1 - rank}\r\n`);
      }
      expect(this.run('ZSCORE', key, 'nobody')).toBe('$-1\r\n');
      expect(this.run('ZRANK', key, 'nobody')).toBe('$-1\r\n');
    }
  }

  /** Fails unless nothing is left in memory when the sets are gone. */
  checkEmpty(): void {
    const { keyspace } = this.engine.engine;
    this.run('DEL', ...KEYS);
    for (const key of KEYS) this.sets.set(key, new Map());
    keyspace.lazyFree.finish();
    liveBlocks(keyspace.arena);
    expect(keyspace.arena.used).toBe(this.emptyBytes);
  }
}

function compare(a: Entry, b: Entry): number {
  if (a.score !== b.score) return a.score < b.score ? -1 : 1;
  return a.member < b.member ? -1 : a.member > b.member ? 1 : 0;
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

/** Members and scores as RESP2 has them. */
function flat(entries: readonly Entry[]): string {
  const pairs = entries.map(({ member, score }) => bulk(member) + bulk(formatDouble(score)));
  return `*${pairs.length * 2}\r\n${pairs.join('')}`;
}

function members(entries: readonly Entry[]): string {
  return `*${entries.length}\r\n${entries.map(({ member }) => bulk(member)).join('')}`;
}

const key = fc.constantFrom(...KEYS);
const member = fc.oneof(
  { weight: 5, arbitrary: fc.nat(60).map((i) => `m${i}`) },
  { weight: 3, arbitrary: fc.constantFrom('', '0', '-1', '12', '4096', '9007199254740993', '007', '\xff', 'a\0b') },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 12 }).map((length) => 'x'.repeat(length)) },
  { weight: 1, arbitrary: fc.integer({ min: 60, max: 700 }).map((length) => 'y'.repeat(length)) },
);
const score = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -4, max: 4 }) },
  { weight: 2, arbitrary: fc.constantFrom(0.1, -2.5, 1e17, 2 ** 53, -(2 ** 60), 1e-7, 1e300, 127, 128, 40000) },
  { weight: 1, arbitrary: fc.constantFrom(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
);
const index = fc.integer({ min: -70, max: 70 });

type Step = (twin: Twin) => void;

const add: fc.Arbitrary<Step> = fc
  .tuple(
    key,
    fc.array(fc.tuple(score, member), { minLength: 1, maxLength: 14 }),
    fc.constantFrom('', 'NX', 'XX'),
    fc.constantFrom('', 'GT', 'LT'),
  )
  .map(([key, pairs, condition, comparison]) => (twin) => {
    const set = twin.set(key);
    const options = condition === 'NX' ? ['NX'] : [condition, comparison].filter((word) => word !== '');
    let changed = 0;
    for (const [score, member] of pairs) {
      const old = set.get(member);
      if (old === undefined ? options.includes('XX') : options.includes('NX')) continue;
      if (old !== undefined && options.includes('GT') && score <= old) continue;
      if (old !== undefined && options.includes('LT') && score >= old) continue;
      if (old !== score) changed++;
      set.set(member, score);
    }
    const words = pairs.flatMap(([score, member]) => [formatDouble(score), member]);
    expect(twin.run('ZADD', key, ...options, 'CH', ...words)).toBe(`:${changed}\r\n`);
  });

const increment: fc.Arbitrary<Step> = fc.tuple(key, score, member).map(([key, delta, member]) => (twin) => {
  const set = twin.set(key);
  const sum = (set.get(member) ?? 0) + delta;
  if (Number.isNaN(sum)) {
    expect(twin.run('ZINCRBY', key, formatDouble(delta), member)).toBe(
      '-ERR resulting score is not a number (NaN)\r\n',
    );
    return;
  }
  set.set(member, sum);
  expect(twin.run('ZINCRBY', key, formatDouble(delta), member)).toBe(bulk(formatDouble(sum)));
});

const remove: fc.Arbitrary<Step> = fc
  .tuple(key, fc.array(member, { minLength: 1, maxLength: 20 }))
  .map(([key, names]) => (twin) => {
    const removed = names.filter((name) => twin.set(key).delete(name)).length;
    expect(twin.run('ZREM', key, ...names)).toBe(`:${removed}\r\n`);
  });

const removeRanks: fc.Arbitrary<Step> = fc.tuple(key, index, index).map(([key, first, last]) => (twin) => {
  const gone = slice(twin.entries(key), first, last);
  for (const { member } of gone) twin.set(key).delete(member);
  expect(twin.run('ZREMRANGEBYRANK', key, first, last)).toBe(`:${gone.length}\r\n`);
});

const removeScores: fc.Arbitrary<Step> = fc
  .tuple(key, score, score, fc.boolean())
  .map(([key, least, greatest, isExclusive]) => (twin) => {
    const gone = twin
      .entries(key)
      .filter(({ score }) => (isExclusive ? score > least && score < greatest : score >= least && score <= greatest));
    for (const { member } of gone) twin.set(key).delete(member);
    const [min, max] = [least, greatest].map((bound) => `${isExclusive ? '(' : ''}${formatDouble(bound)}`);
    expect(twin.run('ZCOUNT', key, min, max)).toBe(`:${gone.length}\r\n`);
    expect(twin.run('ZREMRANGEBYSCORE', key, min, max)).toBe(`:${gone.length}\r\n`);
  });

const pop: fc.Arbitrary<Step> = fc.tuple(key, fc.boolean(), fc.nat(40)).map(([key, isMax, count]) => (twin) => {
  const entries = isMax ? twin.entries(key).reverse() : twin.entries(key);
  const gone = entries.slice(0, count);
  for (const { member } of gone) twin.set(key).delete(member);
  expect(twin.run(isMax ? 'ZPOPMAX' : 'ZPOPMIN', key, count)).toBe(flat(gone));
});

const range: fc.Arbitrary<Step> = fc
  .tuple(key, index, index, score, score, fc.integer({ min: -1, max: 9 }), fc.integer({ min: -1, max: 30 }))
  .map(([key, first, last, least, greatest, offset, limit]) => (twin) => {
    const entries = twin.entries(key);
    expect(twin.run('ZRANGE', key, first, last)).toBe(members(slice(entries, first, last)));
    expect(twin.run('ZREVRANGE', key, first, last)).toBe(members(slice(entries.toReversed(), first, last)));
    const found = entries.filter(({ score }) => score >= least && score <= greatest);
    const limited = (all: Entry[]) => (offset < 0 ? [] : all.slice(offset, limit < 0 ? undefined : offset + limit));
    const bounds = [formatDouble(least), formatDouble(greatest)];
    expect(twin.run('ZRANGEBYSCORE', key, ...bounds, 'LIMIT', offset, limit)).toBe(members(limited(found)));
    expect(twin.run('ZRANGE', key, ...bounds.toReversed(), 'BYSCORE', 'REV', 'LIMIT', offset, limit)).toBe(
      members(limited(found.toReversed())),
    );
  });

const storeRange: fc.Arbitrary<Step> = fc.tuple(key, key, index, index).map(([from, to, first, last]) => (twin) => {
  const stored = slice(twin.entries(from), first, last);
  twin.sets.set(to, new Map(stored.map(({ member, score }) => [member, score])));
  expect(twin.run('ZRANGESTORE', to, from, first, last)).toBe(`:${stored.length}\r\n`);
});

const combine: fc.Arbitrary<Step> = fc
  .tuple(key, fc.constantFrom('ZUNIONSTORE', 'ZINTERSTORE', 'ZDIFFSTORE'))
  .map(([to, command]) => (twin) => {
    const [first, second] = KEYS.map((key) => twin.set(key));
    const sum = (name: string) => {
      const total = (first.get(name) ?? 0) + (second.get(name) ?? 0);
      return Number.isNaN(total) ? 0 : total;
    };
    const all = [...new Set([...first.keys(), ...second.keys()])];
    const kept = {
      ZUNIONSTORE: all.map((name) => [name, sum(name)] as const),
      ZINTERSTORE: all.filter((name) => first.has(name) && second.has(name)).map((name) => [name, sum(name)] as const),
      ZDIFFSTORE: [...first].filter(([name]) => !second.has(name)),
    }[command];
    twin.sets.set(to, new Map(kept));
    expect(twin.run(command, to, 2, ...KEYS)).toBe(`:${kept.length}\r\n`);
  });

const copy: fc.Arbitrary<Step> = fc.constant((twin) => {
  const isThere = twin.set('y').size > 0;
  if (isThere) twin.sets.set('z', new Map(twin.set('y')));
  expect(twin.run('COPY', 'y', 'z', 'REPLACE')).toBe(`:${isThere ? 1 : 0}\r\n`);
});

const scan: fc.Arbitrary<Step> = fc.tuple(key, fc.integer({ min: 1, max: 20 })).map(([key, count]) => (twin) => {
  const found = new Map<string, string>();
  let cursor = '0';
  do {
    const [, next, ...texts] = twin.run('ZSCAN', key, cursor, 'COUNT', count).split(/\$\d+\r\n/);
    cursor = next.split('\r\n', 1)[0];
    for (let i = 0; i < texts.length; i += 2) found.set(texts[i].slice(0, -2), texts[i + 1].slice(0, -2));
  } while (cursor !== '0');
  expect([...found].map(([name, text]) => [name, Number(text.replace('inf', 'Infinity'))]).sort()).toEqual(
    [...twin.set(key)].sort(),
  );
});

const draw: fc.Arbitrary<Step> = fc.tuple(key, fc.integer({ min: -30, max: 70 })).map(([key, count]) => (twin) => {
  const set = twin.set(key);
  const [, ...texts] = twin.run('ZRANDMEMBER', key, count, 'WITHSCORES').split(/\$\d+\r\n/);
  const drawn = texts.map((text) => text.slice(0, -2)).filter((_, i) => i % 2 === 0);
  const different = count < 0 ? 0 : Math.min(count, set.size);
  expect(drawn).toHaveLength(set.size === 0 ? 0 : count < 0 ? -count : different);
  expect(drawn.every((name) => set.has(name))).toBe(true);
  if (count > 0) expect(new Set(drawn).size).toBe(different);
});

/** From index to index, negative ones counted from the end. */
function slice(entries: readonly Entry[], first: number, last: number): Entry[] {
  const from = Math.max(0, first < 0 ? entries.length + first : first);
  const to = last < 0 ? entries.length + last : last;
  return from > to ? [] : entries.slice(from, to + 1);
}

const steps = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: add },
    { weight: 3, arbitrary: increment },
    { weight: 2, arbitrary: remove },
    { weight: 1, arbitrary: removeRanks },
    { weight: 1, arbitrary: removeScores },
    { weight: 1, arbitrary: pop },
    { weight: 3, arbitrary: range },
    { weight: 1, arbitrary: storeRange },
    { weight: 1, arbitrary: combine },
    { weight: 1, arbitrary: copy },
    { weight: 1, arbitrary: scan },
    { weight: 1, arbitrary: draw },
  ),
  { maxLength: 60 },
);

describe.each([
  ['in a listpack', 1000, 1000],
  ['in an index', 0, 0],
  ['at the limit of members', 8, 64],
  ['at the limit of bytes', 1000, 8],
])('%s', (_name, entries, bytes) => {
  test('a sorted set keeps what a map keeps, and leaves nothing behind', () => {
    const twin = new Twin(entries, bytes);
    fc.assert(
      fc.property(steps, (steps) => {
        for (const step of steps) {
          step(twin);
          twin.check();
        }
        twin.checkMembers();
        twin.checkEmpty();
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  test('ranges by member, where all scores are equal', () => {
    const bound = fc.tuple(fc.constantFrom('[', '('), member).map(([mark, text]) => mark + text);
    const least = fc.oneof(fc.constant('-'), bound);
    const greatest = fc.oneof(fc.constant('+'), bound);
    const twin = new Twin(entries, bytes);
    fc.assert(
      fc.property(fc.uniqueArray(member, { minLength: 1, maxLength: 40 }), least, greatest, (names, min, max) => {
        twin.run('ZADD', 'z', ...names.flatMap((name) => [0, name]));
        for (const name of names) twin.set('z').set(name, 0);
        const isIn = (name: string) =>
          (min === '-' || name > min.slice(1) || (min[0] === '[' && name === min.slice(1))) &&
          (max === '+' || name < max.slice(1) || (max[0] === '[' && name === max.slice(1)));
        const found = twin.entries('z').filter(({ member }) => isIn(member));
        expect(twin.run('ZRANGE', 'z', min, max, 'BYLEX')).toBe(members(found));
        expect(twin.run('ZRANGE', 'z', max, min, 'BYLEX', 'REV')).toBe(members(found.toReversed()));
        expect(twin.run('ZLEXCOUNT', 'z', min, max)).toBe(`:${found.length}\r\n`);
        expect(twin.run('ZREMRANGEBYLEX', 'z', min, max)).toBe(`:${found.length}\r\n`);
        for (const { member } of found) twin.set('z').delete(member);
        twin.check();
        twin.checkEmpty();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

test('leaves the listpack at the limits, and comes back only when stored anew', () => {
  const twin = new Twin(3, 5);
  const encoding = (name: string) => twin.run('OBJECT', 'ENCODING', name).split('\r\n')[1];
  twin.run('ZADD', 'z', 1, 'a', 2, 'b', 3, 'c');
  expect(encoding('z')).toBe('listpack');
  twin.run('ZADD', 'z', 4, 'd');
  expect(encoding('z')).toBe('skiplist');
  twin.run('ZREM', 'z', 'd', 'c', 'b');
  expect(encoding('z')).toBe('skiplist');
  twin.run('ZRANGESTORE', 'y', 'z', 0, -1);
  expect(encoding('y')).toBe('listpack');
  twin.run('ZUNIONSTORE', 'z', 1, 'z');
  expect(encoding('z')).toBe('listpack');
  twin.run('ZADD', 'z', 1, 'abcde');
  expect(encoding('z')).toBe('listpack');
  twin.run('ZADD', 'z', 1, 'abcdef');
  expect(encoding('z')).toBe('skiplist');
  twin.run('ZADD', 'y', 'XX', 1, 'p', 1, 'q', 1, 'r', 1, 's');
  expect(encoding('y'), 'more at once than it may hold').toBe('skiplist');
  twin.checkEmpty();
});

test('a large set is removed in slices', () => {
  const twin = new Twin(128, 64);
  const { keyspace } = twin.engine.engine;
  for (let i = 0; i < 20_000; i += 100) {
    twin.run('ZADD', 'z', ...Array.from({ length: 100 }, (_, j) => [(i + j) % 977, `m${i + j}`]).flat());
  }
  const full = keyspace.arena.used;
  expect(twin.run('ZREMRANGEBYRANK', 'z', 0, -1)).toBe(':20000\r\n');
  expect(keyspace.arena.used).toBeGreaterThan(full / 2);
  let slices = 0;
  for (; !keyspace.lazyFree.idle; slices++) keyspace.lazyFree.slice();
  expect(slices).toBeGreaterThan(20);
  twin.checkEmpty();
});
