/**
 * Publish and subscribe: channels, patterns of channels, sharded channels, and who listens to them.
 *
 *   PUBLISH news x ─> channel "news"    ─> its listeners, one message of the same bytes for all
 *                 └─> patterns matching ─> theirs, a message for each pattern: it names the pattern
 *
 * Nothing is kept: a message is written once for each protocol its receivers speak, and whoever holds the connections
 * gives these bytes to each (delivery.ts). Publishing makes no object, and none for a receiver.
 *
 * Patterns are tried one after the other, as in Redis; the matcher takes no exponential time (bytes/glob.ts).
 */
import { globMatch } from '../../bytes/glob.ts';
import { Args } from '../../protocol/args.ts';
import type { Reply } from '../../protocol/reply.ts';
import { type Channel, ChannelTable } from './channel-table.ts';
import type { Delivery } from './delivery.ts';
import { type Kind, type Subscriber, Subscriptions } from './subscriptions.ts';

/** A word that messages begin with. */
interface Word {
  readonly bytes: Buffer;
  readonly view: DataView;
}

const MESSAGE = word('message');
const PATTERN_MESSAGE = word('pmessage');
const SHARD_MESSAGE = word('smessage');

/** Who can reach the sessions. */
interface Carrier<S> {
  readonly pushes: Delivery<S>;
}

export class PubSub<S extends Subscriber<S>> {
  readonly channels: ChannelTable<S>;
  readonly patterns: ChannelTable<S>;
  readonly shards: ChannelTable<S>;
  /** Tells what has happened so far: see `catchUp`. */
  tellPending: (() => void) | undefined = undefined;
  private readonly carrier: Carrier<S>;
  /** The message that is being delivered. */
  private args = new Args();
  private channel = 0;
  private payload = 0;
  private word = MESSAGE;
  private pattern: Channel<S> | undefined = undefined;
  private readonly write = (reply: Reply): void => this.writeMessage(reply);

  /** `seed` is the key of the tables' hash. */
  constructor(seed: { readonly k0: number; readonly k1: number }, carrier: Carrier<S>) {
    this.channels = new ChannelTable(seed);
    this.patterns = new ChannelTable(seed);
    this.shards = new ChannelTable(seed);
    this.carrier = carrier;
  }

  /** Nobody listens to anything but sharded channels. */
  get isIdle(): boolean {
    return this.channels.all.size === 0 && this.patterns.all.size === 0;
  }

  /** What has happened is told before a client's message is sent, and to those who listened when it happened, as they did. */
  catchUp(): void {
    if (this.tellPending !== undefined) this.tellPending();
  }

  /** Lets a session listen to what argument `i` names. `catchUp` must come before. */
  subscribe(session: S, kind: Kind, args: Args, i: number): void {
    const channel = this[kind].findOrAdd(args, i);
    if (channel.listeners.has(session)) return;
    session.subscriptions ??= new Subscriptions();
    session.subscriptions.add(kind, channel);
    channel.listeners.add(session);
  }

  /** Lets a session listen no more to what argument `i` names. `catchUp` must come before. */
  unsubscribe(session: S, kind: Kind, args: Args, i: number): void {
    const channel = this[kind].find(args, i);
    if (channel !== undefined) this.leave(session, kind, channel);
  }

  /** The same of a channel that is at hand. */
  leave(session: S, kind: Kind, channel: Channel<S>): void {
    if (session.subscriptions?.remove(kind, channel) !== true) return;
    channel.listeners.delete(session);
    if (channel.listeners.size === 0) this[kind].remove(channel);
  }

  /** Ends all subscriptions of a session. */
  forget(session: S): void {
    const { subscriptions } = session;
    if (subscriptions === undefined) return;
    for (const kind of ['channels', 'patterns', 'shards'] as const) {
      for (const channel of subscriptions[kind]) this.leave(session, kind, channel);
    }
    session.subscriptions = undefined;
    this.changed(session);
  }

  /** Must follow when a session's subscriptions were changed. */
  changed(session: S): void {
    session.noteSubscriptions();
    this.carrier.pushes.subscribed(session);
  }

  /** Sends a session something that CLIENT REPLY does not silence. */
  push(session: S, write: (reply: Reply) => void): void {
    this.carrier.pushes.push(session, write);
  }

  /** Sends argument `payload` to all who listen to the channel that argument `channel` names. Returns how often it was sent. */
  publish(args: Args, channel: number, payload: number): number {
    this.catchUp();
    return this.send(args, channel, payload);
  }

  /** The same of a message that no client has published. */
  send(args: Args, channel: number, payload: number): number {
    const { patterns } = this;
    const found = this.channels.find(args, channel);
    let receivers = 0;
    if (found !== undefined) receivers += this.deliver(MESSAGE, found, args, channel, payload);
    if (patterns.all.size === 0) return receivers;
    const { bytes } = args;
    const start = args.start[channel];
    const end = args.end[channel];
    for (const pattern of patterns.all) {
      const { name } = pattern;
      if (!globMatch(name, 0, name.length, bytes, start, end, false)) continue;
      receivers += this.deliver(PATTERN_MESSAGE, pattern, args, channel, payload);
    }
    return receivers;
  }

  /** The same of a sharded channel. */
  publishSharded(args: Args, channel: number, payload: number): number {
    this.catchUp();
    const found = this.shards.find(args, channel);
    return found === undefined ? 0 : this.deliver(SHARD_MESSAGE, found, args, channel, payload);
  }

  private deliver(kind: Word, to: Channel<S>, args: Args, channel: number, payload: number): number {
    this.args = args;
    this.channel = channel;
    this.payload = payload;
    this.word = kind;
    this.pattern = kind === PATTERN_MESSAGE ? to : undefined;
    const count = to.listeners.size;
    this.carrier.pushes.broadcast(to.listeners, this.write);
    return count;
  }

  private writeMessage(reply: Reply): void {
    const { args, channel, payload, word, pattern } = this;
    const { bytes, view, start, end } = args;
    reply.push(pattern === undefined ? 3 : 4);
    reply.bulk(word.bytes, word.view, 0, word.bytes.length);
    if (pattern !== undefined) reply.bulk(pattern.name, pattern.view, 0, pattern.name.length);
    reply.bulk(bytes, view, start[channel], end[channel]);
    reply.bulk(bytes, view, start[payload], end[payload]);
  }
}

function word(text: string): Word {
  const bytes = Buffer.from(text, 'latin1');
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}
