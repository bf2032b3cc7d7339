import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { Effects } from '../effects/effects.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { STRING, segmentOf } from '../memory/layout.ts';
import { tableBytes } from '../structures/hashtable.ts';
import { exactDeadlineOf } from '../structures/record.ts';
import { RAW } from '../values/encoding.ts';
import { setStringLength, stringLength, stringStart } from '../values/string.ts';
import type { Database } from './database.ts';
import { Evictor, type Policy } from './eviction.ts';
import { expectLive, expectWhole } from './keyspace.testing.ts';
import { Keyspace } from './keyspace.ts';
import { storeString } from './string-store.ts';

const START = 1_700_000_000_000;

interface Entry {
  value: string;
  deadline: bigint | undefined;
}

/** A keyspace of three databases beside the Maps that say what must be in it. */
class Pair {
  readonly keyspace: Keyspace;
  readonly maps: Map<string, Entry>[] = [new Map(), new Map(), new Map()];
  private readonly evictor: Evictor;
  private seed = 7;

  constructor() {
    const effects = new Effects();
    this.keyspace = new Keyspace(effects, () => this.random(), START, this.maps.length);
    this.evictor = new Evictor(this.keyspace, { now: () => this.keyspace.now, micros: () => 0 });
    effects.subscribe((changes) => {
      for (const { event, database, key } of changes) {
        const map = this.maps[database];
        const name = key.toString('latin1');
        if (event === 'expired' && !this.isPast(map.get(name))) expect.fail(`${name} expired before its deadline`);
        if ((event === 'expired' || event === 'evicted') && !map.delete(name)) expect.fail(`${name} went twice`);
      }
    });
  }

  /** Stores a value, over the old one or as a new key. */
  store(d: number, name: string, value: string, keepDeadline: boolean): void {
    const database = this.keyspace.databases[d];
    const args = argsOf(name, value);
    const hash = database.hash(args, 1);
    const old = database.findHashed(args, 1, hash);
    this.keyspace.effects.commit();
    const { bytes, view, start, end } = args;
    database.close(storeString(database, args, 1, hash, old, bytes, view, start[2], end[2], RAW, keepDeadline), 'set');
    const deadline = keepDeadline ? this.maps[d].get(name)?.deadline : undefined;
    this.maps[d].set(name, { value, deadline });
  }

  append(d: number, name: string, value: string): void {
    const [database, existing] = this.open(d, name);
    let ref = existing === NO_REF ? database.create(argsOf(name), 1, STRING, RAW, 0) : existing;
    const old = stringLength(database.arena, ref);
    ref = database.reserveValue(ref, old + value.length, old);
    const at = stringStart(database.arena, ref) + old;
    database.arena.bytes[segmentOf(ref)].write(value, at, 'latin1');
    setStringLength(database.arena, ref, old + value.length);
    database.close(ref, 'append');
    const entry = this.maps[d].get(name);
    this.maps[d].set(name, { value: (entry?.value ?? '') + value, deadline: entry?.deadline });
  }

  /** Sets a deadline so many milliseconds from now, or at a given time when that is later. */
  setDeadline(d: number, name: string, delay: number, at: bigint): void {
    const [database, ref] = this.open(d, name);
    if (ref === NO_REF) return;
    const soon = BigInt(this.keyspace.now + 1 + delay);
    const deadline = at > soon ? at : soon;
    const isSafe = Number.isSafeInteger(Number(deadline));
    database.close(
      isSafe ? database.setDeadline(ref, Number(deadline)) : database.setFarDeadline(ref, deadline),
      'expire',
    );
    this.entry(d, name).deadline = deadline;
  }

  persist(d: number, name: string): void {
    const [database, ref] = this.open(d, name);
    if (ref === NO_REF) return;
    database.close(database.persist(ref), 'persist');
    this.entry(d, name).deadline = undefined;
  }

  remove(d: number, name: string): void {
    const [database, ref] = this.open(d, name);
    if (ref === NO_REF) return;
    database.remove(ref, 'del');
    this.maps[d].delete(name);
  }

  rename(d: number, name: string, other: string): void {
    const [database, ref] = this.open(d, name);
    const [, replaced] = this.open(d, other);
    if (ref === NO_REF || name === other) return;
    const bits = database.accessBits(ref);
    if (replaced !== NO_REF) database.discard(replaced);
    const fresh = database.rename(ref, argsOf(name, other), 2);
    database.close(fresh, 'rename_to');
    if (database.accessBits(fresh) !== bits) expect.fail('renaming changed the access bits');
    this.maps[d].set(other, this.entry(d, name));
    this.maps[d].delete(name);
  }

