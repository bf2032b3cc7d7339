/**
 * What runs Lua: the state of the running program, and the loop that drives its generators.
 *
 * A call in steps makes a generator and runs it there and then (`enter`): almost always it comes to its end, and the call has
 * cost little more than one of JavaScript. When it does not, because the slice is over, because of a coroutine, or because so
 * many calls are nested that JavaScript's stack must not take more, everything between it and the driver is suspended: each
 * generator on the way is noted in `unwound`, and its caller gives WAIT to its own caller. The driver then has all of them on
 * its own stack,
 *
 *     stack   main  f  g  <coroutine>  h  k
 *
 * and goes on with the last; its result is sent into the one before. So a stack of any depth costs nothing to resume. A
 * coroutine is a mark on this stack and what follows it: coroutine.resume pushes it, coroutine.yield takes it off. Suspending
 * a program is leaving the driver's loop with everything in place.
 *
 * `depth` counts the calls of a thread. Compiled functions count it up and down; whoever catches an error restores it.
 */

import type { Budget } from './budget.ts';
import { LuaError, positionOf, type Site } from './error.ts';
import {
  call,
  finish,
  type LuaFunction,
  list,
  MORE,
  PAUSE,
  type Result,
  type Signal,
  type Steps,
  TailCall,
  WAIT,
} from './function.ts';
import type { LuaTable } from './table.ts';
import { LuaThread } from './thread.ts';
import type { LuaValue } from './value.ts';

/** Calls that nest in JavaScript: few enough that a command called at the end has most of the stack for itself. */
const NESTED_DEPTH = 150;
/** Lua's own limit of nested calls (LUAI_MAXCALLS, less what C uses of it). */
const MAX_DEPTH = 19_990;
/** Longer lists of callers are not kept from program to program. */
const KEPT_CALLERS = 256;
/** Lua's own limit of nested calls through builtins (LUAI_MAXCCALLS). */
export const MAX_BUILTIN_DEPTH = 200;

/** Thrown where a speculative call needs what cannot be undone; see speculation.ts. */
export const REDO = { redo: true };

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

/** What a thread has to find again when it goes on. */
export interface Position {
  readonly depth: number;
  readonly builtinDepth: number;
  readonly callers: (Site | undefined)[];
}

