/** COPY of values that are copied in slices: what waits, what does not, what becomes of copies nobody takes. */
import { beforeEach, describe, expect, it } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { OutputBuffer } from '../../protocol/output-buffer.ts';
import { Resp2Reply } from '../../protocol/resp2-reply.ts';
import { POSTPONED } from '../dispatch/dispatch.ts';
import { Session } from '../dispatch/session.ts';
import { TestEngine } from '../engine.testing.ts';

const ELEMENTS = 20_000;
const CHUNK = 500;

/** How elements are added to a large value of each kind, and all of it is read in an order of its own. */
const KINDS = [
  { kind: 'hash', add: (i: number) => ['HSET', `f${i}`, `v${i}`], read: ['HGETALL'], encoding: 'hashtable' },
  { kind: 'set', add: (i: number) => ['SADD', `m${i}`], read: ['SMEMBERS'], encoding: 'hashtable' },
  {
    kind: 'zset',
    add: (i: number) => ['ZADD', `${i % 97}`, `m${i}`],
    read: ['ZRANGE', '0', '-1', 'WITHSCORES'],
    encoding: 'skiplist',
  },
  {
    kind: 'list',
    add: (i: number) => ['RPUSH', `${'x'.repeat(400)}${i}`],
    read: ['LRANGE', '0', '-1'],
    encoding: 'quicklist',
  },
] as const;

let test: TestEngine;

beforeEach(() => {
  test = new TestEngine();
});

/** Makes `key` a value of so many elements. */
function fill(key: string, { add }: (typeof KINDS)[number], count = ELEMENTS): void {
  for (let from = 0; from < count; from += CHUNK) {
    const chunk = Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => add(from + i));
    test.run(chunk[0][0], key, ...chunk.flatMap(([, ...words]) => words));
  }
}

/** What `key` holds, in an order that does not depend on the table. */
function contentOf(key: string, { read: [command, ...options], kind }: (typeof KINDS)[number]): string[] {
  const words = test
    .run(command, key, ...options)
    .split('\r\n')
    .filter((word) => !/^[$*]/.test(word));
  return kind === 'set' ? words.sort() : kind === 'hash' ? pairsOf(words).sort() : words;
}

function pairsOf(words: readonly string[]): string[] {
  return words.flatMap((word, i) => (i % 2 === 0 ? [`${word}=${words[i + 1]}`] : []));
}

/** Offers a request once, from another client; undefined when it has to wait. */
function offer(...words: string[]): string | undefined {
  const out = new OutputBuffer();
  const session = new Session(2, new Resp2Reply(out));
  const { dispatcher } = test.engine;
  dispatcher.beginTurn();
  const outcome = dispatcher.dispatch(session, Args.of(words.map((word) => Buffer.from(word))));
  dispatcher.settle();
  return outcome === POSTPONED ? undefined : out.bytes.toString('latin1', 0, out.at);
}

function copyAll(): void {
  test.engine.keyspace.copies.step(() => true);
}

describe.each(KINDS)('a large $kind', (kind) => {
  it('is copied whole, in slices, and the two are independent', () => {
    fill('a', kind);
    const { arena, lazyFree } = test.engine.keyspace;
    const used = arena.used;
    expect(offer('COPY', 'a', 'b')).toBeUndefined();
    let slices = 0;
    while (!test.engine.keyspace.copies.idle) {
      let steps = 0;
      test.engine.keyspace.copies.step(() => steps++ < 1);
      slices++;
    }
    expect(slices).toBeGreaterThan(10);
    expect(offer('COPY', 'a', 'b')).toBe(':1\r\n');
    expect(test.run('OBJECT', 'ENCODING', 'b')).toContain(kind.encoding);
    const content = contentOf('a', kind);
    expect(contentOf('b', kind)).toEqual(content);
    test.run(...kind.add(-1).toSpliced(1, 0, 'b'));
    expect(contentOf('a', kind)).toEqual(content);
    expect(contentOf('b', kind)).not.toEqual(content);
    test.run('DEL', 'b');
    lazyFree.finish();
    expect(arena.used).toBe(used);
  });

  it('may be read meanwhile, but who would change it waits', () => {
    fill('a', kind);
    expect(offer('COPY', 'a', 'b')).toBeUndefined();
    const write = kind.add(-1).toSpliced(1, 0, 'a');
    const [read, ...options] = kind.read;
    expect(offer(read, 'a', ...options)).toMatch(/^\*/);
    expect(offer('SET', 'other', '1')).toBe('+OK\r\n');
    expect(offer(...write)).toBeUndefined();
    expect(offer('DEL', 'other', 'a')).toBeUndefined();
    expect(offer('RENAME', 'other', 'a')).toBeUndefined();
    copyAll();
    // The finished copy is still that of the value as it is.
    expect(offer(...write)).toBeUndefined();
    expect(offer('COPY', 'a', 'b')).toBe(':1\r\n');
    expect(offer(...write)).toMatch(/^:/);
    expect(contentOf('b', kind)).not.toEqual(contentOf('a', kind));
  });
});

