/**
 * Making room when memory is above `maxmemory`: eight policies, sampled as Redis does.
 *
 * A few keys are drawn, the best candidates seen so far stay in a pool of sixteen, the best of the pool goes. The pool holds
 * refs and hashes, not copies of keys: before a candidate is used, its ref must still be in the table under its hash, and
 * it must not have been used since.
 *
 *   candidates   allkeys-*: the table          volatile-*: the list of keys with a deadline
 *   score        lru: seconds idle             lfu: 255 - counter            ttl: the nearer the deadline the higher
 */
import { NO_REF, type Ref } from '../memory/arena.ts';
import { hashOf, tableHolds } from '../structures/hashtable.ts';
import { tableRandom, tableSample } from '../structures/hashtable-draws.ts';
import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import { EvictionPool } from './eviction-pool.ts';
import type { Keyspace } from './keyspace.ts';

export type Policy =
  | 'volatile-lru'
  | 'volatile-lfu'
  | 'volatile-random'
  | 'volatile-ttl'
  | 'allkeys-lru'
  | 'allkeys-lfu'
  | 'allkeys-random'
  | 'noeviction';

const MAX_DRAWN = 192;
/** Samples are drawn for so many evictions at once: the waits for memory then overlap. */
const EVICTIONS_PER_DRAW = 3;
/** Evictions between two looks at the clock. */
const BATCH = 16;
const ROUNDS = 16;

export class Evictor {
  samples = 5;
  /** How long one command may spend making room (maxmemory-eviction-tenacity 10: 500 microseconds). */
  sliceMicros = 500;
  /** Bytes counted against the limit beside the keyspace: buffers of clients. */
  otherBytes: () => number = () => 0;
  /** Told how long each eviction took, in microseconds; absent while nobody watches. */
  observe: ((micros: number) => void) | undefined = undefined;
  /** True while more must be evicted than one slice could; the server then goes on between turns. */
  unfinished = false;
  private limitBytes = 0;
  private policy: Policy = 'noeviction';
  private allKeys = false;
  private atRandom = false;
  private readonly keyspace: Keyspace;
  private readonly clock: Clock;
  private readonly pool = new EvictionPool();
  private readonly drawn = new Int32Array(MAX_DRAWN);
  private readonly drawnBits = new Int32Array(MAX_DRAWN);
  private nextDatabase = 0;
  /** Evictions that the last draw still serves. */
  private served = 0;

  constructor(keyspace: Keyspace, clock: Clock) {
    this.keyspace = keyspace;
    this.clock = clock;
  }

  /** Bytes; 0 is no limit. */
  get maxMemory(): number {
    return this.limitBytes;
  }

  set maxMemory(bytes: number) {
    this.limitBytes = bytes;
    this.judgeSharing();
    this.keyspace.arena.growthLimitBytes = bytes === 0 ? Number.POSITIVE_INFINITY : bytes;
  }

  get policyName(): Policy {
    return this.policy;
  }

  setPolicy(policy: Policy): void {
    this.policy = policy;
    this.keyspace.clock.lfu = policy.endsWith('-lfu');
    this.allKeys = policy.startsWith('allkeys');
    this.atRandom = policy.endsWith('-random');
    this.pool.clear();
    this.judgeSharing();
  }

  /** Redis shares small integers unless each key needs access bits of its own; OBJECT REFCOUNT tells. */
  private judgeSharing(): void {
    const needsBits = /-l[rf]u$/.test(this.policy);
    this.keyspace.sharesIntegers = this.limitBytes === 0 || !needsBits;
  }

  /** Bytes among the others that come back at the end of the turn, so that no key must go for them. */
  passingBytes: () => number = () => 0;

  get usedBytes(): number {
    return this.keyspace.usedBytes + this.otherBytes();
  }

  /** Evicts until memory is below the limit; false when it is not and nothing can be evicted. */
  makeRoom(): boolean {
    const { arena, effects } = this.keyspace;
    if (arena.nearlyFull) return false;
    this.unfinished = false;
    if (this.limitBytes === 0 || this.keyspace.frozen) return true;
    const used = this.usedBytes - this.passingBytes();
    // What stands outside the arena leaves its tables that much less to grow into.
    arena.growthLimitBytes = this.limitBytes - (used - arena.used);
    if (used <= this.limitBytes) return true;
    if (this.policy === 'noeviction') return false;
    const begin = this.observe === undefined ? 0 : this.clock.micros();
    const made = this.evictUntilBelow(used - arena.used);
    effects.commit();
    if (this.observe !== undefined) this.observe(this.clock.micros() - begin);
    return made;
  }

