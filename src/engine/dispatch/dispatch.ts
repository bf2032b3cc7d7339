/**
 * The one way in: look up, guards, run, commit.
 *
 * The guards only run when something could forbid a command: `alerts` of the engine, the session or the command is not 0.
 * Statistics take one look at the clock a command: the end of one is the beginning of the next. Of quick commands, which
 * take less time than that look does, several calls in a row share one (`settle`).
 */
import type { Args } from '../../protocol/args.ts';
import { errorCode, execAborted, unknownCommand, unknownSubcommand, wrongArity } from '../../protocol/errors.ts';
import { BLOCKING, FAST, MAY_WAIT, PROTECTED, QUICK, RUNS_QUEUE } from '../commands/spec.ts';
import type { Clock } from '../keyspace/clock.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { Tracking } from '../listeners/tracking.ts';
import { PubSub } from '../pubsub/pubsub.ts';
import { Blocking } from './blocking.ts';
import { Call, type Limits } from './call.ts';
import type { Command, CommandTable } from './command.ts';
import { type Guard, POSTPONE } from './guard.ts';
import { Interruption } from './interruption.ts';
import { Invalidations } from './invalidations.ts';
import { giveUpCopiesOfWritten } from './large-copy-guard.ts';
import { PLAIN_PUSHES, type Pushes } from './pushes.ts';
import type { Session } from './session.ts';
import { endCaching, trackRun } from './tracked-reads.ts';
import { isQueued, Transactions } from './transaction.ts';
import type { Wait } from './wait.ts';

/** Why the guards look at every command. */
export const MEMORY_LIMITED = 1 << 0;
export const PAUSED = 1 << 1;
export const ARENA_NEARLY_FULL = 1 << 2;
/** Large values are being copied. */
export const COPYING = 1 << 3;
/** A unit was interrupted: until it is over, nobody else touches data. */
export const INTERRUPTED = 1 << 4;
/** Client-side caching remembers more keys than it may. */
const TRACKING_FULL = 1 << 5;

/** Error codes counted one by one. */
const MAX_ERROR_CODES = 128;

/** Whoever wants to know of calls as short as this has each call of its own measured. */
const SHARED_LOOK_MICROS = 1000;

/** What became of a request. */
export const DONE = 0;
/** It must be offered again later (CLIENT PAUSE, a large COPY); nothing happened. */
export const POSTPONED = 1;
/** It waits for something and will be replied to later; nothing else of its session may run before. */
const BLOCKED = 2;

/** Called around commands by whoever observes them; each is absent while nobody does. */
export interface Observers {
  /** Before a command runs: MONITOR. */
  before: ((call: Call, args: Args) => void) | undefined;
  /** After a command that took at least `slowMicros`: slow log, latency monitor. */
  slow: ((call: Call, args: Args, micros: number) => void) | undefined;
  slowMicros: number;
}

export class Dispatcher {
  readonly commands: CommandTable;
  readonly keyspace: Keyspace;
  readonly call: Call;
  readonly transactions: Transactions;
  readonly blocking: Blocking;
  readonly pubsub: PubSub<Session>;
  /** How sessions are sent what they have not asked for. */
  pushes: Pushes = PLAIN_PUSHES;
  readonly interruption = new Interruption(this);
  readonly tracking: Tracking;
  readonly invalidations: Invalidations;
  readonly observers: Observers = { before: undefined, slow: undefined, slowMicros: Number.POSITIVE_INFINITY };
  /** How often each error code was replied, by code. */
  readonly errorCounts = new Map<string, number>();
  /** Reasons for the guards to look at every command: bits, see `alert`. */
  private alerts = 0;
  /** latency-tracking. */
  tracksLatency = true;
  totalCalls = 0;
  totalErrors = 0;
  /** The error that the running command has replied was counted before: by a command that it called. */
  isErrorCounted = false;
  private readonly guards: readonly Guard[];
  readonly clock: Clock;
  /** When the newest command that was accounted ended, in the clock's microseconds. */
  lastMicros = 0;
  /** Calls that ran and are not accounted yet: of one quick command, from one session; the arguments of the newest. */
  private unsettled = 0;
  private unsettledArgs: Args | undefined = undefined;

  constructor(
    keyspace: Keyspace,
    commands: CommandTable,
    limits: Limits,
    guards: readonly Guard[],
    clock: Clock,
    nobody: Session,
  ) {
    this.keyspace = keyspace;
    this.commands = commands;
    this.guards = guards;
    this.clock = clock;
    this.transactions = new Transactions(this);
    this.blocking = new Blocking(this);
    this.tracking = new Tracking(keyspace);
    this.invalidations = new Invalidations(this);
    this.tracking.whenFull = (isFull) => this.alert(TRACKING_FULL, isFull);
    this.pubsub = new PubSub(keyspace.seed, this);
    this.call = new Call(this, limits, nobody);
  }

