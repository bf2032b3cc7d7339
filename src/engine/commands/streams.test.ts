/** Streams as commands use them, beside plain arrays, with blocks of every size; nothing is left in memory at the end. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { expectWhole } from '../keyspace/keyspace.testing.ts';

interface Entry {
  readonly ms: number;
  readonly fields: readonly string[];
}

/** The engine's stream and what it should be, with what a group was given and has pending. */
class Twin {
  readonly engine = new TestEngine();
  entries: Entry[] = [];
  last = 0;
  delivered = 0;
  readonly pending = new Map<number, string>();
  private readonly emptyBytes = this.engine.engine.keyspace.arena.used;

  constructor(maxEntries: number, maxBytes: number) {
    const limits = this.engine.engine.keyspace.encodingLimits;
    limits.streamNodeMaxEntries = maxEntries;
    limits.streamNodeMaxBytes = maxBytes;
    this.run('XGROUP', 'CREATE', 's', 'g', 0, 'MKSTREAM');
  }

  run(...words: (string | number)[]): string {
    return this.engine.run(...words);
  }

  check(): void {
    expect(this.run('XRANGE', 's', '-', '+')).toBe(arrayOf(this.entries));
    expect(this.run('XREVRANGE', 's', '+', '-')).toBe(arrayOf([...this.entries].reverse()));
    expect(this.run('XLEN', 's')).toBe(`:${this.entries.length}\r\n`);
    const pending = [...this.pending].sort(([a], [b]) => a - b).map(([ms, who]) => `${ms}-0 ${who}`);
    const told = this.run('XPENDING', 's', 'g', '-', '+', 100_000).match(/\d+-0\r\n\$1\r\n[cd]/g) ?? [];
    expect(told.map((text) => text.replace('\r\n$1\r\n', ' '))).toEqual(pending);
    for (const who of ['c', 'd']) {
      const own = this.run('XPENDING', 's', 'g', '-', '+', 100_000, who).match(/\d+-0(?=\r\n\$1)/g) ?? [];
      expect(own).toEqual(pending.filter((text) => text.endsWith(who)).map((text) => text.split(' ')[0]));
    }
  }

  /** All that is told of a stream, but for how full the nodes of its tree are. */
  describe(key: string): string {
    return this.run('XINFO', 'STREAM', key, 'FULL', 'COUNT', 0).replace(/(radix-tree-nodes\r\n):\d+/, '$1');
  }

  /** Fails unless a copy is the same and nothing is left when both are gone. */
  finish(): void {
    const { keyspace } = this.engine.engine;
    this.check();
    expectWhole(keyspace);
    this.run('COPY', 's', 't');
    expect(this.describe('t')).toBe(this.describe('s'));
    expectWhole(keyspace);
    const payload = this.run('DUMP', 's')
      .replace(/^\$\d+\r\n/, '')
      .slice(0, -2);
    this.run('DEL', 't');
    keyspace.lazyFree.finish();
    expect(this.engine.run('RESTORE', 't', 0, Buffer.from(payload, 'latin1'))).toBe('+OK\r\n');
    expect(this.describe('t')).toBe(this.describe('s'));
    expectWhole(keyspace);
    this.run('DEL', 's', 't');
    keyspace.lazyFree.finish();
    expect(keyspace.arena.used).toBe(this.emptyBytes);
  }
}

function bulkOf(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}

function entryOf({ ms, fields }: Entry): string {
  return `*2\r\n${bulkOf(`${ms}-0`)}*${fields.length}\r\n${fields.map(bulkOf).join('')}`;
}

function arrayOf(entries: readonly Entry[]): string {
  return `*${entries.length}\r\n${entries.map(entryOf).join('')}`;
}

type Step = (twin: Twin) => void;

const text = fc.constantFrom(
  '',
  'a',
  'b',
  '0',
  '-5',
  '70000',
  '9007199254740993',
  '007',
  'x'.repeat(70),
  'y'.repeat(500),
);
const pairs = fc.oneof(
  { weight: 3, arbitrary: text.map((value) => ['f', value]) },
  { weight: 1, arbitrary: fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 6 }).map((list) => list.flat()) },
);

