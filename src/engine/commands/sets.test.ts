import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { expectWhole } from '../keyspace/keyspace.testing.ts';
import { SeenEvents } from './seen-events.testing.ts';

const WRONG_TYPE = '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n';

/** A reply of bulk strings; `marker` begins it. */
function bulks(members: readonly (string | number)[], marker = '*'): string {
  return `${marker}${members.length}\r\n${members.map((one) => `$${String(one).length}\r\n${one}\r\n`).join('')}`;
}

/** The members of a reply, sorted. */
function membersOf(reply: string): string[] {
  return [...reply.matchAll(/\$\d+\r\n(.*)\r\n/g)].map(([, member]) => member).sort();
}

function encoding(test: TestEngine, key: string): string {
  return test.run('OBJECT', 'ENCODING', key).split('\r\n')[1] ?? '';
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

describe('SADD, SREM, SCARD, SISMEMBER, SMISMEMBER, SMEMBERS', () => {
  it('add, count, find and remove', () => {
    const test = new TestEngine();
    expect(test.run('SADD', 's', 3, 1, 2, 3)).toBe(':3\r\n');
    expect(test.run('SADD', 's', 3)).toBe(':0\r\n');
    expect(test.run('SCARD', 's')).toBe(':3\r\n');
    expect(test.run('SMEMBERS', 's')).toBe(bulks([1, 2, 3]));
    expect(test.run('SISMEMBER', 's', 2)).toBe(':1\r\n');
    expect(test.run('SISMEMBER', 's', '02')).toBe(':0\r\n');
    expect(test.run('SMISMEMBER', 's', 1, 'x', 3, 3)).toBe('*4\r\n:1\r\n:0\r\n:1\r\n:1\r\n');
    expect(test.run('SREM', 's', 1, 9, 1, 3)).toBe(':2\r\n');
    expect(test.run('SREM', 's', 2, 1)).toBe(':1\r\n');
    expect(test.run('EXISTS', 's')).toBe(':0\r\n');
    expectWhole(test.engine.keyspace);
  });

  it('answer for a set that is not there', () => {
    const test = new TestEngine();
    expect(test.run('SREM', 's', 'a')).toBe(':0\r\n');
    expect(test.run('SCARD', 's')).toBe(':0\r\n');
    expect(test.run('SISMEMBER', 's', 'a')).toBe(':0\r\n');
    expect(test.run('SMISMEMBER', 's', 'a', 'b')).toBe('*2\r\n:0\r\n:0\r\n');
    expect(test.run('SMEMBERS', 's')).toBe('*0\r\n');
    expect(new TestEngine([], 3).run('SMEMBERS', 's')).toBe('~0\r\n');
  });

  it('refuse other types', () => {
    const test = new TestEngine();
    test.run('SET', 'k', 'v');
    test.run('SADD', 's', 'a');
    for (const words of [
      ['SADD', 'k', 'a'],
      ['SREM', 'k', 'a'],
      ['SCARD', 'k'],
      ['SMEMBERS', 'k'],
      ['SISMEMBER', 'k', 'a'],
      ['SMISMEMBER', 'k', 'a'],
      ['SPOP', 'k'],
      ['SPOP', 'k', 1],
      ['SRANDMEMBER', 'k'],
      ['SRANDMEMBER', 'k', 1],
      ['SMOVE', 'k', 's', 'a'],
      ['SMOVE', 's', 'k', 'a'],
      ['SINTER', 's', 'k'],
      ['SINTER', 'none', 'k'],
      ['SINTERCARD', 2, 'none', 'k'],
      ['SUNION', 's', 'k'],
      ['SDIFF', 'none', 'k'],
      ['SINTERSTORE', 'd', 's', 'k'],
      ['SUNIONSTORE', 'd', 'k'],
      ['SDIFFSTORE', 'd', 's', 'k'],
      ['SSCAN', 'k', 0],
    ]) {
      expect(test.run(...words), words.join(' ')).toBe(WRONG_TYPE);
    }
    expect(test.run('SMOVE', 'none', 'k', 'a')).toBe(':0\r\n');
    expect(test.run('EXISTS', 'd')).toBe(':0\r\n');
  });
});

describe('the encoding', () => {
  it('is an intset for up to 512 integers, then a table', () => {
    const test = new TestEngine();
    test.run('SADD', 's', ...numbers(0, 512));
    expect(encoding(test, 's')).toBe('intset');
    test.run('SADD', 's', 511, '-9223372036854775808');
    expect(encoding(test, 's')).toBe('hashtable');
    test.run('SADD', 'many', ...numbers(0, 513));
    expect(encoding(test, 'many')).toBe('hashtable');
    expect(membersOf(test.run('SMEMBERS', 'many'))).toEqual(numbers(0, 513).map(String).sort());
  });

  it('is a listpack for up to 128 short members, in the order they came', () => {
    const test = new TestEngine();
    test.run('SADD', 's', 7, 5);
    test.run('SADD', 's', 'b', 6, 'a');
    expect(encoding(test, 's')).toBe('listpack');
    expect(test.run('SMEMBERS', 's')).toBe(bulks([5, 7, 'b', 6, 'a']));
    test.run('SADD', 's', ...numbers(100, 223));
    expect(encoding(test, 's')).toBe('listpack');
    test.run('SADD', 's', 'c');
    expect(encoding(test, 's')).toBe('hashtable');
    expect(test.run('SCARD', 's')).toBe(':129\r\n');
  });

  it('is a table for a member that is too long, and for integers that are too many for a listpack', () => {
    const test = new TestEngine();
    test.run('SADD', 'long', 'x'.repeat(64));
    expect(encoding(test, 'long')).toBe('listpack');
    test.run('SADD', 'long', 'x'.repeat(65));
    expect(encoding(test, 'long')).toBe('hashtable');
    test.run('SADD', 'numbers', ...numbers(0, 128));
    test.run('SADD', 'numbers', 'x');
    expect(encoding(test, 'numbers')).toBe('hashtable');
    test.run('SADD', 'mixed', 1);
    test.run('SADD', 'mixed', 'x'.repeat(65));
    expect(encoding(test, 'mixed')).toBe('hashtable');
  });

  it('counts what a command brings, even twice', () => {
    const test = new TestEngine();
    test.run('SADD', 'new', ...new Array(129).fill('a'));
    expect(encoding(test, 'new')).toBe('hashtable');
    test.run('SADD', 'old', 'a');
    test.run('SADD', 'old', ...new Array(128).fill('a'));
    expect(encoding(test, 'old')).toBe('listpack');
    test.run('SADD', 'old', ...new Array(129).fill('a'));
    expect(encoding(test, 'old')).toBe('hashtable');
  });

  it('is compact again when a result is, or when nearly all was popped', () => {
    const test = new TestEngine();
    test.run('SADD', 'a', ...numbers(0, 1000));
    test.run('SADD', 'b', ...numbers(990, 2000));
    test.run('SINTERSTORE', 'both', 'a', 'b');
    expect(encoding(test, 'both')).toBe('intset');
    test.run('SDIFFSTORE', 'd', 'b', 'a');
    expect(encoding(test, 'd')).toBe('hashtable');
    test.run('SADD', 'both', 'x');
    test.run('SUNIONSTORE', 'u', 'both', 'both');
    expect(encoding(test, 'u')).toBe('listpack');
    test.run('SPOP', 'a', 990);
    expect(encoding(test, 'a')).toBe('listpack');
    expect(test.run('SCARD', 'a')).toBe(':10\r\n');
  });
});

describe('SMOVE', () => {
  it('moves a member, and removes a set that is empty', () => {
    const test = new TestEngine();
    const seen = new SeenEvents(test);
    test.run('SADD', 'a', 1, 'x');
    seen.take();
    expect(test.run('SMOVE', 'a', 'b', 1)).toBe(':1\r\n');
    expect(seen.take()).toEqual({ dirty: 2, events: ['srem a', 'sadd b'] });
    expect(encoding(test, 'b')).toBe('intset');
    expect(test.run('SMOVE', 'a', 'b', 1)).toBe(':0\r\n');
    expect(test.run('SMOVE', 'a', 'a', 'x')).toBe(':1\r\n');
    expect(test.run('SMOVE', 'a', 'a', 'y')).toBe(':0\r\n');
    expect(seen.take()).toEqual({ dirty: 0, events: [] });
    expect(test.run('SMOVE', 'a', 'b', 'x')).toBe(':1\r\n');
    expect(seen.take()).toEqual({ dirty: 2, events: ['srem a', 'del a', 'sadd b'] });
    test.run('SADD', 'a', 'x');
    seen.take();
    expect(test.run('SMOVE', 'a', 'b', 'x')).toBe(':1\r\n');
    expect(seen.take()).toEqual({ dirty: 1, events: ['srem a', 'del a'] });
    test.run('DEL', 'b');
    expectWhole(test.engine.keyspace);
  });
});

describe('SSCAN', () => {
  it('shows a small set at once', () => {
    const test = new TestEngine();
    test.run('SADD', 's', 1, 2, 'b1');
    expect(test.run('SSCAN', 's', 0, 'COUNT', 1)).toBe(`*2\r\n$1\r\n0\r\n${bulks([1, 2, 'b1'])}`);
    expect(test.run('SSCAN', 's', 7, 'MATCH', '*1')).toBe(`*2\r\n$1\r\n0\r\n${bulks([1, 'b1'])}`);
    expect(test.run('SSCAN', 'none', 0)).toBe('*2\r\n$1\r\n0\r\n*0\r\n');
    expect(test.run('SSCAN', 'none', 0, 'BAD')).toBe('*2\r\n$1\r\n0\r\n*0\r\n');
    expect(test.run('SSCAN', 's', 'x')).toBe('-ERR invalid cursor\r\n');
    expect(test.run('SSCAN', 's', 0, 'COUNT', 0)).toBe('-ERR syntax error\r\n');
    expect(test.run('SSCAN', 's', 0, 'TYPE', 'set')).toBe('-ERR syntax error\r\n');
    expect(test.run('SSCAN', 's', 0, 'NOVALUES')).toBe('-ERR syntax error\r\n');
  });

  it('shows what stays, however the set grows and shrinks meanwhile', () => {
    const test = new TestEngine();
    const staying = numbers(0, 500).map((i) => `stays:${i}`);
    const coming = numbers(0, 6000).map((i) => `comes:${i}`);
    test.run('SADD', 's', ...staying);
    for (const change of ['SADD', 'SREM', 'SADD']) {
      const seen = new Set<string>();
      let cursor = '0';
      for (let calls = 0; calls === 0 || cursor !== '0'; calls++) {
        const reply = test.run('SSCAN', 's', cursor, 'COUNT', 20, 'MATCH', 'stays:*');
        cursor = reply.split('\r\n')[2];
        for (const member of membersOf(reply.slice(reply.indexOf('*', 1)))) seen.add(member);
        const changing = coming.slice(calls * 200, (calls + 1) * 200);
        if (changing.length > 0) test.run(change, 's', ...changing);
      }
      expect([...seen].sort()).toEqual([...staying].sort());
      test.run(change, 's', ...coming);
    }
  });
});

describe('events and changes', () => {
  it('are told and counted as in Redis', () => {
    const test = new TestEngine();
    const seen = new SeenEvents(test);
    const effectOf = (...words: (string | number)[]) => {
      test.run(...words);
      return seen.take();
    };
    expect(effectOf('SADD', 's', 'a', 'b', 'c', 'a')).toEqual({ dirty: 3, events: ['sadd s'] });
    expect(effectOf('SADD', 's', 'a')).toEqual({ dirty: 0, events: [] });
    expect(effectOf('SREM', 's', 'a', 'x')).toEqual({ dirty: 1, events: ['srem s'] });
    expect(effectOf('SREM', 's', 'b', 'c')).toEqual({ dirty: 2, events: ['srem s', 'del s'] });
    expect(effectOf('SADD', 's', 1, 2, 3, 4)).toEqual({ dirty: 4, events: ['sadd s'] });
    expect(effectOf('SPOP', 's')).toEqual({ dirty: 1, events: ['spop s'] });
    expect(effectOf('SPOP', 's', 0)).toEqual({ dirty: 0, events: [] });
    expect(effectOf('SPOP', 's', 2)).toEqual({ dirty: 2, events: ['spop s'] });
    expect(effectOf('SPOP', 's')).toEqual({ dirty: 1, events: ['spop s', 'del s'] });
    test.run('SADD', 's', 1, 2, 3);
    test.run('SADD', 't', 3);
    seen.take();
    expect(effectOf('SUNIONSTORE', 'd', 's', 't')).toEqual({ dirty: 1, events: ['sunionstore d'] });
    expect(effectOf('SINTERSTORE', 'd', 's', 't')).toEqual({ dirty: 1, events: ['sinterstore d'] });
    expect(effectOf('SDIFFSTORE', 'd', 's', 't')).toEqual({ dirty: 1, events: ['sdiffstore d'] });
    expect(effectOf('SDIFFSTORE', 'd', 't', 's')).toEqual({ dirty: 1, events: ['del d'] });
    expect(effectOf('SINTERSTORE', 'd', 's', 'none')).toEqual({ dirty: 0, events: [] });
    expect(effectOf('SPOP', 's', 9)).toEqual({ dirty: 3, events: ['spop s', 'del s'] });
  });
});
