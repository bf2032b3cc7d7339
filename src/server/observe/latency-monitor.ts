/**
 * The latency monitor: what made clients wait, by event, when it took at least `latency-monitor-threshold` milliseconds.
 *
 *   command, fast-command     a command; fast ones should never be here
 *   expire-cycle              a sweep of keys whose deadline had passed
 *   eviction-cycle            making room between commands
 *   garbage-collection        the collector of the JavaScript engine stopped it
 *
 * An event keeps its newest 160 samples, one a second: of several in a second the worst counts.
 */

const SAMPLES = 160;

export interface LatencySample {
  readonly unixSeconds: number;
  readonly millis: number;
}

export class LatencyEvent {
  readonly name: string;
  /** The worst since the last reset, also when its sample is gone. */
  maxMillis = 0;
  /** Oldest first, at least one. */
  readonly samples: LatencySample[] = [];

  constructor(name: string) {
    this.name = name;
  }

  get newest(): LatencySample {
    return this.samples[this.samples.length - 1];
  }

  note(sample: LatencySample): void {
    this.maxMillis = Math.max(this.maxMillis, sample.millis);
    const last = this.samples.length - 1;
    if (last >= 0 && this.samples[last].unixSeconds === sample.unixSeconds) {
      if (sample.millis > this.samples[last].millis) this.samples[last] = sample;
      return;
    }
    if (this.samples.length === SAMPLES) this.samples.shift();
    this.samples.push(sample);
  }
}

export class LatencyMonitor {
  /** Milliseconds; 0 notes nothing. */
  thresholdMillis = 0;
  /** The events that have samples, in the order of their first. */
  readonly events = new Map<string, LatencyEvent>();

  /** Notes that `name` took `micros` microseconds, if that is long enough, at a Unix time in milliseconds. */
  note(name: string, micros: number, now: number): void {
    const millis = Math.floor(micros / 1000);
    if (this.thresholdMillis === 0 || millis < this.thresholdMillis) return;
    let event = this.events.get(name);
    if (event === undefined) {
      event = new LatencyEvent(name);
      this.events.set(name, event);
    }
    event.note({ unixSeconds: Math.floor(now / 1000), millis });
  }

  /** Forgets an event; true when there was one. */
  reset(name: string): boolean {
    return this.events.delete(name);
  }
}