it('of a large stream is of one moment: who reads it for a group waits, who only reads it does not', () => {
  const limits = test.engine.keyspace.encodingLimits;
  limits.streamNodeMaxEntries = 1;
  for (let i = 1; i <= 1100; i++) test.run('XADD', 'a', `${i}-0`, 'f', 'v');
  test.run('XGROUP', 'CREATE', 'a', 'g', '0');
  test.run('XGROUP', 'CREATECONSUMER', 'a', 'g', 'c');
  expect(offer('COPY', 'a', 'b')).toBeUndefined();
  copyAll();
  const read = ['XREADGROUP', 'GROUP', 'g', 'c', 'COUNT', '1', 'STREAMS', 'a', '>'];
  expect(offer(...read)).toBeUndefined();
  expect(offer('XREAD', 'COUNT', '1', 'STREAMS', 'a', '0')).toContain('1-0');
  expect(offer('COPY', 'a', 'b')).toBe(':1\r\n');
  expect(offer(...read)).toContain('1-0');
  expect(test.run('XPENDING', 'b', 'g')).toMatch(/^\*4\r\n:0\r\n/);
});

it('of a large stream is of one moment though a script acknowledges meanwhile', () => {
  for (let i = 1; i <= 18_000; i++) test.run('XADD', 'a', `${i}-0`, 'f', 'v');
  test.run('XGROUP', 'CREATE', 'a', 'g', '0');
  test.run('XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', 'a', '>');
  expect(offer('COPY', 'a', 'b')).toBeUndefined();
  let slices = 0;
  while (slices < 20) test.engine.keyspace.copies.step(() => slices++ < 20);
  const acknowledge = "for i = 1, 8000 do redis.call('XACK', KEYS[1], 'g', i .. '-0') end";
  expect(offer('EVAL', acknowledge, '1', 'a')).toBe('$-1\r\n');
  while (offer('COPY', 'a', 'b') === undefined) copyAll();
  expect(test.run('XPENDING', 'b', 'g')).toBe(test.run('XPENDING', 'a', 'g'));
});

describe('a copy being made', () => {
  const [hash] = KINDS;

  beforeEach(() => fill('a', hash));

  /** Nothing of a copy is left, whatever became of it. */
  function expectGivenUp(used: number): void {
    const { keyspace } = test.engine;
    keyspace.lazyFree.finish();
    expect(keyspace.copies.isActive).toBe(false);
    expect(keyspace.arena.used).toBe(used);
  }

  it('is given up when the original passes its deadline', () => {
    test.run('SET', 'b', 'old');
    test.run('PEXPIRE', 'a', '100');
    expect(offer('COPY', 'a', 'b', 'REPLACE')).toBeUndefined();
    test.engine.keyspace.copies.step(() => test.engine.keyspace.copies.isActive && test.engine.keyspace.copies.idle);
    test.now += 200;
    expect(offer('COPY', 'a', 'b', 'REPLACE')).toBe(':0\r\n');
    expect(test.engine.keyspace.copies.isActive).toBe(false);
    expect(test.run('GET', 'b')).toBe('$3\r\nold\r\n');
  });

  it.each([['FLUSHALL'], ['FLUSHDB'], ['SWAPDB', '0', '1']])('is given up by %s', (...words) => {
    expect(offer('COPY', 'a', 'b')).toBeUndefined();
    expect(offer(...words)).toBe('+OK\r\n');
    expect(test.engine.keyspace.copies.isActive).toBe(false);
    expect(offer('COPY', 'a', 'b')).toBe(':0\r\n');
  });

  it('is given up when finished and not taken', () => {
    const { used } = test.engine.keyspace.arena;
    expect(offer('COPY', 'a', 'b')).toBeUndefined();
    copyAll();
    test.now += 1000;
    test.run('PING');
    copyAll();
    expectGivenUp(used);
  });

  it('serves one that asks, then the next begins anew', () => {
    expect(offer('COPY', 'a', 'b')).toBeUndefined();
    expect(offer('COPY', 'a', 'c')).toBeUndefined();
    copyAll();
    expect(offer('COPY', 'a', 'b')).toBe(':1\r\n');
    expect(offer('COPY', 'a', 'c')).toBeUndefined();
    copyAll();
    expect(offer('COPY', 'a', 'c')).toBe(':1\r\n');
    expect(contentOf('c', hash)).toEqual(contentOf('a', hash));
  });

  it('is made at once after a script has changed the original meanwhile, then in slices again', () => {
    const change = ['EVAL', "return redis.call('HSET', 'a', 'f0', 'new')", '0'];
    expect(offer('COPY', 'a', 'b')).toBeUndefined();
    expect(offer(...change)).toBe(':0\r\n');
    expect(offer('COPY', 'a', 'b')).toBe(':1\r\n');
    expect(test.run('HGET', 'b', 'f0')).toBe('$3\r\nnew\r\n');
    expect(offer('COPY', 'a', 'c')).toBeUndefined();
  });

  it('is not begun for a COPY that would be refused', () => {
    test.run('SET', 'b', 'old');
    expect(offer('COPY', 'a', 'b')).toBe(':0\r\n');
    expect(offer('COPY', 'a', 'a')).toMatch(/^-ERR source and destination objects are the same/);
    expect(offer('COPY', 'a', 'c', 'DB', '99')).toMatch(/^-ERR DB index is out of range/);
    expect(offer('COPY', 'a', 'c', 'nonsense')).toBe('-ERR syntax error\r\n');
    expect(test.engine.keyspace.copies.isActive).toBe(false);
  });
});
