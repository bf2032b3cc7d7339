/**
 * Things by name, found by the name's bytes: channels that somebody listens to, keys that somebody waits for.
 *
 *   buckets   [ • ]──> news ──> sport      a chain a bucket; the name's bytes are hashed and compared where they stand
 *             [   ]
 *             [ • ]──> weather
 *
 * A Map from strings was rejected: it would make a string of the name for each look. And a Map whose entries come and go
 * makes a new table of itself now and then, which the old ones refer to: once the first of them is old, young collections
 * keep them all, and all that they referred to (measured: 100 bytes a request, and collections of 10 to 20 ms). The hash is
 * keyed, as that of the keys is, so that nobody can choose names that collide.
 */
import { equalBytes } from '../../bytes/copy.ts';
import { halfSipHash } from '../../bytes/siphash.ts';

const INITIAL_BUCKETS = 16;

/** What has a name: `bytes[start..end)`. The table threads `next`. */
interface Named<T> {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly hash: number;
  next: T | undefined;
}

export class NameTable<T extends Named<T>> {
  size = 0;
  private readonly seed: { readonly k0: number; readonly k1: number };
  private buckets: (T | undefined)[] = emptyBuckets(INITIAL_BUCKETS);

  /** `seed` is the key of the hash. */
  constructor(seed: { readonly k0: number; readonly k1: number }) {
    this.seed = seed;
  }

  hash(bytes: Buffer, view: DataView, start: number, end: number): number {
    return halfSipHash(bytes, view, start, end, this.seed.k0, this.seed.k1);
  }

  /** What is named `bytes[start..end)`, whose hash is `hash`. */
  find(hash: number, bytes: Buffer, view: DataView, start: number, end: number): T | undefined {
    const { buckets } = this;
    const length = end - start;
    let named = buckets[hash & (buckets.length - 1)];
    for (; named !== undefined; named = named.next) {
      if (named.hash !== hash || named.end - named.start !== length) continue;
      if (equalBytes(named.bytes, named.view, named.start, bytes, view, start, length)) return named;
    }
    return undefined;
  }

  /** Adds what is not there. */
  add(named: T): void {
    if (this.size >= this.buckets.length) this.resize(this.buckets.length * 2);
    this.size++;
    this.put(named);
  }

  /** Takes out what is there. */
  remove(named: T): void {
    const { buckets } = this;
    const bucket = named.hash & (buckets.length - 1);
    let at = buckets[bucket];
    if (at === named) buckets[bucket] = named.next;
    else {
      while (at !== undefined && at.next !== named) at = at.next;
      if (at !== undefined) at.next = named.next;
    }
    named.next = undefined;
    this.size--;
    if (this.size < buckets.length >>> 3 && buckets.length > INITIAL_BUCKETS) this.resize(buckets.length >>> 1);
  }

  /** All that is there, in no order. */
  all(): T[] {
    const all: T[] = [];
    for (const first of this.buckets) for (let named = first; named !== undefined; named = named.next) all.push(named);
    return all;
  }

  private resize(count: number): void {
    const all = this.all();
    this.buckets = emptyBuckets(count);
    for (const named of all) this.put(named);
  }

  private put(named: T): void {
    const bucket = named.hash & (this.buckets.length - 1);
    named.next = this.buckets[bucket];
    this.buckets[bucket] = named;
  }
}

function emptyBuckets<T>(count: number): (T | undefined)[] {
  return new Array<T | undefined>(count).fill(undefined);
}
