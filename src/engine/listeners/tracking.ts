/**
 * Client-side caching: clients keep copies of what they have read and are told when it changes.
 *
 *   a command has read keys   → tracking-table.ts remembers who
 *   a key changes             → who has read it is told, and the key forgotten until it is read again
 *   end of the turn           → those who want to know of all keys with a prefix are told (broadcasts.ts)
 *
 * What is a read, and how the message looks: dispatch/tracked-reads.ts, dispatch/invalidations.ts.
 *
 * What a command has changed is looked at as soon as it has run, inside EXEC and scripts too, before what it has read is
 * remembered: a key that is changed and read in one unit stays remembered, and each client's own changes are known as its
 * own. Others are told at once, before any message that the unit publishes; whoever is being replied to is told behind the
 * reply. What changes outside of commands, by deadlines and eviction, comes with the commit.
 *
 * As in Redis, keys are known by name whatever their database, a flush of any database tells everybody to forget
 * everything, and SWAPDB tells nobody anything.
 *
 * While no client has ever asked to track, or all who have are gone, nothing is remembered and no change is listened to.
 */
import type { Args } from '../../protocol/args.ts';
import { ALL_KEYS, type Change, concernsValue } from '../effects/effects.ts';
import { FLUSHED } from '../effects/events.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { Broadcasts, NOBODY } from './broadcasts.ts';
import { Tracker } from './tracker.ts';
import { TrackingTable } from './tracking-table.ts';

/** In the place of keys that have changed: all of them. */
export const EVERYTHING: readonly Buffer[] = [ALL_KEYS];
/** For each key that may be remembered the table may take so many bytes, long keys and many clients included. */
const BYTES_A_KEY = 256;
/** The table may always take this much. */
const FREE_BYTES = 1024 * 1024;
/** Keys forgotten before a command while the table is too full; so many more with each command that finds it so. */
const EFFORT = 100;

/** What a client that tracks may choose. */
export interface TrackingOptions {
  readonly isBroadcast: boolean;
  readonly isOptIn: boolean;
  readonly isOptOut: boolean;
  readonly isNoLoop: boolean;
  /** The number of the client that is told in its place, 0 for none. */
  readonly redirect: number;
  readonly prefixes: readonly string[];
}

export class Tracking {
  /** Tells clients that keys are no longer what they were. */
  tell: (trackers: readonly Tracker[], keys: readonly Buffer[]) => void = () => {};
  /** Called when `endTurn` will have something to tell. */
  whenDue: () => void = () => {};
  /** Called when the table becomes too full for the next command to run before `makeRoom`, and when no longer. */
  whenFull: (isFull: boolean) => void = () => {};
  /** tracking-table-max-keys; 0 is no limit. */
  maxKeys = 0;
  /** False when nobody is to be told of anything. */
  isActive = false;
  private readonly keyspace: Keyspace;
  private readonly broadcasts = new Broadcasts();
  /** Those who have ever asked to track, by number. */
  private readonly trackers = new Map<number, Tracker>();
  private table: TrackingTable | undefined;
  /** How many of the changes not committed yet were looked at. */
  private looked = 0;
  private isFull = false;
  /** How many commands in a row found the table too full. */
  private strain = 0;
  private readonly onChanges = (changes: readonly Change[]): void => {
    this.look(changes, NOBODY, NOBODY);
    this.looked = 0;
  };

  constructor(keyspace: Keyspace) {
    this.keyspace = keyspace;
  }

  /** How many clients track. */
  get clients(): number {
    let count = 0;
    for (const { isOn } of this.trackers.values()) if (isOn) count++;
    return count;
  }

  get totalKeys(): number {
    return this.table?.keys ?? 0;
  }

  get totalItems(): number {
    return this.table?.items ?? 0;
  }

  get totalPrefixes(): number {
    return this.broadcasts.count;
  }

  /** Memory that the table takes. */
  get bytes(): number {
    return this.table?.bytes ?? 0;
  }

  /** A client asks to track for the first time. */
  join(client: number): Tracker {
    if (!this.isActive) this.activate();
    const tracker = new Tracker(client);
    this.trackers.set(client, tracker);
    return tracker;
  }

  /** Begins to track for a client, or goes on with other options; prefixes are added to those it has. */
  start(tracker: Tracker, options: TrackingOptions): void {
    tracker.isOn = true;
    tracker.isBroadcast = options.isBroadcast;
    tracker.isOptIn = options.isOptIn;
    tracker.isOptOut = options.isOptOut;
    tracker.isNoLoop = options.isNoLoop;
    tracker.redirect = options.redirect;
    tracker.isRedirectBroken = false;
    if (!options.isBroadcast) return;
    if (options.prefixes.length === 0) this.broadcasts.add(tracker, '');
    for (const prefix of options.prefixes) this.broadcasts.add(tracker, prefix);
  }

