import type { Budget } from '../budget.ts';
import type { Result, Signal } from '../function.ts';
import { PAUSE } from '../machine.ts';

/** Suspends the program if its slice is over; for builtins in steps. */
export function* pauseIfDue(budget: Budget): Generator<Signal, void, Result> {
  if (budget.fuel < 0 && budget.isSliceOver()) yield PAUSE;
}