const add: fc.Arbitrary<Step> = fc.tuple(pairs, fc.integer({ min: 1, max: 400 })).map(([fields, gap]) => (twin) => {
  twin.last += gap;
  twin.entries.push({ ms: twin.last, fields });
  expect(twin.run('XADD', 's', `${twin.last}-0`, ...fields)).toBe(bulkOf(`${twin.last}-0`));
});

const addMany: fc.Arbitrary<Step> = fc.tuple(pairs, fc.nat(60)).map(([fields, count]) => (twin) => {
  for (let i = 0; i < count; i++) {
    twin.last++;
    twin.entries.push({ ms: twin.last, fields });
    twin.run('XADD', 's', `${twin.last}-0`, ...fields);
  }
});

const remove: fc.Arbitrary<Step> = fc.array(fc.nat(), { minLength: 1, maxLength: 20 }).map((picks) => (twin) => {
  const chosen = new Set(picks.map((pick) => twin.entries[pick % (twin.entries.length || 1)]?.ms ?? 0));
  chosen.delete(0);
  const ids = [...chosen].map((ms) => `${ms}-0`);
  twin.entries = twin.entries.filter(({ ms }) => !chosen.has(ms));
  expect(twin.run('XDEL', 's', '1-9', ...ids)).toBe(`:${ids.length}\r\n`);
});

const trimLength: fc.Arbitrary<Step> = fc.nat(150).map((length) => (twin) => {
  const removed = Math.max(0, twin.entries.length - length);
  twin.entries = twin.entries.slice(removed);
  expect(twin.run('XTRIM', 's', 'MAXLEN', length)).toBe(`:${removed}\r\n`);
});

const trimId: fc.Arbitrary<Step> = fc.nat(400).map((back) => (twin) => {
  const least = Math.max(0, twin.last - back);
  const kept = twin.entries.filter(({ ms }) => ms >= least);
  expect(twin.run('XTRIM', 's', 'MINID', least)).toBe(`:${twin.entries.length - kept.length}\r\n`);
  twin.entries = kept;
});

/** Whether the one group has an entry behind it. */
const isDone = (twin: Twin, ms: number): boolean => ms <= twin.delivered && !twin.pending.has(ms);

/** Removes from an array what a trim with ACKED removes from a stream, block by block where blocks do not matter. */
const trimAcknowledged: fc.Arbitrary<Step> = fc.tuple(fc.boolean(), fc.nat(150)).map(([byLength, n]) => (twin) => {
  const least = Math.max(0, twin.last - n * 3);
  let surplus = byLength ? twin.entries.length - n : Number.POSITIVE_INFINITY;
  const kept = twin.entries.filter(({ ms }) => {
    const goes = isDone(twin, ms) && (byLength ? surplus > 0 : ms < least);
    if (goes) surplus--;
    return !goes;
  });
  const strategy = byLength ? ['MAXLEN', n] : ['MINID', least];
  expect(twin.run('XTRIM', 's', ...strategy, 'ACKED')).toBe(`:${twin.entries.length - kept.length}\r\n`);
  twin.entries = kept;
});

const trimWithReferences: fc.Arbitrary<Step> = fc.nat(150).map((length) => (twin) => {
  const removed = twin.entries.slice(0, Math.max(0, twin.entries.length - length));
  expect(twin.run('XTRIM', 's', 'MAXLEN', '=', length, 'DELREF')).toBe(`:${removed.length}\r\n`);
  for (const { ms } of removed) twin.pending.delete(ms);
  twin.entries = twin.entries.slice(removed.length);
});

const policy = fc.constantFrom('KEEPREF', 'DELREF', 'ACKED');

const removeWithPolicy: fc.Arbitrary<Step> = fc
  .tuple(policy, fc.boolean(), fc.array(fc.nat(), { minLength: 1, maxLength: 20 }))
  .map(([policy, acknowledges, picks]) => (twin) => {
    const known = [...new Set([...twin.entries.map(({ ms }) => ms), ...twin.pending.keys()])];
    const chosen = picks.map((pick) => known[pick % (known.length || 1)] ?? 1);
    const expected = chosen.map((ms) => {
      if (acknowledges && !twin.pending.delete(ms)) return -1;
      if (policy === 'ACKED' && !isDone(twin, ms)) return 2;
      if (policy === 'DELREF') twin.pending.delete(ms);
      const before = twin.entries.length;
      twin.entries = twin.entries.filter((entry) => entry.ms !== ms);
      return acknowledges || twin.entries.length < before ? 1 : -1;
    });
    const ids = ['IDS', chosen.length, ...chosen.map((ms) => `${ms}-0`)];
    const reply = acknowledges
      ? twin.run('XACKDEL', 's', 'g', policy, ...ids)
      : twin.run('XDELEX', 's', ...ids, policy);
    expect(reply).toBe(`*${chosen.length}\r\n${expected.map((result) => `:${result}\r\n`).join('')}`);
  });