  /** Tells a client nothing any more. What it has read stays remembered, in case it begins again. */
  stop(tracker: Tracker): void {
    this.broadcasts.remove(tracker);
    tracker.isOn = false;
    tracker.isBroadcast = false;
    tracker.isOptIn = false;
    tracker.isOptOut = false;
    tracker.isNoLoop = false;
    tracker.isCaching = false;
    tracker.isRedirectBroken = false;
  }

  /** Forgets a client that is no more. */
  leave(tracker: Tracker): void {
    this.stop(tracker);
    this.trackers.delete(tracker.client);
    if (this.trackers.size === 0) this.deactivate();
  }

  /** A command of a client, or of its script, has run: looks at what it has changed. */
  ran(client: number, isScript: boolean): void {
    this.look(this.keyspace.effects.pending, client, isScript ? NOBODY : client);
  }

  /** Remembers that a client has read the key of argument `i`, whose hash is known. */
  remember({ client }: Tracker, hash: number, args: Args, i: number): void {
    const { table } = this;
    if (table === undefined) return;
    table.add(args.bytes, args.view, args.start[i], args.end[i], hash, client);
    if (!this.isFull) this.judge();
  }

  /** Before a command, and from time to time: forgets keys as if they had changed while there are too many. */
  makeRoom(): void {
    if (!this.isFull || this.table === undefined) return;
    this.strain++;
    for (let left = EFFORT * this.strain; left > 0 && this.isTooFull(this.table); left--) {
      const readers = this.table.takeAny(this.keyspace.random);
      if (readers !== undefined) this.tellReaders(readers.key, readers.clients, NOBODY);
    }
    this.judge();
  }

  /** Takes a limit of keys that the table must not go beyond. */
  limit(maxKeys: number): void {
    this.maxKeys = maxKeys;
    this.judge();
  }

  /** Tells those who want to know of all keys with a prefix what has changed in this turn. */
  endTurn(): void {
    if (this.isActive) this.broadcasts.giveOut(this.tell);
  }

  private activate(): void {
    const { effects, seed } = this.keyspace;
    this.isActive = true;
    this.table = new TrackingTable(seed, (client) => !this.trackers.has(client));
    // What this unit has changed before is nobody's concern.
    this.looked = effects.pending.length;
    effects.subscribe(this.onChanges, 'tracking');
  }

  private deactivate(): void {
    this.isActive = false;
    this.table = undefined;
    this.keyspace.effects.unsubscribe(this.onChanges);
    this.judge();
  }

  /**
   * Looks at changes that were not looked at yet; `by` is the number of the client that made them. Broadcasts go by the
   * author: as in Redis, they tell a client of what its scripts change whether it wants to know of its own changes or not.
   */
  private look(changes: readonly Change[], by: number, author: number): void {
    // What was looked at before is of another command.
    let before: Change | undefined;
    for (; this.looked < changes.length; this.looked++) {
      const change = changes[this.looked];
      if (change.key === ALL_KEYS) {
        if (change.event === FLUSHED && !isSameFlush(change, before)) this.flush();
      } else if (concernsValue(change)) this.note(change.key, by, isReclaimed(change, before) ? NOBODY : author);
      before = change;
    }
  }

  private note(key: Buffer, by: number, author: number): void {
    if (this.broadcasts.count > 0 && this.broadcasts.note(key, author)) this.whenDue();
    const readers = this.table?.take(key);
    if (readers !== undefined) this.tellReaders(key, readers.clients, by);
  }

  private tellReaders(key: Buffer, clients: readonly number[], by: number): void {
    const told: Tracker[] = [];
    for (const client of clients) {
      const tracker = this.trackers.get(client);
      if (tracker === undefined || !tracker.isOn || tracker.isBroadcast) continue;
      if (!tracker.isNoLoop || client !== by) told.push(tracker);
    }
    if (told.length > 0) this.tell(told, [key]);
  }

  private flush(): void {
    this.table?.clear();
    this.tell(
      [...this.trackers.values()].filter(({ isOn }) => isOn),
      EVERYTHING,
    );
  }

  private isTooFull({ keys, bytes }: TrackingTable): boolean {
    const { maxKeys } = this;
    return maxKeys > 0 && (keys > maxKeys || bytes > Math.max(FREE_BYTES, maxKeys * BYTES_A_KEY));
  }

  /** Finds out whether the table is too full. */
  private judge(): void {
    const isFull = this.table !== undefined && this.isTooFull(this.table);
    if (!isFull) this.strain = 0;
    if (isFull === this.isFull) return;
    this.isFull = isFull;
    this.whenFull(isFull);
  }
}

/** FLUSHALL is one change of each database, in their order. */
function isSameFlush({ database }: Change, before: Change | undefined): boolean {
  return before !== undefined && before.event === FLUSHED && before.database < database;
}

/** Whether no client wanted a change: a deadline has passed, memory was needed. A hash goes with the last of its fields. */
function isReclaimed({ event, key }: Change, before: Change | undefined): boolean {
  if (event === 'expired' || event === 'evicted' || event === 'hexpired') return true;
  return event === 'del' && before?.event === 'hexpired' && before.key.equals(key);
}
