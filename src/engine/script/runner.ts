/**
 * Runs scripts and functions: begins one, lets it go on after it was interrupted, and replies with what it returned or with
 * the error that ended it.
 *
 *   run ──► machine.start ──► finished: reply
 *                         └─► its time is over (busy-reply-threshold): the unit is interrupted (dispatch/interruption.ts),
 *                             others are told that the engine is busy, and `advance` is called in every turn until
 *                             it is finished, was killed, or has taken longer than `limits.hardMs`
 *
 * There is one script at a time: a script cannot call one.
 */
import { textOf } from '../../lua/base-library.ts';
import { LuaError, ScriptStopped } from '../../lua/error.ts';
import { first, type LuaFunction } from '../../lua/function.ts';
import { inherited } from '../../lua/indexing.ts';
import type { Machine } from '../../lua/machine.ts';
import { LuaTable } from '../../lua/table.ts';
import type { LuaValue } from '../../lua/value.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import { atLine } from '../../protocol/script-errors.ts';
import type { Call } from '../dispatch/call.ts';
import type { Dispatcher } from '../dispatch/dispatch.ts';
import type { Clock } from '../keyspace/clock.ts';
import { ALREADY_COUNTED } from './lua-reply.ts';
import type { RedisCalls } from './redis-calls.ts';
import { numberOrText } from './redis-library.ts';
import { errorOf, replyError, replyValue } from './replying.ts';
import { ALLOW_OOM, NO_WRITES, UNDECLARED } from './shebang.ts';

/** After it was interrupted, how long a script runs before others have their turn. */
const SLICE_MS = 5;

const KILLED = 'ERR Script killed by user with SCRIPT KILL...';
const TIME_IS_OVER = 'ERR Script ran longer than script-time-limit allows';

/** What is run: a script or a function. */
export interface Program {
  readonly main: LuaFunction;
  /** A script's digest, a function's name. */
  readonly name: string;
  /** What it declares, see shebang.ts. */
  readonly flags: number;
  readonly isFunction: boolean;
  readonly machine: Machine;
  /** The name of its text in messages. */
  readonly chunk: string;
}

/** Settings of scripts; configuration writes them. */
export interface ScriptLimits {
  /** busy-reply-threshold: after so many milliseconds others are told; 0 is never. */
  busyMs: number;
  /** script-time-limit: after so many milliseconds a script is ended; 0 is never. */
  hardMs: number;
  /** script-memory-limit: how many bytes a script may hold. */
  memoryBytes: number;
}

/** The program that runs, or is interrupted. */
interface Running {
  readonly program: Program;
  readonly values: readonly LuaValue[];
  readonly reply: Reply;
  /** The request; of its own once the program was interrupted. */
  args: Args;
  readonly began: number;
  hasBeenSlow: boolean;
  isKilled: boolean;
}

export class ScriptRunner {
  readonly limits: ScriptLimits = { busyMs: 5000, hardMs: 0, memoryBytes: 256 * 1024 * 1024 };
  private readonly dispatcher: Dispatcher;
  private readonly calls: RedisCalls;
  private readonly clock: Clock;
  private running: Running | undefined;
  private readonly start = (): boolean => {
    const { program, values } = this.running as Running;
    return program.machine.start(program.main, values);
  };
  private readonly proceed = (): boolean => (this.running as Running).program.machine.proceed();

  constructor(dispatcher: Dispatcher, calls: RedisCalls, clock: Clock) {
    this.dispatcher = dispatcher;
    this.calls = calls;
    this.clock = clock;
  }

  /** The program that runs, its request, and for how many milliseconds it has run. */
  get current(): { readonly program: Program; readonly args: Args; readonly millis: number } | undefined {
    if (this.running === undefined) return undefined;
    const { program, args, began } = this.running;
    return { program, args, millis: Math.floor((this.clock.micros() - began) / 1000) };
  }

  /** Calls a program with `values` and replies with its result; it may be interrupted, and reply later. */
  run(call: Call, args: Args, reply: Reply, program: Program, values: readonly LuaValue[], readsOnly: boolean): void {
    // Only where DEBUG lets scripts call everything do they come as far.
    const refusal = this.running === undefined ? refusalToRun(call, program, readsOnly) : ERR.notFromScript;
    if (refusal !== undefined) return reply.error(refusal);
    const { calls, limits } = this;
    const { machine, flags } = program;
    const isDeclared = (flags & UNDECLARED) === 0;
    const mayWrite = !readsOnly && !(isDeclared && (flags & NO_WRITES) !== 0);
    const mayGrow = !call.lacksMemory || (isDeclared && (flags & ALLOW_OOM) !== 0);
    calls.begin(call.session, machine.budget, mayWrite, mayGrow);
    const { lastMicros } = this.dispatcher;
    this.running = { program, values, reply, args, began: lastMicros, hasBeenSlow: false, isKilled: false };
    const budget = machine.budget.limits;
    budget.sliceMs = limits.busyMs > 0 ? limits.busyMs : Number.POSITIVE_INFINITY;
    budget.totalMs = limits.hardMs > 0 ? limits.hardMs : Number.POSITIVE_INFINITY;
    budget.memoryBytes = limits.memoryBytes;
    this.advance(this.running, this.start);
  }

