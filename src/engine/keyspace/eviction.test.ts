import { describe, expect, it } from 'vitest';
import { MEMORY_LIMITED } from '../dispatch/dispatch.ts';
import { TestEngine } from '../engine.testing.ts';
import { tableScan } from '../structures/hashtable-walk.ts';
import { keyBytes } from '../structures/record.ts';
import { Evictor, type Policy } from './eviction.ts';

const OOM = "-OOM command not allowed when used memory > 'maxmemory'.\r\n";
const OK = '+OK\r\n';
const POLICIES: readonly Policy[] = [
  'volatile-lru',
  'volatile-lfu',
  'volatile-random',
  'volatile-ttl',
  'allkeys-lru',
  'allkeys-lfu',
  'allkeys-random',
  'noeviction',
];
const HOUR = 3_600_000;
const KIB = 1024;

/** An engine under a limit of so many bytes more than it takes empty. */
function limited(policy: Policy, bytes: number): TestEngine {
  const engine = new TestEngine();
  const { evictor, dispatcher } = engine.engine;
  evictor.setPolicy(policy);
  evictor.maxMemory = evictor.usedBytes + bytes;
  dispatcher.alert(MEMORY_LIMITED, true);
  return engine;
}

function keysOf(engine: TestEngine, index = 0): string[] {
  const database = engine.engine.keyspace.databases[index];
  const keys: string[] = [];
  tableScan(database.arena, database.table, 0, Number.POSITIVE_INFINITY, (ref) => {
    keys.push(keyBytes(database.arena, ref).toString('latin1'));
  });
  return keys;
}

/** Sets new keys until `count` were evicted; returns the evicted keys. */
function evict(engine: TestEngine, count: number, value: string, ...options: string[]): string[] {
  const { keyspace } = engine.engine;
  const evicted: string[] = [];
  if (!keyspace.effects.listening) {
    keyspace.effects.subscribe((changes) => {
      for (const { event, key } of changes) if (event === 'evicted') evicted.push(key.toString('latin1'));
    });
  }
  for (let i = 0; evicted.length < count; i++) expect(engine.run('SET', `new:${i}`, value, ...options)).toBe(OK);
  return evicted;
}

/** Fills the engine to just below its limit with equal keys, ten a second; returns how many. */
function fill(engine: TestEngine, value: string, ...options: string[]): number {
  const { evictor } = engine.engine;
  let count = 0;
  for (; evictor.usedBytes + 200 < evictor.maxMemory; count++) {
    engine.run('SET', `key:${count}`, value, ...options);
    engine.now += 100;
  }
  return count;
}

function shareOf(keys: readonly string[], matches: (index: number) => boolean): number {
  return keys.filter((key) => key.startsWith('key:') && matches(Number(key.slice(4)))).length / keys.length;
}

describe.each(POLICIES)('under %s', (policy) => {
  it('no command runs above the limit', () => {
    const engine = limited(policy, 300 * KIB);
    const { evictor, dispatcher, keyspace } = engine.engine;
    let before = 0;
    dispatcher.observers.before = () => {
      before = evictor.usedBytes;
    };
    const lasting = new Map<string, string>();
    let refused = 0;
    let x = 1;
    for (let i = 0; i < 6000; i++) {
      x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0;
      const value = 'v'.repeat((x >>> 16) % 1500);
      // Keys with and without a deadline; the latter more and more, until there is nothing else.
      const volatile = i % 10 < 7 && i < 5000;
      const reply = engine.run('SET', `k${i % 2500}`, value, ...(volatile ? ['PX', String(HOUR + (x % HOUR))] : []));
      if (reply === OK) {
        expect(before).toBeLessThanOrEqual(evictor.maxMemory);
        // Above it only by what this command itself needed: a record, an overflow bucket, a chunk of the deadline list.
        expect(evictor.usedBytes - before).toBeLessThanOrEqual(value.length * 1.25 + 64 + 64 + 64 * KIB);
        if (volatile) lasting.delete(`k${i % 2500}`);
        else lasting.set(`k${i % 2500}`, value);
      } else {
        expect(reply).toBe(OOM);
        refused++;
      }
      engine.now += 10;
    }
    if (policy === 'noeviction') expect([refused > 0, keyspace.evicted]).toEqual([true, 0]);
    else expect(keyspace.evicted).toBeGreaterThan(500);
    if (policy.startsWith('allkeys')) expect(refused).toBe(0);
    else {
      expect(refused).toBeGreaterThan(100);
      for (const [key, value] of lasting) expect(engine.run('GET', key)).toBe(`$${value.length}\r\n${value}\r\n`);
    }
    expect(evictor.usedBytes).toBeGreaterThan(evictor.maxMemory * 0.8);
  });

  it('commands that need no memory are served above the limit', () => {
    const engine = limited(policy, 100 * KIB);
    engine.run('SET', 'k', 'x'.repeat(200 * KIB));
    expect(engine.run('SET', 'other', 'v')).toBe(policy.startsWith('allkeys') ? OK : OOM);
    expect(engine.run('STRLEN', 'k')).toBe(policy.startsWith('allkeys') ? ':0\r\n' : `:${200 * KIB}\r\n`);
    expect(engine.run('GETDEL', 'absent')).toBe('$-1\r\n');
  });
});

