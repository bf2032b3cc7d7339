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
  if (fine >= coarse && fine < coarse + 1000) return Math.floor(fine);
  offsetMicros += coarse - fine;
  return coarse;
}
