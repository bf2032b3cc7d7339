import type { Clock } from '../engine/keyspace/clock.ts';

/** The system's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  micros: () => performance.now() * 1000,
};
