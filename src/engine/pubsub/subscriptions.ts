import type { Channel } from './channel-table.ts';

/** What one subscription takes in memory beside the name, about. */
const SUBSCRIPTION_BYTES = 160;

/** What one session listens to. */
export class Subscriptions<S> {
  readonly channels = new Set<Channel<S>>();
  readonly patterns = new Set<Channel<S>>();
  /** Sharded channels. */
  readonly shards = new Set<Channel<S>>();
  /** Memory that they take. */
  bytes = 0;

  get isEmpty(): boolean {
    return this.channels.size + this.patterns.size + this.shards.size === 0;
  }

  add(kind: Kind, channel: Channel<S>): void {
    this[kind].add(channel);
    this.bytes += SUBSCRIPTION_BYTES + channel.name.length;
  }

  /** False when it was not subscribed. */
  remove(kind: Kind, channel: Channel<S>): boolean {
    if (!this[kind].delete(channel)) return false;
    this.bytes -= SUBSCRIPTION_BYTES + channel.name.length;
    return true;
  }
}

/** The three kinds of what can be subscribed to. */
export type Kind = 'channels' | 'patterns' | 'shards';

/** Who can listen. */
export interface Subscriber<S> {
  /** Undefined until the first subscription. */
  subscriptions: Subscriptions<S> | undefined;
  /** Its subscriptions have changed. */
  noteSubscriptions(): void;
}
