/**
 * The arena: where every key and value lives, off the JavaScript heap.
 *
 * Memory is taken from the system in segments of 64 MiB, each one `Buffer` with three views of the same bytes. A block is
 * named by a 32-bit `Ref`: segment (10 bits) | offset in 16-byte units (22 bits), so 64 GiB can be addressed and a
 * reference fits a slot of an `Int32Array`. The garbage collector sees one object a segment and never a key.
 *
 *   block size            where it lives                                        file
 *   up to 32 KiB          slabs of 64 KiB, all blocks of a slab one size        slabs.ts
 *   up to 32 MiB          runs of 4 KiB pages, neighbours joined when freed     runs.ts
 *   above                 a segment of its own size
 *
 * The size of a block follows from its address, so `free` needs none and records store no capacity. `used` is exact: the
 * sum of the sizes of live blocks. Segments that empty are given back to the system; of slabs and of runs one each may
 * stay, or a value coming and going at the edge of a segment would take and return 64 MiB each time.
 *
 * Rejected: one JavaScript buffer a value (an object a key, and 100 ns to make), a single growing buffer (a copy of
 * everything at each growth), compacting on free (references would need two owners).
 */
import { allocateRun, freeRun, isEmpty, newRunSegment, RUN_LIMIT_BYTES, type RunSegment, runBytes } from './runs.ts';
import { allocateBlock, blockBytes, freeBlock, NO_SEGMENT, SLAB_BLOCK_LIMIT_BYTES, Slabs } from './slabs.ts';

/** The name of a block; 0 is none. Compare only for equality: the upper half is negative. */
export type Ref = number & { readonly ref?: unique symbol };

export const NO_REF = 0 as Ref;
export const SEGMENT_BYTES = 1 << 26;
const SEGMENT_COUNT = 1 << 10;
/** Blocks that must be zero and are at least this large come zeroed from the system, page by page as they are touched. */
const FRESH_ZEROES_BYTES = 1 << 22;
/** malloc returns addresses 16 bytes after a page boundary; this offset makes 64-byte blocks whole cache lines. */
const CACHE_LINE_OFFSET_BYTES = 48;
/** What a segment's memory needs beside its blocks: the offset, and rounding up to whole units. */
const PADDING_BYTES = CACHE_LINE_OFFSET_BYTES + 15;
/**
 * Below this many free segments writes are refused (see `nearlyFull`): one command brings up to a query buffer of values
 * (1 GiB), and each value above 32 MiB takes a segment.
 */
const SPARE_SEGMENTS = 64;

const NOTHING = Buffer.alloc(0);
const NO_WORDS = new Int32Array(0);
const NO_VIEW = new DataView(new ArrayBuffer(0));

/** What a segment holds. */
const FREE = 0;
const SLABS = 1;
const RUNS = 2;
const WHOLE = 3;

export class Arena {
  /** The three views of each segment, indexed by `ref >>> 22`. */
  readonly bytes: Buffer[] = [];
  readonly views: DataView[] = [];
  readonly words: Int32Array[] = [];
  readonly slabs = new Slabs();
  /** Bytes of all live blocks. */
  used = 0;
  /** Bytes of all segments. */
  reserved = 0;
  /**
   * Where `used` should stay below: structures put off growing for speed alone when that would pass it. The blocks
   * that data needs are not refused.
   */
  growthLimitBytes = Number.POSITIVE_INFINITY;
  /** What each segment holds. These five are the arena's own books; only its checker reads them too. */
  readonly kinds = new Uint8Array(SEGMENT_COUNT);
  /** Segments that a whole block takes, at its first. */
  readonly spans = new Uint16Array(SEGMENT_COUNT);
  readonly runs: RunSegment[] = [];
  /** The same by segment. */
  readonly runAt: (RunSegment | undefined)[] = new Array(SEGMENT_COUNT);
  segmentsInUse = 0;

  /** A block of at least `bytes` bytes; its content is whatever was there. */
  allocate(bytes: number): Ref {
    const ref =
      bytes <= SLAB_BLOCK_LIMIT_BYTES
        ? allocateBlock(this, this.slabs, bytes)
        : bytes <= RUN_LIMIT_BYTES
          ? this.allocateRun(bytes)
          : this.allocateWhole(bytes);
    this.used += this.sizeOf(ref);
    return ref;
  }

  /**
   * A block of at least `bytes` zero bytes. One larger than a segment is given consecutive segments, each whole, so that
   * adding units to its Ref carries into the next segment; other blocks above a segment's size lie in one long segment.
   */
  allocateZeroed(bytes: number): Ref {
    if (bytes >= FRESH_ZEROES_BYTES) {
      const ref = this.allocateSpan(bytes);
      this.used += this.sizeOf(ref);
      return ref;
    }
    const ref = this.allocate(bytes);
    const start = (ref & 0x3fffff) << 4;
    this.bytes[ref >>> 22].fill(0, start, start + bytes);
    return ref;
  }

  /** True when `allocateZeroed` of so many bytes leaves `used` within `growthLimitBytes`. */
  mayGrowBy(bytes: number): boolean {
    return this.used + bytes <= this.growthLimitBytes;
  }

  /** True when enough segments in a row are free for `allocateZeroed` of so many bytes. */
  hasSegmentsFor(bytes: number): boolean {
    return bytes < FRESH_ZEROES_BYTES || this.findFree(1, Math.ceil(bytes / SEGMENT_BYTES)) !== NO_SEGMENT;
  }

