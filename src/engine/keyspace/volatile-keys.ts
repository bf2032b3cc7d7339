/**
 * The keys that have a deadline, in no order: a dense list, so that eviction can draw one with equal chances. Each record
 * keeps its place in the list; leaving puts the last one in the hole. Chunks, so that growing copies nothing.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, VOLATILE_INDEX, wordOf } from '../memory/layout.ts';

const CHUNK_BITS = 14;
const CHUNK = 1 << CHUNK_BITS;

export class VolatileKeys {
  count = 0;
  private readonly chunks: Int32Array[] = [];

  /** Bytes taken. */
  get bytes(): number {
    return this.chunks.length * CHUNK * 4;
  }

  add(arena: Arena, ref: Ref): void {
    const place = this.count++;
    if (place >>> CHUNK_BITS === this.chunks.length) this.chunks.push(new Int32Array(CHUNK));
    this.put(arena, place, ref);
  }

  remove(arena: Arena, ref: Ref): void {
    const place = arena.words[segmentOf(ref)][wordOf(ref) + VOLATILE_INDEX];
    const last = this.at(--this.count);
    if (last !== ref) this.put(arena, place, last);
    // One spare chunk stays, so that a count moving about a boundary does not take and return one each time.
    if (this.chunks.length > (this.count >>> CHUNK_BITS) + 2) this.chunks.pop();
  }

  /** Tells the list that a record now lies at `fresh`, its words copied with it. */
  moved(arena: Arena, fresh: Ref): void {
    this.put(arena, arena.words[segmentOf(fresh)][wordOf(fresh) + VOLATILE_INDEX], fresh);
  }

  at(place: number): Ref {
    return place < this.chunks.length << CHUNK_BITS
      ? (this.chunks[place >>> CHUNK_BITS][place & (CHUNK - 1)] as Ref)
      : NO_REF;
  }

  private put(arena: Arena, place: number, ref: Ref): void {
    this.chunks[place >>> CHUNK_BITS][place & (CHUNK - 1)] = ref;
    arena.words[segmentOf(ref)][wordOf(ref) + VOLATILE_INDEX] = place;
  }
}
