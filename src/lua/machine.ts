/**
 * What runs Lua: the state of the running program, and the loop that drives its generators.
 *
 * A call in steps nests: the caller delegates to the callee (`yield*`), so a call costs no more than a generator. But
 * what is nested in JavaScript is limited by its stack, and a resumption passes through all of it. So after SEGMENT_DEPTH calls
 * the next is handed to the driver, which runs it as a segment of its own, from a fresh stack:
 *
 *     segments   [main … 150 calls] [150 calls] [coroutine …] [its 150 calls] …
 *
 * Only the last segment runs. When it ends, its result goes to the one before. A coroutine is segments that can be taken off and
 * put back: coroutine.resume pushes them, coroutine.yield takes them off. Suspending a program is leaving the driver's loop with
 * everything in place.
 *
 * `depth` counts the calls of a thread. Compiled functions count it up and down; whoever catches an error restores it.
 */

import type { Budget } from './budget.ts';
import { LuaError, positionOf, type Site } from './error.ts';
import { call, isTailCall, type LuaFunction, list, MORE, type Result, type Signal, type Steps } from './function.ts';
import type { LuaTable } from './table.ts';
import { LuaThread } from './thread.ts';
import type { LuaValue } from './value.ts';

/** Calls that nest in one segment: few enough that a command called at the end has most of the stack for itself. */
const SEGMENT_DEPTH = 150;
/** Lua's own limit of nested calls (LUAI_MAXCALLS, less what C uses of it). */
const MAX_DEPTH = 19_990;
/** Lua's own limit of nested calls through builtins (LUAI_MAXCCALLS). */
export const MAX_BUILTIN_DEPTH = 200;

/** Thrown where a speculative call needs what cannot be undone; see speculation.ts. */
export const REDO = { redo: true };

/** The slice is over: leave the driver, go on here when it is entered again. */
export const PAUSE: Signal = { pause: true };

class Deeper {
  readonly steps: Steps;
  constructor(steps: Steps) {
    this.steps = steps;
  }
}

class Resume {
  readonly thread: LuaThread;
  readonly args: readonly LuaValue[];
  constructor(thread: LuaThread, args: readonly LuaValue[]) {
    this.thread = thread;
    this.args = args;
  }
}

class Yield {
  readonly values: readonly LuaValue[];
  constructor(values: readonly LuaValue[]) {
    this.values = values;
  }
}

export interface Segment {
  steps: Steps;
  /** Where depth was when it began. */
  readonly depth: number;
  /** The coroutine whose first segment it is. */
  readonly thread: LuaThread | undefined;
}

/** What a thread has to find again when it goes on. */
export interface Position {
  depth: number;
  limit: number;
  builtinDepth: number;
  callers: (Site | undefined)[];
}

export class Machine {
  readonly budget: Budget;
  /** Where the program called the builtin that runs. */
  site: Site | undefined = undefined;
  depth = 0;
  limit = SEGMENT_DEPTH;
  /** Where the function at each depth was called from. */
  callers: (Site | undefined)[] = [];
  /** Nested calls through builtins and metamethods, which Lua limits and does not let a coroutine yield across. */
  builtinDepth = 0;
  /** A call is being made that may be forgotten and made again. */
  isSpeculating = false;
  refills = 0;
  /** The coroutine that runs; undefined for the program itself. */
  thread: LuaThread | undefined = undefined;
  /** What strings' methods are found in. */
  stringMetatable: LuaTable | undefined = undefined;
  private readonly segments: Segment[] = [];
  private readonly resumers: { thread: LuaThread | undefined; position: Position }[] = [];
  private result: Result = undefined;
  private addresses = 0;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  /** Calls a function as a program of its own. True when it is finished, with `takeResult`; false when it was suspended. */
  start(f: LuaFunction, args: readonly LuaValue[]): boolean {
    this.reset();
    this.budget.start();
    const result = this.tryPlain(f, args);
    if (result !== MORE) {
      this.result = result;
      return true;
    }
    this.segments.push({ steps: f.steps(...args), depth: 0, thread: undefined });
    return this.drive(undefined);
  }

  private tryPlain(f: LuaFunction, args: readonly LuaValue[]): Result | typeof MORE {
    try {
      return f.plain(...args);
    } catch (error) {
      throw this.translate(error);
    }
  }

  /** Goes on with a suspended program; answers as `start`. */
  proceed(): boolean {
    this.budget.startSlice();
    return this.drive(undefined);
  }

  /** What the finished program returned. */
  takeResult(): Result {
    const result = this.result;
    this.result = undefined;
    return result;
  }

  /** Forgets a program, finished or not. */
  reset(): void {
    this.segments.length = 0;
    this.resumers.length = 0;
    this.thread = undefined;
    this.site = undefined;
    this.result = undefined;
    this.goTo({ depth: 0, limit: SEGMENT_DEPTH, builtinDepth: 0, callers: [] });
  }

