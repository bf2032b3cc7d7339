/**
 * How many entries a group has read and how many it has not, as far as that can be told: a stream counts what was ever added,
 * but where entries were deleted from the middle, nobody knows how many stood before an ID.
 */
import type { Halves } from '../../bytes/uint64.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import { readDelivered, readEntriesRead } from './stream-groups.ts';
import { FIRST_ID, GREATEST_DELETED_ID, LAST_ID, readAdded, readHeaderId, streamLength } from './stream-header.ts';

const deleted = new StreamId();
const edge = new StreamId();
const delivered = new StreamId();
const added: Halves = { high: 0, low: 0 };

/** True when an entry may be missing from `from` on, behind the stream's first. */
export function mayMissEntries(arena: Arena, stream: Ref, from: StreamId): boolean {
  readHeaderId(arena, stream, GREATEST_DELETED_ID, deleted);
  if (deleted.isMinimum || streamLength(arena, stream) === 0) return false;
  readHeaderId(arena, stream, FIRST_ID, edge);
  return compareIds(edge, deleted) <= 0 && compareIds(from, deleted) <= 0;
}

/** Tells how many entries up to `id`, itself included, were ever added; false when that is not known. */
export function countUpTo(arena: Arena, stream: Ref, id: StreamId, count: Halves): boolean {
  readAdded(arena, stream, count);
  if ((count.high | count.low) === 0) return true;
  const length = streamLength(arena, stream);
  readHeaderId(arena, stream, LAST_ID, edge);
  const order = compareIds(id, edge);
  if (order === 0 || (order < 0 && length === 0)) return true;
  if (order > 0) return false;
  readHeaderId(arena, stream, FIRST_ID, edge);
  readHeaderId(arena, stream, GREATEST_DELETED_ID, deleted);
  const fromFirst = compareIds(id, edge);
  if (fromFirst > 0 || (!deleted.isMinimum && compareIds(deleted, edge) >= 0)) return false;
  subtract(count, fromFirst === 0 ? length - 1 : length);
  return true;
}

/** Tells how many entries the group has not read yet; false when that is not known. */
export function readLag(arena: Arena, stream: Ref, group: Ref, lag: Halves): boolean {
  readAdded(arena, stream, added);
  const { high, low } = added;
  lag.high = 0;
  lag.low = 0;
  if ((high | low) === 0) return true;
  readDelivered(arena, group, delivered);
  const isKnown = readEntriesRead(arena, group, lag) && !mayMissEntries(arena, stream, delivered);
  if (!isKnown && !countUpTo(arena, stream, delivered, lag)) return false;
  const borrow = low >>> 0 < lag.low >>> 0 ? 1 : 0;
  lag.low = (low - lag.low) | 0;
  lag.high = (high - lag.high - borrow) | 0;
  return true;
}

export function increment(count: Halves): void {
  count.low = (count.low + 1) | 0;
  if (count.low === 0) count.high = (count.high + 1) | 0;
}

function subtract(count: Halves, less: number): void {
  const low = less % 4294967296;
  const borrow = count.low >>> 0 < low ? 1 : 0;
  count.low = (count.low - low) | 0;
  count.high = (count.high - Math.floor(less / 4294967296) - borrow) | 0;
}
