/**
 * A block of a stream: entries with neighbouring IDs in one listpack, laid out as Redis does, so that files and DUMP copy it
 * as it stands.
 *
 *   master   | valid | deleted | fields n | field 1 | … | field n | 0 |
 *   entry    | flags | ms | sequence | value 1 | … | value n | pieces |                         fields as the master's
 *   entry    | flags | ms | sequence | n | field 1 | value 1 | … | field n | value n | pieces |
 *
 * The master repeats the fields of the block's first entry and has its ID, under which the block is found (the ID tree of
 * values/stream.ts). `ms` and `sequence` are what is to be added to that ID, each in 64 bits with wrap-around. `pieces` says
 * how many elements before it belong to the entry, for going backwards; the master's is 0. A deleted entry stays until all
 * of its block are.
 *
 * A block is the listpack from its first byte on, with room behind it to grow.
 */
import type { Halves } from '../../bytes/uint64.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import {
  addToListpackCount,
  EMPTY_LISTPACK_BYTES,
  elementBytes,
  elementInteger,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  listpackBytes,
  newElementBytes,
  setListpackBytes,
  writeElement,
  writeEmptyListpack,
} from './listpack.ts';
import { integerElementBytes, readIntegerElement, writeIntegerElement } from './listpack-integer.ts';
import type { StreamId } from './stream-id.ts';

export const DELETED = 1;
export const SAME_FIELDS = 2;

/** An integer below this is an element of two bytes, of which the first is its value. Nearly all counts are. */
const SMALL_COUNT = 128;

/** Blocks above this many bytes have room for an eighth more when they move to grow. */
const LARGE_BYTES = 8192;

/** Of an entry: flags, milliseconds, sequence. */
const FIXED_PIECES = 3;

