/**
 * Streams: entries in order of their IDs, in blocks (structures/stream-block.ts) that a tree finds by the ID of their first.
 *
 *   header | blocks | groups | length, 8 bytes | entries ever added, 8 | last ID | first ID | greatest deleted ID |
 *          | idempotence |
 *
 * `groups` is 0 until there is one (values/stream-groups.ts), `idempotence` until it is asked for (stream-idempotence.ts). The number of entries ever added is an integer of 64 bits: it
 * can be set. A stream stays when its last entry goes: its last ID is not forgotten.
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { IdPlace, treeInsert, treeRemove } from '../structures/id-tree.ts';
import { readPlaceId, seekAtMost, seekLast, setWordAt, wordAt } from '../structures/id-tree-walk.ts';
import {
  appendEntry,
  blockBytes,
  deletedCount,
  deleteEntry,
  type FieldSource,
  fittingBlock,
  freeBlock,
  newBlock,
  validCount,
} from '../structures/stream-block.ts';
import { BlockReader } from '../structures/stream-block-reader.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import type { EncodingLimits } from './encoding-limits.ts';
import {
  blocksOf,
  countAppended,
  FIRST_ID,
  GREATEST_DELETED_ID,
  LAST_ID,
  readHeaderId,
  setStreamLength,
  streamLength,
  writeHeaderId,
} from './stream-header.ts';
import { StreamWalk } from './stream-walk.ts';

/** The most bytes that one entry's fields and values may have; no block becomes larger. */
export const MOST_BLOCK_BYTES = 2 ** 30;
/** The most room that a block is given before it needs it. */
const ROOM_LIMIT_BYTES = 8192;

/** What the running function looks at; nothing outlives it in them. */
const place = new IdPlace();
const master = new StreamId();
const first = new StreamId();
const last = new StreamId();
const minimum = new StreamId();
const maximum = new StreamId();
maximum.setMaximum();
const reader = new BlockReader();
const walk = new StreamWalk();

/** Appends an entry whose ID is after the last: the `pairs` pairs of `source` from argument `from` on. */
export function appendToStream(
  arena: Arena,
  limits: EncodingLimits,
  stream: Ref,
  id: StreamId,
  source: FieldSource,
  from: number,
  pairs: number,
): void {
  const blocks = blocksOf(arena, stream);
  const nodeBytes = nodeByteLimit(limits);
  let room = 0;
  let isAppended = false;
  if (seekLast(arena, blocks, place)) {
    const block = wordAt(arena, blocks, place) as Ref;
    isAppended = hasRoom(arena, block, limits, nodeBytes, source, from, pairs);
    let fresh: Ref;
    if (isAppended) {
      readPlaceId(arena, place, master);
      const limit = Math.min(nodeBytes, ROOM_LIMIT_BYTES);
      fresh = appendEntry(arena, block, master, id, source, from, pairs, limit);
    } else {
      // The next block will be much like this one.
      room = Math.min(blockBytes(arena, block), nodeBytes, ROOM_LIMIT_BYTES);
      fresh = fittingBlock(arena, block);
    }
    if (fresh !== block) setWordAt(arena, blocks, place, fresh);
  }
  if (!isAppended) {
    const block = newBlock(arena, source, from, pairs, room);
    treeInsert(arena, blocks, id, place);
    setWordAt(arena, blocks, place, block);
  }
  countAppended(arena, stream, id);
}

function nodeByteLimit(limits: EncodingLimits): number {
  const limit = limits.streamNodeMaxBytes;
  return limit === 0 ? MOST_BLOCK_BYTES : Math.min(limit, MOST_BLOCK_BYTES);
}

/** True when the pairs may join the block. */
function hasRoom(
  arena: Arena,
  block: Ref,
  limits: EncodingLimits,
  nodeBytes: number,
  source: FieldSource,
  from: number,
  pairs: number,
): boolean {
  let total = blockBytes(arena, block);
  for (let i = from; i < from + pairs * 2; i++) total += source.end[i] - source.start[i];
  if (total >= nodeBytes) return false;
  const most = limits.streamNodeMaxEntries;
  return most === 0 || validCount(arena, block) + deletedCount(arena, block) < most;
}

/** Points the reader at the entry of an ID and `place` at its block; false when there is none. */
function findEntry(arena: Arena, stream: Ref, id: StreamId): boolean {
  const blocks = blocksOf(arena, stream);
  if (!seekAtMost(arena, blocks, id, place)) return false;
  readPlaceId(arena, place, master);
  reader.open(arena, wordAt(arena, blocks, place) as Ref, master);
  reader.first();
  // Behind one that is deleted the same ID may stand once more: XSETID can go back.
  let order = compareIds(reader.id, id);
  while ((order < 0 || reader.isDeleted) && reader.next()) order = compareIds(reader.id, id);
  return order === 0 && !reader.isDeleted;
}

/** True when there is an entry of this ID. */
export function hasEntry(arena: Arena, stream: Ref, id: StreamId): boolean {
  return findEntry(arena, stream, id);
}

/** Deletes the entry of an ID; false when there is none. */
export function deleteFromStream(arena: Arena, stream: Ref, id: StreamId): boolean {
  if (!findEntry(arena, stream, id)) return false;
  const blocks = blocksOf(arena, stream);
  const { block } = reader;
  if (validCount(arena, block) === 1) {
    treeRemove(arena, blocks, master);
    freeBlock(arena, block);
  } else {
    const fresh = deleteEntry(arena, block, reader.offset);
    if (fresh !== block) setWordAt(arena, blocks, place, fresh);
  }
  setStreamLength(arena, stream, streamLength(arena, stream) - 1);
  readHeaderId(arena, stream, GREATEST_DELETED_ID, last);
  if (compareIds(id, last) > 0) writeHeaderId(arena, stream, GREATEST_DELETED_ID, id);
  readHeaderId(arena, stream, FIRST_ID, first);
  if (compareIds(id, first) === 0) settleFirst(arena, stream);
  return true;
}

/** Writes the first ID anew. */
export function settleFirst(arena: Arena, stream: Ref): void {
  walk.begin(arena, stream, minimum, maximum, false);
  writeHeaderId(arena, stream, FIRST_ID, walk.next() ? walk.id : minimum);
}

/** Sets the last ID. Blocks that begin behind it hold only deleted entries, and go: what is added next must not join them. */
export function setLastId(arena: Arena, stream: Ref, id: StreamId): void {
  const blocks = blocksOf(arena, stream);
  while (seekLast(arena, blocks, place)) {
    readPlaceId(arena, place, master);
    if (compareIds(master, id) <= 0) break;
    const block = wordAt(arena, blocks, place) as Ref;
    treeRemove(arena, blocks, master);
    freeBlock(arena, block);
  }
  writeHeaderId(arena, stream, LAST_ID, id);
}
