/**
 * Freeing what is large in slices, between turns: a flushed database (later: a collection of a million members) is taken
 * out at once and its blocks are freed a few at a time. What waits here is still counted as used memory.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { freeTable } from '../structures/hashtable.ts';
import { tableDrain } from '../structures/hashtable-walk.ts';
import { freeValue } from '../values/value.ts';

/** Buckets emptied between two looks at the clock. */
const STEP_BUCKETS = 64;

interface Job {
  readonly table: Ref;
  nextBucket: number;
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
    this.jobs.push({ table, nextBucket: 0 });
    this.pending += objects;
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

  private slice(): void {
    const job = this.jobs[0];
    const before = this.freed;
    job.nextBucket = tableDrain(this.arena, job.table, job.nextBucket, STEP_BUCKETS, (ref) => {
      freeRecord(this.arena, ref);
      this.freed++;
    });
    this.pending -= this.freed - before;
    if (job.nextBucket !== NO_REF) return;
    freeTable(this.arena, job.table);
    this.jobs.shift();
  }
}

/** Frees a table of key records that nothing refers to any more, and the records, at once. */
export function freeRecords(arena: Arena, table: Ref): void {
  tableDrain(arena, table, 0, Number.POSITIVE_INFINITY, (ref) => freeRecord(arena, ref));
  freeTable(arena, table);
}

function freeRecord(arena: Arena, ref: Ref): void {
  freeValue(arena, ref);
  arena.free(ref);
}