  copy(from: number, to: number, name: string, other: string): void {
    const [source, ref] = this.open(from, name);
    const [target, replaced] = this.open(to, other);
    if (ref === NO_REF || (from === to && name === other)) return;
    if (replaced !== NO_REF) target.discard(replaced);
    target.close(source.copyTo(target, ref, argsOf(other), 1, NO_REF), 'copy_to');
    this.maps[to].set(other, { ...this.entry(from, name) });
  }

  move(from: number, to: number, name: string): void {
    const [source, ref] = this.open(from, name);
    const [target, existing] = this.open(to, name);
    if (ref === NO_REF || existing !== NO_REF) return;
    source.take(ref);
    target.put(ref);
    this.maps[to].set(name, this.entry(from, name));
    this.maps[from].delete(name);
  }

  swap(first: number, second: number): void {
    this.keyspace.swap(this.keyspace.databases[first], this.keyspace.databases[second]);
    [this.maps[first], this.maps[second]] = [this.maps[second], this.maps[first]];
  }

  flush(d: number, lazily: boolean): void {
    const count = this.keyspace.flush([this.keyspace.databases[d]], lazily);
    if (count !== this.maps[d].size) expect.fail(`flushed ${count} keys of ${this.maps[d].size}`);
    this.maps[d].clear();
    if (lazily) this.keyspace.lazyFree.finish();
  }

  /** Lets time pass; every key that is due must be gone. */
  pass(millis: number): void {
    this.keyspace.setTime(this.keyspace.now + millis);
    this.keyspace.expireDue(() => true);
    this.keyspace.effects.commit();
    for (const map of this.maps) {
      for (const [name, entry] of map) if (this.isPast(entry)) expect.fail(`${name} outlived its deadline`);
    }
  }

  /** Evicts until so many bytes less are used, or nothing may be evicted any more. */
  evict(policy: Policy, bytes: number): void {
    this.evictor.setPolicy(policy);
    this.evictor.maxMemory = Math.max(1, this.evictor.usedBytes - bytes);
    this.evictor.makeRoom();
    this.evictor.maxMemory = 0;
    this.keyspace.effects.commit();
  }

  expectSame(): void {
    this.keyspace.effects.commit();
    expectWhole(this.keyspace);
    for (const [d, map] of this.maps.entries()) {
      if (this.keyspace.databases[d].size !== map.size) expect.fail(`database ${d} has another size`);
      for (const [name, entry] of map) {
        const [database, ref] = this.open(d, name);
        if (ref === NO_REF) expect.fail(`${name} is not found`);
        const start = stringStart(database.arena, ref);
        const end = start + stringLength(database.arena, ref);
        const value = database.arena.bytes[segmentOf(ref)].toString('latin1', start, end);
        const deadline = database.hasDeadline(ref) ? exactDeadlineOf(database.arena, ref) : undefined;
        if (value !== entry.value || deadline !== entry.deadline) expect.fail(`${name} is not what was stored`);
      }
    }
  }

  /** Removes every key; what is left of the arena must be the tables. */
  expectEmptied(): void {
    for (const [d, map] of this.maps.entries()) for (const name of map.keys()) this.remove(d, name);
    this.keyspace.moveTables(() => true);
    this.expectSame();
    const { arena, databases } = this.keyspace;
    expect(arena.used).toBe(databases.reduce((sum, { table }) => sum + tableBytes(arena, table), 0));
    expect(arena.used).toBe(new Pair().keyspace.arena.used);
  }

  /** The record, or 0 when there is none or its deadline has passed, which the Map is then told. */
  private open(d: number, name: string): [Database, Ref] {
    const database = this.keyspace.databases[d];
    const ref = database.open(argsOf(name), 1, STRING);
    this.keyspace.effects.commit();
    return [database, ref];
  }

  private entry(d: number, name: string): Entry {
    const entry = this.maps[d].get(name);
    if (entry === undefined) return expect.fail(`${name} is there but should not be`);
    return entry;
  }

  private isPast(entry: Entry | undefined): boolean {
    return entry?.deadline !== undefined && entry.deadline <= this.keyspace.now;
  }

