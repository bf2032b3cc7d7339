/** All databases of an engine over one arena, with what they share: hash key, clock, counters, the way out for changes. */
import type { Effects } from '../effects/effects.ts';
import { Arena, type Ref } from '../memory/arena.ts';
import { type HashSeed, tableMove } from '../structures/hashtable.ts';
import { defaultEncodingLimits } from '../values/encoding-limits.ts';
import { isTimer } from '../values/hash-timer.ts';
import { AccessClock } from './access-clock.ts';
import { Database } from './database.ts';
import { DetachedRecords } from './detached-records.ts';
import { timerWentOff } from './field-expiry.ts';
import { LargeCopies } from './large-copies.ts';
import { LazyFree } from './lazy-free.ts';
import { wheelDue, wheelWake } from './wheel.ts';

/** Records handed down a wheel's level between two looks at the clock. */
const WHEEL_STEPS = 256;
/** How soon to look again at deadlines that passed while nothing may be removed, in milliseconds. */
const FROZEN_WAIT_MS = 100;
/** Groups of a table moved between two looks at the clock. */
const MOVE_GROUPS = 64;

/** Why nothing may disappear by itself: CLIENT PAUSE, a unit that is interrupted. */
export const FROZEN_FOR_PAUSE = 1 << 0;
export const FROZEN_FOR_UNIT = 1 << 1;

export class Keyspace {
  readonly arena = new Arena();
  readonly databases: Database[] = [];
  readonly effects: Effects;
  readonly seed: HashSeed;
  readonly clock: AccessClock;
  readonly random: () => number;
  readonly lazyFree = new LazyFree(this.arena);
  readonly detached = new DetachedRecords(this);
  readonly copies = new LargeCopies(this);
  readonly encodingLimits = defaultEncodingLimits();
  /** Milliseconds since 1970, as the current unit of work sees them. */
  now = 0;
  /** No deadline is earlier than this: when `expireDue` next has something to do. */
  nextDeadline = Number.POSITIVE_INFINITY;
  /** True while a client that asked for it (CLIENT NO-TOUCH) is served. */
  noTouch = false;
  /** False after DEBUG SET-ACTIVE-EXPIRE 0: keys are then removed only when noticed. */
  activeExpire = true;
  /** Whether keys whose deadline passed are gone for readers but stay, and none is evicted; see `freeze`. */
  frozen = false;
  private frozenFor = 0;
  /** False under a limit with an LRU or LFU policy: what OBJECT REFCOUNT says of small integers. */
  sharesIntegers = true;
  hits = 0;
  misses = 0;
  expired = 0;
  /** Fields of hashes reclaimed after their deadline. */
  expiredFields = 0;
  evicted = 0;

  /** `random` gives unsigned 32-bit numbers; it keys the hash too. */
  constructor(effects: Effects, random: () => number, now: number, databaseCount: number) {
    this.effects = effects;
    this.random = random;
    this.seed = { k0: random() | 0, k1: random() | 0 };
    this.clock = new AccessClock(random);
    this.setTime(now);
    for (let i = 0; i < databaseCount; i++) this.databases.push(new Database(this, i));
  }

  /** Bytes that keys, values and their index take. */
  get usedBytes(): number {
    let used = this.arena.used;
    for (const database of this.databases) used += database.volatile.bytes;
    return used;
  }

  setTime(now: number): void {
    this.now = now;
    this.clock.set(now);
  }

  /** Lets nothing disappear by itself, or again, for one of the FROZEN_FOR reasons. */
  freeze(reason: number, on: boolean): void {
    this.frozenFor = on ? this.frozenFor | reason : this.frozenFor & ~reason;
    this.frozen = this.frozenFor !== 0;
  }

  /**
   * Removes keys whose deadline has passed, until none is left or `mayGoOn` says stop; it is asked every few keys.
   * `nextDeadline` tells afterwards when to come again.
   */
  expireDue(mayGoOn: () => boolean): void {
    if (!this.activeExpire) return;
    if (this.frozen) {
      this.nextDeadline = this.now + FROZEN_WAIT_MS;
      return;
    }
    let unfinished = false;
    let wake = Number.POSITIVE_INFINITY;
    for (const database of this.databases) {
      unfinished = !this.expireDatabase(database, mayGoOn) || unfinished;
      wake = Math.min(wake, wheelWake(database.wheel));
    }
    this.nextDeadline = unfinished ? this.now : wake;
  }

  /** Goes on with unfinished resizes, until none is left or `mayGoOn` says stop. True when more is left. */
  moveTables(mayGoOn: () => boolean): boolean {
    for (const database of this.databases) {
      while (tableMove(this.arena, database.table, this.seed, MOVE_GROUPS)) if (!mayGoOn()) return true;
    }
    return false;
  }

  /**
   * Removes every key of some databases; `lazily` leaves the freeing to `lazyFree`. Returns how many there were. When no
   * other database holds a key, the whole arena is given up instead of freeing key by key.
   */
  flush(databases: readonly Database[], lazily: boolean): number {
    this.copies.giveUpAll();
    let count = 0;
    for (const database of databases) {
      count += database.size;
      this.effects.flushed(database.index);
    }
    let total = 0;
    for (const database of this.databases) total += database.size;
    if (count === total) {
      this.arena.clear();
      this.lazyFree.forget(lazily ? count : 0);
      for (const database of this.databases) database.restart();
      return count;
    }
    for (const database of databases) {
      const objects = database.size;
      const table = database.restart();
      this.lazyFree.addTable(table, objects);
    }
    if (lazily) return count;
    const { freed } = this.lazyFree;
    this.lazyFree.finish();
    this.lazyFree.freed = freed;
    return count;
  }

  /** Exchanges the contents of two databases. */
  swap(first: Database, second: Database): void {
    this.copies.giveUpAll();
    const { table, wheel, volatile } = first;
    first.table = second.table;
    first.wheel = second.wheel;
    first.volatile = second.volatile;
    second.table = table;
    second.wheel = wheel;
    second.volatile = volatile;
    if (first !== second) this.effects.swapped(first.index, second.index);
  }

  /** True when everything due was removed. */
  private expireDatabase(database: Database, mayGoOn: () => boolean): boolean {
    for (;;) {
      let ref: Ref = wheelDue(this.arena, database.wheel, this.now, WHEEL_STEPS);
      for (let i = 0; ref !== 0 && i < 16; i++) {
        if (isTimer(this.arena, ref)) timerWentOff(database, ref);
        else database.expire(ref);
        ref = wheelDue(this.arena, database.wheel, this.now, WHEEL_STEPS);
      }
      if (ref === 0 && wheelWake(database.wheel) > this.now) return true;
      if (!mayGoOn()) return false;
    }
  }
}
