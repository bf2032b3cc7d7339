import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { tableShape } from '../structures/hashtable.ts';

/** Runs SCAN: the next cursor and the keys. */
function scan(engine: TestEngine, cursor: string, ...options: (string | number)[]): { next: string; keys: string[] } {
  const reply = engine.run('SCAN', cursor, ...options);
  const parts = reply.split('\r\n');
  const next = parts[2];
  const keys = parts.slice(4).filter((_, i) => i % 2 === 1);
  expect(reply.startsWith('*2\r\n$')).toBe(true);
  return { next, keys };
}

function scanAll(engine: TestEngine, ...options: (string | number)[]): string[] {
  const found: string[] = [];
  let cursor = '0';
  do {
    const { next, keys } = scan(engine, cursor, ...options);
    found.push(...keys);
    cursor = next;
  } while (cursor !== '0');
  return found;
}

function filled(count: number): TestEngine {
  const engine = new TestEngine();
  for (let i = 0; i < count; i++) engine.run('SET', `key:${i}`, i);
  return engine;
}

describe('SCAN', () => {
  it('returns every key once while nothing changes, whatever COUNT says', () => {
    const engine = filled(1000);
    for (const count of [1, 2, 10, 99, 1000, '9223372036854775807']) {
      expect(new Set(scanAll(engine, 'COUNT', count)).size).toBe(1000);
    }
    expect(scanAll(engine, 'MATCH', 'key:1??')).toHaveLength(100);
    expect(scanAll(engine, 'MATCH', 'key:1??', 'TYPE', 'StRiNg', 'COUNT', 50)).toHaveLength(100);
    expect(scanAll(engine, 'TYPE', 'list')).toHaveLength(0);
    expect(scanAll(engine, 'TYPE', 'nothing of the kind')).toHaveLength(0);
  });

  it('returns what is there from beginning to end of a scan, however the table grows and shrinks', () => {
    const change = fc.oneof(
      fc.record({ stored: fc.nat(2000), deleted: fc.constant(0), count: fc.integer({ min: 1, max: 300 }) }),
      fc.record({ stored: fc.constant(0), deleted: fc.nat(2000), count: fc.integer({ min: 1, max: 300 }) }),
      fc.record({ stored: fc.nat(20), deleted: fc.nat(20), count: fc.integer({ min: 1, max: 20 }) }),
    );
    const shapes = new Set<string>();
    fc.assert(
      fc.property(fc.nat(3000), fc.array(change, { minLength: 1, maxLength: 60, size: 'max' }), (start, changes) => {
        const engine = filled(100);
        const { arena, databases } = engine.engine.keyspace;
        let [stored, deleted] = [0, 0];
        const store = (count: number) => {
          for (const end = stored + count; stored < end; stored++) engine.run('SET', `other:${stored}`, '');
        };
        const remove = (count: number) => {
          for (const end = Math.min(stored, deleted + count); deleted < end; deleted++) {
            engine.run('DEL', `other:${deleted}`);
          }
        };
        store(start);
        const found = new Set<string>();
        let cursor = '0';
        for (let i = 0; ; i++) {
          const { next, keys } = scan(engine, cursor, 'COUNT', changes[i % changes.length].count);
          for (const key of keys) found.add(key);
          cursor = next;
          if (cursor === '0') break;
          // Changes stop some time, or a scan of a table that always grows need not end.
          if (i < 80) store(changes[i % changes.length].stored);
          if (i < 80) remove(changes[i % changes.length].deleted);
          const { buckets, movingTo } = tableShape(arena, databases[0].table);
          shapes.add(`${buckets} ${movingTo}`);
        }
        for (let i = 0; i < 100; i++) if (!found.has(`key:${i}`)) expect.fail(`key:${i} was not returned`);
      }),
      { numRuns: 15 },
    );
    const growing = [...shapes].filter((shape) => Number(shape.split(' ')[1]) > Number(shape.split(' ')[0]));
    const shrinking = [...shapes].filter((shape) => /^\d+ [^0]/.test(shape) && !growing.includes(shape));
    expect(Math.min(growing.length, shrinking.length)).toBeGreaterThan(0);
  });

  it('visits a bounded part of a large table in one call, whatever COUNT asks for', () => {
    const engine = filled(20_000);
    const { next, keys } = scan(engine, '0', 'COUNT', '9223372036854775807');
    expect(next).not.toBe('0');
    expect(keys.length).toBeGreaterThanOrEqual(16_384);
    expect(keys.length).toBeLessThan(16_500);
    expect(scanAll(engine, 'COUNT', 1_000_000)).toHaveLength(20_000);
  });

  it('takes cursors as strtoul does', () => {
    const engine = filled(1000);
    const { keys, next } = scan(engine, '16');
    for (const same of ['+16', '016', '00000000000000000000016', '4294967312', '18446744069414584336']) {
      expect(scan(engine, same)).toEqual({ keys, next });
    }
    expect(scan(engine, '-18446744073709551600')).toEqual({ keys, next });
    expect(scan(engine, '')).toEqual(scan(engine, '0'));
    for (const wrong of ['abc', '-', '+', ' 1', '1 ', '0x10', '1.0', '18446744073709551616', '9'.repeat(100_000)]) {
      expect(engine.run('SCAN', wrong)).toBe('-ERR invalid cursor\r\n');
    }
  });

  it('refuses counts and options that make no sense', () => {
    const engine = filled(1);
    expect(engine.run('SCAN', 0, 'COUNT', 0)).toBe('-ERR syntax error\r\n');
    expect(engine.run('SCAN', 0, 'COUNT', -1)).toBe('-ERR syntax error\r\n');
    expect(engine.run('SCAN', 0, 'COUNT', 'many')).toBe('-ERR value is not an integer or out of range\r\n');
    for (const rest of [['COUNT'], ['MATCH'], ['TYPE'], ['BOGUS', 'x'], ['MATCH', 'x', 'COUNT']]) {
      expect(engine.run('SCAN', 0, ...rest)).toBe('-ERR syntax error\r\n');
    }
  });

  it('removes a key it meets after its deadline, KEYS only leaves it out', () => {
    const engine = filled(0);
    engine.run('SET', 'gone', '', 'PX', 10);
    engine.run('SET', 'stays', '');
    engine.now += 10;
    expect(engine.run('KEYS', '*')).toBe('*1\r\n$5\r\nstays\r\n');
    expect(engine.run('DBSIZE')).toBe(':2\r\n');
    expect(scanAll(engine, 'MATCH', 'stays')).toEqual(['stays']);
    expect(engine.run('DBSIZE')).toBe(':2\r\n');
    expect(scanAll(engine)).toEqual(['stays']);
    expect(engine.run('DBSIZE')).toBe(':1\r\n');
    expect(engine.engine.keyspace.expired).toBe(1);
  });
});

