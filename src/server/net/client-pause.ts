/**
 * CLIENT PAUSE: for some time no client's commands run, or none that could change the data. What clients send meanwhile
 * waits. Keys that expire are gone for their readers but stay where they are, and none is evicted: for whoever copies the
 * data during the pause, it stands still.
 *
 * Redis holds back CLIENT UNPAUSE as well while everything is paused, so that only time ends such a pause. Here CLIENT is
 * never held back.
 */

import { MAY_REPLICATE, WRITE } from '../../engine/commands/spec.ts';
import { PAUSED } from '../../engine/dispatch/dispatch.ts';
import { type Guard, POSTPONE } from '../../engine/dispatch/guard.ts';
import { MONITORING } from '../../engine/dispatch/session.ts';
import { flagsOf } from '../../engine/dispatch/transaction.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Clock } from '../../engine/keyspace/clock.ts';
import { FROZEN_FOR_PAUSE } from '../../engine/keyspace/keyspace.ts';

const PAUSE_OFF = 0;
/** Holds back commands that may change data or send something to replicas. */
export const PAUSE_WRITES = 1;
export const PAUSE_ALL = 2;

/** The longest time that a timer measures. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export class ClientPause {
  private readonly engine: Engine;
  private readonly clock: Clock;
  private readonly resume: () => void;
  private mode = PAUSE_OFF;
  /** Milliseconds since 1970; the pause lasts until this has passed. */
  private end = 0;
  private timer: NodeJS.Timeout | undefined;

  /** `resume` is called when what was held back may run: perhaps in the middle of a unit, whose end commits. */
  constructor(engine: Engine, clock: Clock, resume: () => void) {
    this.engine = engine;
    this.clock = clock;
    this.resume = resume;
  }

  /** Pauses until `end`. A pause under way is neither shortened nor made milder. */
  begin(mode: number, end: number): void {
    this.mode = Math.max(this.mode, mode);
    this.end = Math.max(this.end, end);
    this.engine.dispatcher.alert(PAUSED, true);
    this.engine.keyspace.freeze(FROZEN_FOR_PAUSE, true);
    this.watchEnd();
  }

  /** Ends the pause at once. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.mode === PAUSE_OFF) return;
    this.mode = PAUSE_OFF;
    this.end = 0;
    this.engine.dispatcher.alert(PAUSED, false);
    this.engine.keyspace.freeze(FROZEN_FOR_PAUSE, false);
    this.resume();
  }

  /** Holds back what is paused. */
  readonly guard: Guard = (call, args) => {
    const { command, session } = call;
    if (this.mode === PAUSE_OFF || this.engine.keyspace.now > this.end) return undefined;
    if (this.mode === PAUSE_WRITES && (flagsOf(call, args) & (WRITE | MAY_REPLICATE)) === 0) return undefined;
    const isExempt = command.parent?.row.name === 'CLIENT' || (session.alerts & MONITORING) !== 0;
    return isExempt ? undefined : POSTPONE;
  };

  /** Ends the pause when its time has come, and looks again when it may have. */
  private watchEnd(): void {
    clearTimeout(this.timer);
    const left = this.end + 1 - this.clock.now();
    if (left <= 0) this.stop();
    else this.timer = setTimeout(() => this.timeIsOver(), Math.min(left, MAX_TIMER_MS));
  }

  private timeIsOver(): void {
    this.watchEnd();
    this.engine.effects.commit();
  }
}
