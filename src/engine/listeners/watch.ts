/**
 * WATCH: clients that want to know whether keys change until their EXEC.
 *
 * The first of those who are told of changes, and only while somebody watches. A client one of whose keys was changed
 * watches nothing any more: that is all its EXEC needs to know. A key remembers whether it was there when the watch began,
 * which decides what a change of the whole database means for it, and that a deadline noticed late is no change. Of SWAPDB
 * it is told at once: a second one in the same unit may put everything back.
 */
import { Args } from '../../protocol/args.ts';
import { ALL_KEYS, type Change, concernsValue } from '../effects/effects.ts';
import { FLUSHED } from '../effects/events.ts';
import type { Database } from '../keyspace/database.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { NO_REF } from '../memory/arena.ts';
import { keyName } from './key-name.ts';

/** What one watched key takes in memory beside its bytes, about. */
const WATCHED_BYTES = 160;

interface WatchedKey {
  readonly watcher: Watcher;
  readonly database: number;
  readonly key: Buffer;
  readonly existed: boolean;
}

/** What one client watches. */
export class Watcher {
  readonly keys: WatchedKey[] = [];
  /** A key it watched was changed. */
  isTouched = false;
  /** Memory that its keys take. */
  bytes = 0;
}

export class Watches {
  private readonly keyspace: Keyspace;
  /** By database, then by name. */
  private readonly keys: Map<string, Set<WatchedKey>>[] = [];
  private count = 0;
  /** How many of the changes that an interrupted unit has recorded so far are looked at. */
  private looked = 0;
  /** Holds the key that is looked for. */
  private readonly probe = new Args();
  private readonly onChanges = (changes: readonly Change[]): void => {
    this.look(changes);
    this.looked = 0;
  };
  private readonly onSwap = (database: number): void => {
    this.noteAll(database, (one) => one.existed || this.exists(one));
  };

  constructor(keyspace: Keyspace) {
    this.keyspace = keyspace;
    for (let i = 0; i < keyspace.databases.length; i++) this.keys.push(new Map());
  }

  /** Watches the key of argument `i` as well. */
  watch(watcher: Watcher, database: Database, args: Args, i: number): void {
    // What an interrupted unit has done before does not concern this watch.
    this.look(this.keyspace.effects.pending);
    if (watcher.isTouched) return;
    const key = args.copy(i);
    const name = keyName(key);
    const same = this.keys[database.index].get(name) ?? new Set();
    for (const other of same) if (other.watcher === watcher && other.key.equals(key)) return;
    const watched = { watcher, database: database.index, key, existed: database.find(args, i) !== NO_REF };
    this.keys[database.index].set(name, same.add(watched));
    watcher.keys.push(watched);
    watcher.bytes += key.length + WATCHED_BYTES;
    if (this.count++ === 0) this.listen();
  }

  /** Watches nothing any more. */
  unwatch(watcher: Watcher): void {
    if (watcher.keys.length === 0) return;
    for (const watched of watcher.keys) {
      const names = this.keys[watched.database];
      const name = keyName(watched.key);
      const same = names.get(name);
      same?.delete(watched);
      if (same?.size === 0) names.delete(name);
    }
    this.count -= watcher.keys.length;
    watcher.keys.length = 0;
    watcher.bytes = 0;
    if (this.count === 0) this.ignore();
  }

  /** Whether a key was changed since it is watched, or has passed its deadline. */
  hasChanged(watcher: Watcher): boolean {
    return watcher.isTouched || watcher.keys.some((watched) => watched.existed && !this.exists(watched));
  }

  private listen(): void {
    const { effects } = this.keyspace;
    effects.subscribe(this.onChanges, 'watch');
    effects.whenSwapped = this.onSwap;
  }

  private ignore(): void {
    const { effects } = this.keyspace;
    effects.unsubscribe(this.onChanges);
    effects.whenSwapped = undefined;
  }

  /** Looks at the changes that are new. */
  private look(changes: readonly Change[]): void {
    for (let i = this.looked; i < changes.length; i++) if (concernsValue(changes[i])) this.note(changes[i]);
    this.looked = changes.length;
  }

  private note({ event, database, key }: Change): void {
    const watched = this.keys[database];
    if (watched.size === 0) return;
    if (key === ALL_KEYS) {
      if (event === FLUSHED) this.noteAll(database, ({ existed }) => existed);
      return;
    }
    const same = watched.get(keyName(key));
    if (same === undefined) return;
    // A key that had expired already when the watch began, and is removed only now, was not there all the time.
    for (const one of same) if (one.existed || event !== 'expired') this.touch(one.watcher);
  }

  /** Something happened to all keys of a database; it concerns those who watch what `isChanged` says. */
  private noteAll(database: number, isChanged: (one: WatchedKey) => boolean): void {
    for (const same of this.keys[database].values())
      for (const one of same) if (isChanged(one)) this.touch(one.watcher);
  }

  private touch(watcher: Watcher): void {
    watcher.isTouched = true;
    this.unwatch(watcher);
  }

  private exists({ database, key }: WatchedKey): boolean {
    const { probe } = this;
    probe.attach(key, new DataView(key.buffer, key.byteOffset, key.length));
    probe.count = 0;
    probe.push(0, key.length);
    return this.keyspace.databases[database].find(probe, 0) !== NO_REF;
  }
}
