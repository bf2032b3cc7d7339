/**
 * Slabs: blocks of up to 32 KiB. A segment is cut into 1024 slabs of 64 KiB; a slab holds blocks of one size class.
 *
 *   size class      16-byte steps up to 1 KiB, then four steps a doubling
 *   slab            | block | block | … | not carved yet |        freed blocks are threaded through their first word
 *   per slab        class, first free block, blocks live, blocks carved, neighbours in its list
 *   per class       a list of slabs that have room; allocation takes from the first
 *   per segment     a list of slabs that no class owns
 *
 * Fresh slabs are carved on demand, not threaded beforehand: memory is touched only when a block is used. Slabs go back
 * to their segment when the last block is freed; a slab's number is `ref >>> 12`, which is how `free` finds it.
 *
 * Slabs are taken from the lowest segment that has one, so that data which shrinks gathers in the low segments and the
 * high ones empty. An empty segment is released once the others have slabs to spare.
 */
import type { Arena, Ref } from './arena.ts';

export const SLAB_BLOCK_LIMIT_BYTES = 32 * 1024;
const SLAB_UNITS = 4096;
const SLABS_PER_SEGMENT = 1024;
const FINE_CLASSES = 64;
const COARSE_DOUBLINGS = 5;
const STEPS_PER_DOUBLING = 4;
const CLASS_COUNT = 1 + FINE_CLASSES + COARSE_DOUBLINGS * STEPS_PER_DOUBLING;
const NONE = -1;
/** A slab that no class owns. */
const UNOWNED = 0;
/** An empty segment is kept until the others have this many slabs (16 MiB) that no class owns. */
const SPARE_SLABS = 256;
export const NO_SEGMENT = -1;

/** Units of 16 bytes of each class; class 0 is none. */
const CLASS_UNITS = new Int32Array(CLASS_COUNT);
/** Blocks in a slab of each class. */
const CLASS_BLOCKS = new Int32Array(CLASS_COUNT);
/** The class for a number of units. */
const CLASS_OF_UNITS = new Uint8Array(SLAB_BLOCK_LIMIT_BYTES / 16 + 1);

function layOutClasses(): void {
  for (let c = 1; c <= FINE_CLASSES; c++) CLASS_UNITS[c] = c;
  for (let d = 0; d < COARSE_DOUBLINGS; d++) {
    const base = FINE_CLASSES << d;
    for (let s = 1; s <= STEPS_PER_DOUBLING; s++) {
      CLASS_UNITS[FINE_CLASSES + d * STEPS_PER_DOUBLING + s] = base + (base / STEPS_PER_DOUBLING) * s;
    }
  }
  let c = 1;
  for (let units = 1; units < CLASS_OF_UNITS.length; units++) {
    if (units > CLASS_UNITS[c]) c++;
    CLASS_OF_UNITS[units] = c;
  }
  for (let c = 1; c < CLASS_COUNT; c++) CLASS_BLOCKS[c] = Math.floor(SLAB_UNITS / CLASS_UNITS[c]);
}
layOutClasses();

/** The state of all slabs, in parallel arrays indexed by slab number. */
export class Slabs {
  owner = new Uint8Array(0);
  firstFree = new Int32Array(0);
  live = new Uint16Array(0);
  carved = new Uint16Array(0);
  next = new Int32Array(0);
  previous = new Int32Array(0);
  /** The first slab with room of each class. */
  readonly roomy = new Int32Array(CLASS_COUNT).fill(NONE);
  /** The first unowned slab of each segment, and how many there are; `NONE` where the segment holds no slabs. */
  firstUnowned: number[] = [];
  unowned: number[] = [];
  /** Slabs that no class owns, of all segments. */
  unownedTotal = 0;
  /** No segment below this one has an unowned slab. */
  lowest = 0;
  /** An empty segment that was not released. */
  spare = NO_SEGMENT;
  /** Bytes of slabs that a class owns; more than what is used in them by the free and uncarved blocks. */
  ownedBytes = 0;

  /** Makes the slabs of a new segment known, in order of address. */
  addSegment(segment: number): void {
    this.extend((segment + 1) * SLABS_PER_SEGMENT);
    while (this.firstUnowned.length <= segment) {
      this.firstUnowned.push(NONE);
      this.unowned.push(0);
    }
    const first = segment * SLABS_PER_SEGMENT;
    // The first slab of segment 0 is never used: its first block would be named 0.
    const begin = segment === 0 ? first + 1 : first;
    const end = first + SLABS_PER_SEGMENT;
    for (let slab = begin; slab < end; slab++) {
      this.owner[slab] = UNOWNED;
      this.next[slab] = slab + 1 < end ? slab + 1 : NONE;
    }
    this.firstUnowned[segment] = begin;
    this.unowned[segment] = end - begin;
    this.unownedTotal += end - begin;
    this.lowest = Math.min(this.lowest, segment);
  }

  /** Makes the slabs of an empty segment unknown. */
  removeSegment(segment: number): void {
    this.firstUnowned[segment] = NONE;
    this.unownedTotal -= this.unowned[segment];
    this.unowned[segment] = 0;
    if (this.spare === segment) this.spare = NO_SEGMENT;
  }

  /** Forgets every segment; the caller makes known again what it keeps. */
  clear(): void {
    this.owner.fill(UNOWNED);
    this.roomy.fill(NONE);
    this.firstUnowned.fill(NONE);
    this.unowned.fill(0);
    this.unownedTotal = 0;
    this.lowest = 0;
    this.spare = NO_SEGMENT;
    this.ownedBytes = 0;
  }

