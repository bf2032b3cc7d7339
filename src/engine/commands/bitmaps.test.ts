import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

const OUT_OF_RANGE = '-ERR bit offset is not an integer or out of range\r\n';
const NOT_A_BIT = '-ERR bit is not an integer or out of range\r\n';
const NOT_AN_INTEGER = '-ERR value is not an integer or out of range\r\n';
const SYNTAX = '-ERR syntax error\r\n';

/** The events that commands cause, as `event key`. */
function eventsOf(engine: TestEngine): string[] {
  const events: string[] = [];
  engine.engine.effects.subscribe((changes) => {
    for (const { event, key } of changes) events.push(`${event} ${key.toString('latin1')}`);
  });
  return events;
}

describe('SETBIT and GETBIT', () => {
  it('address the highest bit of the first byte as bit 0', () => {
    const engine = new TestEngine();
    expect(engine.run('SETBIT', 'k', 1, 1)).toBe(':0\r\n');
    expect(engine.run('SETBIT', 'k', 1, 1)).toBe(':1\r\n');
    expect(engine.run('SETBIT', 'k', 17, 1)).toBe(':0\r\n');
    expect(engine.run('GET', 'k')).toBe('$3\r\n@\0@\r\n');
    expect(engine.run('GETBIT', 'k', 17)).toBe(':1\r\n');
    expect(engine.run('GETBIT', 'k', 18)).toBe(':0\r\n');
    expect(engine.run('GETBIT', 'k', 4294967295)).toBe(':0\r\n');
  });

  test.each(['4294967296', '-1', 'x', '', '1.0', '01', '#1', '9223372036854775808'])(
    'refuse the offset %j and leave the key as it is',
    (offset) => {
      const engine = new TestEngine();
      engine.run('SET', 'k', 'abc');
      expect(engine.run('SETBIT', 'k', offset, 1)).toBe(OUT_OF_RANGE);
      expect(engine.run('GETBIT', 'k', offset)).toBe(OUT_OF_RANGE);
      expect(engine.run('SETBIT', 'absent', offset, 1)).toBe(OUT_OF_RANGE);
      expect(engine.run('GET', 'k')).toBe('$3\r\nabc\r\n');
      expect(engine.run('GET', 'absent')).toBe('$-1\r\n');
    },
  );

  test.each(['2', '-1', '10', 'x', '', '1.0', '9223372036854775807'])('refuse the bit %j', (bit) => {
    const engine = new TestEngine();
    expect(engine.run('SETBIT', 'k', 0, bit)).toBe(NOT_A_BIT);
    expect(engine.run('GET', 'k')).toBe('$-1\r\n');
  });

  it('obey proto-max-bulk-len to the bit', () => {
    const engine = new TestEngine();
    engine.engine.limits.maxBulkBytes = 1000;
    expect(engine.run('SETBIT', 'k', 7999, 1)).toBe(':0\r\n');
    expect(engine.run('STRLEN', 'k')).toBe(':1000\r\n');
    expect(engine.run('SETBIT', 'k', 8000, 1)).toBe(OUT_OF_RANGE);
    expect(engine.run('GETBIT', 'k', 8000)).toBe(OUT_OF_RANGE);
  });

  it('make the string raw, keep its deadline, and tell only of changes', () => {
    const engine = new TestEngine();
    engine.run('SET', 'k', '12', 'PX', 100);
    const events = eventsOf(engine);
    expect(engine.run('SETBIT', 'k', 0, 0)).toBe(':0\r\n');
    expect(engine.run('OBJECT', 'ENCODING', 'k')).toBe('$3\r\nraw\r\n');
    expect(events).toEqual([]);
    engine.run('SETBIT', 'k', 20, 0);
    engine.run('SETBIT', 'k', 20, 1);
    engine.run('SETBIT', 'new', 0, 0);
    expect(events).toEqual(['setbit k', 'setbit k', 'setbit new']);
    engine.now += 100;
    expect(engine.run('GET', 'k')).toBe('$-1\r\n');
  });

  it('do as a set of numbers does', () => {
    const operation = fc.record({ offset: fc.nat(3000), bit: fc.constantFrom(0, 1), write: fc.boolean() });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 100, size: 'max' }), (operations) => {
        const engine = new TestEngine();
        const model = new Set<number>();
        let length = 0;
        for (const { offset, bit, write } of operations) {
          const old = model.has(offset) ? 1 : 0;
          if (write) {
            expect(engine.run('SETBIT', 'k', offset, bit)).toBe(`:${old}\r\n`);
            length = Math.max(length, (offset >> 3) + 1);
            if (bit === 1) model.add(offset);
            else model.delete(offset);
          } else expect(engine.run('GETBIT', 'k', offset)).toBe(`:${old}\r\n`);
        }
        expect(engine.run('STRLEN', 'k')).toBe(`:${length}\r\n`);
        expect(engine.run('BITCOUNT', 'k')).toBe(`:${model.size}\r\n`);
        expect(engine.run('BITPOS', 'k', 1)).toBe(`:${model.size === 0 ? -1 : Math.min(...model)}\r\n`);
      }),
      { numRuns: 30 },
    );
  });
});

