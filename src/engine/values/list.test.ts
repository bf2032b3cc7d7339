/** Lists as commands use them, beside plain arrays, in their records and outside, on both sides of every limit. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { liveBlocks } from '../memory/arena.testing.ts';

const KEYS = ['l', 'm'];

/** The engine's lists and what they should be. */
class Twin {
  readonly engine = new TestEngine();
  readonly lists = new Map<string, string[]>(KEYS.map((key) => [key, []]));
  private readonly emptyBytes = this.engine.engine.keyspace.arena.used;

  list(key: string): string[] {
    return this.lists.get(key) ?? [];
  }

  run(...words: (string | number)[]): string {
    return this.engine.run(...words);
  }

  check(): void {
    for (const key of KEYS) {
      const list = this.list(key);
      const reply = this.run('LRANGE', key, 0, -1);
      if (reply !== arrayOf(list)) expect.fail(`${key} is ${reply.slice(0, 200)}… instead of ${list.slice(0, 9)}…`);
      if (this.run('LLEN', key) !== `:${list.length}\r\n`) expect.fail(`the length of ${key} is wrong`);
    }
  }

  /** Fails unless nothing is left in memory when the lists are gone. */
  checkEmpty(): void {
    const { keyspace } = this.engine.engine;
    this.run('DEL', ...KEYS);
    keyspace.lazyFree.finish();
    liveBlocks(keyspace.arena);
    expect(keyspace.arena.used).toBe(this.emptyBytes);
  }
}

function bulkOf(text: string | undefined): string {
  return text === undefined ? '$-1\r\n' : `$${text.length}\r\n${text}\r\n`;
}

function arrayOf(texts: readonly string[]): string {
  return `*${texts.length}\r\n${texts.map(bulkOf).join('')}`;
}

const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', '0', '-1', '4096', '9007199254740993', '007', 'a', 'b', 'c') },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 70 }).map((length) => 'x'.repeat(length)) },
  { weight: 1, arbitrary: fc.integer({ min: 500, max: 5000 }).map((length) => 'y'.repeat(length)) },
);
const key = fc.constantFrom(...KEYS);
const atHead = fc.boolean();
const index = fc.integer({ min: -60, max: 60 });
const texts = fc.array(text, { minLength: 1, maxLength: 12 });

type Step = (twin: Twin) => void;

const push: fc.Arbitrary<Step> = fc.tuple(key, atHead, texts).map(([key, atHead, texts]) => (twin) => {
  const list = twin.list(key);
  if (atHead) list.unshift(...[...texts].reverse());
  else list.push(...texts);
  expect(twin.run(atHead ? 'LPUSH' : 'RPUSH', key, ...texts)).toBe(`:${list.length}\r\n`);
});

const pop: fc.Arbitrary<Step> = fc.tuple(key, atHead, fc.nat(12)).map(([key, atHead, count]) => (twin) => {
  const list = twin.list(key);
  const taken = atHead ? list.splice(0, count) : list.splice(Math.max(0, list.length - count)).reverse();
  const reply = twin.run(atHead ? 'LPOP' : 'RPOP', key, ...(count === 1 ? [] : [count]));
  if (count === 1) expect(reply).toBe(bulkOf(taken[0]));
  else expect(reply).toBe(taken.length === 0 && list.length === 0 ? '*-1\r\n' : arrayOf(taken));
});

const set: fc.Arbitrary<Step> = fc.tuple(key, index, text).map(([key, index, text]) => (twin) => {
  const list = twin.list(key);
  const at = index < 0 ? list.length + index : index;
  const isThere = at >= 0 && at < list.length;
  if (isThere) list[at] = text;
  const refusal = list.length === 0 ? '-ERR no such key\r\n' : '-ERR index out of range\r\n';
  expect(twin.run('LSET', key, index, text)).toBe(isThere ? '+OK\r\n' : refusal);
  expect(twin.run('LINDEX', key, index)).toBe(isThere ? bulkOf(text) : '$-1\r\n');
});

const insert: fc.Arbitrary<Step> = fc
  .tuple(key, fc.boolean(), text, text)
  .map(([key, isAfter, pivot, text]) => (twin) => {
    const list = twin.list(key);
    const at = list.indexOf(pivot);
    if (at !== -1) list.splice(isAfter ? at + 1 : at, 0, text);
    const reply = twin.run('LINSERT', key, isAfter ? 'AFTER' : 'BEFORE', pivot, text);
    expect(reply).toBe(`:${at === -1 && list.length > 0 ? -1 : list.length}\r\n`);
  });

const remove: fc.Arbitrary<Step> = fc
  .tuple(key, fc.integer({ min: -5, max: 5 }), text)
  .map(([key, count, text]) => (twin) => {
    const list = count < 0 ? [...twin.list(key)].reverse() : twin.list(key);
    let left = count === 0 ? Number.POSITIVE_INFINITY : Math.abs(count);
    const kept = list.filter((each) => each !== text || left-- <= 0);
    twin.lists.set(key, count < 0 ? kept.reverse() : kept);
    expect(twin.run('LREM', key, count, text)).toBe(`:${list.length - kept.length}\r\n`);
  });

