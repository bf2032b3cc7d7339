/** Channels by name, as long as somebody listens to them, each with the set of those who do, who came first first. */
import type { Args } from '../../protocol/args.ts';
import { NameTable } from '../listeners/name-table.ts';

/** A channel, or a pattern of channels, with whoever listens. */
export class Channel<S> {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start = 0;
  readonly end: number;
  readonly hash: number;
  readonly listeners = new Set<S>();
  next: Channel<S> | undefined = undefined;

  constructor(name: Buffer, hash: number) {
    this.bytes = name;
    this.view = new DataView(name.buffer, name.byteOffset, name.length);
    this.end = name.length;
    this.hash = hash;
  }

  get name(): Buffer {
    return this.bytes;
  }
}

export class ChannelTable<S> {
  /** All of them, the oldest first. */
  readonly all = new Set<Channel<S>>();
  private readonly byName: NameTable<Channel<S>>;

  /** `seed` is the key of the hash. */
  constructor(seed: { readonly k0: number; readonly k1: number }) {
    this.byName = new NameTable(seed);
  }

  /** The channel that argument `i` names, if somebody listens to it. */
  find(args: Args, i: number): Channel<S> | undefined {
    return this.byName.size === 0 ? undefined : this.findHashed(args, i, this.hash(args, i));
  }

  /** The channel that argument `i` names; a new one if there is none yet. */
  findOrAdd(args: Args, i: number): Channel<S> {
    const hash = this.hash(args, i);
    const found = this.findHashed(args, i, hash);
    if (found !== undefined) return found;
    const channel = new Channel<S>(args.copy(i), hash);
    this.byName.add(channel);
    this.all.add(channel);
    return channel;
  }

  /** Takes out a channel that nobody listens to any more. */
  remove(channel: Channel<S>): void {
    this.all.delete(channel);
    this.byName.remove(channel);
  }

  private hash({ bytes, view, start, end }: Args, i: number): number {
    return this.byName.hash(bytes, view, start[i], end[i]);
  }

  private findHashed({ bytes, view, start, end }: Args, i: number, hash: number): Channel<S> | undefined {
    return this.byName.find(hash, bytes, view, start[i], end[i]);
  }
}
