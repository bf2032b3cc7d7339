/** Tells the latency monitor about pauses of the JavaScript engine's garbage collector, while the monitor is on. */
import { PerformanceObserver } from 'node:perf_hooks';
import type { Config } from '../config/config.ts';
import type { LatencyMonitor } from './latency-monitor.ts';

export class GarbageCollections {
  private readonly observer: PerformanceObserver;
  private observing = false;

  constructor(config: Config, monitor: LatencyMonitor) {
    this.observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) monitor.note('garbage-collection', duration * 1000, Date.now());
    });
    const apply = (): undefined => this.observe(monitor.thresholdMillis > 0);
    config.watch(['latency-monitor-threshold'], apply);
    apply();
  }

  stop(): void {
    this.observe(false);
  }

  private observe(on: boolean): undefined {
    if (on === this.observing) return;
    this.observing = on;
    if (on) this.observer.observe({ entryTypes: ['gc'] });
    else this.observer.disconnect();
  }
}
