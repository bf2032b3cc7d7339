/**
 * Proof that an arena is whole, from its own books.
 *
 * Every live block is found by walking what the arena knows: slabs minus their free lists, page maps, whole segments.
 * Blocks found that way cannot overlap (slabs are cut at multiples of one size, a page map is walked end to end), so what
 * is left to prove is that the books agree with each other and, in `expectBlocks`, with what the caller holds.
 */
import { expect } from 'vitest';
import { type Arena, type Ref, SEGMENT_BYTES } from './arena.ts';
import type { RunSegment } from './runs.ts';

const SLAB_BYTES = 1 << 16;
const SLABS_PER_SEGMENT = 1 << 10;
const PAGES = 1 << 14;
const NONE = -1;
const [FREE, SLABS, RUNS, WHOLE] = [0, 1, 2, 3];

/** The live blocks and their sizes. Fails when the arena's books contradict each other. */
export function liveBlocks(arena: Arena): Map<Ref, number> {
  const live = new Map<Ref, number>();
  const kinds = [...arena.bytes.keys()].map((segment) => arena.kinds[segment]);
  expect(kinds.filter((kind) => kind !== FREE)).toHaveLength(arena.segmentsInUse);
  for (const [segment, kind] of kinds.entries()) {
    checkViews(arena, segment, kind);
    if (kind === SLABS) walkSlabs(arena, segment, live);
    else expect([arena.slabs.firstUnowned[segment] ?? NONE, arena.slabs.unowned[segment] ?? 0]).toEqual([NONE, 0]);
    if (kind === RUNS) walkRuns(runAt(arena, segment), live);
    else expect(arena.runAt[segment]).toBeUndefined();
    if (kind === WHOLE) walkWhole(arena, segment, live);
  }
  checkSlabLists(arena);
  expect(arena.runs.map((run) => run.segment).sort((a, b) => a - b)).toEqual(
    [...kinds.keys()].filter((segment) => kinds[segment] === RUNS),
  );
  expect(arena.reserved).toBe(arena.bytes.reduce((sum, bytes) => sum + bytes.length, 0));
  expect(arena.used).toBe([...live.values()].reduce((sum, size) => sum + size, 0));
  return live;
}

/** Fails unless exactly the blocks in `held` are live, each at least as large as it says. */
export function expectBlocks(arena: Arena, held: ReadonlyMap<Ref, number>): void {
  const live = liveBlocks(arena);
  expect([...live.keys()].sort((a, b) => a - b)).toEqual([...held.keys()].sort((a, b) => a - b));
  for (const [ref, wanted] of held) {
    expect(live.get(ref)).toBeGreaterThanOrEqual(wanted);
    expect(arena.sizeOf(ref)).toBe(live.get(ref));
  }
}

/** Fails unless an arena without blocks has given back all segments but the first and the spare ones. */
export function expectEmpty(arena: Arena): void {
  expectBlocks(arena, new Map());
  const kinds = [...arena.kinds].filter((kind) => kind !== FREE);
  expect(arena.used).toBe(0);
  expect(kinds.filter((kind) => kind === SLABS).length).toBeLessThanOrEqual(1);
  expect(kinds.filter((kind) => kind === RUNS).length).toBeLessThanOrEqual(1);
  expect(kinds.filter((kind) => kind === WHOLE)).toHaveLength(0);
}

function checkViews(arena: Arena, segment: number, kind: number): void {
  const { length, buffer, byteOffset } = arena.bytes[segment];
  const view = arena.views[segment];
  const words = arena.words[segment];
  expect([view.byteLength, words.byteLength]).toEqual([length, length]);
  if (kind === FREE) expect(length).toBe(0);
  else {
    expect([view.buffer === buffer, words.buffer === buffer]).toEqual([true, true]);
    expect([view.byteOffset, words.byteOffset]).toEqual([byteOffset, byteOffset]);
  }
  if (kind === SLABS || kind === RUNS) expect(length).toBe(SEGMENT_BYTES);
}

function walkSlabs(arena: Arena, segment: number, live: Map<Ref, number>): void {
  const { slabs } = arena;
  const first = segment * SLABS_PER_SEGMENT;
  const unowned = new Set<number>();
  for (let slab = slabs.firstUnowned[segment]; slab !== NONE; slab = slabs.next[slab]) {
    expect([slab >= first, slab < first + SLABS_PER_SEGMENT, unowned.has(slab)]).toEqual([true, true, false]);
    unowned.add(slab);
  }
  expect(slabs.unowned[segment]).toBe(unowned.size);
  // The first slab of segment 0 belongs to nobody: its first block would be named 0.
  for (let slab = segment === 0 ? 1 : first; slab < first + SLABS_PER_SEGMENT; slab++) {
    expect(unowned.has(slab)).toBe(slabs.owner[slab] === 0);
    if (slabs.owner[slab] !== 0) walkSlab(arena, slab, live);
  }
}

