/**
 * What happens between turns: deadlines, resizes, freeing, eviction left over, and whatever is done `hz` times a second.
 *
 * Nothing runs longer than its slice, so that no client waits longer than that. Deadlines have a timer of their own, set
 * to the next one; resizes and freeing go on while there is something to do.
 */

import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../engine/keyspace/clock.ts';

/** One slice of background work. */
const SLICE_MICROS = 1000;
/** The shortest time between two sweeps of deadlines, in milliseconds. */
const MIN_SWEEP_MS = 1;
const MAX_TIMER_MS = 1000;

export class Cron {
  /** Background runs a second (`hz`). */
  hz = 10;
  private readonly engine: Engine;
  private readonly clock: Clock;
  private readonly every: () => void;
  private tick: NodeJS.Timeout | undefined;
  private sweep: NodeJS.Timeout | undefined;
  private sweepAt = Number.POSITIVE_INFINITY;
  private working = false;

  /** `every` is called `hz` times a second. */
  constructor(engine: Engine, clock: Clock, every: () => void) {
    this.engine = engine;
    this.clock = clock;
    this.every = every;
  }

  start(): void {
    this.tick = setTimeout(() => {
      this.engine.keyspace.setTime(this.clock.now());
      this.every();
      this.work();
      this.start();
    }, 1000 / this.hz);
  }

  stop(): void {
    clearTimeout(this.tick);
    clearTimeout(this.sweep);
  }

  /** Sets the timer for the next deadline, if it is earlier than the one set. Called after every turn. */
  arm(): void {
    const { nextDeadline, activeExpire } = this.engine.keyspace;
    if (nextDeadline >= this.sweepAt || !activeExpire) return;
    clearTimeout(this.sweep);
    const wait = Math.min(MAX_TIMER_MS, Math.max(MIN_SWEEP_MS, nextDeadline - this.clock.now()));
    this.sweepAt = nextDeadline;
    this.sweep = setTimeout(() => {
      this.sweepAt = Number.POSITIVE_INFINITY;
      const { keyspace } = this.engine;
      keyspace.setTime(this.clock.now());
      keyspace.expireDue(this.slice());
      this.engine.effects.commit();
      this.arm();
    }, wait);
  }

  /** Goes on with unfinished work, a slice a turn, until there is none. */
  work(): void {
    if (this.working) return;
    const { keyspace, evictor } = this.engine;
    const mayGoOn = this.slice();
    keyspace.lazyFree.step(mayGoOn);
    const moving = keyspace.moveTables(mayGoOn);
    if (evictor.unfinished) evictor.makeRoom();
    this.arm();
    if (!moving && keyspace.lazyFree.idle && !evictor.unfinished) return;
    this.working = true;
    setImmediate(() => {
      this.working = false;
      this.work();
    });
  }

  private slice(): () => boolean {
    const end = this.clock.micros() + SLICE_MICROS;
    return () => this.clock.micros() < end;
  }
}
