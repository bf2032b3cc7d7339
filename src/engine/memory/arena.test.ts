import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectBlocks, expectEmpty, liveBlocks } from './arena.testing.ts';
import { Arena, NO_REF, type Ref, SEGMENT_BYTES } from './arena.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const SLAB_LIMIT = 32 * KIB;
const RUN_LIMIT = 32 * MIB;

/** The sizes at which another block size begins: 16-byte steps, four steps a doubling, pages, the limits. */
function boundaries(): number[] {
  const sizes: number[] = [];
  for (let size = 16; size <= KIB; size += 16) sizes.push(size);
  for (let base = KIB; base < SLAB_LIMIT; base *= 2) for (let s = 1; s <= 4; s++) sizes.push(base + (base / 4) * s);
  for (const pages of [8, 9, 16, 17, 255, 256, 4096, 8191]) sizes.push(pages * 4096);
  sizes.push(RUN_LIMIT, 40 * MIB);
  return sizes;
}

/** Writes a block's own number at its ends and every 4 KiB, so that a block that overlaps another is found out. */
function mark(arena: Arena, ref: Ref, bytes: number, value: number): void {
  const start = (ref & 0x3fffff) << 4;
  const view = arena.views[ref >>> 22];
  for (let at = 0; at + 4 <= bytes; at += 4096) view.setInt32(start + at, value);
  if (bytes >= 4) view.setInt32(start + bytes - 4, value);
}

function expectMark(arena: Arena, ref: Ref, bytes: number, value: number): void {
  const start = (ref & 0x3fffff) << 4;
  const view = arena.views[ref >>> 22];
  if (bytes < 4) return;
  for (let at = 0; at + 4 <= bytes - 4; at += 4096) if (view.getInt32(start + at) !== value) expect.fail('overwritten');
  expect(view.getInt32(start + bytes - 4)).toBe(value);
}