  /** Begins a turn: commands until the next one see this time. */
  beginTurn(): void {
    this.unsettled = 0;
    this.keyspace.setTime(this.clock.now());
    this.lastMicros = this.clock.micros();
  }

  /** Runs one request of a session and replies to it. `settle` must follow the last one. */
  dispatch(session: Session, args: Args): number {
    const reply = session.reply;
    const command = this.commands.resolve(args);
    if (
      command === undefined ||
      (command.subcommands !== undefined && args.count > 1) ||
      !command.accepts(args.count)
    ) {
      // A subcommand that does not exist is no call of its container; no subcommand at all is one.
      const known = command?.subcommands === undefined || args.count === 1 ? command : undefined;
      session.lastCommand = known;
      this.refuse(session, known, this.malformed(command, args));
      return DONE;
    }
    session.lastCommand = command;
    const call = this.call;
    if (command !== call.command) this.settle();
    call.session = session;
    call.command = command;
    call.database = this.keyspace.databases[session.database];
    if ((this.alerts | session.alerts | (command.flags & (PROTECTED | MAY_WAIT | BLOCKING))) !== 0) {
      const objection = this.object(call, args);
      // Before the command runs keys may have been evicted.
      if (this.tracking.isActive) this.pushes.advance();
      if (objection === POSTPONE) return POSTPONED;
      if (objection !== undefined) {
        this.refuse(session, command, objection);
        return DONE;
      }
      if (isQueued(call, args, reply)) return DONE;
      if ((command.flags & BLOCKING) !== 0) return this.runOrPark(call, args);
    }
    this.keyspace.noTouch = session.noTouch;
    const { before } = this.observers;
    if (before !== undefined && (command.flags & RUNS_QUEUE) === 0) before(call, args);
    const errors = reply.errors;
    command.run(call, args, reply);
    if (this.interruption.isNew) {
      this.interruption.hold(call, args, this.lastMicros);
      return BLOCKED;
    }
    this.account(call, args, reply.errors !== errors);
    this.conclude(call, args);
    if (before !== undefined && (command.flags & RUNS_QUEUE) !== 0) before(call, args);
    return DONE;
  }

  /** A unit is over: what it has read is remembered, what it has changed is published. */
  conclude(call: Call, args: Args): void {
    if (this.tracking.isActive) this.track(call, args);
    this.keyspace.effects.commit();
  }

  /** Runs a request that waited once more, with its guards. True when it was replied to; false when it waits on. */
  resume({ session, command, args, database }: Wait): boolean {
    const { call } = this;
    const { session: outerSession, command: outerCommand, database: outerDatabase } = call;
    this.settle();
    call.session = session;
    call.command = command;
    call.database = database;
    try {
      const objection = this.object(call, args);
      if (objection === POSTPONE) return false;
      if (objection !== undefined) {
        this.refuse(session, command, objection);
        return true;
      }
      return this.runOrPark(call, args, true) === DONE;
    } finally {
      this.settle();
      call.session = outerSession;
      call.command = outerCommand;
      call.database = outerDatabase;
    }
  }

  /** Accounts a request that ended without having run again; `error` is what was replied, if an error was. */
  accountUnserved(command: Command, error?: string): void {
    this.totalCalls++;
    command.account(1, 0, this.tracksLatency);
    if (error !== undefined) this.noteFailure(command, error);
  }

  /** Accounts a command that began at `began` and was interrupted since, or whose reply came later. */
  accountLate(command: Command, session: Session, args: Args, began: number, failed: boolean): void {
    const { call, observers } = this;
    this.lastMicros = this.clock.micros();
    const micros = this.lastMicros - began;
    this.totalCalls++;
    command.account(1, micros, this.tracksLatency);
    call.session = session;
    call.command = command;
    if (failed) this.noteFailure(command, session.reply.lastError);
    if (micros >= observers.slowMicros && observers.slow !== undefined) observers.slow(call, args, micros);
  }

  /**
   * Runs several commands inside the one that runs, which commits for all: `body` calls `runInside` for each. They are
   * accounted as any, and their time counts as that of the outer command, too.
   */
  runUnit<Result>(body: () => Result): Result {
    const { call } = this;
    const { command, session, database, mayBlock } = call;
    this.settle();
    const began = this.lastMicros;
    call.mayBlock = false;
    try {
      return body();
    } finally {
      this.settle();
      call.command = command;
      call.session = session;
      call.database = database;
      call.mayBlock = mayBlock;
      this.lastMicros = began;
    }
  }