/** Where fields and values stand: field and value of pair `i` at 2i and 2i + 1 from the first on. */
export interface FieldSource {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** Counted up whenever entries of a block get another place. */
let moves = 0;

const field = new ListpackCursor();
const halves: Halves = { high: 0, low: 0 };

/** Where a block's listpack begins in its segment's bytes. */
export function blockStart(block: Ref): number {
  return (block & 0x3fffff) << 4;
}

/** Where an entry stands in its block is known as long as this stays the same and the block is its stream's. */
export function blockMoves(): number {
  return moves;
}

/** Frees a block of a stream that goes on. */
export function freeBlock(arena: Arena, block: Ref): void {
  moves = (moves + 1) | 0;
  arena.free(block);
}

/** Bytes of a block's listpack. */
export function blockBytes(arena: Arena, block: Ref): number {
  return listpackBytes(arena.views[block >>> 22], blockStart(block));
}

/** Entries of a block that are not deleted. */
export function validCount(arena: Arena, block: Ref): number {
  return elementInteger(
    arena.bytes[block >>> 22],
    arena.views[block >>> 22],
    blockStart(block) + LISTPACK_HEADER_BYTES,
  );
}

/** Entries of a block that are deleted. */
export function deletedCount(arena: Arena, block: Ref): number {
  const bytes = arena.bytes[block >>> 22];
  const view = arena.views[block >>> 22];
  const p = blockStart(block) + LISTPACK_HEADER_BYTES;
  return elementInteger(bytes, view, p + elementBytes(bytes, view, p));
}

/** A block whose master and only entry have the `pairs` pairs of `source` from `first` on, with `room` bytes in all or more. */
export function newBlock(arena: Arena, source: FieldSource, first: number, pairs: number, room: number): Ref {
  const { bytes: from, view: fromView, start, end } = source;
  const pieces = pairs + FIXED_PIECES;
  let size = EMPTY_LISTPACK_BYTES + 12 + integerElementBytes(0, pairs) + integerElementBytes(0, pieces);
  for (let i = first; i < first + pairs * 2; i++) size += newElementBytes(from, start[i], end[i]);
  const block = arena.allocate(Math.max(size, room));
  const bytes = arena.bytes[block >>> 22];
  const view = arena.views[block >>> 22];
  const pack = blockStart(block);
  writeEmptyListpack(bytes, view, pack);
  let p = writeIntegerElement(bytes, view, pack + LISTPACK_HEADER_BYTES, 0, 1);
  p = writeIntegerElement(bytes, view, p, 0, 0);
  p = writeIntegerElement(bytes, view, p, 0, pairs);
  for (let i = first; i < first + pairs * 2; i += 2) {
    p = writeElement(bytes, view, p, from, fromView, start[i], end[i]);
  }
  p = writeIntegerElement(bytes, view, p, 0, 0);
  p = writeIntegerElement(bytes, view, p, 0, SAME_FIELDS);
  p = writeIntegerElement(bytes, view, p, 0, 0);
  p = writeIntegerElement(bytes, view, p, 0, 0);
  for (let i = first + 1; i < first + pairs * 2; i += 2) {
    p = writeElement(bytes, view, p, from, fromView, start[i], end[i]);
  }
  p = writeIntegerElement(bytes, view, p, 0, pieces);
  bytes[p] = LISTPACK_END;
  setListpackBytes(view, pack, size);
  addToListpackCount(view, pack, pairs + 4 + pieces + 1);
  return block;
}

/**
 * Appends an entry whose ID is behind all of the block, with the `pairs` pairs of `source` from `first` on. The block may move
 * when it grows, then with room ahead, up to `limit` bytes in all unless it is large: use the Ref returned.
 */
export function appendEntry(
  arena: Arena,
  old: Ref,
  master: StreamId,
  id: StreamId,
  source: FieldSource,
  first: number,
  pairs: number,
  limit: number,
): Ref {
  const { bytes: from, view: fromView, start, end } = source;
  const counted = setCounts(arena, old, validCount(arena, old) + 1, deletedCount(arena, old), limit);
  const isSame = hasMasterFields(arena, counted, source, first, pairs);
  const pieces = FIXED_PIECES + (isSame ? pairs : pairs * 2 + 1);
  const sequence = id.sequenceLow - master.sequenceLow;
  const sequenceLow = sequence | 0;
  const sequenceBorrow = id.sequenceLow >>> 0 < master.sequenceLow >>> 0 ? 1 : 0;
  const sequenceHigh = (id.sequenceHigh - master.sequenceHigh - sequenceBorrow) | 0;
  const msLow = (id.msLow - master.msLow) | 0;
  const msBorrow = id.msLow >>> 0 < master.msLow >>> 0 ? 1 : 0;
  const msHigh = (id.msHigh - master.msHigh - msBorrow) | 0;
  let size = 2 + integerElementBytes(msHigh, msLow) + integerElementBytes(sequenceHigh, sequenceLow);
  size += integerElementBytes(0, pieces) + (isSame ? 0 : integerElementBytes(0, pairs));
  const step = isSame ? 2 : 1;
  const last = first + pairs * 2;
  for (let i = first + step - 1; i < last; i += step) size += newElementBytes(from, start[i], end[i]);
  const total = blockBytes(arena, counted);
  const block = roomyBlock(arena, counted, total + size, limit);
  const bytes = arena.bytes[block >>> 22];
  const view = arena.views[block >>> 22];
  const pack = blockStart(block);
  let p = writeIntegerElement(bytes, view, pack + total - 1, 0, isSame ? SAME_FIELDS : 0);
  p = writeIntegerElement(bytes, view, p, msHigh, msLow);
  p = writeIntegerElement(bytes, view, p, sequenceHigh, sequenceLow);
  if (!isSame) p = writeIntegerElement(bytes, view, p, 0, pairs);
  for (let i = first + step - 1; i < last; i += step) {
    p = writeElement(bytes, view, p, from, fromView, start[i], end[i]);
  }
  p = writeIntegerElement(bytes, view, p, 0, pieces);
  bytes[p] = LISTPACK_END;
  setListpackBytes(view, pack, total + size);
  addToListpackCount(view, pack, pieces + 1);
  return block;
}

/** True when the pairs of `source` have the fields of the block's master. */
function hasMasterFields(arena: Arena, block: Ref, source: FieldSource, first: number, pairs: number): boolean {
  const bytes = arena.bytes[block >>> 22];
  const view = arena.views[block >>> 22];
  let p = blockStart(block) + LISTPACK_HEADER_BYTES;
  p += elementBytes(bytes, view, p);
  p += elementBytes(bytes, view, p);
  if (elementInteger(bytes, view, p) !== pairs) return false;
  p += elementBytes(bytes, view, p);
  for (let i = first; i < first + pairs * 2; i += 2) {
    p = field.read(bytes, view, p);
    if (!field.equals(source.bytes, source.view, source.start[i], source.end[i])) return false;
  }
  return true;
}

/** Deletes the entry at `p`, which is not deleted yet; `p` is counted from the listpack. The block may move: use the Ref returned. */
export function deleteEntry(arena: Arena, block: Ref, offset: number): Ref {
  arena.bytes[block >>> 22][blockStart(block) + offset] |= DELETED;
  return setCounts(arena, block, validCount(arena, block) - 1, deletedCount(arena, block) + 1, 0);
}

/** Writes the master's counts. The block may move: use the Ref returned. */
export function setCounts(arena: Arena, old: Ref, valid: number, deleted: number, limit: number): Ref {
  const oldBytes = arena.bytes[old >>> 22];
  const oldView = arena.views[old >>> 22];
  const at = blockStart(old) + LISTPACK_HEADER_BYTES;
  if (valid < SMALL_COUNT && deleted < SMALL_COUNT && oldBytes[at] < SMALL_COUNT && oldBytes[at + 2] < SMALL_COUNT) {
    oldBytes[at] = valid;
    oldBytes[at + 2] = deleted;
    return old;
  }
  const before = elementBytes(oldBytes, oldView, at);
  const had = before + elementBytes(oldBytes, oldView, at + before);
  const needs = integerElementBytes(0, valid) + integerElementBytes(0, deleted);
  let block = old;
  if (needs !== had) {
    const total = listpackBytes(oldView, blockStart(old));
    block = roomyBlock(arena, old, total + needs - had, limit);
    const pack = blockStart(block);
    const from = pack + LISTPACK_HEADER_BYTES;
    moves = (moves + 1) | 0;
    arena.bytes[block >>> 22].copyWithin(from + needs, from + had, pack + total);
    setListpackBytes(arena.views[block >>> 22], pack, total + needs - had);
  }
  const bytes = arena.bytes[block >>> 22];
  const view = arena.views[block >>> 22];
  const p = writeIntegerElement(bytes, view, blockStart(block) + LISTPACK_HEADER_BYTES, 0, valid);
  writeIntegerElement(bytes, view, p, 0, deleted);
  return block;
}

/**
 * The block with room for `needed` bytes in all, in a larger one if it must move: twice as large, up to `limit` bytes, or
 * larger by an eighth where it is beyond that. Settings allow blocks of which every move takes long.
 */
function roomyBlock(arena: Arena, block: Ref, needed: number, limit: number): Ref {
  const size = arena.sizeOf(block);
  if (needed <= size) return block;
  const ahead = limit > 0 && needed > LARGE_BYTES ? needed >>> 3 : 0;
  return movedBlock(arena, block, Math.max(needed + ahead, Math.min(limit, size * 2)));
}

/** The block without the room it does not need, if that is much. */
export function fittingBlock(arena: Arena, block: Ref): Ref {
  const total = blockBytes(arena, block);
  return arena.sizeOf(block) - total > total >>> 3 ? movedBlock(arena, block, total) : block;
}

function movedBlock(arena: Arena, block: Ref, size: number): Ref {
  const fresh = copyBlock(arena, block, size);
  freeBlock(arena, block);
  return fresh;
}

/** A copy of a block in one of `size` bytes or more. */
export function copyBlock(arena: Arena, block: Ref, size: number): Ref {
  const fresh = arena.allocate(size);
  const from = blockStart(block);
  arena.bytes[block >>> 22].copy(arena.bytes[fresh >>> 22], blockStart(fresh), from, from + blockBytes(arena, block));
  return fresh;
}

/** Adds what an entry's `ms` or `sequence` element says to one of the master's numbers. */
export function addDelta(bytes: Buffer, view: DataView, p: number, high: number, low: number, sum: Halves): void {
  readIntegerElement(bytes, view, p, halves);
  const unsigned = (low >>> 0) + (halves.low >>> 0);
  sum.low = unsigned | 0;
  sum.high = (high + halves.high + (unsigned > 0xffffffff ? 1 : 0)) | 0;
}