export class Machine {
  readonly budget: Budget;
  /** Where the program called the builtin that runs. */
  site: Site | undefined = undefined;
  depth = 0;
  /** The depth from which on calls go through the driver, and the one that only calls back from builtins reach, which cannot. */
  limit = NESTED_DEPTH;
  brim = NESTED_DEPTH + MAX_BUILTIN_DEPTH;
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
  /** What runs, outermost first; a thread where a coroutine begins. */
  private readonly stack: (Steps | LuaThread)[] = [];
  /** What was suspended on the way to the driver, innermost first, and why. */
  private readonly unwound: Steps[] = [];
  private signal: Signal = WAIT;
  /** What pcall answers behind `false` for what was thrown. */
  caughtValues = (value: LuaValue): readonly LuaValue[] => [value];
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
    this.stack.push(f.steps(...args));
    return this.drive();
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
    return this.drive();
  }

  /** What the finished program returned. */
  takeResult(): Result {
    const result = this.result;
    this.result = undefined;
    return result;
  }

  /** Forgets a program, finished or not. */
  reset(): void {
    // Setting a length costs more than looking at it, and nearly always there is nothing left.
    if (this.stack.length > 0) this.stack.length = 0;
    if (this.unwound.length > 0) this.unwound.length = 0;
    if (this.resumers.length > 0) this.resumers.length = 0;
    // What stands in a short one is nothing but sites, and only read below the depth that is reached.
    if (this.callers.length > KEPT_CALLERS) this.callers = [];
    this.thread = undefined;
    this.site = undefined;
    this.result = undefined;
    this.depth = 0;
    this.builtinDepth = 0;
  }

  /** Numbers tables, functions and threads for `tostring`. */
  nextAddress(): number {
    return ++this.addresses;
  }

  /** Runs what a call in steps made: its result, or WAIT, which the caller has to yield to get it. */
  enter(steps: Steps): Result | Signal {
    if (this.depth >= this.limit) {
      if (this.depth >= MAX_DEPTH) throw new LuaError(`${positionOf(this.site)}stack overflow`);
      return this.wait(steps, WAIT);
    }
    let running = steps;
    for (;;) {
      const step = running.next();
      if (step.done !== true) return this.wait(running, step.value);
      const result = step.value;
      if (!(result instanceof TailCall)) return result;
      const plain = result.callee.plain(...result.args);
      if (plain !== MORE) return plain;
      running = result.callee.steps(...result.args);
    }
  }

  /** Notes what is suspended; `signal` is WAIT when the reason was noted before. */
  wait(steps: Steps, signal: Signal): Signal {
    if (this.unwound.length === 0) this.signal = signal;
    this.unwound.push(steps);
    return WAIT;
  }

  /** Calls back from builtins nest in JavaScript; Lua has the same limit for them. */
  overflow(): never {
    throw new LuaError(`${positionOf(this.site)}C stack overflow`);
  }

  *resume(thread: LuaThread, args: readonly LuaValue[]): Steps {
    return yield new Resume(thread, args);
  }

  *yieldValues(values: readonly LuaValue[]): Steps {
    return yield new Yield(values);
  }

  /** Runs until the program ends, fails or is suspended. */
  private drive(): boolean {
    let sent: Result;
    let failure: LuaError | undefined;
    for (;;) {
      const top = this.stack.pop();
      if (top === undefined) return this.end(sent, failure);
      if (top instanceof LuaThread) {
        sent = failure === undefined ? [true, ...list(sent)] : [false, failure.valueAt(this.site)];
        failure = undefined;
        top.status = 'dead';
        this.returnToResumer();
        continue;
      }
      this.limit = this.depth + NESTED_DEPTH;
      this.brim = this.limit + MAX_BUILTIN_DEPTH;
      let step: IteratorResult<Signal, Result>;
      try {
        step = failure === undefined ? top.next(sent) : top.throw(failure);
        failure = undefined;
      } catch (error) {
        failure = this.translate(error);
        if (!(failure instanceof LuaError)) this.abandon(error);
        this.unwound.length = 0;
        continue;
      }
      sent = undefined;
      if (step.done !== true) {
        const signal = this.collect(top, step.value);
        if (signal === PAUSE) {
          this.budget.endSlice();
          return false;
        }
        sent = this.obey(signal);
      } else if (step.value instanceof TailCall) {
        this.stack.push(finish(step.value));
      } else {
        sent = step.value;
      }
    }
  }

  private end(result: Result, failure: LuaError | undefined): true {
    this.budget.endSlice();
    if (failure !== undefined) throw failure;
    this.result = result;
    return true;
  }

  /** Puts what was suspended on the stack; answers why. */
  private collect(outermost: Steps, signal: Signal): Signal {
    const { stack, unwound } = this;
    stack.push(outermost);
    if (unwound.length === 0) return signal;
    for (let steps = unwound.pop(); steps !== undefined; steps = unwound.pop()) stack.push(steps);
    return this.signal;
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

  private returnToResumer(): void {
    const resumer = this.resumers.pop();
    if (resumer === undefined) return;
    this.thread = resumer.thread;
    if (this.thread !== undefined) this.thread.status = 'running';
    this.goTo(resumer.position);
  }

  private goTo({ depth, builtinDepth, callers }: Position): void {
    this.depth = depth;
    this.builtinDepth = builtinDepth;
    this.callers = callers;
  }

  private position(): Position {
    return { depth: this.depth, builtinDepth: this.builtinDepth, callers: this.callers };
  }

  /** What is sent into the top of the stack. */
  private obey(signal: Signal): Result {
    if (signal === WAIT) return undefined;
    if (signal instanceof Resume) return this.switchTo(signal);
    if (signal instanceof Yield) return this.switchBack(signal);
    throw new Error('a program gave a signal that is none');
  }

  private switchTo({ thread, args }: Resume): Result {
    if (this.resumers.length + this.builtinDepth >= MAX_BUILTIN_DEPTH) return [false, 'C stack overflow'];
    if (this.thread !== undefined) this.thread.status = 'normal';
    this.resumers.push({ thread: this.thread, position: this.position() });
    this.thread = thread;
    thread.status = 'running';
    this.stack.push(thread);
    if (thread.suspended === undefined) {
      this.goTo({ depth: 0, builtinDepth: 0, callers: [] });
      // Nothing in the thread has called it.
      this.site = undefined;
      this.stack.push(call(thread.body, ...args));
      return undefined;
    }
    this.stack.push(...thread.suspended.stack);
    this.goTo(thread.suspended.position);
    return args;
  }

  private switchBack({ values }: Yield): Result {
    const thread = this.thread;
    if (thread === undefined) throw new Error('the program itself cannot yield');
    const mark = this.stack.lastIndexOf(thread);
    thread.suspended = { stack: this.stack.splice(mark).slice(1), position: this.position() };
    thread.status = 'suspended';
    this.returnToResumer();
    return [true, ...values];
  }
}