const trim: fc.Arbitrary<Step> = fc.tuple(key, index, index).map(([key, first, last]) => (twin) => {
  const list = twin.list(key);
  const from = Math.max(0, first < 0 ? list.length + first : first);
  const to = last < 0 ? list.length + last : last;
  twin.lists.set(key, list.slice(from, Math.max(0, to + 1)));
  expect(twin.run('LTRIM', key, first, last)).toBe('+OK\r\n');
});

const move: fc.Arbitrary<Step> = fc.tuple(key, key, atHead, atHead).map(([from, to, fromHead, toHead]) => (twin) => {
  const taken = fromHead ? twin.list(from).shift() : twin.list(from).pop();
  if (taken !== undefined && toHead) twin.list(to).unshift(taken);
  else if (taken !== undefined) twin.list(to).push(taken);
  const [source, target] = [fromHead, toHead].map((isHead) => (isHead ? 'LEFT' : 'RIGHT'));
  expect(twin.run('LMOVE', from, to, source, target)).toBe(bulkOf(taken));
});

const range: fc.Arbitrary<Step> = fc.tuple(key, index, index).map(([key, first, last]) => (twin) => {
  const list = twin.list(key);
  const from = Math.max(0, first < 0 ? list.length + first : first);
  const to = last < 0 ? list.length + last : last;
  expect(twin.run('LRANGE', key, first, last)).toBe(arrayOf(list.slice(from, Math.max(0, to + 1))));
});

const position: fc.Arbitrary<Step> = fc
  .tuple(key, text, fc.constantFrom(-2, -1, 1, 2))
  .map(([key, text, rank]) => (twin) => {
    const list = twin.list(key);
    const found = list.flatMap((each, i) => (each === text ? [i] : []));
    if (rank < 0) found.reverse();
    const expected = found.slice(Math.abs(rank) - 1);
    expect(twin.run('LPOS', key, text, 'RANK', rank, 'COUNT', 0)).toBe(
      `*${expected.length}\r\n${expected.map((at) => `:${at}\r\n`).join('')}`,
    );
  });

const copy: fc.Arbitrary<Step> = fc.tuple(key, key).map(([from, to]) => (twin) => {
  if (from === to || twin.list(from).length === 0) return;
  expect(twin.run('COPY', from, to, 'REPLACE')).toBe(':1\r\n');
  twin.lists.set(to, [...twin.list(from)]);
});

const step = fc.oneof(
  { weight: 6, arbitrary: push },
  { weight: 4, arbitrary: pop },
  { weight: 3, arbitrary: set },
  { weight: 3, arbitrary: insert },
  { weight: 3, arbitrary: remove },
  { weight: 1, arbitrary: trim },
  { weight: 3, arbitrary: move },
  { weight: 2, arbitrary: range },
  { weight: 2, arbitrary: position },
  { weight: 1, arbitrary: copy },
);

describe.each([0, 1, 2, 5, 20, 128, -1, -2, -5])('with a limit of %i', (limit) => {
  test('lists are the arrays they should be, and leave nothing behind', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), (steps) => {
        const twin = new Twin();
        twin.engine.engine.keyspace.encodingLimits.listMaxListpackSize = limit;
        for (const take of steps) {
          take(twin);
          twin.check();
        }
        twin.checkEmpty();
      }),
      { numRuns: 8 },
    );
  });
});

test('limits that change in between', () => {
  const limits = fc.constantFrom(0, 1, 3, 128, -1, -2, -5).map((limit) => (twin: Twin) => {
    twin.engine.engine.keyspace.encodingLimits.listMaxListpackSize = limit;
  });
  const steps = fc.array(fc.oneof({ weight: 9, arbitrary: step }, { weight: 1, arbitrary: limits }), {
    minLength: 20,
    maxLength: 150,
    size: 'max',
  });
  fc.assert(
    fc.property(steps, (all) => {
      const twin = new Twin();
      for (const take of all) {
        take(twin);
        twin.check();
      }
      twin.checkEmpty();
    }),
    { numRuns: 20 },
  );
});

test('a large list is freed in slices', () => {
  const twin = new Twin();
  twin.engine.engine.keyspace.encodingLimits.listMaxListpackSize = 1;
  for (let i = 0; i < 2000; i++) twin.run('RPUSH', 'l', i);
  const { lazyFree, arena } = twin.engine.engine.keyspace;
  const before = arena.used;
  twin.run('DEL', 'l');
  expect(lazyFree.pending).toBe(1);
  expect(arena.used).toBeGreaterThan(before / 2);
  twin.checkEmpty();
});
