/** A binary heap of things with a deadline, the earliest first. Each knows its place, so that any of them can leave. */
export interface Timed {
  /** Milliseconds since 1970. */
  readonly deadline: number;
  /** Its index in the heap that it is in. */
  place: number;
}

export class Deadlines<T extends Timed> {
  private readonly heap: T[] = [];

  get size(): number {
    return this.heap.length;
  }

  get first(): T | undefined {
    return this.heap[0];
  }

  add(timed: T): void {
    this.heap.push(timed);
    this.rise(timed, this.heap.length - 1);
  }

  remove(timed: T): void {
    const last = this.heap.pop();
    if (last === undefined || last === timed) return;
    const { place } = timed;
    if (!this.rise(last, place)) this.sink(last, place);
  }

  /** Puts `timed` at `place` or nearer to the top; false when it stays there. */
  private rise(timed: T, place: number): boolean {
    let at = place;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      if (this.heap[above].deadline <= timed.deadline) break;
      this.put(this.heap[above], at);
      at = above;
    }
    this.put(timed, at);
    return at !== place;
  }

  private sink(timed: T, place: number): void {
    const { heap } = this;
    let at = place;
    for (let below = 2 * at + 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && heap[below + 1].deadline < heap[below].deadline) below++;
      if (heap[below].deadline >= timed.deadline) break;
      this.put(heap[below], at);
      at = below;
    }
    this.put(timed, at);
  }

  private put(timed: T, place: number): void {
    this.heap[place] = timed;
    timed.place = place;
  }
}