/** Trims up to an ID whose entry is deleted: its block stays, and may be empty. */
const emptyBlock: fc.Arbitrary<Step> = fc.nat().map((pick) => (twin) => {
  const index = pick % (twin.entries.length || 1);
  const { ms } = twin.entries[index] ?? { ms: 1 };
  twin.run('XDEL', 's', `${ms}-0`);
  expect(twin.run('XTRIM', 's', 'MINID', ms)).toBe(`:${index}\r\n`);
  twin.entries = twin.entries.slice(index + 1);
});

const range: fc.Arbitrary<Step> = fc
  .tuple(fc.nat(5000), fc.nat(5000), fc.nat(40))
  .map(([from, to, count]) => (twin) => {
    const inside = twin.entries.filter(({ ms }) => ms > from && ms <= to);
    expect(twin.run('XRANGE', 's', `(${from}-0`, to, 'COUNT', count + 1)).toBe(arrayOf(inside.slice(0, count + 1)));
    const back = [...inside].reverse().slice(0, count + 1);
    expect(twin.run('XREVRANGE', 's', to, `(${from}-0`, 'COUNT', count + 1)).toBe(arrayOf(back));
  });

const who = fc.constantFrom('c', 'd');
const read: fc.Arbitrary<Step> = fc.tuple(who, fc.integer({ min: 1, max: 90 })).map(([who, count]) => (twin) => {
  const news = twin.entries.filter(({ ms }) => ms > twin.delivered).slice(0, count);
  const reply = twin.run('XREADGROUP', 'GROUP', 'g', who, 'COUNT', count, 'STREAMS', 's', '>');
  expect(reply).toBe(news.length === 0 ? '*-1\r\n' : `*1\r\n*2\r\n${bulkOf('s')}${arrayOf(news)}`);
  for (const { ms } of news) twin.pending.set(ms, who);
  twin.delivered = news.at(-1)?.ms ?? twin.delivered;
});

const goBack: fc.Arbitrary<Step> = fc.nat(100).map((back) => (twin) => {
  twin.delivered = Math.max(0, twin.delivered - back);
  expect(twin.run('XGROUP', 'SETID', 's', 'g', twin.delivered)).toBe('+OK\r\n');
});

const acknowledge: fc.Arbitrary<Step> = fc.array(fc.nat(), { minLength: 1, maxLength: 60 }).map((picks) => (twin) => {
  const known = [...twin.pending.keys()];
  const chosen = new Set(picks.map((pick) => known[pick % (known.length || 1)] ?? 0));
  const count = [...chosen].filter((ms) => twin.pending.delete(ms)).length;
  expect(twin.run('XACK', 's', 'g', ...[...chosen].map((ms) => `${ms}-0`))).toBe(`:${count}\r\n`);
});

const claim: fc.Arbitrary<Step> = fc.tuple(who, fc.integer({ min: 1, max: 50 })).map(([who, count]) => (twin) => {
  const first = [...twin.pending.keys()].sort((a, b) => a - b).slice(0, count);
  for (const ms of first) {
    if (twin.entries.some((entry) => entry.ms === ms)) twin.pending.set(ms, who);
    else twin.pending.delete(ms);
  }
  twin.run('XAUTOCLAIM', 's', 'g', who, 0, 0, 'COUNT', count, 'JUSTID');
});

