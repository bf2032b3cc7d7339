/**
 * What changed, recorded low and published high: `keyspace.close` records, dispatch commits once, at the end of the
 * outermost unit (a command, later EXEC and scripts, an expiry sweep, an eviction).
 *
 * Subscribers are called in the order in which they were added at composition; that order is the documented one:
 * WATCH, client tracking, keyspace notifications, AOF, replication, waking the blocked. While nobody listens a change
 * costs one counter.
 */

/** The names of events, as keyspace notifications spell them. */
export type EventName = string;

/** A change that no notification tells: only how a value is kept, or what it remembers, is another. */
export const NO_EVENT: EventName = '';

/** One change of a key. */
export interface Change {
  readonly event: EventName;
  readonly database: number;
  /** A copy of the key's bytes. */
  readonly key: Buffer;
}

export type Subscriber = (changes: readonly Change[]) => void;

export class Effects {
  /** Changes since the start, or since the last save: Redis's `dirty`. */
  dirty = 0;
  /** True when somebody wants to know the keys; only then are they copied. */
  listening = false;
  private subscribers: readonly Subscriber[] = [];
  private changes: Change[] = [];

  subscribe(subscriber: Subscriber): void {
    this.subscribers = [...this.subscribers, subscriber];
    this.listening = true;
  }

  unsubscribe(subscriber: Subscriber): void {
    this.subscribers = this.subscribers.filter((other) => other !== subscriber);
    this.listening = this.subscribers.length > 0;
  }

  /** Adds a change whose key must be kept; only called while `listening`. */
  record(change: Change): void {
    this.changes.push(change);
  }

  /** Publishes what was recorded: the one way out of a unit. */
  commit(): void {
    if (this.changes.length === 0) return;
    const changes = this.changes;
    this.changes = [];
    for (const subscriber of this.subscribers) subscriber(changes);
  }
}
