/** What commands tell: the events of keys, and how many changes they count. */
import type { TestEngine } from '../engine.testing.ts';

export class SeenEvents {
  private readonly test: TestEngine;
  private events: string[] = [];
  private dirty = 0;

  constructor(test: TestEngine) {
    this.test = test;
    test.engine.effects.subscribe((changes) => {
      for (const { event, key } of changes) this.events.push(`${event} ${key.toString('latin1')}`);
    });
  }

  /** What happened since the last time. */
  take(): { dirty: number; events: string[] } {
    const { dirty } = this.test.engine.effects;
    const seen = { dirty: dirty - this.dirty, events: this.events };
    this.dirty = dirty;
    this.events = [];
    return seen;
  }
}
