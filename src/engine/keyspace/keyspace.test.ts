import { describe, expect, it } from 'vitest';
import { TestEngine } from '../engine.testing.ts';
import { expectLive, expectWhole } from './keyspace.testing.ts';

function filled(counts: readonly number[]): TestEngine {
  const engine = new TestEngine();
  for (const [database, count] of counts.entries()) {
    engine.session.database = database;
    for (let i = 0; i < count; i++)
      engine.run('SET', `key:${i}`, 'v'.repeat(i % 300), ...(i % 3 ? [] : ['EX', 10 + i]));
  }
  engine.session.database = 0;
  return engine;
}

describe('flushing', () => {
  it('gives up the arena when no key is left, with what still waited to be freed', () => {
    const engine = filled([500, 200]);
    const { keyspace } = engine.engine;
    const { arena, lazyFree, databases } = keyspace;
    const empty = new TestEngine().engine.keyspace.arena.used;
    expect(keyspace.flush([databases[1]], true)).toBe(200);
    expect(lazyFree.pending).toBe(200);
    expect(keyspace.flush(databases, true)).toBe(500);
    expect([lazyFree.pending, lazyFree.idle, lazyFree.freed]).toEqual([0, true, 700]);
    expect([arena.used, keyspace.usedBytes]).toEqual([empty, empty]);
    expectWhole(keyspace);
    for (let i = 0; i < 300; i++) engine.run('SET', `key:${i}`, i, 'PX', 1 + i);
    expectWhole(keyspace);
    expectLive(keyspace);
    engine.now += 150;
    expect(engine.run('EXISTS', 'key:148', 'key:149', 'key:150', 'key:151')).toBe(':2\r\n');
  });

  it('gives segments back', () => {
    const engine = new TestEngine();
    const { keyspace } = engine.engine;
    const before = keyspace.arena.reserved;
    engine.run('SETRANGE', 'run', 1 << 20, 'x');
    engine.run('SETRANGE', 'whole', 40 << 20, 'x');
    expect(keyspace.arena.reserved).toBeGreaterThan(before + (100 << 20));
    keyspace.flush(keyspace.databases, false);
    expect(keyspace.arena.reserved).toBe(before);
    engine.run('SETRANGE', 'run', 1 << 20, 'x');
    expectLive(keyspace);
  });

  it('frees key by key while another database holds some: at once, or in slices that were asked for', () => {
    for (const lazily of [false, true]) {
      const engine = filled([1000, 1]);
      const { keyspace } = engine.engine;
      const { lazyFree, databases } = keyspace;
      expect(keyspace.flush([databases[0]], lazily)).toBe(1000);
      expect([databases[0].size, databases[1].size]).toEqual([0, 1]);
      expect([lazyFree.idle, lazyFree.pending, lazyFree.freed]).toEqual([!lazily, lazily ? 1000 : 0, 0]);
      let slices = 0;
      lazyFree.step(() => slices++ < 1);
      if (lazily) expect(lazyFree.pending).toBeLessThan(1000);
      lazyFree.step(() => true);
      expect([lazyFree.idle, lazyFree.pending, lazyFree.freed]).toEqual([true, 0, lazily ? 1000 : 0]);
      expectWhole(keyspace);
    }
  });

  it('forgets the deadlines of what was flushed', () => {
    const engine = filled([100]);
    const { keyspace } = engine.engine;
    keyspace.flush(keyspace.databases, false);
    engine.run('SET', 'key:3', 'again');
    keyspace.setTime(engine.now + 1e9);
    keyspace.expireDue(() => true);
    expect([keyspace.databases[0].size, keyspace.expired]).toEqual([1, 0]);
  });
});

describe('large values', () => {
  const MIB = 1 << 20;

  it('stay where they are when their key is renamed to one as long, moved, given a deadline that fits, persisted', () => {
    const engine = new TestEngine();
    const { keyspace } = engine.engine;
    engine.run('SETRANGE', 'key:1', 3 * MIB, 'end');
    const used = keyspace.arena.used;
    const peak = watchUse(engine);
    engine.run('RENAME', 'key:1', 'key:2');
    engine.run('MOVE', 'key:2', 1);
    engine.session.database = 1;
    engine.run('EXPIRE', 'key:2', 100);
    engine.run('RENAME', 'key:2', 'longer:2');
    engine.run('PERSIST', 'longer:2');
    expect(peak()).toBeLessThan(used + MIB);
    expect(engine.run('GETRANGE', 'longer:2', -4, -1)).toBe('$4\r\n\0end\r\n');
    expectWhole(keyspace);
  });

  it('are copied once', () => {
    const engine = new TestEngine();
    const { keyspace } = engine.engine;
    engine.run('SETRANGE', 'a', 40 * MIB, 'end');
    const used = keyspace.arena.used;
    const peak = watchUse(engine);
    engine.run('COPY', 'a', 'b');
    expect(peak()).toBeLessThan(used * 2 + MIB);
    engine.run('APPEND', 'b', '!');
    expect([engine.run('STRLEN', 'a'), engine.run('STRLEN', 'b')]).toEqual([
      `:${40 * MIB + 3}\r\n`,
      `:${40 * MIB + 4}\r\n`,
    ]);
    expectWhole(keyspace);
  });
});

/** The most bytes of the arena in use at any allocation from now on. */
function watchUse(engine: TestEngine): () => number {
  const { arena } = engine.engine.keyspace;
  const allocate = arena.allocate.bind(arena);
  let peak = arena.used;
  arena.allocate = (bytes) => {
    const ref = allocate(bytes);
    peak = Math.max(peak, arena.used);
    return ref;
  };
  return () => peak;
}
