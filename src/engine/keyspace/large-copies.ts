/**
 * Copying values of very many elements in slices, between turns, so that only those wait who want the copy or would change
 * the original.
 *
 * Whoever wants such a copy asks with `prepare` until it says that it is ready, then takes it; whoever would change the
 * original waits until it is taken (`isBusy`). A change by other means, such as a deadline or eviction, gives the copy up:
 * changes are heard of as every listener does. A finished copy that nobody takes is given up soon. The next one of a value
 * that was changed is made at once, or who asks for it might wait for ever.
 *
 * Rejected: sharing the elements until one of the two changes, for the first change would then take as long as the copy.
 */
import type { Change } from '../effects/effects.ts';
import type { Ref } from '../memory/arena.ts';
import { keyBytes } from '../structures/record.ts';
import { encodingOf, headerOf } from '../values/encoding.ts';
import { beginCopy, copyCost, copyPart } from '../values/value.ts';
import type { Database } from './database.ts';
import type { Keyspace } from './keyspace.ts';

/** Values of no more elements are copied at once. */
const AT_ONCE = 8192;
/** Elements copied between two looks at the clock. */
const STEP_ELEMENTS = 256;
/** How long a finished copy waits to be taken, in milliseconds. */
const KEPT_MS = 200;

interface Job {
  readonly database: Database;
  readonly key: Buffer;
  readonly encoding: number;
  /** The original's header. */
  readonly header: Ref;
  readonly copy: Ref;
  /** The element to go on with. */
  next: number;
  /** When the copy was finished, in milliseconds since 1970; NaN until then. */
  finished: number;
}

export class LargeCopies {
  /** Called when the first copy begins and after the last was taken or given up. */
  whenActive: (active: boolean) => void = () => {};
  /** Called when those who wait may ask again. */
  whenReady: () => void = () => {};
  private readonly keyspace: Keyspace;
  private readonly jobs: Job[] = [];
  /** Whose copy was given up last because it changed. The next is made at once: scripts might change it again and again. */
  private contested: Job | undefined;
  private readonly onChanges = (changes: readonly Change[]): void => this.giveUpChanged(changes);

  constructor(keyspace: Keyspace) {
    this.keyspace = keyspace;
  }

  get isActive(): boolean {
    return this.jobs.length > 0;
  }

  /** True when `step` has nothing to copy. */
  get idle(): boolean {
    return this.jobs.every((job) => !Number.isNaN(job.finished));
  }

  /** True when a record's value may be copied now: its copy is made, or it is not large. Otherwise begins the copy. */
  prepare(database: Database, ref: Ref): boolean {
    const { arena } = this.keyspace;
    if (copyCost(arena, ref) <= AT_ONCE) return true;
    const header = headerOf(arena, ref);
    const known = this.jobs.find((job) => job.header === header);
    if (known !== undefined) return !Number.isNaN(known.finished);
    if (this.isContested(database, ref)) return true;
    const encoding = encodingOf(arena, ref);
    const copy = beginCopy(arena, encoding, header);
    const job: Job = { database, key: keyBytes(arena, ref), encoding, header, copy, next: 0, finished: Number.NaN };
    this.jobs.push(job);
    if (this.jobs.length === 1) this.setActive(true);
    return false;
  }

  /**
   * Hands over the finished copy of what a record's value holds outside the record; 0 when there is none, or when the value
   * was changed by an earlier command of the same unit.
   */
  take(ref: Ref): Ref {
    this.giveUpChanged(this.keyspace.effects.pending);
    const header = headerOf(this.keyspace.arena, ref);
    const index = this.jobs.findIndex((job) => job.header === header && !Number.isNaN(job.finished));
    if (index < 0) return 0 as Ref;
    const { copy } = this.jobs[index];
    this.forget(index);
    return copy;
  }

  private isContested(database: Database, ref: Ref): boolean {
    const { contested } = this;
    if (contested?.database !== database || !contested.key.equals(keyBytes(this.keyspace.arena, ref))) return false;
    this.contested = undefined;
    return true;
  }

  /** True when the value of the key `bytes[start..end)` is being copied, or a copy of it waits to be taken. */
  isBusy(database: Database, bytes: Buffer, start: number, end: number): boolean {
    return this.indexOf(database.index, bytes, start, end) >= 0;
  }

  /** Gives up the copy of the value of the key `bytes[start..end)`, if one is being made or waits. */
  giveUpKey(database: Database, bytes: Buffer, start: number, end: number): void {
    const index = this.indexOf(database.index, bytes, start, end);
    if (index >= 0) this.giveUpContested(index);
  }

  /** Copies until everything is copied or `mayGoOn` says stop. */
  step(mayGoOn: () => boolean): void {
    this.giveUpForgotten();
    for (const job of this.jobs) {
      if (!Number.isNaN(job.finished)) continue;
      do {
        if (!mayGoOn()) return;
        job.next = this.copySome(job);
      } while (job.next !== 0);
      job.finished = this.keyspace.now;
      this.whenReady();
    }
  }

  /** Gives up everything: originals are about to vanish or to change their place. */
  giveUpAll(): void {
    while (this.jobs.length > 0) this.giveUp(0);
  }

  private indexOf(database: number, bytes: Buffer, start: number, end: number): number {
    return this.jobs.findIndex((job) => job.database.index === database && job.key.compare(bytes, start, end) === 0);
  }

  private copySome({ encoding, header, copy, next }: Job): number {
    return copyPart(this.keyspace.arena, encoding, header, copy, next, STEP_ELEMENTS, this.keyspace.seed);
  }

  private giveUpChanged(changes: readonly Change[]): void {
    for (const { database, key } of changes) {
      const index = this.indexOf(database, key, 0, key.length);
      if (index >= 0) this.giveUpContested(index);
    }
  }

  private giveUpContested(index: number): void {
    this.contested = this.jobs[index];
    this.giveUp(index);
  }

  private giveUpForgotten(): void {
    const since = this.keyspace.now - KEPT_MS;
    for (let index = this.jobs.length - 1; index >= 0; index--)
      if (this.jobs[index].finished < since) this.giveUp(index);
  }

  private giveUp(index: number): void {
    const { encoding, copy } = this.jobs[index];
    this.keyspace.lazyFree.freeOutside(encoding, copy);
    this.forget(index);
  }

  private forget(index: number): void {
    this.jobs.splice(index, 1);
    if (this.jobs.length === 0) this.setActive(false);
    this.whenReady();
  }

  private setActive(active: boolean): void {
    const { effects } = this.keyspace;
    if (active) effects.subscribe(this.onChanges, 'copies');
    else effects.unsubscribe(this.onChanges);
    this.whenActive(active);
  }
}
