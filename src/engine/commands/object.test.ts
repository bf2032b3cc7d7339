import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

describe('OBJECT', () => {
  it('replies null for a key that is not there', () => {
    for (const sub of ['ENCODING', 'REFCOUNT', 'IDLETIME', 'FREQ']) {
      expect(new TestEngine().run('OBJECT', sub, 'x')).toBe('$-1\r\n');
      expect(new TestEngine([], 3).run('OBJECT', sub, 'x')).toBe('_\r\n');
    }
  });

  it('names the encoding that Redis would use', () => {
    const engine = new TestEngine();
    const values = { int: '9223372036854775807', embstr: '9223372036854775808', raw: 'x'.repeat(45) };
    for (const [encoding, value] of Object.entries(values)) {
      engine.run('SET', 'k', value);
      expect(engine.run('OBJECT', 'ENCODING', 'k')).toBe(`$${encoding.length}\r\n${encoding}\r\n`);
    }
  });

  it('tells of collections', () => {
    const engine = new TestEngine();
    engine.engine.keyspace.encodingLimits.hashMaxListpackEntries = 2;
    const making = {
      listpack: [
        ['RPUSH', 'k', 'a'],
        ['HSET', 'k', 'f', 'v'],
        ['ZADD', 'k', '1', 'a'],
        ['SADD', 'k', 'a'],
      ],
      quicklist: [['RPUSH', 'k', 'x'.repeat(10_000)]],
      hashtable: [
        ['HSET', 'k', 'a', '1', 'b', '2', 'c', '3'],
        ['SADD', 'k', 'x'.repeat(65)],
      ],
      skiplist: [['ZADD', 'k', '1', 'x'.repeat(65)]],
      intset: [['SADD', 'k', '1', '2']],
    };
    for (const [encoding, commands] of Object.entries(making)) {
      for (const words of commands) {
        engine.run('DEL', 'k');
        engine.run(...words);
        expect(engine.run('OBJECT', 'ENCODING', 'k')).toBe(`$${encoding.length}\r\n${encoding}\r\n`);
        expect(engine.run('OBJECT', 'REFCOUNT', 'k')).toBe(':1\r\n');
        engine.now += 7000;
        expect(engine.run('OBJECT', 'IDLETIME', 'k')).toBe(':7\r\n');
      }
    }
  });

  it('says of small integers that they are shared', () => {
    const engine = new TestEngine();
    for (const [value, count] of [
      ['0', 2147483647],
      ['9999', 2147483647],
      ['10000', 1],
      ['-1', 1],
      ['x', 1],
    ]) {
      engine.run('SET', 'k', value);
      expect(engine.run('OBJECT', 'REFCOUNT', 'k')).toBe(`:${count}\r\n`);
    }
  });

  it('counts idle seconds unless the policy is LFU, frequency only then, and is no use of the key itself', () => {
    const engine = new TestEngine();
    engine.run('SET', 'k', 'v');
    engine.now += 12_300;
    expect(engine.run('OBJECT', 'IDLETIME', 'k')).toBe(':12\r\n');
    expect(engine.run('OBJECT', 'IDLETIME', 'k')).toBe(':12\r\n');
    expect(engine.run('OBJECT', 'FREQ', 'k')).toMatch(
      /^-ERR An LFU maxmemory policy is not selected, access frequency/,
    );
    engine.engine.evictor.setPolicy('volatile-lfu');
    engine.run('SET', 'k', 'v');
    engine.run('DEL', 'k');
    engine.run('SET', 'k', 'v');
    expect(engine.run('OBJECT', 'FREQ', 'k')).toBe(':5\r\n');
    expect(engine.run('OBJECT', 'FREQ', 'k')).toBe(':5\r\n');
    expect(engine.run('OBJECT', 'IDLETIME', 'k')).toMatch(/^-ERR An LFU maxmemory policy is selected, idle time not/);
    for (let i = 0; i < 100; i++) engine.run('GET', 'k');
    const counter = Number(engine.run('OBJECT', 'FREQ', 'k').slice(1));
    expect(counter).toBeGreaterThan(5);
    engine.now += 3 * 60_000;
    expect(engine.run('OBJECT', 'FREQ', 'k')).toBe(`:${counter - 3}\r\n`);
  });
});