describe('what goes first', () => {
  it.each(['allkeys-lru', 'volatile-lru'] as const)('%s: keys not used for long', (policy) => {
    const options = policy === 'volatile-lru' ? ['PX', String(100 * HOUR)] : [];
    const engine = limited(policy, 300 * KIB);
    const value = 'v'.repeat(50);
    const count = fill(engine, value, ...options);
    expect(count).toBeGreaterThan(1500);
    for (let i = 0; i < count; i += 2) engine.run('GET', `key:${i}`);
    engine.now += 60_000;
    const evicted = evict(engine, count / 5, value, ...options);
    // The keys last used before the round of GETs are the odd ones, and of those the older rather than the younger.
    expect(shareOf(evicted, (i) => i % 2 === 1)).toBeGreaterThan(0.98);
    expect(shareOf(evicted, (i) => i < count / 2)).toBeGreaterThan(0.65);
  });

  it.each(['allkeys-lfu', 'volatile-lfu'] as const)('%s: keys seldom used', (policy) => {
    const options = policy === 'volatile-lfu' ? ['PX', String(100 * HOUR)] : [];
    const engine = limited(policy, 200 * KIB);
    const value = 'v'.repeat(50);
    const count = fill(engine, value, ...options);
    for (let round = 0; round < 12; round++) for (let i = 0; i < count; i += 2) engine.run('GET', `key:${i}`);
    const evicted = evict(engine, count / 5, value, ...options);
    expect(shareOf(evicted, (i) => i % 2 === 0)).toBeLessThan(0.02);
  });

  it('volatile-ttl: the nearest deadlines', () => {
    const engine = limited('volatile-ttl', 300 * KIB);
    const value = 'v'.repeat(50);
    let count = 0;
    for (; engine.engine.evictor.usedBytes + 200 < engine.engine.evictor.maxMemory; count++) {
      engine.run('SET', `key:${count}`, value, 'PX', HOUR + ((count * 7919) % 5000) * 1000);
    }
    const evicted = evict(engine, count / 5, value, 'PX', String(9 * HOUR));
    const distances = evicted.map((key) => (Number(key.slice(4)) * 7919) % 5000);
    expect(evicted.every((key) => key.startsWith('key:'))).toBe(true);
    // A fifth is evicted; most of it should come from the nearest fifth, hardly any from the far half. The shares here and
    // above are those that Redis's way of sampling has with five samples.
    expect(distances.filter((distance) => distance < 1000).length / distances.length).toBeGreaterThan(0.55);
    expect(distances.filter((distance) => distance > 2500).length / distances.length).toBeLessThan(0.01);
  });

  it.each(['allkeys-random', 'volatile-random'] as const)('%s: any', (policy) => {
    const options = policy === 'volatile-random' ? ['PX', String(100 * HOUR)] : [];
    const engine = limited(policy, 300 * KIB);
    const value = 'v'.repeat(50);
    const count = fill(engine, value, ...options);
    const evicted = evict(engine, count / 3, value, ...options);
    const old = evicted.filter((key) => key.startsWith('key:'));
    for (let part = 0; part < 4; part++) {
      const share = shareOf(old, (i) => Math.floor((i * 4) / count) === part);
      expect(share).toBeGreaterThan(0.18);
      expect(share).toBeLessThan(0.32);
    }
  });

  it('does not take a candidate that was used after it was drawn', () => {
    const engine = limited('allkeys-lru', 4 * KIB);
    engine.engine.evictor.samples = 64;
    fill(engine, 'v'.repeat(50));
    engine.now += 10_000;
    const evicted = evict(engine, 1, 'v'.repeat(50));
    // The oldest twenty, among which are all candidates in the pool, are used; the rest is older than that now.
    engine.now += 10_000;
    for (let i = 0; i < 20; i++) engine.run('GET', `key:${i}`);
    const before = evicted.length;
    for (let i = 0; evicted.length < 10; i++) engine.run('SET', `later:${i}`, 'v'.repeat(50));
    expect(shareOf(evicted.slice(before), (i) => i < 20)).toBe(0);
  });

  it('looks at every database', () => {
    const engine = limited('allkeys-lru', 100 * KIB);
    for (let i = 0; i < 400; i++) {
      engine.session.database = i % 16;
      engine.run('SET', `key:${i}`, 'v'.repeat(100));
      engine.now += 1000;
    }
    engine.session.database = 3;
    const evicted = evict(engine, 100, 'v'.repeat(100));
    expect(shareOf(evicted, (i) => i < 150)).toBeGreaterThan(0.9);
    expect(new Set(evicted.map((key) => Number(key.slice(4)) % 16)).size).toBe(16);
  });
});