  /** Until memory fits or the slice is over; `others` are the bytes outside the arena, which eviction hardly changes. */
  private evictUntilBelow(others: number): boolean {
    const { arena } = this.keyspace;
    let end = Number.POSITIVE_INFINITY;
    for (let evictions = 1; arena.used + others > this.limitBytes; evictions++) {
      if (!this.freeOrEvict()) return this.waitForFreeing();
      if (evictions % BATCH !== 0) continue;
      // Most commands need room for one key; the slice begins with the first look at the clock.
      const now = this.clock.micros();
      if (evictions === BATCH) end = now + this.sliceMicros;
      if (now <= end) continue;
      this.unfinished = true;
      return true;
    }
    return true;
  }

  /** Frees a slice of what was taken out before; evicts where nothing waits. False when nothing can be evicted. */
  private freeOrEvict(): boolean {
    const { lazyFree } = this.keyspace;
    if (lazyFree.idle) return this.atRandom ? this.evictAny() : this.evictBest();
    lazyFree.slice();
    return true;
  }

  /** Memory still being freed in slices is freed now, rather than refusing the command. */
  private waitForFreeing(): boolean {
    this.keyspace.lazyFree.finish();
    return this.usedBytes <= this.limitBytes;
  }

  private evict(database: Database, ref: Ref): boolean {
    this.keyspace.evicted++;
    database.reclaim(ref, 'evicted');
    return true;
  }

  private evictAny(): boolean {
    const { databases, arena, random } = this.keyspace;
    for (let i = 0; i < databases.length; i++) {
      this.nextDatabase = (this.nextDatabase + 1) % databases.length;
      const database = databases[this.nextDatabase];
      const ref = this.allKeys ? tableRandom(arena, database.table, random) : this.anyVolatile(database);
      if (ref !== NO_REF) return this.evict(database, ref);
    }
    return false;
  }

  private anyVolatile(database: Database): Ref {
    const { volatile } = database;
    return volatile.count === 0 ? NO_REF : volatile.at(this.keyspace.random() % volatile.count);
  }

  private evictBest(): boolean {
    const { pool } = this;
    // A pool may hold nothing but keys that are gone or were used; the next round fills it anew.
    for (let round = 0; round < ROUNDS; round++) {
      if ((this.served === 0 || pool.count === 0) && !this.draw()) return false;
      while (pool.count > 0) {
        const database = pool.bestDatabase;
        const ref = pool.bestRef;
        const good = database !== undefined && this.isStillGood(database, ref);
        pool.drop();
        if (!good) continue;
        this.served--;
        return this.evict(database, ref);
      }
    }
    return false;
  }

  /** Draws samples of all databases into the pool; false when no key could be evicted. */
  private draw(): boolean {
    let candidates = 0;
    for (const database of this.keyspace.databases) candidates += this.fillPool(database);
    this.served = EVICTIONS_PER_DRAW;
    return candidates > 0;
  }

  /** Draws samples of a database into the pool; returns how many keys of it could be evicted. */
  private fillPool(database: Database): number {
    const { arena, random, seed } = this.keyspace;
    const { drawn, drawnBits, pool } = this;
    const total = this.allKeys ? database.size : database.volatile.count;
    if (total === 0) return 0;
    const wanted = Math.min(this.samples * EVICTIONS_PER_DRAW, MAX_DRAWN);
    let count = 0;
    if (this.allKeys) count = tableSample(arena, database.table, random, drawn, wanted);
    else while (count < wanted) drawn[count++] = database.volatile.at(random() % total);
    // All records are touched before the first is judged, so that the waits for memory overlap.
    for (let i = 0; i < count; i++) drawnBits[i] = database.accessBits(drawn[i] as Ref);
    for (let i = 0; i < count; i++) {
      const ref = drawn[i] as Ref;
      const score = this.score(database, ref, drawnBits[i]);
      if (pool.wants(score) && !pool.holds(ref)) pool.add(database, ref, hashOf(arena, ref, seed), score);
    }
    return total;
  }

  /** True when the pool's best is still there, and not younger than it was: a use or a later deadline lowers the score. */
  private isStillGood(database: Database, ref: Ref): boolean {
    if (!tableHolds(this.keyspace.arena, database.table, this.pool.bestHash, ref)) return false;
    if (!this.allKeys && !database.hasDeadline(ref)) return false;
    return this.score(database, ref, database.accessBits(ref)) >= this.pool.bestScore;
  }

  private score(database: Database, ref: Ref, bits: number): number {
    switch (this.policy) {
      case 'volatile-ttl':
        return -database.deadline(ref);
      case 'volatile-lfu':
      case 'allkeys-lfu':
        return 255 - this.keyspace.clock.frequency(bits);
      default:
        return this.keyspace.clock.idleSeconds(bits);
    }
  }
}