describe('BITCOUNT and BITPOS', () => {
  it('check their arguments whether the key is there or not', () => {
    const engine = new TestEngine();
    for (const key of ['absent', 'k']) {
      expect(engine.run('BITCOUNT', key, 0)).toBe(SYNTAX);
      expect(engine.run('BITCOUNT', key, 0, 1, 'HELLO')).toBe(SYNTAX);
      expect(engine.run('BITCOUNT', key, -1, -2, 'HELLO')).toBe(SYNTAX);
      expect(engine.run('BITCOUNT', key, 0, 1, 'BIT', 'BIT')).toBe(SYNTAX);
      expect(engine.run('BITCOUNT', key, 'x', 1)).toBe(NOT_AN_INTEGER);
      expect(engine.run('BITCOUNT', key, 0, 'x', 'HELLO')).toBe(NOT_AN_INTEGER);
      expect(engine.run('BITPOS', key, 2)).toBe('-ERR The bit argument must be 1 or 0.\r\n');
      expect(engine.run('BITPOS', key, 'x')).toBe(NOT_AN_INTEGER);
      expect(engine.run('BITPOS', key, 1, 'x')).toBe(NOT_AN_INTEGER);
      expect(engine.run('BITPOS', key, 1, 0, 'x', 'HELLO')).toBe(SYNTAX);
      expect(engine.run('BITPOS', key, 1, 0, 1, 'BIT', 'BIT')).toBe(SYNTAX);
      engine.run('SET', 'k', 'abc');
    }
  });

  it('find no set bit, and a clear one at once, where there is no key', () => {
    const engine = new TestEngine();
    expect(engine.run('BITCOUNT', 'absent', 0, -1, 'BIT')).toBe(':0\r\n');
    expect(engine.run('BITPOS', 'absent', 1)).toBe(':-1\r\n');
    expect(engine.run('BITPOS', 'absent', 0, 5, 10)).toBe(':0\r\n');
  });

  it('find a clear bit behind the string only where the range has no end', () => {
    const engine = new TestEngine();
    engine.run('SET', 'k', '\xff\xff');
    expect(engine.run('BITPOS', 'k', 0)).toBe(':16\r\n');
    expect(engine.run('BITPOS', 'k', 0, 1)).toBe(':16\r\n');
    expect(engine.run('BITPOS', 'k', 0, 2)).toBe(':-1\r\n');
    expect(engine.run('BITPOS', 'k', 0, 0, -1)).toBe(':-1\r\n');
    engine.run('SET', 'empty', '');
    expect(engine.run('BITPOS', 'empty', 0)).toBe(':-1\r\n');
  });
});

describe('BITOP', () => {
  it('takes missing bytes and keys as zero', () => {
    const engine = new TestEngine();
    engine.run('SET', 'a', '\xff\x0f\xaa');
    engine.run('SET', 'b', '\xf0');
    expect(engine.run('BITOP', 'AND', 'd', 'a', 'b')).toBe(':3\r\n');
    expect(engine.run('GET', 'd')).toBe('$3\r\n\xf0\0\0\r\n');
    engine.run('BITOP', 'or', 'd', 'b', 'absent', 'a');
    expect(engine.run('GET', 'd')).toBe('$3\r\n\xff\x0f\xaa\r\n');
    engine.run('BITOP', 'Xor', 'd', 'a', 'b', 'a');
    expect(engine.run('GET', 'd')).toBe('$3\r\n\xf0\0\0\r\n');
    engine.run('BITOP', 'NOT', 'd', 'a');
    expect(engine.run('GET', 'd')).toBe('$3\r\n\0\xf0\x55\r\n');
  });

  it('may store into a source, and forgets the deadline there', () => {
    const engine = new TestEngine();
    engine.run('SET', 'a', 'abc', 'PX', 100);
    engine.run('SET', 'b', 'xy');
    const events = eventsOf(engine);
    expect(engine.run('BITOP', 'XOR', 'a', 'a', 'b', 'a')).toBe(':3\r\n');
    engine.now += 1000;
    expect(engine.run('GET', 'a')).toBe('$3\r\nxy\0\r\n');
    expect(engine.run('OBJECT', 'ENCODING', 'a')).toBe('$3\r\nraw\r\n');
    expect(events).toEqual(['set a']);
  });

  it('deletes the destination when the outcome is empty', () => {
    const engine = new TestEngine();
    engine.run('SET', 'd', 'abc');
    const events = eventsOf(engine);
    expect(engine.run('BITOP', 'NOT', 'd', 'absent')).toBe(':0\r\n');
    expect(engine.run('BITOP', 'NOT', 'd', 'absent')).toBe(':0\r\n');
    expect(engine.run('GET', 'd')).toBe('$-1\r\n');
    expect(events).toEqual(['del d']);
  });

  it('takes any number of sources', () => {
    const engine = new TestEngine();
    const keys = Array.from({ length: 200 }, (_, i) => `k${i}`);
    for (const [i, key] of keys.entries()) engine.run('SETBIT', key, i, 1);
    expect(engine.run('BITOP', 'OR', 'd', ...keys)).toBe(':25\r\n');
    expect(engine.run('GET', 'd')).toBe(`$25\r\n${'\xff'.repeat(25)}\r\n`);
  });

  it('leaks no memory', () => {
    const engine = new TestEngine();
    const { arena } = engine.engine.keyspace;
    engine.run('SETBIT', 'a', 8000, 1);
    engine.run('BITOP', 'NOT', 'd', 'a');
    const used = arena.used;
    for (let i = 0; i < 100; i++) engine.run('BITOP', 'NOT', 'd', i % 2 === 0 ? 'd' : 'a');
    expect(arena.used).toBe(used);
  });

  test('refuses what is no operation, and several sources of NOT', () => {
    const engine = new TestEngine();
    expect(engine.run('BITOP', 'NAND', 'd', 'a', 'b')).toBe(SYNTAX);
    expect(engine.run('BITOP', 'NOT', 'd', 'a', 'b')).toBe(
      '-ERR BITOP NOT must be called with a single source key.\r\n',
    );
  });
});