const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: add },
    { weight: 3, arbitrary: addMany },
    { weight: 2, arbitrary: remove },
    { weight: 1, arbitrary: trimLength },
    { weight: 1, arbitrary: trimId },
    { weight: 1, arbitrary: trimAcknowledged },
    { weight: 1, arbitrary: trimWithReferences },
    { weight: 1, arbitrary: removeWithPolicy },
    { weight: 1, arbitrary: emptyBlock },
    { weight: 2, arbitrary: range },
    { weight: 3, arbitrary: read },
    { weight: 1, arbitrary: goBack },
    { weight: 2, arbitrary: acknowledge },
    { weight: 1, arbitrary: claim },
  ),
  { minLength: 1, maxLength: 60 },
);

describe.each([
  [100, 4096],
  [3, 4096],
  [1, 0],
  [0, 200],
  [300, 0],
])('a stream with up to %i entries and %i bytes a block', (maxEntries, maxBytes) => {
  test('holds what an array holds', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const twin = new Twin(maxEntries, maxBytes);
        for (const step of list) step(twin);
        twin.finish();
      }),
      { numRuns: 30 },
    );
  });
});

test('IDs go up to the last and no further', () => {
  const engine = new TestEngine();
  const top = '18446744073709551615';
  expect(engine.run('XADD', 's', `${top}-${top}`, 'a', 'b')).toBe(bulkOf(`${top}-${top}`));
  expect(engine.run('XADD', 's', '*', 'a', 'b')).toBe(
    '-ERR The stream has exhausted the last possible ID, unable to add more items\r\n',
  );
  expect(engine.run('XADD', 't', `5-${top}`, 'a', 'b')).toBe(bulkOf(`5-${top}`));
  expect(engine.run('XADD', 't', '5-*', 'a', 'b')).toBe(
    '-ERR The ID specified in XADD is equal or smaller than the target stream top item\r\n',
  );
  expect(engine.run('XADD', 't', '0-0', 'a', 'b')).toBe('-ERR The ID specified in XADD must be greater than 0-0\r\n');
  expect(engine.run('XTRIM', 't', 'MAXLEN', -1)).toBe('-ERR The MAXLEN argument must be >= 0.\r\n');
  expect(engine.run('XSETID', 't', '6', 'ENTRIESADDED', -5)).toBe('-ERR entries_added must be positive\r\n');
});

test.each(['KEEPREF', 'DELREF', 'ACKED'])('a block of deleted entries goes as any other: %s', (references) => {
  const engine = new TestEngine();
  engine.engine.keyspace.encodingLimits.streamNodeMaxEntries = 2;
  for (const id of ['1-0', '2-0']) engine.run('XADD', 's', id, 'f', 'v');
  engine.run('XDEL', 's', '2-0');
  expect(engine.run('XTRIM', 's', 'MINID', '2-0')).toBe(':1\r\n');
  for (const id of ['3-0', '4-0']) engine.run('XADD', 's', id, 'f', 'v');
  expect(engine.run('XINFO', 'STREAM', 's')).toContain('radix-tree-keys\r\n:2\r\n');
  expect(engine.run('XTRIM', 's', 'MAXLEN', '~', 1, 'LIMIT', 1, references)).toBe(':0\r\n');
  expect(engine.run('XINFO', 'STREAM', 's')).toContain('radix-tree-keys\r\n:1\r\n');
  expect(engine.run('XTRIM', 's', 'MAXLEN', 0, references)).toBe(':2\r\n');
});

test('an ID that was deleted can be given once more when the stream is set back', () => {
  const engine = new TestEngine();
  for (const id of ['1-0', '4-0', '5-0']) engine.run('XADD', 's', id, 'f', 'v');
  engine.run('XDEL', 's', '5-0');
  engine.run('XSETID', 's', '5-0', 'MAXDELETEDID', '1-0');
  engine.run('XSETID', 's', '4-0');
  engine.run('XADD', 's', '5-0', 'f', 'again');
  expect(engine.run('XRANGE', 's', '5-0', '5-0')).toContain('again');
  expect(engine.run('XDEL', 's', '5-0')).toBe(':1\r\n');
  expect(engine.run('XLEN', 's')).toBe(':2\r\n');
});

