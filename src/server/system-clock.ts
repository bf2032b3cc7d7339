import { performance } from 'node:perf_hooks';
import type { Clock } from '../engine/keyspace/clock.ts';

/** The system's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  micros: () => performance.now() * 1000,
};

/** What to add to the steady clock, which is fine, to get the time of day, which is coarse but may be set. */
let offsetMicros = performance.timeOrigin * 1000;

/** Microseconds since 1970. */
export function unixMicros(): number {
  const coarse = Date.now() * 1000;
  const fine = offsetMicros + performance.now() * 1000;
  // Kept inside the coarse clock's millisecond, and by the least step: beginning the millisecond anew would go back.
  const kept = Math.min(Math.max(fine, coarse), coarse + 999);
  offsetMicros += kept - fine;
  return Math.floor(kept);
}