describe('arena', () => {
  it('gives blocks of at least the size asked for, at most a quarter larger, on both sides of every boundary', () => {
    const arena = new Arena();
    const held = new Map<Ref, number>();
    for (const boundary of boundaries()) {
      for (const bytes of [boundary - 1, boundary, boundary + 1]) {
        const ref = arena.allocate(bytes);
        const size = arena.sizeOf(ref);
        expect(size).toBeGreaterThanOrEqual(bytes);
        expect(size).toBeLessThanOrEqual(Math.max(bytes + 15, bytes < SLAB_LIMIT ? bytes * 1.25 : bytes + 4095));
        if (bytes === boundary) expect(size).toBe(bytes);
        held.set(ref, bytes);
      }
    }
    expect(held.has(NO_REF)).toBe(false);
    expectBlocks(arena, held);
    for (const ref of held.keys()) arena.free(ref);
    expectEmpty(arena);
  });

  it('counts an empty block as one unit', () => {
    const arena = new Arena();
    expect(arena.sizeOf(arena.allocate(0))).toBe(16);
    expect(arena.used).toBe(16);
  });

  it('keeps blocks apart over thousands of operations', () => {
    const small = fc.integer({ min: 0, max: 600 });
    const slab = fc.integer({ min: 0, max: SLAB_LIMIT + 1 });
    const run = fc.integer({ min: SLAB_LIMIT, max: 3 * MIB });
    const large = fc.integer({ min: 20 * MIB, max: 36 * MIB });
    const size = fc.oneof(
      { weight: 60, arbitrary: small },
      { weight: 30, arbitrary: slab },
      { weight: 20, arbitrary: run },
      { weight: 1, arbitrary: large },
    );
    const step = fc.record({ allocate: fc.boolean(), zeroed: fc.boolean(), bytes: size, pick: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 300, maxLength: 1500, size: 'max' }), (steps) => {
        const arena = new Arena();
        const blocks: { ref: Ref; bytes: number; value: number }[] = [];
        for (const [i, { allocate, zeroed, bytes, pick }] of steps.entries()) {
          // Phases of growth and of shrinking, so that slabs and runs fill and empty.
          if (blocks.length === 0 || (allocate ? i % 400 < 330 : i % 400 < 150)) {
            const ref = zeroed ? arena.allocateZeroed(bytes) : arena.allocate(bytes);
            mark(arena, ref, bytes, i);
            blocks.push({ ref, bytes, value: i });
          } else {
            const [block] = blocks.splice(pick % blocks.length, 1);
            expectMark(arena, block.ref, block.bytes, block.value);
            arena.free(block.ref);
          }
        }
        for (const { ref, bytes, value } of blocks) expectMark(arena, ref, bytes, value);
        expectBlocks(arena, new Map(blocks.map(({ ref, bytes }) => [ref, bytes])));
        for (const { ref } of blocks) arena.free(ref);
        expectEmpty(arena);
      }),
      { numRuns: 5 },
    );
  });

  it('is whole after every single operation', () => {
    const size = fc.oneof(fc.constantFrom(16, 32, 32 * KIB, 28 * KIB, 40 * KIB), fc.integer({ min: 0, max: 5 * MIB }));
    fc.assert(
      fc.property(fc.array(fc.tuple(size, fc.nat()), { maxLength: 40 }), (steps) => {
        const arena = new Arena();
        const held = new Map<Ref, number>();
        for (const [bytes, pick] of steps) {
          if (pick % 3 > 0 || held.size === 0) held.set(arena.allocate(bytes), bytes);
          else {
            const ref = [...held.keys()][pick % held.size];
            arena.free(ref);
            held.delete(ref);
          }
          expectBlocks(arena, held);
        }
      }),
      { numRuns: 8 },
    );
  });

  it('gives zeroes even where something was before', () => {
    const arena = new Arena();
    for (const bytes of [1, 16, 17, 100, KIB, 5000, SLAB_LIMIT, SLAB_LIMIT + 1, MIB, 4 * MIB - 1, 4 * MIB, 5 * MIB]) {
      const dirty = Array.from({ length: 3 }, () => arena.allocate(bytes));
      for (const ref of dirty)
        arena.bytes[ref >>> 22].fill(0xff, (ref & 0x3fffff) << 4, ((ref & 0x3fffff) << 4) + bytes);
      for (const ref of dirty) arena.free(ref);
      for (let i = 0; i < 4; i++) {
        const ref = arena.allocateZeroed(bytes);
        const start = (ref & 0x3fffff) << 4;
        expect(Buffer.alloc(bytes).equals(arena.bytes[ref >>> 22].subarray(start, start + bytes))).toBe(true);
      }
    }
  });

  it('spreads a zeroed block over consecutive segments, reached by adding units to its Ref', () => {
    const arena = new Arena();
    const before = arena.allocate(40 * MIB);
    for (const bytes of [SEGMENT_BYTES, SEGMENT_BYTES + 16, 3 * SEGMENT_BYTES]) {
      const ref = arena.allocateZeroed(bytes);
      expect(arena.sizeOf(ref)).toBe(Math.ceil(bytes / SEGMENT_BYTES) * SEGMENT_BYTES);
      for (let unit = 0; unit < bytes / 16; unit += 4096 * 16) {
        const place = ref + unit;
        expect(arena.words[place >>> 22][(place & 0x3fffff) << 2]).toBe(0);
        arena.words[place >>> 22][(place & 0x3fffff) << 2] = unit + 1;
      }
      for (let unit = 0; unit < bytes / 16; unit += 4096 * 16) {
        const place = ref + unit;
        expect(arena.words[place >>> 22][(place & 0x3fffff) << 2]).toBe(unit + 1);
      }
      const held = new Map([
        [before, 40 * MIB],
        [ref, bytes],
      ]);
      expectBlocks(arena, held);
      arena.free(ref);
    }
    arena.free(before);
    expectEmpty(arena);
  });

  it('finds a hole for a span between other segments', () => {
    const arena = new Arena();
    const singles = Array.from({ length: 6 }, () => arena.allocateZeroed(4 * MIB));
    for (const i of [1, 3, 4]) arena.free(singles[i]);
    const pair = arena.allocateZeroed(2 * SEGMENT_BYTES);
    expect(pair).toBe(singles[3]);
    expectBlocks(arena, new Map([...[0, 2, 5].map((i) => [singles[i], 4 * MIB] as const), [pair, 2 * SEGMENT_BYTES]]));
  });

  it('gives segments back when shrinking data empties them, whatever the order', () => {
    const arena = new Arena();
    const sizes = [16, 48, 80, 272, 1000, 1100, 2000, 5000, 12_000, 32_000];
    const blocks: Ref[] = [];
    while (arena.reserved < 4 * SEGMENT_BYTES) blocks.push(arena.allocate(sizes[blocks.length % sizes.length]));
    // One block in a hundred stays, in every segment; then they go too.
    const staying = blocks.filter((_, i) => i % 100 === 7);
    for (const [i, ref] of blocks.entries()) if (i % 100 !== 7) arena.free(ref);
    expect(liveBlocks(arena).size).toBe(staying.length);
    for (const ref of staying) arena.free(ref);
    expectEmpty(arena);
    expect(arena.reserved).toBe(SEGMENT_BYTES);
  });

  it('takes no segment twice for a block that comes and goes at the edge of one', () => {
    for (const bytes of [32 * KIB, MIB]) {
      const arena = new Arena();
      arena.allocate(bytes);
      const reserved = arena.reserved;
      while (arena.reserved === reserved) arena.allocate(bytes);
      // The newest block begins a segment of its own.
      const newest = [...liveBlocks(arena).keys()].at(-1) ?? NO_REF;
      arena.free(newest);
      const memory = arena.bytes[newest >>> 22];
      expect(memory.length).toBe(SEGMENT_BYTES);
      arena.allocate(bytes);
      expect(arena.bytes[newest >>> 22]).toBe(memory);
    }
  });

  it('uses a freed block again before it takes more', () => {
    const arena = new Arena();
    const refs = Array.from({ length: 1000 }, () => arena.allocate(48));
    const owned = arena.slabs.ownedBytes;
    for (let round = 0; round < 50; round++) {
      for (const [i, ref] of refs.entries()) if (i % 2 === round % 2) arena.free(ref);
      for (const i of refs.keys()) if (i % 2 === round % 2) refs[i] = arena.allocate(48);
    }
    expect(arena.slabs.ownedBytes).toBe(owned);
    expect(new Set(refs).size).toBe(1000);
  });

  it('joins freed runs with their neighbours', () => {
    const arena = new Arena();
    const runs = Array.from({ length: 16 }, () => arena.allocate(4 * MIB));
    expect(new Set(runs.map((ref) => ref >>> 22)).size).toBe(1);
    for (const i of [3, 5, 4, 0, 1, 2, 6, 7]) arena.free(runs[i]);
    expect(arena.allocate(32 * MIB)).toBe(runs[0]);
    expect(arena.reserved).toBe(SEGMENT_BYTES);
  });

  it('clears everything at once', () => {
    const arena = new Arena();
    const sizes = [16, 1000, 20_000, 100_000, 5 * MIB, 40 * MIB];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 6000; i++) arena.allocate(sizes[i % 3]);
      for (const bytes of sizes) arena.allocateZeroed(bytes);
      arena.allocateZeroed(SEGMENT_BYTES + 1);
      liveBlocks(arena);
      arena.clear();
      expectEmpty(arena);
      expect(arena.reserved).toBe(SEGMENT_BYTES);
    }
  });

  it('says what may grow and what there is room for', () => {
    const arena = new Arena();
    expect(arena.mayGrowBy(2 ** 50)).toBe(true);
    arena.growthLimitBytes = MIB;
    arena.allocate(16);
    expect([arena.mayGrowBy(MIB - 16), arena.mayGrowBy(MIB)]).toEqual([true, false]);
    expect(arena.nearlyFull).toBe(false);
    // Segment 0 holds slabs: 1023 are left for a span, and none reaches around a block in their middle.
    expect([arena.hasSegmentsFor(1023 * SEGMENT_BYTES), arena.hasSegmentsFor(1024 * SEGMENT_BYTES)]).toEqual([
      true,
      false,
    ]);
    const blocks = Array.from({ length: 10 }, () => arena.allocateZeroed(4 * MIB));
    for (const ref of blocks.slice(0, 9)) arena.free(ref);
    expect([arena.hasSegmentsFor(1013 * SEGMENT_BYTES), arena.hasSegmentsFor(1014 * SEGMENT_BYTES)]).toEqual([
      true,
      false,
    ]);
  });

  it('refuses a Ref it never gave', () => {
    const arena = new Arena();
    arena.allocate(16);
    expect(() => arena.free((5 << 22) as Ref)).toThrow('not in the arena');
    expect(() => arena.sizeOf((5 << 22) as Ref)).toThrow('not in the arena');
    expect(() => arena.free(((900 << 12) | 0) as Ref)).toThrow();
    const run = arena.allocate(100 * KIB);
    expect(() => arena.free((run + 256) as Ref)).toThrow('not in use');
  });

  it('tells when it is nearly full and throws when it is', () => {
    const arena = new Arena();
    // The books are made to say so: a thousand segments of memory would be too much for a test.
    arena.kinds.fill(3, 1, 1024);
    arena.segmentsInUse = 1000;
    expect(arena.nearlyFull).toBe(true);
    expect(() => arena.allocate(40 * MIB)).toThrow('the arena is full');
  });
});
