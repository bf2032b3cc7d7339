/** The header of a stream: where its words stand. See stream.ts. */
import type { Halves } from '../../bytes/uint64.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { wordOf } from '../memory/layout.ts';
import { newIdTree } from '../structures/id-tree.ts';
import { readIdAt, type StreamId, writeIdAt } from '../structures/stream-id.ts';

const HEADER_BYTES = 76;
/** Words of the header. */
const BLOCKS = 0;
const GROUPS = 1;
const LENGTH = 2;
const ADDED = 4;
/** What `readHeaderId` and `writeHeaderId` take. */
export const LAST_ID = 6;
export const FIRST_ID = 10;
export const GREATEST_DELETED_ID = 14;
const IDEMPOTENCE = 18;

/** An empty stream; its name is the value's header. */
export function newStream(arena: Arena): Ref {
  const stream = arena.allocateZeroed(HEADER_BYTES);
  const blocks = newIdTree(arena, 1);
  arena.words[stream >>> 22][wordOf(stream) + BLOCKS] = blocks;
  return stream;
}

/** The tree of blocks. */
export function blocksOf(arena: Arena, stream: Ref): Ref {
  return arena.words[stream >>> 22][((stream & 0x3fffff) << 2) + BLOCKS] as Ref;
}

export function streamLength(arena: Arena, stream: Ref): number {
  return arena.views[stream >>> 22].getFloat64((wordOf(stream) + LENGTH) << 2, true);
}

export function setStreamLength(arena: Arena, stream: Ref, length: number): void {
  arena.views[stream >>> 22].setFloat64((wordOf(stream) + LENGTH) << 2, length, true);
}

/** Reads one of the header's three IDs. */
export function readHeaderId(arena: Arena, stream: Ref, which: number, id: StreamId): void {
  readIdAt(arena.words[stream >>> 22], wordOf(stream) + which, id);
}

export function writeHeaderId(arena: Arena, stream: Ref, which: number, id: StreamId): void {
  writeIdAt(arena.words[stream >>> 22], wordOf(stream) + which, id);
}

/** Reads how many entries were ever added. */
export function readAdded(arena: Arena, stream: Ref, added: Halves): void {
  const words = arena.words[stream >>> 22];
  const at = wordOf(stream) + ADDED;
  added.high = words[at];
  added.low = words[at + 1];
}

export function writeAdded(arena: Arena, stream: Ref, high: number, low: number): void {
  const words = arena.words[stream >>> 22];
  const at = wordOf(stream) + ADDED;
  words[at] = high;
  words[at + 1] = low;
}

/** Notes that an entry of this ID was added behind all others. */
export function countAppended(arena: Arena, stream: Ref, id: StreamId): void {
  const words = arena.words[stream >>> 22];
  const at = wordOf(stream);
  const length = streamLength(arena, stream) + 1;
  setStreamLength(arena, stream, length);
  words[at + ADDED + 1] = (words[at + ADDED + 1] + 1) | 0;
  if (words[at + ADDED + 1] === 0) words[at + ADDED]++;
  writeIdAt(words, at + LAST_ID, id);
  if (length === 1) writeIdAt(words, at + FIRST_ID, id);
}

/** The index of groups; 0 when there is none. */
export function groupIndexOf(arena: Arena, stream: Ref): Ref {
  return arena.words[stream >>> 22][((stream & 0x3fffff) << 2) + GROUPS] as Ref;
}

export function setGroupIndex(arena: Arena, stream: Ref, index: Ref): void {
  arena.words[stream >>> 22][wordOf(stream) + GROUPS] = index;
}

/** Names another tree of blocks, or none any more. */
export function setBlocks(arena: Arena, stream: Ref, blocks: Ref): void {
  arena.words[stream >>> 22][wordOf(stream) + BLOCKS] = blocks;
}

/** What is known of producers (stream-idempotence.ts); 0 when nothing is. */
export function idempotenceOf(arena: Arena, stream: Ref): Ref {
  return arena.words[stream >>> 22][wordOf(stream) + IDEMPOTENCE] as Ref;
}

export function setIdempotence(arena: Arena, stream: Ref, idempotence: Ref): void {
  arena.words[stream >>> 22][wordOf(stream) + IDEMPOTENCE] = idempotence;
}