function walkSlab(arena: Arena, slab: number, live: Map<Ref, number>): void {
  const { slabs } = arena;
  const start = (slab << 12) | 0;
  const bytes = arena.sizeOf(start as Ref);
  const carved = slabs.carved[slab];
  expect(carved * bytes).toBeLessThanOrEqual(SLAB_BYTES);
  const free = new Set<number>();
  for (let ref = slabs.firstFree[slab]; ref !== 0; ref = arena.words[ref >>> 22][(ref & 0x3fffff) << 2]) {
    const index = (ref - start) / (bytes / 16);
    expect([Number.isInteger(index), index >= 0, index < carved, free.has(ref)]).toEqual([true, true, true, false]);
    free.add(ref);
  }
  expect(slabs.live[slab]).toBe(carved - free.size);
  for (let i = 0; i < carved; i++) {
    const ref = (start + (i * bytes) / 16) | 0;
    if (!free.has(ref)) live.set(ref as Ref, bytes);
  }
}

function checkSlabLists(arena: Arena): void {
  const { slabs } = arena;
  let owned = 0;
  const roomy = new Set<number>();
  for (const [sizeClass, head] of slabs.roomy.entries()) {
    let previous = NONE;
    for (let slab = head; slab !== NONE; slab = slabs.next[slab]) {
      expect([slabs.owner[slab], slabs.previous[slab], roomy.has(slab)]).toEqual([sizeClass, previous, false]);
      roomy.add(slab);
      previous = slab;
    }
  }
  for (let slab = 0; slab < slabs.owner.length; slab++) {
    if (slabs.owner[slab] === 0) continue;
    owned++;
    const bytes = arena.sizeOf((slab << 12) as Ref);
    expect(roomy.has(slab)).toBe(slabs.live[slab] < Math.floor(SLAB_BYTES / bytes));
  }
  expect(slabs.ownedBytes).toBe(owned * SLAB_BYTES);
  expect(slabs.unownedTotal).toBe(slabs.unowned.reduce((sum, count) => sum + count, 0));
  expect(slabs.unowned.slice(0, slabs.lowest).every((count) => count === 0)).toBe(true);
  if (slabs.spare !== NONE) expect(slabs.unowned[slabs.spare]).toBe(SLABS_PER_SEGMENT);
}

function runAt(arena: Arena, segment: number): RunSegment {
  const run = arena.runAt[segment];
  if (run === undefined) expect.fail(`segment ${segment} of runs has no page map`);
  expect(run.segment).toBe(segment);
  return run;
}

function walkRuns(run: RunSegment, live: Map<Ref, number>): void {
  const free = new Map<number, number>();
  let freePages = 0;
  let wasFree = false;
  for (let page = 0; page < PAGES; ) {
    const length = Math.abs(run.lengths[page]);
    const isFree = run.lengths[page] < 0;
    expect([length > 0, page + length <= PAGES, isFree && wasFree]).toEqual([true, true, false]);
    if (isFree) {
      expect(run.lengths[page + length - 1]).toBe(-length);
      free.set(page, length);
      freePages += length;
    } else live.set(((run.segment << 22) | (page << 8)) as Ref, length * 4096);
    wasFree = isFree;
    page += length;
  }
  expect(run.freePages).toBe(freePages);
  for (const [bin, head] of run.bins.entries()) {
    let previous = NONE;
    for (let page = head; page !== NONE; page = run.next[page]) {
      const length = free.get(page) ?? 0;
      expect([length >= 2 ** bin, length < 2 ** (bin + 1), run.previous[page]]).toEqual([true, true, previous]);
      free.delete(page);
      previous = page;
    }
  }
  expect([...free]).toEqual([]);
}

function walkWhole(arena: Arena, segment: number, live: Map<Ref, number>): void {
  const span = arena.spans[segment];
  if (span === 0) {
    // In the middle of a block that began in an earlier segment.
    const first = [...live.keys()].at(-1) ?? 0;
    expect((first >>> 22) + arena.spans[first >>> 22]).toBeGreaterThan(segment);
    return;
  }
  for (let i = 1; i < span; i++) {
    expect(arena.kinds[segment + i]).toBe(WHOLE);
    expect(arena.bytes[segment + i]).toHaveLength(SEGMENT_BYTES);
  }
  live.set((segment << 22) as Ref, arena.bytes[segment].length * span);
}
