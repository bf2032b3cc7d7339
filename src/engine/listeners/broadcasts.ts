/**
 * BCAST: clients that are told of every key that begins with a prefix, whether they have read it or not.
 *
 * What changes in a turn is gathered by prefix and told at its end, in one message a prefix: a key that was changed a
 * thousand times stands in it once. A key finds its prefixes by name: it is cut to each length that some prefix has, so that
 * a thousand clients with prefixes of their own cost a change no more than one.
 */
import { keyName } from './key-name.ts';
import type { Tracker } from './tracker.ts';

interface Changed {
  readonly key: Buffer;
  /** The number of the client that changed it last, `NOBODY` for a deadline or an eviction. */
  by: number;
}

interface Group {
  readonly prefix: string;
  readonly trackers: Set<Tracker>;
  /** Keys changed in this turn, by name. */
  changed: Map<string, Changed>;
}

/** No client: their numbers begin with 1. */
export const NOBODY = 0;

export class Broadcasts {
  private readonly groups = new Map<string, Group>();
  /** Lengths of prefixes, and how many have each. */
  private readonly lengths = new Map<number, number>();
  /** Groups with keys that were changed in this turn. */
  private readonly due = new Set<Group>();

  /** How many different prefixes there are. */
  get count(): number {
    return this.groups.size;
  }

  /** Tells a client of the keys that begin with `prefix` as well. */
  add(tracker: Tracker, prefix: string): void {
    let group = this.groups.get(prefix);
    if (group === undefined) {
      group = { prefix, trackers: new Set(), changed: new Map() };
      this.groups.set(prefix, group);
      this.lengths.set(prefix.length, (this.lengths.get(prefix.length) ?? 0) + 1);
    }
    group.trackers.add(tracker);
    tracker.prefixes.add(prefix);
  }

  /** Tells a client of nothing any more. */
  remove(tracker: Tracker): void {
    for (const prefix of tracker.prefixes) {
      const group = this.groups.get(prefix);
      group?.trackers.delete(tracker);
      if (group?.trackers.size === 0) this.drop(group);
    }
    tracker.prefixes.clear();
  }

  /** Notes that a key was changed by a client. True when it is the first of this turn that somebody is to be told of. */
  note(key: Buffer, by: number): boolean {
    const wasIdle = this.due.size === 0;
    const name = keyName(key);
    for (const length of this.lengths.keys()) {
      if (length > name.length) continue;
      const group = this.groups.get(name.slice(0, length));
      if (group === undefined) continue;
      const known = group.changed.get(name);
      if (known === undefined) group.changed.set(name, { key, by });
      else known.by = by;
      this.due.add(group);
    }
    return wasIdle && this.due.size > 0;
  }

  /** Ends the turn: `tell` gets clients and the keys that were changed under a prefix of theirs, in order. */
  giveOut(tell: (trackers: readonly Tracker[], keys: readonly Buffer[]) => void): void {
    if (this.due.size === 0) return;
    const groups = [...this.due].sort((a, b) => (a.prefix < b.prefix ? -1 : 1));
    this.due.clear();
    for (const group of groups) {
      const changed = [...group.changed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
      const trackers = [...group.trackers];
      group.changed = new Map();
      tell(
        trackers.filter(({ isNoLoop }) => !isNoLoop),
        changed.map(({ key }) => key),
      );
      for (const tracker of trackers) {
        if (!tracker.isNoLoop) continue;
        const keys = changed.filter(({ by }) => by !== tracker.client).map(({ key }) => key);
        if (keys.length > 0) tell([tracker], keys);
      }
    }
  }

  private drop(group: Group): void {
    const { prefix } = group;
    this.groups.delete(prefix);
    this.due.delete(group);
    const left = (this.lengths.get(prefix.length) ?? 0) - 1;
    if (left > 0) this.lengths.set(prefix.length, left);
    else this.lengths.delete(prefix.length);
  }
}
