/** The members that a geospatial search found, and their order. */
import type { GeoArea, ScoreRanges } from '../../bytes/geo-area.ts';
import { distanceWithin, OUTSIDE } from '../../bytes/geo-area.ts';
import { sortFirst, sortStably } from '../../bytes/key-order.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import type { ScoreScan } from '../values/sorted-set-scores.ts';

const INITIAL_POINTS = 256;
/** Room for more is given up before the next search. */
const MOST_KEPT_POINTS = 1 << 16;

/** Reused: `find` begins anew. Allocates only when there are more points than ever lately. */
export class GeoPoints {
  count = 0;
  /** By point: what ScoreScan calls the member, its score, its distance from the centre in meters. */
  handles = new Int32Array(INITIAL_POINTS);
  scores = new Float64Array(INITIAL_POINTS);
  distances = new Float64Array(INITIAL_POINTS);
  /** The points in the order of the result. */
  order = new Int32Array(INITIAL_POINTS);

  /** Finds the members within an area; the first `limit` of them, unless it is 0. */
  find(arena: Arena, ref: Ref, area: GeoArea, ranges: ScoreRanges, scan: ScoreScan, limit: number): void {
    if (this.handles.length > MOST_KEPT_POINTS) this.resize(INITIAL_POINTS);
    this.count = 0;
    for (let i = 0; i < ranges.count; i++) {
      scan.begin(arena, ref, ranges.from[i], ranges.to[i]);
      while (scan.next()) {
        const distance = distanceWithin(area, scan.score);
        if (distance === OUTSIDE) continue;
        this.add(scan.handle, scan.score, distance);
        if (this.count === limit) return;
      }
    }
  }

  /** Sorts by distance; only the first `wanted` need be in their places. */
  sort(wanted: number, isFalling: boolean): void {
    if (wanted < this.count) sortFirst(this.order, this.distances, this.count, wanted, isFalling);
    else sortStably(this.order, this.distances, this.count, isFalling);
  }

  private add(handle: number, score: number, distance: number): void {
    const at = this.count++;
    if (at === this.handles.length) this.resize(at * 2);
    this.handles[at] = handle;
    this.scores[at] = score;
    this.distances[at] = distance;
    this.order[at] = at;
  }

  private resize(length: number): void {
    const { handles, scores, distances, order } = this;
    const kept = Math.min(length, this.count);
    this.handles = new Int32Array(length);
    this.scores = new Float64Array(length);
    this.distances = new Float64Array(length);
    this.order = new Int32Array(length);
    this.handles.set(handles.subarray(0, kept));
    this.scores.set(scores.subarray(0, kept));
    this.distances.set(distances.subarray(0, kept));
    this.order.set(order.subarray(0, kept));
  }
}