  /** Ends the script, or the function, that runs; answers what to reply. */
  kill(isFunction: boolean): string | undefined {
    const { running, calls } = this;
    if (running === undefined) return ERR.notBusy;
    if (calls.hasWritten) return ERR.unkillable;
    if (running.program.isFunction !== isFunction) return refusalOf(running.program);
    running.isKilled = true;
    running.program.machine.budget.stop(KILLED);
    return undefined;
  }

  /** Runs the program until it is finished, or gives way; false when it has given way. */
  private advance(running: Running, go: () => boolean): boolean {
    const { program, reply } = running;
    let value: LuaValue;
    try {
      if (!this.dispatcher.runUnit(go)) {
        this.giveWay(running);
        return false;
      }
      value = first(program.machine.takeResult());
    } catch (error) {
      this.end();
      this.replyFailure(running, error);
      return true;
    }
    this.end();
    const error = value instanceof LuaTable ? errorOf(value) : undefined;
    if (error === undefined) replyValue(reply, value, this.calls.reply.protocol);
    else {
      replyError(reply, error.text);
      this.dispatcher.isErrorCounted = error.isCounted;
    }
    return true;
  }

  private giveWay(running: Running): void {
    const { program } = running;
    const { machine } = program;
    if (!running.hasBeenSlow) {
      running.hasBeenSlow = true;
      running.args = running.args.detach();
      machine.budget.limits.sliceMs = SLICE_MS;
      this.dispatcher.call.notices.warn(
        `Slow script detected: still in execution after ${this.current?.millis} milliseconds. You can try killing the ` +
          `script using the ${program.isFunction ? 'FUNCTION KILL' : 'SCRIPT KILL'} command. Script name is: ${program.name}.`,
      );
    }
    const step = (): boolean => this.advance(running, this.proceed);
    this.dispatcher.interruption.begin(step, refusalOf(program));
  }

  private end(): void {
    this.running = undefined;
    this.calls.end();
  }

  private replyFailure({ program, reply, isKilled }: Running, error: unknown): void {
    const { machine, name, chunk } = program;
    const { site } = machine;
    let line = site?.line;
    let text: string;
    let isCounted = false;
    if (error instanceof ScriptStopped) {
      text = isKilled ? KILLED : TIME_IS_OVER;
      // Known is where it made its last call; one that has made none is in its beginning.
      line ??= 1;
      this.dispatcher.call.notices.notice(
        isKilled ? 'Lua script killed by user with SCRIPT KILL.' : `${TIME_IS_OVER}.`,
      );
    } else if (error instanceof LuaError) {
      const value = error.valueAt(site);
      if (value instanceof LuaTable) {
        text = numberOrText(inherited(value, 'err')) ?? UNKNOWN;
        isCounted = inherited(value, ALREADY_COUNTED) === true;
      } else {
        text = `ERR ${textOf(machine, value)}`;
        line = lineIn(text, chunk) ?? line;
      }
    } else throw error;
    replyError(reply, line === undefined ? text : atLine(text, name, chunk, line));
    this.dispatcher.isErrorCounted = isCounted;
    machine.reset();
  }
}

/** Why a program must not run now. `readsOnly` is for the commands that only read (EVAL_RO, …). */
function refusalToRun({ lacksMemory }: Call, { flags }: Program, readsOnly: boolean): string | undefined {
  if ((flags & UNDECLARED) !== 0) return undefined;
  if (readsOnly && (flags & NO_WRITES) === 0) return ERR.writesInReadOnly;
  return lacksMemory && (flags & (ALLOW_OOM | NO_WRITES)) === 0 ? ERR.scriptLacksMemory : undefined;
}

function refusalOf({ isFunction }: Program): string {
  return isFunction ? ERR.busyFunction : ERR.busyScript;
}

/** An error that is a table without a text. */
const UNKNOWN = 'ERR unknown error';

/** The line that a message names itself: that of an operation on values of the wrong types. */
function lineIn(text: string, chunk: string): number | undefined {
  const head = `ERR ${chunk}:`;
  return text.startsWith(head) ? Number.parseInt(text.slice(head.length), 10) || undefined : undefined;
}