  /** Numbers tables, functions and threads for `tostring`. */
  nextAddress(): number {
    return ++this.addresses;
  }

  /** A call for which there is no room in this segment: `return yield* deeper(steps)`. */
  *deeper(steps: Steps): Steps {
    if (this.depth >= MAX_DEPTH) throw new LuaError(`${positionOf(this.site)}stack overflow`);
    return yield new Deeper(steps);
  }

  *resume(thread: LuaThread, args: readonly LuaValue[]): Steps {
    return yield new Resume(thread, args);
  }

  *yieldValues(values: readonly LuaValue[]): Steps {
    return yield new Yield(values);
  }

  /** Runs until the program ends, fails or is suspended; `value` goes into the last segment. */
  private drive(value: Result): boolean {
    let sent: Result = value;
    let failure: LuaError | undefined;
    for (;;) {
      const segment = this.segments[this.segments.length - 1];
      let step: IteratorResult<Signal, Result>;
      try {
        step = failure === undefined ? segment.steps.next(sent) : segment.steps.throw(failure);
        failure = undefined;
      } catch (error) {
        failure = this.translate(error);
        if (!(failure instanceof LuaError)) this.abandon(error);
        this.leave(segment);
        if (segment.thread !== undefined) {
          sent = [false, failure.valueAt(this.site)];
          failure = undefined;
        } else if (this.segments.length === 0) {
          this.budget.endSlice();
          throw failure;
        }
        continue;
      }
      if (step.done === true) {
        if (isTailCall(step.value)) {
          segment.steps = call(step.value.callee, ...step.value.args);
          this.depth = segment.depth;
          sent = undefined;
          continue;
        }
        this.leave(segment);
        sent = step.value;
        if (segment.thread !== undefined) sent = [true, ...list(sent)];
        if (this.segments.length === 0) {
          this.result = sent;
          return true;
        }
      } else if (step.value === PAUSE) {
        this.budget.endSlice();
        return false;
      } else {
        sent = this.obey(step.value);
      }
    }
  }

  private abandon(error: unknown): never {
    this.reset();
    throw error;
  }

  /** What JavaScript throws when its limits are reached, in Lua's words; anything else as it is. */
  translate(error: unknown): LuaError {
    if (error instanceof RangeError) {
      const isStack = /call stack/.test(error.message);
      return new LuaError(positionOf(this.site) + (isStack ? 'stack overflow' : 'not enough memory'));
    }
    return error as LuaError;
  }

  /** A segment is over: the one before it goes on where it was. */
  private leave(segment: Segment): void {
    this.segments.pop();
    if (segment.thread === undefined) {
      this.depth = segment.depth;
      this.limit -= SEGMENT_DEPTH;
      return;
    }
    segment.thread.status = 'dead';
    this.returnToResumer();
  }

  private returnToResumer(): void {
    const resumer = this.resumers.pop();
    if (resumer === undefined) return;
    this.thread = resumer.thread;
    if (this.thread !== undefined) this.thread.status = 'running';
    this.goTo(resumer.position);
  }

  private goTo({ depth, limit, builtinDepth, callers }: Position): void {
    this.depth = depth;
    this.limit = limit;
    this.builtinDepth = builtinDepth;
    this.callers = callers;
  }

  private position(): Position {
    return { depth: this.depth, limit: this.limit, builtinDepth: this.builtinDepth, callers: this.callers };
  }

  private obey(signal: Signal): Result {
    if (signal instanceof Deeper) {
      this.segments.push({ steps: signal.steps, depth: this.depth, thread: undefined });
      this.limit += SEGMENT_DEPTH;
      return undefined;
    }
    if (signal instanceof Resume) return this.enter(signal);
    if (signal instanceof Yield) return this.suspend(signal);
    throw new Error('a program gave a signal that is none');
  }

  private enter({ thread, args }: Resume): Result {
    if (this.resumers.length + this.builtinDepth >= MAX_BUILTIN_DEPTH) return [false, 'C stack overflow'];
    if (this.thread !== undefined) this.thread.status = 'normal';
    this.resumers.push({ thread: this.thread, position: this.position() });
    this.thread = thread;
    thread.status = 'running';
    if (thread.suspended === undefined) {
      this.goTo({ depth: 0, limit: SEGMENT_DEPTH, builtinDepth: 0, callers: [] });
      this.segments.push({ steps: call(thread.body, ...args), depth: 0, thread });
      return undefined;
    }
    const { segments, position } = thread.suspended;
    this.segments.push(...segments);
    this.goTo(position);
    return args;
  }

  private suspend({ values }: Yield): Result {
    const thread = this.thread;
    if (!(thread instanceof LuaThread)) throw new Error('the program itself cannot yield');
    const first = this.segments.findLastIndex((segment) => segment.thread === thread);
    thread.suspended = { segments: this.segments.splice(first), position: this.position() };
    thread.status = 'suspended';
    this.returnToResumer();
    return [true, ...values];
  }
}