describe('making room', () => {
  it('lets no table grow past the limit', () => {
    const engine = limited('allkeys-random', 400 * KIB);
    const { evictor } = engine.engine;
    let highest = 0;
    for (let i = 0; i < 20_000; i++) {
      engine.run('SET', `${i}`, '1');
      highest = Math.max(highest, evictor.usedBytes);
    }
    expect(engine.engine.keyspace.evicted).toBeGreaterThan(1000);
    expect(highest).toBeLessThanOrEqual(evictor.maxMemory + 128);
    evictor.maxMemory = 0;
    for (let i = 0; i < 20_000; i++) engine.run('SET', `${i}`, '1');
    expect(keysOf(engine)).toHaveLength(20_000);
  });

  it('tells of what it evicted even when that was not enough', () => {
    const engine = limited('volatile-lru', 200 * KIB);
    const events: string[] = [];
    engine.engine.effects.subscribe((changes) => {
      for (const { event, key } of changes) events.push(`${event} ${key}`);
    });
    engine.run('SET', 'small', 'v', 'EX', '100');
    engine.run('SET', 'large', 'v'.repeat(300 * KIB));
    events.length = 0;
    expect(engine.run('SET', 'more', 'v')).toBe(OOM);
    expect(events).toEqual(['evicted small']);
    expect(engine.run('GET', 'small')).toBe('$-1\r\n');
  });

  it('waits for memory that is being freed rather than refusing', () => {
    const engine = limited('volatile-lru', 300 * KIB);
    const { keyspace } = engine.engine;
    engine.session.database = 1;
    engine.run('SET', 'stays', 'v');
    engine.session.database = 0;
    engine.run('SET', 'large', 'v'.repeat(400 * KIB));
    expect(engine.run('SET', 'k', 'v')).toBe(OOM);
    keyspace.flush([keyspace.databases[0]], true);
    expect(keyspace.lazyFree.idle).toBe(false);
    expect(engine.run('SET', 'k', 'v')).toBe(OK);
    expect(keyspace.lazyFree.idle).toBe(true);
  });

  it('counts what stands outside the keyspace', () => {
    const engine = limited('noeviction', 100 * KIB);
    engine.engine.evictor.otherBytes = () => 200 * KIB;
    expect(engine.run('SET', 'k', 'v')).toBe(OOM);
    engine.engine.evictor.otherBytes = () => 0;
    expect(engine.run('SET', 'k', 'v')).toBe(OK);
  });

  it('stops after its slice and says that it is not finished', () => {
    const engine = limited('allkeys-lru', 400 * KIB);
    const { keyspace } = engine.engine;
    fill(engine, 'v'.repeat(50));
    let micros = 0;
    // Looks at this clock come every 16 evictions: 16 begin the slice, 32 are still in it, 48 are not.
    const evictor = new Evictor(keyspace, { now: () => engine.now, micros: () => (micros += 300) });
    evictor.setPolicy('allkeys-lru');
    evictor.maxMemory = evictor.usedBytes - 100 * KIB;
    let slices = 0;
    do {
      const before = keyspace.evicted;
      expect(evictor.makeRoom()).toBe(true);
      expect(keyspace.evicted - before).toBeLessThanOrEqual(48);
      slices++;
    } while (evictor.unfinished);
    expect(slices).toBeGreaterThan(10);
    expect(evictor.usedBytes).toBeLessThanOrEqual(evictor.maxMemory);
  });

  it('refuses when the arena itself has no segments left', () => {
    const engine = limited('allkeys-lru', 100 * KIB);
    Object.defineProperty(engine.engine.keyspace.arena, 'nearlyFull', { value: true });
    expect(engine.run('SET', 'k', 'v')).toBe(OOM);
    expect(engine.run('GET', 'k')).toBe('$-1\r\n');
  });
});
