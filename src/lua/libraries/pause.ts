import type { Budget } from '../budget.ts';
import { PAUSE, type Result, type Signal } from '../function.ts';

/** Suspends the program if its slice is over; for builtins in steps. */
export function* pauseIfDue(budget: Budget): Generator<Signal, void, Result> {
  if (budget.fuel < 0 && budget.isSliceOver()) yield PAUSE;
}
