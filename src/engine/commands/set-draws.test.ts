import { describe, expect, it } from 'vitest';
import { ReplyTooLong } from '../../protocol/output-buffer.ts';
import { TestEngine } from '../engine.testing.ts';
import { expectWhole } from '../keyspace/keyspace.testing.ts';

function membersOf(reply: string): string[] {
  return [...reply.matchAll(/\$\d+\r\n(.*)\r\n/g)].map(([, member]) => member);
}

/** Members that make an intset, a listpack and a table. */
const KINDS = {
  intset: Array.from({ length: 100 }, (_, i) => String(i * 7)),
  listpack: Array.from({ length: 100 }, (_, i) => `m${i}`),
  hashtable: Array.from({ length: 1000 }, (_, i) => `m${i}`),
};

describe.each(Object.entries(KINDS))('from a set that is %s', (encoding, members) => {
  function filled(): TestEngine {
    const test = new TestEngine();
    test.run('SADD', 's', ...members);
    expect(test.run('OBJECT', 'ENCODING', 's')).toContain(encoding);
    return test;
  }

  it('SPOP takes everything, one by one', () => {
    const test = filled();
    const popped: string[] = [];
    for (let left = members.length - 1; left >= 0; left--) {
      popped.push(...membersOf(test.run('SPOP', 's')));
      expect(test.run('SCARD', 's')).toBe(`:${left}\r\n`);
    }
    expect(popped.sort()).toEqual([...members].sort());
    expect(test.run('EXISTS', 's')).toBe(':0\r\n');
    expect(test.run('SPOP', 's')).toBe('$-1\r\n');
    expectWhole(test.engine.keyspace);
  });

  it('SPOP takes any number, and leaves the others', () => {
    const size = members.length;
    for (const count of [1, 2, size >> 2, size >> 1, size - (size >> 3), size - 1, size, size + 1]) {
      const test = filled();
      test.run('EXPIRE', 's', 100);
      const popped = membersOf(test.run('SPOP', 's', count));
      expect(popped).toHaveLength(Math.min(count, size));
      expect(test.run('SCARD', 's')).toBe(`:${Math.max(0, size - count)}\r\n`);
      expect([...popped, ...membersOf(test.run('SMEMBERS', 's'))].sort()).toEqual([...members].sort());
      expect(test.run('TTL', 's')).toBe(count < size ? ':100\r\n' : ':-2\r\n');
      test.run('DEL', 's');
      test.engine.keyspace.lazyFree.finish();
      expectWhole(test.engine.keyspace);
    }
  });

  it('SRANDMEMBER shows different ones, or any number with repetitions', () => {
    const test = filled();
    const all = new Set(members);
    expect(all.has(membersOf(test.run('SRANDMEMBER', 's'))[0])).toBe(true);
    for (const count of [1, 3, members.length >> 1, members.length - 1, members.length, members.length + 5]) {
      const shown = membersOf(test.run('SRANDMEMBER', 's', count));
      expect(new Set(shown).size).toBe(Math.min(count, members.length));
      expect(shown).toHaveLength(Math.min(count, members.length));
      expect(shown.every((member) => all.has(member))).toBe(true);
    }
    const repeated = membersOf(test.run('SRANDMEMBER', 's', -3 * members.length));
    expect(repeated).toHaveLength(3 * members.length);
    expect(repeated.every((member) => all.has(member))).toBe(true);
    expect(test.run('SCARD', 's')).toBe(`:${members.length}\r\n`);
  });
});

describe('SPOP and SRANDMEMBER', () => {
  it('answer for a set that is not there', () => {
    const test = new TestEngine();
    expect(test.run('SPOP', 's')).toBe('$-1\r\n');
    expect(test.run('SPOP', 's', 1)).toBe('*0\r\n');
    expect(test.run('SRANDMEMBER', 's')).toBe('$-1\r\n');
    expect(test.run('SRANDMEMBER', 's', -5)).toBe('*0\r\n');
    expect(new TestEngine([], 3).run('SPOP', 's', 1)).toBe('~0\r\n');
    expect(new TestEngine([], 3).run('SRANDMEMBER', 's', 1)).toBe('*0\r\n');
  });

  it('refuse counts that are none', () => {
    const test = new TestEngine();
    test.run('SADD', 's', 1);
    for (const count of [-1, 'x', '9223372036854775808']) {
      expect(test.run('SPOP', 's', count)).toBe('-ERR value is out of range, must be positive\r\n');
    }
    expect(test.run('SRANDMEMBER', 's', 'x')).toBe('-ERR value is not an integer or out of range\r\n');
    expect(test.run('SRANDMEMBER', 's', '-9223372036854775808')).toBe(
      '-ERR value is out of range, value must between -9223372036854775807 and 9223372036854775807\r\n',
    );
    expect(test.run('SRANDMEMBER', 's', '9223372036854775807')).toBe('*1\r\n$1\r\n1\r\n');
    expect(() => test.run('SRANDMEMBER', 's', '-9223372036854775807')).toThrow(ReplyTooLong);
    expect(test.run('SPOP', 's', 1, 2)).toBe('-ERR syntax error\r\n');
    expect(test.run('SRANDMEMBER', 's', 1, 2)).toBe('-ERR syntax error\r\n');
    expect(test.run('SPOP', 's', 0)).toBe('*0\r\n');
    expect(test.run('SRANDMEMBER', 's', 0)).toBe('*0\r\n');
  });
});
