import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { TestEngine } from '../engine.testing.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { encodingOf, INT, RAW } from '../values/encoding.ts';
import { stringLength, stringStart } from '../values/string.ts';
import type { Database } from './database.ts';
import { storeString } from './string-store.ts';

const START = 1_700_000_000_000;

/** Stores `value` under `key` as SET does, with KEEPTTL or without. */
function store(database: Database, key: string, value: Buffer, keepDeadline = false, encoding = RAW): Ref {
  const args = Args.of([Buffer.from(key)]);
  const hash = database.hash(args, 0);
  const old = database.findHashed(args, 0, hash);
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  return storeString(database, args, 0, hash, old, value, view, 0, value.length, encoding, keepDeadline);
}

function find(database: Database, key: string): Ref {
  return database.find(Args.of([Buffer.from(key)]), 0);
}

function valueBytes(database: Database, ref: Ref): Buffer {
  const start = stringStart(database.arena, ref);
  return Buffer.from(database.arena.bytes[ref >>> 22].subarray(start, start + stringLength(database.arena, ref)));
}

function newDatabase(lfu = false): { database: Database; engine: TestEngine } {
  const engine = new TestEngine();
  if (lfu) engine.engine.evictor.setPolicy('allkeys-lfu');
  engine.run('GET', 'absent');
  return { database: engine.engine.keyspace.databases[0], engine };
}

describe('storing strings', () => {
  it('replaces what was there, of whatever length, and keeps a deadline only if told to', () => {
    const length = fc.oneof(fc.integer({ min: 0, max: 400 }), fc.constantFrom(1000, 40_000, 200_000));
    const step = fc.record({ key: fc.integer({ min: 0, max: 3 }), length, keep: fc.boolean(), expire: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { database } = newDatabase();
        const before = database.arena.used;
        const model = new Map<string, { value: Buffer; deadline: number }>();
        for (const [i, { key, length, keep, expire }] of steps.entries()) {
          const name = `key${key}`;
          const value = Buffer.alloc(length, i);
          let ref = store(database, name, value, keep);
          const deadline = keep ? (model.get(name)?.deadline ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY;
          expect(database.deadline(ref)).toBe(deadline);
          if (expire) ref = database.setDeadline(ref, START + 10_000 + i);
          model.set(name, { value, deadline: expire ? START + 10_000 + i : deadline });
          expect(find(database, name)).toBe(ref);
        }
        for (const [name, { value, deadline }] of model) {
          const ref = find(database, name);
          expect(valueBytes(database, ref).equals(value)).toBe(true);
          expect(database.deadline(ref)).toBe(deadline);
          database.discard(ref);
        }
        expect([database.size, database.volatile.count, database.arena.used]).toEqual([0, 0, before]);
      }),
      { numRuns: 20 },
    );
  });

  it('writes over a value of the same length where it is, and remembers the encoding', () => {
    const { database } = newDatabase();
    const first = store(database, 'k', Buffer.from('12345'), false, INT);
    const second = store(database, 'k', Buffer.from('abcde'));
    expect([second, encodingOf(database.arena, second)]).toEqual([first, RAW]);
    expect(encodingOf(database.arena, store(database, 'k', Buffer.from('7'), false, INT))).toBe(INT);
  });

  it('keeps no block that is much too large, not even by shrinking a little at a time', () => {
    const { database } = newDatabase();
    for (let length = 20_000; length >= 0; length -= 100) {
      const ref = store(database, 'k', Buffer.alloc(length));
      expect(database.arena.sizeOf(ref)).toBeLessThanOrEqual((length + 16) * 1.25 + 128 + 16);
    }
  });

  it('counts as a use under LFU, and the counter outlives the record', () => {
    const { database, engine } = newDatabase(true);
    const { clock } = engine.engine.keyspace;
    clock.logFactor = 0;
    for (let i = 0; i < 30; i++) store(database, 'k', Buffer.alloc(i * 40));
    expect(clock.frequency(database.accessBits(find(database, 'k')))).toBe(5 + 29);
    // What keeps the deadline has read the value before, and that was the use.
    store(database, 'k', Buffer.alloc(5000), true);
    expect(clock.frequency(database.accessBits(find(database, 'k')))).toBe(5 + 29);
    engine.engine.keyspace.noTouch = true;
    store(database, 'k', Buffer.alloc(10));
    expect(clock.frequency(database.accessBits(find(database, 'k')))).toBe(5 + 29);
    expect(clock.frequency(database.accessBits(store(database, 'new', Buffer.alloc(10))))).toBe(5);
  });

  it('sets the time of use under LRU', () => {
    const { database, engine } = newDatabase();
    const { keyspace } = engine.engine;
    store(database, 'k', Buffer.from('v'));
    keyspace.setTime(START + 50_000);
    expect(keyspace.clock.idleSeconds(database.accessBits(find(database, 'k')))).toBe(50);
    store(database, 'k', Buffer.from('w'));
    expect(keyspace.clock.idleSeconds(database.accessBits(find(database, 'k')))).toBe(0);
    expect(find(database, 'absent')).toBe(NO_REF);
  });
});
