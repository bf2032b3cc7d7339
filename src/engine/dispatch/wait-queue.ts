/**
 * Those who wait for one key, who came first first.
 *
 *   queue  first ──> Place ──> Place <── last        a wait for several keys has a place in the queue of each
 *                    wait      wait
 *
 * A place that is given up refers to no other any more: a chain of dead ones would outlive young collections.
 */
import type { NameTable } from '../listeners/name-table.ts';

/** Where a wait of type W stands in a queue. */
export class Place<W> {
  readonly wait: W;
  readonly queue: WaitQueue<W>;
  before: Place<W> | undefined;
  behind: Place<W> | undefined = undefined;

  constructor(wait: W, queue: WaitQueue<W>) {
    this.wait = wait;
    this.queue = queue;
    this.before = queue.last;
  }
}

export class WaitQueue<W> {
  /** The database that the key is in, and the key. */
  readonly database: number;
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
  readonly hash: number;
  next: WaitQueue<W> | undefined = undefined;
  first: Place<W> | undefined = undefined;
  last: Place<W> | undefined = undefined;
  /** Its key has changed, and it is to be served; which is next. */
  isReady = false;
  nextReady: WaitQueue<W> | undefined = undefined;
  /** Whom `take` gives next. */
  private cursor: Place<W> | undefined = undefined;

  /** The key is `bytes[start..end)`, which the queue keeps. */
  constructor(database: number, bytes: Buffer, view: DataView, start: number, end: number, hash: number) {
    this.database = database;
    this.bytes = bytes;
    this.view = view;
    this.start = start;
    this.end = end;
    this.hash = hash;
  }

  /** A place at the end for a wait; the one it has already if it has just joined. */
  join(wait: W): Place<W> | undefined {
    const { last } = this;
    if (last?.wait === wait) return undefined;
    const place = new Place(wait, this);
    if (last === undefined) this.first = place;
    else last.behind = place;
    this.last = place;
    return place;
  }

  /** Gives up a place in this queue, which leaves the table when it was the last. */
  leave(place: Place<W>, table: NameTable<WaitQueue<W>>): void {
    const { before, behind } = place;
    if (this.cursor === place) this.cursor = behind;
    if (before === undefined) this.first = behind;
    else before.behind = behind;
    if (behind === undefined) this.last = before;
    else behind.before = before;
    place.before = undefined;
    place.behind = undefined;
    if (this.first === undefined) table.remove(this);
  }

  /** Begins to go through the queue from the front; whoever was going through it already is at its end. */
  rewind(): void {
    this.cursor = this.first;
  }

  /** The next to be served, if there is one: it may leave meanwhile, as may any other. */
  take(): W | undefined {
    const { cursor } = this;
    this.cursor = cursor?.behind;
    return cursor?.wait;
  }

  /** Ends going through the queue. */
  stop(): void {
    this.cursor = undefined;
  }
}
