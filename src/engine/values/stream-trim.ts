/**
 * Shortening a stream from its beginning: whole blocks first, then the entries of one block.
 *
 * With UNREFERENCED_ONLY entries that a group still needs stay where they are and those behind them are looked at too, up to
 * the last that every group has read: what is behind that one is needed by some group for sure.
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { IdPlace, treeRemove } from '../structures/id-tree.ts';
import { readPlaceId, seekAtLeast, seekFirst, setWordAt, stepForward, wordAt } from '../structures/id-tree-walk.ts';
import { deletedCount, freeBlock, setCounts, validCount } from '../structures/stream-block.ts';
import { BlockReader } from '../structures/stream-block-reader.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import { settleFirst } from './stream.ts';
import {
  blocksOf,
  FIRST_ID,
  GREATEST_DELETED_ID,
  readHeaderId,
  setStreamLength,
  streamLength,
  writeHeaderId,
} from './stream-header.ts';
import {
  DROP_REFERENCES,
  dropReferences,
  isReferenced,
  KEEP_REFERENCES,
  readDeliveredToAll,
  UNREFERENCED_ONLY,
} from './stream-references.ts';

/** How to shorten a stream: to a length, or from an ID on. */
export class Trim {
  /** The length to keep, rounded beyond 2^53; NaN to go by `minimum`. */
  length = Number.NaN;
  readonly minimum = new StreamId();
  /** True to remove whole blocks only, and up to `limit` entries; 0 is no limit. */
  isApproximate = false;
  limit = 0;
  /** KEEP_REFERENCES, DROP_REFERENCES or UNREFERENCED_ONLY. */
  references = KEEP_REFERENCES;
}

/** What the running function looks at; nothing outlives it in them. */
const place = new IdPlace();
const master = new StreamId();
const delivered = new StreamId();
const gone = new StreamId();
const edge = new StreamId();
const reader = new BlockReader();

/** Shortens a stream; returns how many entries went. */
export function trimStream(arena: Arena, stream: Ref, trim: Trim): number {
  const leavesGaps = trim.references === UNREFERENCED_ONLY;
  const removed = leavesGaps ? trimUnreferenced(arena, stream, trim) : trimBlocks(arena, stream, trim);
  if (removed > 0) settleFirst(arena, stream);
  if (removed > 0 && leavesGaps) noteGap(arena, stream);
  return removed;
}

function trimBlocks(arena: Arena, stream: Ref, trim: Trim): number {
  const blocks = blocksOf(arena, stream);
  let removed = 0;
  while (seekFirst(arena, blocks, place)) {
    const block = wordAt(arena, blocks, place) as Ref;
    const entries = validCount(arena, block);
    const length = streamLength(arena, stream);
    if (length <= trim.length || (trim.limit > 0 && removed + entries > trim.limit)) break;
    readPlaceId(arena, place, master);
    const isWhole = goesWhole(arena, block, length - entries, trim);
    if (!isWhole && trim.isApproximate) break;
    removed += removeEntries(arena, stream, block, isWhole, trim);
    if (!isWhole) break;
  }
  return removed;
}

/** The same for entries that no group needs; those between them stay. */
function trimUnreferenced(arena: Arena, stream: Ref, trim: Trim): number {
  const blocks = blocksOf(arena, stream);
  const byLength = !Number.isNaN(trim.length);
  readDeliveredToAll(arena, stream, delivered);
  let removed = 0;
  let more = seekFirst(arena, blocks, place);
  while (more) {
    const block = wordAt(arena, blocks, place) as Ref;
    const entries = validCount(arena, block);
    const length = streamLength(arena, stream);
    readPlaceId(arena, place, master);
    if (length <= trim.length || compareIds(master, delivered) > 0) break;
    if (trim.limit > 0 && removed + entries > trim.limit) break;
    const isWhole = goesWhole(arena, block, length - entries, trim);
    if (!isWhole && trim.isApproximate) break;
    const count = removeEntries(arena, stream, block, isWhole, trim);
    removed += count;
    if (!isWhole && !byLength) break;
    more = isWhole && count === entries ? seekAtLeast(arena, blocks, master, place) : stepForward(arena, place);
  }
  return removed;
}

/** Notes the last entry that went as deleted where others before it stayed. */
function noteGap(arena: Arena, stream: Ref): void {
  readHeaderId(arena, stream, FIRST_ID, edge);
  if (streamLength(arena, stream) === 0 || compareIds(gone, edge) < 0) return;
  readHeaderId(arena, stream, GREATEST_DELETED_ID, edge);
  if (compareIds(gone, edge) > 0) writeHeaderId(arena, stream, GREATEST_DELETED_ID, gone);
}

/** True when the block, whose ID is `master`, goes as a whole, so that `rest` entries are left. */
function goesWhole(arena: Arena, block: Ref, rest: number, trim: Trim): boolean {
  if (!Number.isNaN(trim.length)) return rest >= trim.length;
  reader.open(arena, block, master);
  reader.last();
  return compareIds(reader.id, trim.minimum) < 0;
}

/** Removes the entries to go of the block that `place` names, a block that goes whole too when none is left; returns how many. */
function removeEntries(arena: Arena, stream: Ref, block: Ref, isWhole: boolean, trim: Trim): number {
  const entries = validCount(arena, block);
  const length = streamLength(arena, stream);
  const isPlain = isWhole && trim.references === KEEP_REFERENCES;
  const removed = isPlain ? entries : markEntries(arena, stream, block, isWhole, trim);
  const blocks = blocksOf(arena, stream);
  if (isWhole && removed === entries) {
    // Also one whose entries were all deleted before.
    treeRemove(arena, blocks, master);
    freeBlock(arena, block);
  } else if (removed > 0) {
    const fresh = setCounts(arena, block, entries - removed, deletedCount(arena, block) + removed, 0);
    if (fresh !== block) setWordAt(arena, blocks, place, fresh);
  }
  setStreamLength(arena, stream, length - removed);
  return removed;
}

/** Marks the entries to go of a block as deleted, as the trim says with their references; returns how many. */
function markEntries(arena: Arena, stream: Ref, block: Ref, isWhole: boolean, trim: Trim): number {
  const byLength = !Number.isNaN(trim.length);
  const surplus = streamLength(arena, stream) - trim.length;
  const { references } = trim;
  let removed = 0;
  reader.open(arena, block, master);
  reader.first();
  do {
    const { id } = reader;
    if (!isWhole && (byLength ? removed >= surplus : compareIds(id, trim.minimum) >= 0)) break;
    if (reader.isDeleted || (references === UNREFERENCED_ONLY && isReferenced(arena, stream, id))) continue;
    if (references === DROP_REFERENCES) dropReferences(arena, stream, id);
    reader.markDeleted();
    gone.copy(id);
    removed++;
  } while (reader.next());
  return removed;
}
