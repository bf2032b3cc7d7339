/**
 * A unit that takes long gives way: a script, or an EXEC with one in it, can be interrupted between two of its commands and
 * go on later, so that others are at least told that the engine is busy.
 *
 *   EXEC ── runInside(EVAL) ── script ── interrupted: what is left of each, innermost first
 *                                          steps: [rest of the script, accounting of EVAL, rest of EXEC's queue]
 *
 * There is one at a time, because until it is over nobody else runs a command that touches data (`refuse`). What it changed
 * is not published before it is over; nothing expires or is evicted meanwhile; and it sees the time at which it began. So
 * to everybody else it still is one step.
 *
 * The engine has no timers: whoever set `whenInterrupted` must call `goOn` again and again until it is over.
 *
 * Rejected: a thread of its own for scripts. It could not reach the data without copying each argument and reply across, and
 * every script would pay for the few that take long.
 */
import type { Args } from '../../protocol/args.ts';
import { ALLOW_BUSY, RUNS_QUEUE } from '../commands/spec.ts';
import type { Database } from '../keyspace/database.ts';
import { FROZEN_FOR_UNIT } from '../keyspace/keyspace.ts';
import type { Call } from './call.ts';
import type { Command } from './command.ts';
import { type Dispatcher, INTERRUPTED } from './dispatch.ts';
import { refuseWhileListening } from './guard.ts';
import type { Session } from './session.ts';

/**
 * A part of an interrupted unit: does what is left of it; false when it was interrupted again. `errors` is how many errors
 * the session's sink had been given when the unit went on.
 */
type Step = (errors: number) => boolean;

/** The outermost command of the unit. */
interface Unit {
  readonly session: Session;
  readonly command: Command;
  readonly args: Args;
  readonly database: Database;
  /** When it began: milliseconds since 1970, and the clock's microseconds. */
  readonly now: number;
  readonly began: number;
}

export class Interruption {
  /** Called when a unit was interrupted: `goOn` must follow. */
  whenInterrupted: () => void = () => {};
  /** Lets `write` reply to the session of the unit, which may have left. */
  deliver: (session: Session, write: () => void) => void = (_, write) => write();
  /** Called when it is over: what was held back meanwhile may run. */
  whenOver: () => void = () => {};
  /** True from `begin` until dispatch has put the unit aside. */
  isNew = false;
  private readonly dispatcher: Dispatcher;
  private unit: Unit | undefined;
  private steps: Step[] = [];
  private refusal = '';

  constructor(dispatcher: Dispatcher) {
    this.dispatcher = dispatcher;
  }

  /** Whether a unit waits to go on. */
  get isActive(): boolean {
    return this.unit !== undefined;
  }

  /** The session and the request of the unit that waits. */
  get origin(): { readonly session: Session; readonly args: Args } | undefined {
    return this.unit;
  }

  /** The running command has given way; `step` is what is left of it, `refusal` what others are told. */
  begin(step: Step, refusal: string): void {
    this.isNew = true;
    this.refusal = refusal;
    this.steps.push(step);
  }

  /** Adds what follows when all steps so far are done. */
  add(step: Step): void {
    this.steps.push(step);
  }

  /** Puts the unit aside. `began` is when its outermost command began, in the clock's microseconds. */
  hold({ session, command, database, keyspace }: Call, args: Args, began: number): void {
    this.isNew = false;
    this.unit ??= { session, command, args: args.detach(), database, now: keyspace.now, began };
    keyspace.effects.held = true;
    keyspace.freeze(FROZEN_FOR_UNIT, true);
    this.dispatcher.alert(INTERRUPTED, true);
    this.whenInterrupted();
  }

  /** Guard: what others get meanwhile. Who may only listen is told so first, as in Redis. */
  refuse(call: Call): string | undefined {
    if (this.unit === undefined || (call.command.flags & ALLOW_BUSY) !== 0) return undefined;
    return refuseWhileListening(call) ?? this.refusal;
  }

  /** Lets the unit go on until it is over or gives way again. */
  goOn(): void {
    const { dispatcher, unit } = this;
    if (unit === undefined) return;
    const { call, keyspace } = dispatcher;
    dispatcher.beginTurn();
    const { now } = keyspace;
    keyspace.setTime(unit.now);
    keyspace.freeze(FROZEN_FOR_UNIT, false);
    call.session = unit.session;
    call.command = unit.command;
    call.database = unit.database;
    const { reply } = unit.session;
    const { errors } = reply;
    this.deliver(unit.session, () => this.run(unit));
    // Sessions share their sinks: an error in this reply is none of the command that runs next.
    reply.errors = errors;
    keyspace.setTime(now);
    if (this.unit !== undefined) return;
    dispatcher.blocking.whenReleased(unit.session);
    this.whenOver();
  }

  private run(unit: Unit): void {
    const { reply } = unit.session;
    const { errors } = reply;
    let isOver = true;
    try {
      isOver = this.step(errors);
    } finally {
      if (isOver) this.end(unit, reply.errors !== errors);
    }
    if (!isOver) this.hold(this.dispatcher.call, unit.args, unit.began);
  }

  /** Does what is left; false when it was interrupted again. */
  private step(errors: number): boolean {
    const steps = this.steps;
    this.steps = [];
    for (let i = 0; i < steps.length; i++) {
      if (steps[i](errors)) continue;
      this.steps.push(...steps.slice(i + 1));
      return false;
    }
    return true;
  }

  private end(unit: Unit, failed: boolean): void {
    const { dispatcher } = this;
    const { call, keyspace, observers } = dispatcher;
    this.unit = undefined;
    keyspace.effects.held = false;
    dispatcher.alert(INTERRUPTED, false);
    dispatcher.accountLate(unit.command, unit.session, unit.args, unit.began, failed);
    dispatcher.conclude(call, unit.args);
    if ((unit.command.flags & RUNS_QUEUE) !== 0 && observers.before !== undefined) observers.before(call, unit.args);
  }
}
