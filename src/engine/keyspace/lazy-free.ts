/**
 * Freeing what is large in slices, between turns: a flushed database or a collection of a million members is taken out at
 * once and its blocks are freed a few at a time. What waits here is still counted as used memory.
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { freeTable } from '../structures/hashtable.ts';
import { tableDrain } from '../structures/hashtable-walk.ts';
import { encodingOf, headerOf, isOutside } from '../values/encoding.ts';
import { drainValue } from '../values/value.ts';

/** Buckets emptied between two looks at the clock. */
const STEP_BUCKETS = 64;
/** Elements freed between two looks at the clock; a value with no more is freed at once. */
const STEP_ELEMENTS = 512;

/** A table of key records, or a value that stood outside its record. */
interface Job {
  readonly block: Ref;
  /** The value's encoding; undefined for a table of keys. */
  readonly encoding: number | undefined;
  /** The bucket or element to go on with. */
  next: number;
}

export class LazyFree {
  private readonly arena: Arena;
  private readonly jobs: Job[] = [];
  /** Objects waiting to be freed. */
  pending = 0;
  /** Objects freed here since the start. */
  freed = 0;

  constructor(arena: Arena) {
    this.arena = arena;
  }

  get idle(): boolean {
    return this.jobs.length === 0;
  }

  /** Takes over a table of key records that nothing refers to any more. */
  addTable(table: Ref, objects: number): void {
    this.jobs.push({ block: table, encoding: undefined, next: 0 });
    this.pending += objects;
  }

  /** Frees what a record's value holds outside the record: now if that is little, else in slices. The record stays. */
  freeValue(ref: Ref): void {
    const encoding = encodingOf(this.arena, ref);
    if (!isOutside(encoding)) return;
    this.freeOutside(encoding, headerOf(this.arena, ref));
  }

  /** Frees a value outside a record that nothing refers to any more: now if that is little, else in slices. */
  freeOutside(encoding: number, block: Ref): void {
    const next = drainValue(this.arena, encoding, block, 0, STEP_ELEMENTS);
    if (next === 0) return;
    this.jobs.push({ block, encoding, next });
    this.pending++;
  }

  /** Frees a record that is in no table any more, and its value. */
  freeRecord(ref: Ref): void {
    this.freeValue(ref);
    this.arena.free(ref);
  }

  /** Frees until nothing is left or `mayGoOn` says stop. */
  step(mayGoOn: () => boolean): void {
    while (this.jobs.length > 0 && mayGoOn()) this.slice();
  }

  finish(): void {
    while (this.jobs.length > 0) this.slice();
  }

  /** Forgets what waits: the arena was cleared, and with it went `objects` more that would have waited here. */
  forget(objects: number): void {
    this.freed += this.pending + objects;
    this.pending = 0;
    this.jobs.length = 0;
  }

  /** Frees a little of what waits first. */
  slice(): void {
    const job = this.jobs[0];
    const done = job.encoding === undefined ? this.emptyTable(job) : this.emptyValue(job, job.encoding);
    if (done) this.jobs.splice(this.jobs.indexOf(job), 1);
  }

  /** Frees some records of a table; true when it is gone. */
  private emptyTable(job: Job): boolean {
    const before = this.freed;
    job.next = tableDrain(this.arena, job.block, job.next, STEP_BUCKETS, (ref) => {
      this.freeRecord(ref);
      this.freed++;
    });
    this.pending -= this.freed - before;
    if (job.next !== 0) return false;
    freeTable(this.arena, job.block);
    return true;
  }

  /** Frees some elements of a value; true when it is gone. */
  private emptyValue(job: Job, encoding: number): boolean {
    job.next = drainValue(this.arena, encoding, job.block, job.next, STEP_ELEMENTS);
    if (job.next !== 0) return false;
    this.pending--;
    this.freed++;
    return true;
  }
}