  free(ref: Ref): void {
    this.used -= this.sizeOf(ref);
    const segment = ref >>> 22;
    switch (this.kinds[segment]) {
      case SLABS: {
        const released = freeBlock(this, this.slabs, ref);
        if (released !== NO_SEGMENT) this.releaseSegment(released);
        return;
      }
      case RUNS:
        this.freeRun(ref);
        return;
      case WHOLE:
        for (let i = this.spans[segment] - 1; i >= 0; i--) this.releaseSegment(segment + i);
        return;
      default:
        throw new Error('freed a block that is not in the arena');
    }
  }

  /**
   * Frees every block at once, in no time whatever their number: all Refs are void. Segment 0 stays, the others go back to
   * the system.
   */
  clear(): void {
    for (let segment = 0; segment < this.bytes.length; segment++) {
      const kind = this.kinds[segment];
      if (kind !== FREE && (segment !== 0 || kind !== SLABS)) this.releaseSegment(segment);
    }
    this.runs.length = 0;
    this.runAt.fill(undefined);
    this.slabs.clear();
    if (this.kinds[0] === SLABS) this.slabs.addSegment(0);
    this.used = 0;
  }

  /** The bytes a block can hold, at least what was asked for. */
  sizeOf(ref: Ref): number {
    const segment = ref >>> 22;
    switch (this.kinds[segment]) {
      case SLABS:
        return blockBytes(this.slabs, ref);
      case RUNS:
        return runBytes(this.runOf(segment), ref);
      case WHOLE:
        return this.bytes[segment].length * this.spans[segment];
      default:
        throw new Error('asked the size of a block that is not in the arena');
    }
  }

  /** True when too few segments are left for any command to be safe; writes are refused then. */
  get nearlyFull(): boolean {
    return SEGMENT_COUNT - this.segmentsInUse < SPARE_SEGMENTS;
  }

  /** Takes a segment for slabs; returns its index. */
  addSlabSegment(): number {
    // Only slabs may lie in segment 0: their first block there is never handed out, so that no block is named 0.
    const index = this.takeSegment(
      SLABS,
      this.freeSegments(0, 1),
      Buffer.allocUnsafeSlow(SEGMENT_BYTES + PADDING_BYTES),
    );
    this.slabs.addSegment(index);
    return index;
  }

  private allocateRun(bytes: number): Ref {
    for (const run of this.runs) {
      const ref = allocateRun(run, bytes);
      if (ref !== NO_REF) return ref;
    }
    const index = this.takeSegment(
      RUNS,
      this.freeSegments(1, 1),
      Buffer.allocUnsafeSlow(SEGMENT_BYTES + PADDING_BYTES),
    );
    const run = newRunSegment(index);
    this.runs.push(run);
    this.runAt[index] = run;
    return allocateRun(run, bytes);
  }

  private freeRun(ref: Ref): void {
    const run = this.runOf(ref >>> 22);
    if (freeRun(run, ref) && this.runs.some((other) => other !== run && isEmpty(other))) {
      this.runs.splice(this.runs.indexOf(run), 1);
      this.runAt[run.segment] = undefined;
      this.releaseSegment(run.segment);
    }
  }

  private runOf(segment: number): RunSegment {
    const run = this.runAt[segment];
    if (run === undefined) throw new Error('a segment of runs has no page map');
    return run;
  }

  private allocateWhole(bytes: number): Ref {
    const index = this.takeSegment(WHOLE, this.freeSegments(1, 1), Buffer.allocUnsafeSlow(bytes + PADDING_BYTES));
    this.spans[index] = 1;
    return (index << 22) as Ref;
  }

  private allocateSpan(bytes: number): Ref {
    const count = Math.ceil(bytes / SEGMENT_BYTES);
    const first = this.freeSegments(1, count);
    const each = count === 1 ? bytes : SEGMENT_BYTES;
    for (let i = 0; i < count; i++) {
      this.takeSegment(WHOLE, first + i, Buffer.from(new ArrayBuffer(each + PADDING_BYTES)));
    }
    this.spans[first] = count;
    return (first << 22) as Ref;
  }

  private freeSegments(from: number, count: number): number {
    const first = this.findFree(from, count);
    if (first === NO_SEGMENT) throw new Error(`the arena is full: of 1024 segments ${this.segmentsInUse} are in use`);
    return first;
  }

  /** The first of `count` consecutive free segments, from `from` on. */
  private findFree(from: number, count: number): number {
    let run = 0;
    for (let index = from; index < SEGMENT_COUNT; index++) {
      run = this.kinds[index] === FREE ? run + 1 : 0;
      if (run === count) return index - count + 1;
    }
    return NO_SEGMENT;
  }

  private takeSegment(kind: number, index: number, memory: Buffer): number {
    while (this.bytes.length <= index) {
      this.bytes.push(NOTHING);
      this.views.push(NO_VIEW);
      this.words.push(NO_WORDS);
    }
    const room = memory.length - CACHE_LINE_OFFSET_BYTES;
    const length = room - (room % 16);
    const offset = memory.byteOffset + CACHE_LINE_OFFSET_BYTES;
    this.bytes[index] = Buffer.from(memory.buffer, offset, length);
    this.views[index] = new DataView(memory.buffer, offset, length);
    this.words[index] = new Int32Array(memory.buffer, offset, length / 4);
    this.kinds[index] = kind;
    this.segmentsInUse++;
    this.reserved += length;
    return index;
  }

  private releaseSegment(index: number): void {
    this.reserved -= this.bytes[index].length;
    this.bytes[index] = NOTHING;
    this.views[index] = NO_VIEW;
    this.words[index] = NO_WORDS;
    this.kinds[index] = FREE;
    this.spans[index] = 0;
    this.segmentsInUse--;
  }
}