  private extend(count: number): void {
    if (count <= this.owner.length) return;
    const length = Math.max(count, this.owner.length * 2);
    this.owner = extended(this.owner, new Uint8Array(length));
    this.firstFree = extended(this.firstFree, new Int32Array(length));
    this.live = extended(this.live, new Uint16Array(length));
    this.carved = extended(this.carved, new Uint16Array(length));
    this.next = extended(this.next, new Int32Array(length));
    this.previous = extended(this.previous, new Int32Array(length));
  }
}

function extended<T extends Uint8Array | Uint16Array | Int32Array>(old: T, fresh: T): T {
  fresh.set(old);
  return fresh;
}

/** A block of at least `bytes` bytes. */
export function allocateBlock(arena: Arena, slabs: Slabs, bytes: number): Ref {
  const sizeClass = CLASS_OF_UNITS[bytes === 0 ? 1 : (bytes + 15) >>> 4];
  let slab = slabs.roomy[sizeClass];
  if (slab === NONE) slab = takeSlab(arena, slabs, sizeClass);
  let ref = slabs.firstFree[slab];
  if (ref !== 0) slabs.firstFree[slab] = arena.words[ref >>> 22][(ref & 0x3fffff) << 2];
  else ref = ((slab << 12) + slabs.carved[slab]++ * CLASS_UNITS[sizeClass]) | 0;
  if (++slabs.live[slab] === CLASS_BLOCKS[sizeClass]) unlink(slabs, slab, sizeClass);
  return ref as Ref;
}

/** Frees a block. Returns a segment that holds no slab any more and must be released, or NO_SEGMENT. */
export function freeBlock(arena: Arena, slabs: Slabs, ref: Ref): number {
  const slab = ref >>> 12;
  const sizeClass = slabs.owner[slab];
  if (sizeClass === UNOWNED) throw new Error('freed a block of a slab that holds none');
  arena.words[ref >>> 22][(ref & 0x3fffff) << 2] = slabs.firstFree[slab];
  slabs.firstFree[slab] = ref;
  const live = --slabs.live[slab];
  if (live === CLASS_BLOCKS[sizeClass] - 1) link(slabs, slab, sizeClass);
  if (live > 0 || isKept(slabs, slab, sizeClass)) return NO_SEGMENT;
  return returnSlab(slabs, slab, sizeClass);
}

/**
 * The last slab with room of a class stays, or a class in use would take and return one at every turn. Only in the
 * segment that is never released: elsewhere a few of them would keep whole segments.
 */
function isKept(slabs: Slabs, slab: number, sizeClass: number): boolean {
  return slab < SLABS_PER_SEGMENT && slabs.roomy[sizeClass] === slab && slabs.next[slab] === NONE;
}

/** The size of a block in bytes. */
export function blockBytes(slabs: Slabs, ref: Ref): number {
  return CLASS_UNITS[slabs.owner[ref >>> 12]] << 4;
}

function takeSlab(arena: Arena, slabs: Slabs, sizeClass: number): number {
  let segment = slabs.lowest;
  while (segment < slabs.firstUnowned.length && slabs.firstUnowned[segment] === NONE) segment++;
  if (segment === slabs.firstUnowned.length) segment = arena.addSlabSegment();
  slabs.lowest = segment;
  if (slabs.spare === segment) slabs.spare = NO_SEGMENT;
  const slab = slabs.firstUnowned[segment];
  slabs.firstUnowned[segment] = slabs.next[slab];
  slabs.unowned[segment]--;
  slabs.unownedTotal--;
  slabs.owner[slab] = sizeClass;
  slabs.firstFree[slab] = 0;
  slabs.live[slab] = 0;
  slabs.carved[slab] = 0;
  slabs.ownedBytes += SLAB_UNITS << 4;
  link(slabs, slab, sizeClass);
  return slab;
}

function returnSlab(slabs: Slabs, slab: number, sizeClass: number): number {
  unlink(slabs, slab, sizeClass);
  const segment = Math.floor(slab / SLABS_PER_SEGMENT);
  slabs.owner[slab] = UNOWNED;
  slabs.ownedBytes -= SLAB_UNITS << 4;
  slabs.next[slab] = slabs.firstUnowned[segment];
  slabs.firstUnowned[segment] = slab;
  slabs.lowest = Math.min(slabs.lowest, segment);
  slabs.unownedTotal++;
  // Segment 0 is never released: it is where small data sets live.
  if (++slabs.unowned[segment] === SLABS_PER_SEGMENT && segment !== 0) slabs.spare = segment;
  const spare = slabs.spare;
  if (spare === NO_SEGMENT || slabs.unownedTotal - SLABS_PER_SEGMENT < SPARE_SLABS) return NO_SEGMENT;
  slabs.removeSegment(spare);
  return spare;
}

function link(slabs: Slabs, slab: number, sizeClass: number): void {
  const head = slabs.roomy[sizeClass];
  slabs.next[slab] = head;
  slabs.previous[slab] = NONE;
  if (head !== NONE) slabs.previous[head] = slab;
  slabs.roomy[sizeClass] = slab;
}

function unlink(slabs: Slabs, slab: number, sizeClass: number): void {
  const next = slabs.next[slab];
  const previous = slabs.previous[slab];
  if (previous === NONE) slabs.roomy[sizeClass] = next;
  else slabs.next[previous] = next;
  if (next !== NONE) slabs.previous[next] = previous;
}
