/** Time as an engine is given it: tests and simulations pass their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Microseconds from some fixed moment, never going back. */
  micros(): number;
}
