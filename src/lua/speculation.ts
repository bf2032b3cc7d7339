/**
 * Calls that may be forgotten.
 *
 * A call in steps costs about ten times a plain one. Functions that change nothing but what they make themselves are compiled
 * in a plain form too, `pure` (compiler/purity.ts decides which). It is tried first. Where it meets what it may not do by
 * itself (call something with effects, run for longer than a slice can wait) it throws REDO: nothing has happened, the call
 * is forgotten and made again in steps.
 */

import { LuaFunction, MORE, type Plain, type Result, type Stepping } from './function.ts';
import { type Machine, REDO } from './machine.ts';
import type { LuaValue } from './value.ts';

/** A function that so often met what it may not do is no longer tried. */
const MAX_FAILURES = 8;
/** So often may a call use up the steps between two looks at the clock: about two milliseconds. */
const MAX_REFILLS = 20;
/** After a call that ran for too long or too deep, so many are made in steps at once: what was lost is little beside them. */
const CALLS_IN_STEPS = 2000;

/** What is known of a function of a program, whatever closures are made of it. */
export interface History {
  failures: number;
  /** So many calls are not tried. */
  untried: number;
}

export function newHistory(): History {
  return { failures: 0, untried: 0 };
}

export class Speculation {
  private readonly machine: Machine;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** A function with a pure form: its plain form tries it. */
  make(pure: Plain, steps: Stepping, history: History): LuaFunction {
    const { machine } = this;
    const self = this;
    function plain(...args: LuaValue[]): Result | typeof MORE {
      if (history.failures > MAX_FAILURES) return MORE;
      if (history.untried > 0) {
        history.untried--;
        return MORE;
      }
      const site = machine.site;
      machine.isSpeculating = true;
      machine.refills = 0;
      try {
        return pure(...args);
      } catch (error) {
        if (error !== REDO && !(error instanceof RangeError)) throw error;
        machine.site = site;
        self.note(error, history);
        return MORE;
      } finally {
        machine.isSpeculating = false;
      }
    }
    return new LuaFunction(plain, steps, pure);
  }

  /** Running for long or deep is no reason not to try again: what it calls may be short. */
  private note(error: unknown, history: History): void {
    if (error === REDO && this.machine.refills <= MAX_REFILLS) history.failures++;
    else history.untried = CALLS_IN_STEPS;
  }

  /** A pure call used up the steps between two looks at the clock. */
  refill(): void {
    const { machine } = this;
    if (++machine.refills > MAX_REFILLS || machine.budget.isSliceOver()) {
      machine.refills = MAX_REFILLS + 1;
      // What is made in steps now looks at the clock at once.
      machine.budget.fuel = 0;
      throw REDO;
    }
  }
}
