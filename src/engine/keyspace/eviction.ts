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
import { tableRandom, tableSample } from '../structures/hashtable-walk.ts';
import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
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

const POOL_SIZE = 16;
const MAX_SAMPLES = 64;
/** Evictions between two looks at the clock. */
const BATCH = 16;
const ROUNDS = 16;

interface Candidate {
  database: Database;
  ref: Ref;
  hash: number;
  score: number;
}

export class Evictor {
  samples = 5;
  /** How long one command may spend making room (maxmemory-eviction-tenacity 10: 500 microseconds). */
  sliceMicros = 500;
  /** Bytes counted against the limit beside the keyspace: buffers of clients. */
  otherBytes: () => number = () => 0;
  /** True while more must be evicted than one slice could; the server then goes on between turns. */
  unfinished = false;
  private limitBytes = 0;
  private policy: Policy = 'noeviction';
  private readonly keyspace: Keyspace;
  private readonly clock: Clock;
  private readonly pool: Candidate[] = [];
  private readonly drawn = new Int32Array(MAX_SAMPLES);
  private nextDatabase = 0;

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
    this.keyspace.arena.growthLimitBytes = bytes === 0 ? Number.POSITIVE_INFINITY : bytes;
  }

  get policyName(): Policy {
    return this.policy;
  }

  setPolicy(policy: Policy): void {
    this.policy = policy;
    this.keyspace.clock.lfu = policy.endsWith('-lfu');
    this.pool.length = 0;
  }

  get usedBytes(): number {
    return this.keyspace.usedBytes + this.otherBytes();
  }

  /** Evicts until memory is below the limit; false when it is not and nothing can be evicted. */
  makeRoom(): boolean {
    const { arena, effects } = this.keyspace;
    if (arena.nearlyFull) return false;
    this.unfinished = false;
    if (this.limitBytes === 0 || this.keyspace.frozen) return true;
    const used = this.usedBytes;
    // What stands outside the arena leaves its tables that much less to grow into.
    arena.growthLimitBytes = this.limitBytes - (used - arena.used);
    if (used <= this.limitBytes) return true;
    if (this.policy === 'noeviction') return false;
    const made = this.evictUntilBelow();
    effects.commit();
    return made;
  }

  private evictUntilBelow(): boolean {
    const end = this.clock.micros() + this.sliceMicros;
    for (let evictions = 1; this.usedBytes > this.limitBytes; evictions++) {
      if (!this.evictOne()) return this.waitForFreeing();
      if (evictions % BATCH === 0 && this.clock.micros() > end) {
        this.unfinished = true;
        return true;
      }
    }
    return true;
  }

  /** Memory still being freed in slices is freed now, rather than refusing the command. */
  private waitForFreeing(): boolean {
    this.keyspace.lazyFree.finish();
    return this.usedBytes <= this.limitBytes;
  }

  private evictOne(): boolean {
    const victim = this.policy.endsWith('-random') ? this.anyVictim() : this.bestVictim();
    if (victim === undefined) return false;
    this.keyspace.evicted++;
    victim.database.remove(victim.ref, 'evicted');
    return true;
  }

  private anyVictim(): { database: Database; ref: Ref } | undefined {
    const { databases, arena, random } = this.keyspace;
    for (let i = 0; i < databases.length; i++) {
      this.nextDatabase = (this.nextDatabase + 1) % databases.length;
      const database = databases[this.nextDatabase];
      const ref =
        this.policy === 'allkeys-random' ? tableRandom(arena, database.table, random) : this.anyVolatile(database);
      if (ref !== NO_REF) return { database, ref };
    }
    return undefined;
  }

  private anyVolatile(database: Database): Ref {
    const { volatile } = database;
    return volatile.count === 0 ? NO_REF : volatile.at(this.keyspace.random() % volatile.count);
  }

  private bestVictim(): { database: Database; ref: Ref } | undefined {
    // A pool may hold nothing but keys that are gone or were used; the next round fills it anew.
    for (let round = 0; round < ROUNDS; round++) {
      let candidates = 0;
      for (const database of this.keyspace.databases) candidates += this.fillPool(database);
      if (candidates === 0) return undefined;
      for (let best = this.pool.pop(); best !== undefined; best = this.pool.pop()) {
        if (this.isStillGood(best)) return best;
      }
    }
    return undefined;
  }

  /** Draws samples of a database into the pool; returns how many keys of it could be evicted. */
  private fillPool(database: Database): number {
    const { arena, random, seed } = this.keyspace;
    const allKeys = this.policy.startsWith('allkeys');
    const total = allKeys ? database.size : database.volatile.count;
    if (total === 0) return 0;
    let drawn = 0;
    const wanted = Math.min(this.samples, MAX_SAMPLES);
    if (allKeys) drawn = tableSample(arena, database.table, random, this.drawn, wanted);
    else while (drawn < wanted) this.drawn[drawn++] = database.volatile.at(random() % total);
    for (let i = 0; i < drawn; i++) {
      const ref = this.drawn[i] as Ref;
      const score = this.score(database, ref);
      if (this.pool.length === POOL_SIZE && score <= this.pool[0].score) continue;
      if (this.pool.some((candidate) => candidate.ref === ref)) continue;
      this.insert({ database, ref, hash: hashOf(arena, ref, seed), score });
    }
    return total;
  }

  /** Keeps the pool in order of score, the best last. */
  private insert(candidate: Candidate): void {
    if (this.pool.length === POOL_SIZE) this.pool.shift();
    let place = this.pool.length;
    while (place > 0 && this.pool[place - 1].score > candidate.score) place--;
    this.pool.splice(place, 0, candidate);
  }

  /** True when the key is still there, and not younger than it was: a use or a later deadline lowers the score. */
  private isStillGood({ database, ref, hash, score }: Candidate): boolean {
    if (!tableHolds(this.keyspace.arena, database.table, hash, ref)) return false;
    if (!this.policy.startsWith('allkeys') && !database.hasDeadline(ref)) return false;
    return this.score(database, ref) >= score;
  }

  private score(database: Database, ref: Ref): number {
    const bits = database.accessBits(ref);
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
