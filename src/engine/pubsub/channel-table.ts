/**
 * Channels by name, as long as somebody listens to them.
 *
 *   buckets   [ • ]──> news ──> sport      a chain a bucket; the name's bytes are hashed and compared where they stand
 *             [   ]
 *             [ • ]──> weather             each with the set of those who listen, who came first first
 *
 * A Map from strings was rejected: it would make a string of the channel's name for each message. The hash is keyed, as that
 * of the keys is, so that nobody can choose names that collide.
 */
import { equalBytes } from '../../bytes/copy.ts';
import { halfSipHash } from '../../bytes/siphash.ts';
import type { Args } from '../../protocol/args.ts';

const INITIAL_BUCKETS = 16;

/** The key of the hash. */
interface Seed {
  readonly k0: number;
  readonly k1: number;
}

/** A channel, or a pattern of channels, with whoever listens. */
export class Channel<S> {
  readonly name: Buffer;
  readonly view: DataView;
  readonly hash: number;
  readonly listeners = new Set<S>();
  next: Channel<S> | undefined;

  constructor(name: Buffer, hash: number, next: Channel<S> | undefined) {
    this.name = name;
    this.view = new DataView(name.buffer, name.byteOffset, name.length);
    this.hash = hash;
    this.next = next;
  }
}

export class ChannelTable<S> {
  /** All of them, the oldest first. */
  readonly all = new Set<Channel<S>>();
  private readonly seed: Seed;
  private buckets: (Channel<S> | undefined)[] = emptyBuckets(INITIAL_BUCKETS);

  constructor(seed: Seed) {
    this.seed = seed;
  }

  /** The channel that argument `i` names, if somebody listens to it. */
  find(args: Args, i: number): Channel<S> | undefined {
    return this.all.size === 0 ? undefined : this.findHashed(args, i, this.hash(args, i));
  }

  /** The channel that argument `i` names; a new one if there is none yet. */
  findOrAdd(args: Args, i: number): Channel<S> {
    const hash = this.hash(args, i);
    const found = this.findHashed(args, i, hash);
    if (found !== undefined) return found;
    if (this.all.size >= this.buckets.length) this.resize(this.buckets.length * 2);
    const bucket = hash & (this.buckets.length - 1);
    const channel = new Channel<S>(args.copy(i), hash, this.buckets[bucket]);
    this.buckets[bucket] = channel;
    this.all.add(channel);
    return channel;
  }

  /** Takes out a channel that nobody listens to any more. */
  remove(channel: Channel<S>): void {
    this.all.delete(channel);
    const bucket = channel.hash & (this.buckets.length - 1);
    let at = this.buckets[bucket];
    if (at === channel) this.buckets[bucket] = channel.next;
    else {
      while (at !== undefined && at.next !== channel) at = at.next;
      if (at !== undefined) at.next = channel.next;
    }
    channel.next = undefined;
    if (this.all.size < this.buckets.length >>> 3 && this.buckets.length > INITIAL_BUCKETS) {
      this.resize(this.buckets.length >>> 1);
    }
  }

  private hash(args: Args, i: number): number {
    return halfSipHash(args.bytes, args.view, args.start[i], args.end[i], this.seed.k0, this.seed.k1);
  }

  private findHashed(args: Args, i: number, hash: number): Channel<S> | undefined {
    const start = args.start[i];
    const length = args.end[i] - start;
    let channel = this.buckets[hash & (this.buckets.length - 1)];
    for (; channel !== undefined; channel = channel.next) {
      const { name } = channel;
      if (channel.hash !== hash || name.length !== length) continue;
      if (equalBytes(name, channel.view, 0, args.bytes, args.view, start, length)) return channel;
    }
    return undefined;
  }

  private resize(count: number): void {
    this.buckets = emptyBuckets(count);
    for (const channel of this.all) {
      const bucket = channel.hash & (count - 1);
      channel.next = this.buckets[bucket];
      this.buckets[bucket] = channel;
    }
  }
}

function emptyBuckets<S>(count: number): (Channel<S> | undefined)[] {
  return new Array<Channel<S> | undefined>(count).fill(undefined);
}
