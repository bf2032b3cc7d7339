/**
 * Looking out for the next request before the process sleeps.
 *
 * A process that waits for its sockets sleeps, and to wake it takes the operating system tens of microseconds where the
 * processor has gone to sleep as well: more than the request itself. So while a client sends the next request as soon as it
 * has the last reply, the event loop is kept turning for a moment after each, as drivers of fast networks and hypervisors do.
 *
 *   request ─ reply ─ looking out … request ─ reply ─ looking out … … (nothing for `micros`) sleep
 *
 * The time is the processor's, which a client may need that has none of its own: then nothing comes while we look out. So it
 * is done only after a request that came soon after the one before it; after looking out in vain, only when twice as many of
 * these have come as before.
 */
import { availableParallelism } from 'node:os';
import type { Clock } from '../../engine/keyspace/clock.ts';

/** After looking out in vain again and again, it is tried again when so many requests have come soon. */
const MOST_PATIENCE = 64;

export class BusyPoll {
  /** How long to look out, in microseconds; 0 never does. */
  micros = 0;
  isLooking = false;
  private readonly clock: Clock;
  private readonly canShare: boolean;
  private requestedAt = 0;
  private until = 0;
  /** Nothing came while it looked out last. */
  private wasInVain = false;
  /** How many requests must come soon before it looks out, and how many have. */
  private patience = 1;
  private soon = 0;
  private readonly look = (): void => {
    if (this.clock.micros() < this.until) {
      setImmediate(this.look);
      return;
    }
    this.isLooking = false;
    this.wasInVain = true;
  };

  /** @param processors how many can run at a time; with one, looking out keeps the client from running */
  constructor(clock: Clock, processors = availableParallelism()) {
    this.clock = clock;
    this.canShare = processors > 1;
  }

  /** The requests that came at `now` on the steady clock, in microseconds, were replied to. */
  answered(now: number): void {
    const gap = now - this.requestedAt;
    this.requestedAt = now;
    if (this.micros === 0 || !this.canShare) return;
    if (gap > this.micros) {
      if (this.wasInVain) this.patience = Math.min(this.patience * 2, MOST_PATIENCE);
      this.wasInVain = false;
      this.soon = 0;
      return;
    }
    if (this.isLooking) this.patience = Math.max(1, this.patience >> 1);
    else if (++this.soon < this.patience) return;
    this.until = now + this.micros;
    if (this.isLooking) return;
    this.isLooking = true;
    setImmediate(this.look);
  }
}
