/**
 * The best candidates for eviction seen so far, in order of their score, the best last. Parallel arrays: a pool changes with
 * every eviction, and an object a candidate would be garbage.
 */
import { NO_REF, type Ref } from '../memory/arena.ts';
import type { Database } from './database.ts';

const SIZE = 16;

export class EvictionPool {
  count = 0;
  private readonly databases: (Database | undefined)[] = new Array(SIZE).fill(undefined);
  private readonly refs = new Int32Array(SIZE);
  private readonly hashes = new Int32Array(SIZE);
  private readonly scores = new Float64Array(SIZE);

  /** True when a candidate of this score would get a place. */
  wants(score: number): boolean {
    return this.count < SIZE || score > this.scores[0];
  }

  holds(ref: Ref): boolean {
    for (let i = 0; i < this.count; i++) if (this.refs[i] === ref) return true;
    return false;
  }

  /** Adds a candidate that the pool wants; the worst makes room. */
  add(database: Database, ref: Ref, hash: number, score: number): void {
    let place = this.count;
    if (place === SIZE) {
      let next = 1;
      for (; next < SIZE && this.scores[next] < score; next++) this.copy(next, next - 1);
      place = next - 1;
    } else {
      for (; place > 0 && this.scores[place - 1] > score; place--) this.copy(place - 1, place);
      this.count++;
    }
    this.databases[place] = database;
    this.refs[place] = ref;
    this.hashes[place] = hash;
    this.scores[place] = score;
  }

  /** The best candidate's database; undefined when the pool is empty. */
  get bestDatabase(): Database | undefined {
    return this.count === 0 ? undefined : this.databases[this.count - 1];
  }

  get bestRef(): Ref {
    return this.count === 0 ? NO_REF : (this.refs[this.count - 1] as Ref);
  }

  get bestHash(): number {
    return this.hashes[this.count - 1];
  }

  get bestScore(): number {
    return this.scores[this.count - 1];
  }

  /** Takes the best candidate out. */
  drop(): void {
    this.count--;
    this.databases[this.count] = undefined;
  }

  clear(): void {
    this.count = 0;
    this.databases.fill(undefined);
  }

  private copy(from: number, to: number): void {
    this.databases[to] = this.databases[from];
    this.refs[to] = this.refs[from];
    this.hashes[to] = this.hashes[from];
    this.scores[to] = this.scores[from];
  }
}