  private random(): number {
    this.seed ^= this.seed << 13;
    this.seed ^= this.seed >>> 17;
    this.seed ^= this.seed << 5;
    return this.seed >>> 0;
  }
}

/** Keys are arguments from 1 on, as of a command. */
function argsOf(...words: string[]): Args {
  return Args.of(['', ...words].map((word) => Buffer.from(word, 'latin1')));
}

const database = fc.nat(2);
const name = fc.oneof(
  { weight: 9, arbitrary: fc.nat(25).map((n) => `key:${n}`) },
  { weight: 1, arbitrary: fc.constantFrom('', '\0\xff', 'k'.repeat(200), 'K'.repeat(33_000)) },
);
const value = fc
  .tuple(
    fc.oneof(
      fc.nat(100),
      fc.constantFrom(44, 45, 52, 53, 500, 1000, 1024, 5000, 32_700, 32_768, 40_000),
      fc.integer({ min: 0, max: 3000 }),
    ),
    fc.nat(25),
  )
  .map(([length, letter]) => String.fromCharCode(97 + letter).repeat(length));
const delay = fc.oneof(fc.nat(300), fc.nat(100_000), fc.nat(2 ** 31));
const farDeadline = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0n) },
  { weight: 1, arbitrary: fc.bigInt(2n ** 48n - 1n, 2n ** 48n + 1n) },
  { weight: 1, arbitrary: fc.bigInt(2n ** 53n, 2n ** 63n - 1n) },
);
const policy = fc.constantFrom<Policy>(
  'allkeys-random',
  'allkeys-lru',
  'volatile-ttl',
  'volatile-lfu',
  'volatile-random',
);

type Step = (pair: Pair) => void;
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(database, name, value, fc.boolean()).map(
      (a): Step =>
        (pair) =>
          pair.store(...a),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(database, name, value).map(
      (a): Step =>
        (pair) =>
          pair.append(...a),
    ),
  },
  {
    weight: 6,
    arbitrary: fc.tuple(database, name, delay, farDeadline).map(
      (a): Step =>
        (pair) =>
          pair.setDeadline(...a),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(database, name).map(
      (a): Step =>
        (pair) =>
          pair.persist(...a),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(database, name).map(
      (a): Step =>
        (pair) =>
          pair.remove(...a),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(database, name, name).map(
      (a): Step =>
        (pair) =>
          pair.rename(...a),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(database, database, name, name).map(
      (a): Step =>
        (pair) =>
          pair.copy(...a),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(database, database, name).map(
      (a): Step =>
        (pair) =>
          pair.move(...a),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(database, database).map(
      (a): Step =>
        (pair) =>
          pair.swap(...a),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(database, fc.boolean()).map(
      (a): Step =>
        (pair) =>
          pair.flush(...a),
    ),
  },
  {
    weight: 3,
    arbitrary: delay.map(
      (millis): Step =>
        (pair) =>
          pair.pass(millis),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(policy, fc.nat(20_000)).map(
      (a): Step =>
        (pair) =>
          pair.evict(...a),
    ),
  },
);

describe('database', () => {
  it('holds what a Map holds, loses what is due, and leaks nothing', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 300, size: 'max' }), (steps) => {
        const pair = new Pair();
        for (const [i, run] of steps.entries()) {
          run(pair);
          if (i % 100 === 99) pair.expectSame();
        }
        pair.expectSame();
        pair.expectEmptied();
      }),
      { numRuns: 60 },
    );
  });

  it('stays whole while thousands of keys come, move and go', () => {
    const pair = new Pair();
    for (let i = 0; i < 5000; i++) pair.store(i % 3, `key:${i}`, 'v'.repeat(i % 90), false);
    for (let i = 0; i < 5000; i += 2) pair.setDeadline(i % 3, `key:${i}`, i * 50, 0n);
    for (let i = 0; i < 5000; i += 3) pair.rename(i % 3, `key:${i}`, `another key:${i}`);
    for (let i = 1; i < 5000; i += 3) pair.move(i % 3, 2, `key:${i}`);
    pair.expectSame();
    for (let i = 0; i < 10; i++) pair.pass(10_000);
    pair.expectSame();
    pair.evict('allkeys-lru', 100_000);
    pair.expectSame();
    expectLive(pair.keyspace);
    pair.expectEmptied();
  });
});