  /** Runs one command of a unit, as `session`; no guard is asked. */
  runInside(session: Session, command: Command, args: Args): void {
    const { call, observers, keyspace } = this;
    if (command !== call.command) this.settle();
    call.session = session;
    call.command = command;
    call.database = keyspace.databases[session.database];
    keyspace.noTouch = session.noTouch;
    if (observers.before !== undefined) observers.before(call, args);
    if (keyspace.copies.isActive) giveUpCopiesOfWritten(call, args);
    const { reply } = session;
    const { errors } = reply;
    const began = this.lastMicros;
    command.run(call, args, reply);
    if (this.interruption.isNew) {
      this.interruption.add((before) => {
        this.accountLate(command, session, args, began, reply.errors !== before);
        reply.errors = before;
        return true;
      });
      return;
    }
    this.account(call, args, reply.errors !== errors);
    // This error was accounted; the outer command has not failed by it.
    reply.errors = errors;
    if (this.tracking.isActive) trackRun(this.tracking, call, args);
  }

  /**
   * Accounts the calls that ran since the clock was last looked at: their time is spread evenly over them. When it is long
   * enough to be slow, the newest is taken for the cause: whoever makes calls settles before and after each that may take
   * long.
   */
  settle(): void {
    const calls = this.unsettled;
    if (calls === 0) return;
    this.unsettled = 0;
    const now = this.clock.micros();
    const micros = now - this.lastMicros;
    this.lastMicros = now;
    const { call, observers } = this;
    call.tookLong = false;
    call.command.account(calls, micros, this.tracksLatency);
    if (micros >= observers.slowMicros && observers.slow !== undefined && this.unsettledArgs !== undefined) {
      observers.slow(call, this.unsettledArgs, micros);
    }
  }

  /** Tells the guards to look at every command, or no longer to, for one of the ALERT reasons. */
  alert(reason: number, on: boolean): void {
    this.alerts = on ? this.alerts | reason : this.alerts & ~reason;
    if (!on) this.call.lacksMemory = false;
  }

  resetStatistics(): void {
    for (const command of this.commands.all) command.resetStatistics();
    this.errorCounts.clear();
    this.totalErrors = 0;
    this.totalCalls = 0;
  }

  /** Counts an error that a connection replied itself (protocol errors) or a guard gave. */
  countError(text: string): void {
    this.totalErrors++;
    const code = errorCode(text);
    const known = this.errorCounts.get(code);
    // Scripts and DEBUG ERROR can make up codes; only so many are told apart.
    if (known !== undefined || this.errorCounts.size < MAX_ERROR_CODES) this.errorCounts.set(code, (known ?? 0) + 1);
  }

  /** Runs a command that may wait. It is accounted and, to MONITOR, shown only once. */
  private runOrPark(call: Call, args: Args, isAgain = false): number {
    const { session, command } = call;
    const { reply } = session;
    const { errors } = reply;
    this.keyspace.noTouch = session.noTouch;
    if (!isAgain && this.observers.before !== undefined) this.observers.before(call, args);
    command.run(call, args, reply);
    const isParked = this.blocking.takeParked();
    if (!isParked) this.account(call, args, reply.errors !== errors);
    if (this.tracking.isActive) this.track(call, args, isParked);
    this.keyspace.effects.commit();
    return isParked ? BLOCKED : DONE;
  }

  /** A request has run; one that is parked has not ended. */
  private track(call: Call, args: Args, isParked = false): void {
    trackRun(this.tracking, call, args);
    if (!isParked) endCaching(call.session, call.command);
  }

  private object(call: Call, args: Args): string | undefined {
    for (const guard of this.guards) {
      const objection = guard(call, args);
      if (objection !== undefined) return objection;
    }
    return undefined;
  }

  private account(call: Call, args: Args, failed: boolean): void {
    this.totalCalls++;
    this.unsettled++;
    this.unsettledArgs = args;
    if (failed) this.noteFailure(call.command, call.session.reply.lastError);
    const mayShare = (call.command.flags & (FAST | QUICK)) !== 0 && !call.tookLong;
    if (!mayShare || this.observers.slowMicros < SHARED_LOOK_MICROS) this.settle();
  }

  private noteFailure(command: Command, error: string): void {
    command.failed++;
    if (this.isErrorCounted) this.isErrorCounted = false;
    else this.countError(error);
  }

  private malformed(command: Command | undefined, args: Args): string {
    if (command === undefined) {
      const rest: string[] = [];
      for (let i = 1; i < args.count && i <= 128; i++) {
        rest.push(args.bytes.toString('latin1', args.start[i], Math.min(args.end[i], args.start[i] + 128)));
      }
      return unknownCommand(
        args.bytes.toString('latin1', args.start[0], Math.min(args.end[0], args.start[0] + 128)),
        rest,
      );
    }
    if (command.subcommands !== undefined && args.count >= 2) return unknownSubcommand(args.text(1), command.row.name);
    return wrongArity(command.fullName);
  }

  private refuse(session: Session, command: Command | undefined, objection: string): void {
    let text = objection;
    if (session.transaction !== undefined) session.transaction.isBroken = true;
    if (command !== undefined) {
      command.rejected++;
      if ((command.flags & RUNS_QUEUE) !== 0) {
        text = execAborted(objection);
        this.transactions.discard(session);
      }
    }
    session.reply.error(text);
    this.countError(text);
    endCaching(session, command);
  }
}
