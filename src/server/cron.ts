/**
 * What happens between turns: deadlines, resizes, freeing, copying, eviction left over, and whatever is done `hz` times a second.
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

/** Who wants to know what the cron did. */
export interface CronEvents {
  /** `hz` times a second. */
  tick(): void;
  /** A sweep of deadlines took so long; `cutShort` when keys that are due are left. */
  swept(micros: number, cutShort: boolean): void;
}

export class Cron {
  /** Background runs a second (`hz`). */
  hz = 10;
  /** DEBUG PAUSE-CRON: `tick` is not called. */
  paused = false;
  /** activerehashing: resizes go on while nobody changes the table. */
  resizes = true;
  private readonly engine: Engine;
  private readonly clock: Clock;
  private readonly events: CronEvents;
  private ticking: NodeJS.Timeout | undefined;
  private sweep: NodeJS.Timeout | undefined;
  private sweepAt = Number.POSITIVE_INFINITY;
  private late: NodeJS.Timeout | undefined;
  private lateAt = Number.POSITIVE_INFINITY;
  private working = false;
  private stopped = true;

  constructor(engine: Engine, clock: Clock, events: CronEvents) {
    this.engine = engine;
    this.clock = clock;
    this.events = events;
  }

  start(): void {
    this.stopped = false;
    this.scheduleTick();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.ticking);
    clearTimeout(this.sweep);
    clearTimeout(this.late);
  }

  /** After a turn of commands: sets the timer for their deadlines, begins what they left over. */
  turnEnded(): void {
    this.arm();
    this.armWaits();
    const { keyspace, evictor } = this.engine;
    if (!keyspace.lazyFree.idle || !keyspace.copies.idle || evictor.unfinished) this.goOn();
  }

  /** Sets the timer for the next deadline, if it is earlier than the one set. */
  arm(): void {
    const { nextDeadline, activeExpire } = this.engine.keyspace;
    if (nextDeadline >= this.sweepAt || !activeExpire || this.stopped) return;
    clearTimeout(this.sweep);
    const wait = Math.min(MAX_TIMER_MS, Math.max(MIN_SWEEP_MS, nextDeadline - this.clock.now()));
    this.sweepAt = nextDeadline;
    this.sweep = setTimeout(() => this.expire(), wait);
  }

  /** Sets the timer for the next deadline of a request that waits, if it is earlier than the one set. */
  private armWaits(): void {
    const { nextDeadline } = this.engine.dispatcher.blocking;
    if (nextDeadline >= this.lateAt || this.stopped) return;
    clearTimeout(this.late);
    this.lateAt = nextDeadline;
    const wait = Math.min(MAX_TIMER_MS, Math.max(MIN_SWEEP_MS, nextDeadline - this.clock.now()));
    this.late = setTimeout(() => this.endWaits(), wait);
  }

  private endWaits(): void {
    this.lateAt = Number.POSITIVE_INFINITY;
    const { keyspace, dispatcher } = this.engine;
    keyspace.setTime(this.clock.now());
    dispatcher.blocking.expire(keyspace.now);
    this.armWaits();
  }

  private scheduleTick(): void {
    this.ticking = setTimeout(() => {
      this.engine.keyspace.setTime(this.clock.now());
      if (!this.paused) this.events.tick();
      if (this.stopped) return;
      this.work();
      this.scheduleTick();
    }, 1000 / this.hz);
  }

  private expire(): void {
    this.sweepAt = Number.POSITIVE_INFINITY;
    const { keyspace, effects } = this.engine;
    if (!keyspace.activeExpire) return;
    const begin = this.clock.micros();
    keyspace.setTime(this.clock.now());
    keyspace.expireDue(this.slice());
    effects.commit();
    this.events.swept(this.clock.micros() - begin, keyspace.nextDeadline <= keyspace.now);
    this.arm();
  }

  /** Does a slice of unfinished work; while there is more, a slice a turn. */
  private work(): void {
    const { keyspace, evictor } = this.engine;
    const mayGoOn = this.slice();
    keyspace.lazyFree.step(mayGoOn);
    // What an interrupted unit has changed is not told yet, a copy under way among those who do not know.
    if (!this.engine.dispatcher.interruption.isActive) keyspace.copies.step(mayGoOn);
    const moving = this.resizes && keyspace.moveTables(mayGoOn);
    if (evictor.unfinished) evictor.makeRoom();
    this.arm();
    if (moving || !keyspace.lazyFree.idle || !keyspace.copies.idle || evictor.unfinished) this.goOn();
  }

  private goOn(): void {
    if (this.working) return;
    this.working = true;
    setImmediate(() => {
      this.working = false;
      if (!this.stopped) this.work();
    });
  }

  private slice(): () => boolean {
    const end = this.clock.micros() + SLICE_MICROS;
    return () => this.clock.micros() < end;
  }
}
