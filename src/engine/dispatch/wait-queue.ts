/**
 * Those who wait for one key, who came first first.
 *
 *   queue  first ──> Place ──> Place <── last        a wait for several keys has a place in the queue of each
 *                    wait      wait
 *
 * A place that is given up refers to no other any more: a chain of dead ones would outlive young collections.
 */
import { copyBytes } from '../../bytes/copy.ts';
import type { NameTable } from '../listeners/name-table.ts';

/** Queues of longer keys are not used again for others. */
const KEPT_BYTES = 256;
const NO_BYTES = Buffer.alloc(0);
const NO_VIEW = new DataView(NO_BYTES.buffer, 0, 0);

/** Where a wait of type W stands in a queue. */
export class Place<W> {
  readonly wait: W;
  queue: WaitQueue<W> | undefined = undefined;
  before: Place<W> | undefined = undefined;
  behind: Place<W> | undefined = undefined;

  constructor(wait: W) {
    this.wait = wait;
  }
}

export class WaitQueue<W> {
  /** The database that the key is in, and the key. */
  database = 0;
  bytes = NO_BYTES;
  view = NO_VIEW;
  readonly start = 0;
  end = 0;
  hash = 0;
  next: WaitQueue<W> | undefined = undefined;
  first: Place<W> | undefined = undefined;
  last: Place<W> | undefined = undefined;
  /** Its key has changed, and it is to be served; which is next. */
  isReady = false;
  nextReady: WaitQueue<W> | undefined = undefined;
  /** Whom `take` gives next. */
  private cursor: Place<W> | undefined = undefined;

  /** Makes it, while it is empty and in no table, the queue of the key `bytes[start..end)`, which is copied. */
  name(database: number, bytes: Buffer, view: DataView, start: number, end: number, hash: number): void {
    if (end - start > this.bytes.length) {
      this.bytes = Buffer.allocUnsafeSlow(end - start);
      this.view = new DataView(this.bytes.buffer);
    }
    copyBytes(this.bytes, this.view, 0, bytes, view, start, end - start);
    this.end = end - start;
    this.database = database;
    this.hash = hash;
  }

  /** Whether it can be the queue of another key: nobody is in it, and it is not about to be served. */
  get isSpare(): boolean {
    return this.first === undefined && !this.isReady && this.bytes.length <= KEPT_BYTES;
  }

  /** Puts a place that is in no queue at the end; false when its wait has just joined. */
  join(place: Place<W>): boolean {
    const { last } = this;
    if (last?.wait === place.wait) return false;
    place.queue = this;
    place.before = last;
    if (last === undefined) this.first = place;
    else last.behind = place;
    this.last = place;
    return true;
  }

  /** Gives up a place in this queue, which leaves the table when it was the last. */
  leave(place: Place<W>, table: NameTable<WaitQueue<W>>): void {
    const { before, behind } = place;
    if (this.cursor === place) this.cursor = behind;
    if (before === undefined) this.first = behind;
    else before.behind = behind;
    if (behind === undefined) this.last = before;
    else behind.before = before;
    place.queue = undefined;
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