describe('KEYS', () => {
  it('matches the empty key with * alone, as a glob never does', () => {
    const engine = new TestEngine();
    engine.run('SET', '', '');
    expect(engine.run('KEYS', '*')).toBe('*1\r\n$0\r\n\r\n');
    expect(engine.run('KEYS', '**')).toBe('*0\r\n');
    expect(engine.run('KEYS', '')).toBe('*1\r\n$0\r\n\r\n');
    expect(engine.run('SCAN', '0', 'MATCH', '*')).toBe('*2\r\n$1\r\n0\r\n*1\r\n$0\r\n\r\n');
  });

  it('answers hostile patterns at once', () => {
    const engine = new TestEngine();
    engine.run('SET', 'a'.repeat(60), '');
    const patterns = [`${'a*'.repeat(50)}b`, '['.repeat(10_000), '\\', '*?'.repeat(50_000)];
    const before = performance.now();
    for (const pattern of patterns) expect(engine.run('KEYS', pattern)).toBe('*0\r\n');
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

describe('RANDOMKEY', () => {
  it('draws every key about equally often, none that is past its deadline, null when there is none', () => {
    const engine = filled(20);
    for (let i = 0; i < 200; i++) engine.run('SET', `gone:${i}`, '', 'PX', 5);
    engine.now += 5;
    const drawn = new Map<string, number>();
    for (let i = 0; i < 4000; i++) {
      const key = engine.run('RANDOMKEY');
      drawn.set(key, (drawn.get(key) ?? 0) + 1);
    }
    expect([...drawn.keys()].filter((key) => key.includes('gone'))).toEqual([]);
    expect(drawn.size).toBe(20);
    expect(Math.min(...drawn.values())).toBeGreaterThan(100);
    expect(new TestEngine().run('RANDOMKEY')).toBe('$-1\r\n');
    expect(new TestEngine([], 3).run('RANDOMKEY')).toBe('_\r\n');
  });
});
