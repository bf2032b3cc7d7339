/**
 * References of consumer groups to entries. An entry is still of use to a group that has not read it yet or has it pending.
 * Nothing is kept for this: it is asked of each group, where Redis has an index of its own beside the groups.
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { IdPlace } from '../structures/id-tree.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import { consumerPending, groupAt, groupCount, groupPending, readDelivered } from './stream-groups.ts';
import { findPending, pendingConsumer, removePending } from './stream-pending.ts';

/** What becomes of the references when an entry goes: they stay, they go too, or the entry goes only if there are none. */
export const KEEP_REFERENCES = 0;
export const DROP_REFERENCES = 1;
export const UNREFERENCED_ONLY = 2;

const delivered = new StreamId();
const place = new IdPlace();

/** True when a group has not read the ID yet, or has it pending. */
export function isReferenced(arena: Arena, stream: Ref, id: StreamId): boolean {
  const groups = groupCount(arena, stream);
  for (let rank = 0; rank < groups; rank++) {
    const group = groupAt(arena, stream, rank);
    readDelivered(arena, group, delivered);
    if (compareIds(id, delivered) > 0 || findPending(arena, groupPending(arena, group), id, place)) return true;
  }
  return false;
}

/** Makes an ID pending in no group; false when it was in none. */
export function dropReferences(arena: Arena, stream: Ref, id: StreamId): boolean {
  const groups = groupCount(arena, stream);
  let isDropped = false;
  for (let rank = 0; rank < groups; rank++) {
    const pending = groupPending(arena, groupAt(arena, stream, rank));
    if (!findPending(arena, pending, id, place)) continue;
    removePending(arena, pending, consumerPending(arena, pendingConsumer(arena, place)), id);
    isDropped = true;
  }
  return isDropped;
}

/** Reads the ID up to which all groups have read; the greatest when there is no group. */
export function readDeliveredToAll(arena: Arena, stream: Ref, id: StreamId): void {
  id.setMaximum();
  const groups = groupCount(arena, stream);
  for (let rank = 0; rank < groups; rank++) {
    readDelivered(arena, groupAt(arena, stream, rank), delivered);
    if (compareIds(delivered, id) < 0) id.copy(delivered);
  }
}
