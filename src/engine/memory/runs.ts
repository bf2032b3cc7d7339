/**
 * Runs: blocks of 32 KiB to 32 MiB, as whole pages of 4 KiB inside a segment.
 *
 * A map of the segment's 16,384 pages tells the runs: at a run's first page its length, positive in use, negative free; a
 * free run says so at its last page too, so that a freed neighbour finds it and joins. Free runs are listed by the power
 * of two of their length; allocation takes the first that fits from its own list, or any from the next larger one.
 */
import type { Ref } from './arena.ts';

const PAGE_BYTES = 4096;
const PAGES = 1 << 14;
const UNITS_PER_PAGE = PAGE_BYTES >>> 4;
const BINS = 15;
const NONE = -1;
export const RUN_LIMIT_BYTES = 1 << 25;

/** The page map of one segment. */
export interface RunSegment {
  readonly segment: number;
  readonly lengths: Int32Array;
  readonly next: Int32Array;
  readonly previous: Int32Array;
  readonly bins: Int32Array;
  freePages: number;
}

export function newRunSegment(segment: number): RunSegment {
  const run: RunSegment = {
    segment,
    lengths: new Int32Array(PAGES),
    next: new Int32Array(PAGES),
    previous: new Int32Array(PAGES),
    bins: new Int32Array(BINS).fill(NONE),
    freePages: 0,
  };
  putFree(run, 0, PAGES);
  run.freePages = PAGES;
  return run;
}

/** A run of at least `bytes` bytes, or 0 when the segment has none. */
export function allocateRun(run: RunSegment, bytes: number): Ref {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  if (pages > run.freePages) return 0 as Ref;
  const page = findFree(run, pages);
  if (page === NONE) return 0 as Ref;
  const length = -run.lengths[page];
  takeFree(run, page, length);
  if (length > pages) putFree(run, page + pages, length - pages);
  run.lengths[page] = pages;
  run.freePages -= pages;
  return ((run.segment << 22) | (page * UNITS_PER_PAGE)) as Ref;
}

/** Frees a run. True when the segment holds nothing any more. */
export function freeRun(run: RunSegment, ref: Ref): boolean {
  let page = pageOf(ref);
  let length = run.lengths[page];
  if (length <= 0) throw new Error('freed a run that is not in use');
  run.lengths[page] = 0;
  run.freePages += length;
  const after = page + length;
  if (after < PAGES && run.lengths[after] < 0) {
    const joined = -run.lengths[after];
    takeFree(run, after, joined);
    length += joined;
  }
  if (page > 0 && run.lengths[page - 1] < 0) {
    const joined = -run.lengths[page - 1];
    takeFree(run, page - joined, joined);
    page -= joined;
    length += joined;
  }
  putFree(run, page, length);
  return isEmpty(run);
}

/** True when the segment holds no run. */
export function isEmpty(run: RunSegment): boolean {
  return run.freePages === PAGES;
}

/** The size of a run in bytes. */
export function runBytes(run: RunSegment, ref: Ref): number {
  return run.lengths[pageOf(ref)] * PAGE_BYTES;
}

function pageOf(ref: Ref): number {
  return (ref & 0x3fffff) / UNITS_PER_PAGE;
}

function binOf(pages: number): number {
  return 31 - Math.clz32(pages);
}

function findFree(run: RunSegment, pages: number): number {
  let bin = binOf(pages);
  for (let page = run.bins[bin]; page !== NONE; page = run.next[page]) if (-run.lengths[page] >= pages) return page;
  for (bin++; bin < BINS; bin++) if (run.bins[bin] !== NONE) return run.bins[bin];
  return NONE;
}

function putFree(run: RunSegment, page: number, length: number): void {
  const bin = binOf(length);
  const head = run.bins[bin];
  run.next[page] = head;
  run.previous[page] = NONE;
  if (head !== NONE) run.previous[head] = page;
  run.bins[bin] = page;
  run.lengths[page + length - 1] = -length;
  run.lengths[page] = -length;
}

function takeFree(run: RunSegment, page: number, length: number): void {
  const next = run.next[page];
  const previous = run.previous[page];
  if (previous === NONE) run.bins[binOf(length)] = next;
  else run.next[previous] = next;
  if (next !== NONE) run.previous[next] = previous;
  run.lengths[page] = 0;
  run.lengths[page + length - 1] = 0;
}