test('what is behind the last entry of a block is the next block, whatever was read before', () => {
  const engine = new TestEngine();
  engine.engine.keyspace.encodingLimits.streamNodeMaxEntries = 2;
  const ids = ['1-0', '1-7', '2-1', '2-2', '5-0', '5-1', '9-0'];
  ids.forEach((id, i) => {
    engine.run('XADD', 's', id, 'f', `v${i}`, ...(i % 2 === 0 ? [] : ['g', 'x'.repeat(i)]));
  });
  for (const before of ids) {
    for (let i = 0; i < ids.length; i++) {
      engine.run('XRANGE', 's', before, before);
      const behind = engine.run('XRANGE', 's', `(${ids[i]}`, '+');
      expect(behind.match(/\d-\d/g) ?? []).toEqual(ids.slice(i + 1));
      expect(behind.match(/v\d/g) ?? []).toEqual(ids.slice(i + 1).map((_, j) => `v${i + 1 + j}`));
    }
  }
});

describe('a group goes on behind what it was given last', () => {
  const read = (twin: Twin): string =>
    [...twin.run('XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', 2, 'STREAMS', 's', '>').matchAll(/\d+-\d+/g)].join(' ');
  const addUpTo = (twin: Twin, last: number): void => {
    while (twin.last < last) twin.run('XADD', 's', `${++twin.last}-0`, 'f', 'v');
  };

  test('when the entries of its block have moved', () => {
    const twin = new Twin(300, 0);
    addUpTo(twin, 130);
    expect(read(twin)).toBe('1-0 2-0');
    // The number of entries is a byte shorter from 127 on.
    twin.run('XDEL', 's', '100-0', '101-0', '102-0');
    expect(read(twin)).toBe('3-0 4-0');
    addUpTo(twin, 140);
    expect(read(twin)).toBe('5-0 6-0');
  });

  // Whether the new block stands where the old one stood depends on the sizes of both: among these some do.
  const sizes = [0, 1, 3, 10, 40, 80];

  test.each(sizes)('when its block was given up, and the next stands there: values of %i bytes', (size) => {
    const twin = new Twin(2, 0);
    const value = 'v'.repeat(size);
    for (let ms = 1; ms <= 4; ms++) twin.run('XADD', 's', `${ms}-0`, 'f', value);
    expect(read(twin)).toBe('1-0 2-0');
    expect(read(twin)).toBe('3-0 4-0');
    twin.run('XDEL', 's', '3-0', '4-0');
    twin.run('XADD', 's', '4-1', 'f', value);
    twin.run('XADD', 's', '4-2', 'f', value);
    expect(read(twin)).toBe('4-1 4-2');
  });

  test.each(sizes)('when all was trimmed, and a block of older IDs stands there: values of %i bytes', (size) => {
    const twin = new Twin(3, 0);
    const value = 'v'.repeat(size);
    for (const id of ['4-0', '5-0', '6-0']) twin.run('XADD', 's', id, 'f', value);
    expect(read(twin)).toBe('4-0 5-0');
    expect(read(twin)).toBe('6-0');
    twin.run('XTRIM', 's', 'MAXLEN', 0);
    twin.run('XSETID', 's', '1-0');
    for (const id of ['2-0', '6-1', '6-2']) twin.run('XADD', 's', id, 'f', value);
    expect(read(twin)).toBe('6-1 6-2');
  });

  test('when it was sent back', () => {
    const twin = new Twin(100, 0);
    addUpTo(twin, 9);
    expect(read(twin)).toBe('1-0 2-0');
    expect(read(twin)).toBe('3-0 4-0');
    twin.run('XGROUP', 'SETID', 's', 'g', '1');
    expect(read(twin)).toBe('2-0 3-0');
  });
});

test('ranges find every ID, however far it is from the others of its block', () => {
  const top = '18446744073709551615';
  const ids = ['0-1', `0-${top}`, '1-0', '1-5', '1-4294967296', '42-0', '42-42', `${top}-0`, `${top}-${top}`];
  for (let first = 0; first < ids.length; first++) {
    const engine = new TestEngine();
    const own = ids.slice(first);
    for (const id of own) engine.run('XADD', 's', id, 'f', 'v');
    own.forEach((id, i) => {
      const from = engine.run('XRANGE', 's', id, '+').match(/\d+-\d+/g);
      expect(from).toEqual(own.slice(i));
      const behind = i < own.length - 1 ? engine.run('XRANGE', 's', `(${id}`, '+').match(/\d+-\d+/g) : [];
      expect(behind).toEqual(own.slice(i + 1));
    });
  }
});
