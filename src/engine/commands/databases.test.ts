import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';

function filled(...counts: number[]): TestEngine {
  const engine = new TestEngine();
  for (const [database, count] of counts.entries()) {
    engine.session.database = database;
    for (let i = 0; i < count; i++) engine.run('SET', `key:${i}`, database);
  }
  engine.session.database = 0;
  return engine;
}

function sizes(engine: TestEngine): number[] {
  return engine.engine.keyspace.databases.slice(0, 3).map(({ size }) => size);
}

describe('FLUSHDB, FLUSHALL', () => {
  it('empty one database or all, and count the keys as changes', () => {
    const engine = filled(10, 20, 30);
    const before = engine.engine.effects.dirty;
    expect(engine.run('FLUSHDB')).toBe('+OK\r\n');
    expect(sizes(engine)).toEqual([0, 20, 30]);
    expect(engine.run('FLUSHALL', 'sync')).toBe('+OK\r\n');
    expect(sizes(engine)).toEqual([0, 0, 0]);
    expect(engine.engine.effects.dirty).toBe(before + 60);
    expect(engine.run('SET', 'key:1', 'x')).toBe('+OK\r\n');
    expect(engine.run('DBSIZE')).toBe(':1\r\n');
  });

  it('leave the freeing for later with ASYNC, or when the configuration says so', () => {
    const engine = filled(100, 1);
    const { lazyFree } = engine.engine.keyspace;
    engine.run('FLUSHDB', 'ASYNC');
    expect([sizes(engine)[0], lazyFree.pending]).toEqual([0, 100]);
    lazyFree.finish();
    for (const [lazy, option, pending] of [
      [false, '', 0],
      [true, '', 1],
      [true, 'SYNC', 0],
    ] as const) {
      engine.engine.limits.lazyFlush = lazy;
      engine.run('SET', 'k', 'v');
      engine.run('FLUSHDB', ...(option === '' ? [] : [option]));
      expect([sizes(engine)[0], lazyFree.pending]).toEqual([0, pending]);
      lazyFree.finish();
    }
  });

  it('take one option', () => {
    const engine = filled(1);
    for (const rest of [['LATER'], ['SYNC', 'ASYNC'], ['']]) {
      expect(engine.run('FLUSHALL', ...rest)).toBe('-ERR syntax error\r\n');
      expect(engine.run('FLUSHDB', ...rest)).toBe('-ERR syntax error\r\n');
    }
    expect(sizes(engine)).toEqual([1, 0, 0]);
  });
});

describe('SWAPDB', () => {
  it('exchanges contents, deadlines included', () => {
    const engine = filled(3, 5);
    engine.run('PEXPIRE', 'key:0', 1000);
    expect(engine.run('SWAPDB', 0, 1)).toBe('+OK\r\n');
    expect(sizes(engine)).toEqual([5, 3, 0]);
    expect(engine.run('GET', 'key:4')).toBe('$1\r\n1\r\n');
    engine.now += 1000;
    engine.engine.dispatcher.beginTurn();
    engine.engine.keyspace.expireDue(() => true);
    expect(sizes(engine)).toEqual([5, 2, 0]);
    expect(engine.run('SWAPDB', 1, 1)).toBe('+OK\r\n');
  });

  it('names databases that are there', () => {
    const engine = filled(1);
    expect(engine.run('SWAPDB', 'x', 'y')).toBe('-ERR invalid first DB index\r\n');
    expect(engine.run('SWAPDB', 0, 2 ** 31)).toBe('-ERR invalid second DB index\r\n');
    expect(engine.run('SWAPDB', 0, 16)).toBe('-ERR DB index is out of range\r\n');
    expect(engine.run('SWAPDB', -1, 0)).toBe('-ERR DB index is out of range\r\n');
  });
});
