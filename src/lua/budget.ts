/**
 * What a running program may use up: time and memory.
 *
 * Time is counted in steps: a loop's turn, a call, and whatever a builtin says its work is worth. Looking at the clock costs
 * more than a step, so it is looked at when STEPS_PER_LOOK are used up. Then the program is suspended if its slice is over and
 * ended if it was killed or is over its limit.
 *
 * A program that is inside a builtin cannot be suspended; a builtin that works for long calls `spend`, which ends the program
 * when the work takes longer than the limit for that.
 *
 * Memory is counted by what is made: strings by their length, tables by their entries. What was made may be garbage already,
 * so this only decides when to ask how large the heap is; above the limit the heap is collected and asked again.
 */

import { LuaError, ScriptStopped } from './error.ts';

const STEPS_PER_LOOK = 10_000;
const MEGABYTE = 2 ** 20;
/** How much is made before the heap is looked at first, to know what was there before the program, and between later looks. */
const FIRST_LOOK_BYTES = MEGABYTE;
const BYTES_PER_LOOK = 32 * MEGABYTE;
/** What Lua's libraries take before a program begins. */
const FRESH_BYTES = 60 * 1024;
/** JavaScript has no longer strings. */
const LONGEST_STRING = 2 ** 29 - 24;

/** What the process tells: the engine has no clock of its own. */
export interface Surroundings {
  /** Milliseconds on a clock that never goes back. */
  nowMs(): number;
  /** Bytes in use by all of the process, garbage included. */
  heapBytes(): number;
  /** Frees garbage now, if that is possible. */
  collectGarbage(): void;
}

export interface BudgetLimits {
  /** How long a slice is: afterwards the program is suspended. Infinity for programs that are not. */
  sliceMs: number;
  /** How long the program may take altogether, in slices and inside one builtin. */
  totalMs: number;
  /** How much memory it may hold. */
  memoryBytes: number;
}

export const DEFAULT_LIMITS: BudgetLimits = {
  sliceMs: Number.POSITIVE_INFINITY,
  totalMs: Number.POSITIVE_INFINITY,
  memoryBytes: 256 * MEGABYTE,
};

export class Budget {
  /** Steps until the next look at the clock. Compiled code counts it down by itself. */
  fuel = STEPS_PER_LOOK;
  limits: BudgetLimits;
  private readonly surroundings: Surroundings;
  private stopped: ScriptStopped | undefined = undefined;
  private sliceEndMs = 0;
  private usedMs = 0;
  private sliceStartMs = 0;
  private startBytes = 0;
  private madeBytes = 0;
  private lookBytes = FIRST_LOOK_BYTES;

  constructor(surroundings: Surroundings, limits: BudgetLimits = DEFAULT_LIMITS) {
    this.surroundings = surroundings;
    this.limits = limits;
  }

  /** A program begins; what an earlier one used is forgotten. */
  start(): void {
    this.stopped = undefined;
    this.usedMs = 0;
    this.madeBytes = 0;
    this.lookBytes = FIRST_LOOK_BYTES;
    this.startBytes = -1;
    this.startSlice();
  }

  /** A program begins, or goes on after it was suspended. */
  startSlice(): void {
    this.fuel = STEPS_PER_LOOK;
    this.sliceStartMs = -1;
  }

  /** The slice is over and its time counts. */
  endSlice(): void {
    if (this.sliceStartMs >= 0) this.usedMs += this.surroundings.nowMs() - this.sliceStartMs;
  }

  /** Ends the program at its next look at the clock. */
  stop(reason: string): void {
    this.stopped = new ScriptStopped(reason);
    this.fuel = 0;
  }

  /** Asked when the fuel is used up: whether to suspend the program. Throws if it has to end. */
  isSliceOver(): boolean {
    this.fuel = STEPS_PER_LOOK;
    return this.look() >= this.sliceEndMs;
  }

  /** A builtin did work worth so many steps. Throws if the program has to end. */
  spend(steps: number): void {
    this.fuel -= steps;
    // The slice may be over; the next loop or call sees it, if there is no fuel left.
    if (this.fuel < -STEPS_PER_LOOK) {
      this.fuel = 0;
      this.look();
    }
  }

  private look(): number {
    if (this.stopped !== undefined) throw this.stopped;
    const nowMs = this.surroundings.nowMs();
    // The first look of a slice is its start: a program that ends before it needs no clock.
    if (this.sliceStartMs < 0) {
      this.sliceStartMs = nowMs;
      this.sliceEndMs = nowMs + this.limits.sliceMs;
    }
    if (this.usedMs + nowMs - this.sliceStartMs > this.limits.totalMs) throw new ScriptStopped('time limit reached');
    return nowMs;
  }

  /** Something of so many bytes is about to be made. Throws Lua's "not enough memory". */
  allocate(bytes: number): void {
    this.madeBytes += bytes;
    if (this.madeBytes >= this.lookBytes || bytes > this.limits.memoryBytes) this.lookAtHeap(bytes);
  }

  /** A string of so many bytes is about to be made. */
  allocateString(bytes: number): void {
    if (bytes > LONGEST_STRING) throw new LuaError('not enough memory');
    this.allocate(bytes);
  }

  /** What the program made by now, as `collectgarbage('count')` tells it: never less than a state without a program. */
  usedKilobytes(): number {
    return (FRESH_BYTES + this.madeBytes) / 1024;
  }

  private lookAtHeap(bytes: number): void {
    const limit = this.limits.memoryBytes;
    if (bytes > limit) throw new LuaError('not enough memory');
    let used = this.surroundings.heapBytes();
    // The heap that was least has the least garbage of others in it.
    if (this.startBytes < 0 || used < this.startBytes) this.startBytes = used;
    this.lookBytes = this.madeBytes + BYTES_PER_LOOK;
    if (used - this.startBytes <= limit) return;
    this.surroundings.collectGarbage();
    used = this.surroundings.heapBytes();
    if (used - this.startBytes > limit) throw new LuaError('not enough memory');
  }
}
