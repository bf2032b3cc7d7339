/**
 * What changed, recorded low and published high: `keyspace.close` records, dispatch commits once, at the end of the
 * outermost unit (a command, EXEC, a script, an expiry sweep, an eviction).
 *
 * Subscribers are called in the order of their stages, whenever they subscribed. While nobody listens a change costs one
 * counter. Whoever waits for keys is asked of each that changes and told in the end that it was one of them, so that others
 * need no copy of their name. A subscriber may change data itself, as waking the blocked does: what it records is published
 * to all, in the same order, when the round under way is over, so that no chain of them nests.
 *
 * Two things that happen are no change by themselves: a key was not there for who wanted to read it, a key is new (which
 * some other event tells as well). Those are remarks: recorded among the changes, and only if they are to be told.
 */
import type { Ref } from '../memory/arena.ts';
import { type EventName, FLUSHED, SWAPPED } from './events.ts';

/** One change of a key, or of all keys of a database at once. */
export interface Change {
  readonly event: EventName;
  readonly database: number;
  /** A copy of the key's bytes; `ALL_KEYS` itself when the whole database changed. */
  readonly key: Buffer;
}

/** Stands for every key of a database; a key that is empty is another buffer. */
export const ALL_KEYS: Buffer = Buffer.alloc(0);

/** What happens to the groups of a stream, or to its greatest ID, and not to its entries. */
const BESIDE_VALUE: ReadonlySet<EventName> = new Set([
  'xgroup-create',
  'xgroup-setid',
  'xgroup-destroy',
  'xgroup-createconsumer',
  'xgroup-delconsumer',
  'xsetid',
]);

/** Whether whoever watches a key, or keeps a copy of it, is concerned. */
export function concernsValue(change: Change): boolean {
  return isChange(change) && !BESIDE_VALUE.has(change.event);
}

export type Subscriber = (changes: readonly Change[]) => void;

/** Who is told when: the order of commit. Behind them all comes the waker. */
const STAGES = ['copies', 'watch', 'tracking', 'notifications', 'log', 'replication'] as const;
export type Stage = (typeof STAGES)[number];
/** Whoever looks at what is pending before the commit sees the same then: remarks among the changes. */
const LOOK_AHEAD: readonly number[] = [
  STAGES.indexOf('watch'),
  STAGES.indexOf('tracking'),
  STAGES.indexOf('notifications'),
];

interface Subscription {
  /** Index of STAGES. */
  readonly stage: number;
  readonly subscriber: Subscriber;
}

/** Whoever wakes those who wait for keys. */
interface Waker {
  /** Whether somebody waits for what happens to a record's key; if so, the key is noted for the next `wake`. */
  awaits(database: number, ref: Ref, event: EventName): boolean;
  /** Some that were noted have changed, or all keys of a database, which `changes` tells. */
  wake(changes: readonly Change[]): void;
}

export class Effects {
  /** Changes since the start, or since the last save: Redis's `dirty`. */
  dirty = 0;
  /** True when somebody wants to know of changes. */
  listening = false;
  /** True when somebody wants to know the keys; only then are they copied. */
  keepsKeys = false;
  /** True while a unit is interrupted: nothing is published before its end. */
  held = false;
  /** Keys that are not there, new keys are to be remarked. */
  tellsMisses = false;
  tellsNew = false;
  /** Called for each of two databases as soon as they have exchanged their keys: at the commit others may be there. */
  whenSwapped: ((database: number) => void) | undefined = undefined;
  private subscriptions: readonly Subscription[] = [];
  private changes: Change[] = [];
  private hasRemarks = false;
  private waker: Waker | undefined = undefined;
  /** Something is to be published. */
  private isPending = false;
  private isCommitting = false;

  /** Adds a subscriber, who is called at one of the stages above, behind those who are there already. */
  subscribe(subscriber: Subscriber, at: Stage = 'notifications'): void {
    const stage = STAGES.indexOf(at);
    const before = this.subscriptions.filter((other) => other.stage <= stage);
    const after = this.subscriptions.filter((other) => other.stage > stage);
    this.subscriptions = [...before, { stage, subscriber }, ...after];
    this.noteListeners();
  }

  unsubscribe(subscriber: Subscriber): void {
    this.subscriptions = this.subscriptions.filter((other) => other.subscriber !== subscriber);
    this.noteListeners();
  }

  /** Sets who is told behind all others, or that nobody waits. */
  setWaker(waker: Waker | undefined): void {
    this.waker = waker;
    this.noteListeners();
  }

  private noteListeners(): void {
    this.keepsKeys = this.subscriptions.length > 0;
    this.listening = this.keepsKeys || this.waker !== undefined;
  }

  /** Adds a change whose key must be kept; only called while `keepsKeys`. */
  record(change: Change): void {
    this.changes.push(change);
    this.isPending = true;
  }

  /** A record changes for which somebody may wait. */
  alert(database: number, ref: Ref, event: EventName): void {
    if (this.waker?.awaits(database, ref, event) === true) this.isPending = true;
  }

  /** Lets the next commit wake those who wait, though nothing may have changed. */
  demandWake(): void {
    this.isPending = true;
  }

  /** Adds what is no change; only called while it is to be told. */
  remark(event: 'keymiss' | 'new', database: number, key: Buffer): void {
    this.record({ event, database, key });
    this.hasRemarks = true;
  }

  /** All keys of a database are gone. */
  flushed(database: number): void {
    if (this.listening) this.record({ event: FLUSHED, database, key: ALL_KEYS });
  }

  /** Two databases have exchanged their keys. */
  swapped(first: number, second: number): void {
    if (!this.listening) return;
    for (const database of [first, second]) {
      this.record({ event: SWAPPED, database, key: ALL_KEYS });
      this.whenSwapped?.(database);
    }
  }

  /** What was recorded and not published yet. */
  get pending(): readonly Change[] {
    return this.changes;
  }

  /** Publishes what was recorded: the one way out of a unit. */
  commit(): void {
    if (this.isPending && !this.isCommitting && !this.held) this.publish();
  }

  private publish(): void {
    this.isCommitting = true;
    try {
      while (this.isPending) {
        this.isPending = false;
        const { changes } = this;
        const real = this.hasRemarks ? changes.filter(isChange) : changes;
        if (changes.length > 0) this.changes = [];
        this.hasRemarks = false;
        for (const { subscriber, stage } of this.subscriptions) {
          subscriber(LOOK_AHEAD.includes(stage) ? changes : real);
        }
        if (this.waker !== undefined) this.waker.wake(real);
      }
    } finally {
      this.isCommitting = false;
    }
  }
}

function isChange({ event }: Change): boolean {
  return event !== 'keymiss' && event !== 'new';
}
