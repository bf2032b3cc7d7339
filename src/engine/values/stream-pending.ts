/**
 * What was delivered to a group's consumers and not acknowledged yet: a tree of IDs for the group, and one for each consumer.
 *
 *   entry of a group's tree   | consumer | last delivery, 8 bytes | deliveries, 8 bytes |
 *
 * A consumer's tree has the IDs alone; everything about them stands in the group's. The time is in milliseconds, a safe
 * integer; the number of deliveries is an integer of 64 bits, because it can be set.
 */
import type { Halves } from '../../bytes/uint64.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { IdPlace, treeFind, treeInsert, treeRemove } from '../structures/id-tree.ts';
import { entryWords } from '../structures/id-tree-node.ts';
import type { StreamId } from '../structures/stream-id.ts';

/** Words of an entry in a group's tree. */
export const PENDING_WIDTH = 5;
const CONSUMER = 0;
const TIME = 1;
const DELIVERIES = 3;

const place = new IdPlace();

/** The consumer of a place in a group's tree. */
export function pendingConsumer(arena: Arena, at: IdPlace): Ref {
  return arena.words[at.leaf >>> 22][entryWords(arena, at.leaf, at.slot, PENDING_WIDTH) + CONSUMER] as Ref;
}

/** When it was delivered last, in milliseconds since 1970. */
export function deliveredAt(arena: Arena, at: IdPlace): number {
  const words = arena.words[at.leaf >>> 22];
  const entry = entryWords(arena, at.leaf, at.slot, PENDING_WIDTH) + TIME;
  return words[entry] * 4294967296 + (words[entry + 1] >>> 0);
}

export function setDeliveredAt(arena: Arena, at: IdPlace, time: number): void {
  const words = arena.words[at.leaf >>> 22];
  const entry = entryWords(arena, at.leaf, at.slot, PENDING_WIDTH) + TIME;
  words[entry] = Math.floor(time / 4294967296);
  words[entry + 1] = time | 0;
}

/** Reads how often it was delivered. */
export function readDeliveries(arena: Arena, at: IdPlace, deliveries: Halves): void {
  const words = arena.words[at.leaf >>> 22];
  const entry = entryWords(arena, at.leaf, at.slot, PENDING_WIDTH) + DELIVERIES;
  deliveries.high = words[entry];
  deliveries.low = words[entry + 1];
}

export function writeDeliveries(arena: Arena, at: IdPlace, high: number, low: number): void {
  const words = arena.words[at.leaf >>> 22];
  const entry = entryWords(arena, at.leaf, at.slot, PENDING_WIDTH) + DELIVERIES;
  words[entry] = high;
  words[entry + 1] = low;
}

export function countDelivery(arena: Arena, at: IdPlace): void {
  const words = arena.words[at.leaf >>> 22];
  const entry = entryWords(arena, at.leaf, at.slot, PENDING_WIDTH) + DELIVERIES;
  words[entry + 1] = (words[entry + 1] + 1) | 0;
  if (words[entry + 1] === 0) words[entry] = (words[entry] + 1) | 0;
}

/**
 * Makes an ID that is not pending in the group pending for a consumer; the trees are the group's and the consumer's. Sets `at`
 * to its place in the group's.
 */
export function addPending(
  arena: Arena,
  pending: Ref,
  own: Ref,
  consumer: Ref,
  id: StreamId,
  now: number,
  at: IdPlace,
): void {
  treeInsert(arena, pending, id, at);
  const words = arena.words[at.leaf >>> 22];
  words[entryWords(arena, at.leaf, at.slot, PENDING_WIDTH) + CONSUMER] = consumer;
  setDeliveredAt(arena, at, now);
  writeDeliveries(arena, at, 0, 1);
  treeInsert(arena, own, id, place);
}

/** Makes an ID that is not pending in the group pending for nobody yet; sets `at` to its place. */
export function addUnowned(arena: Arena, pending: Ref, id: StreamId, time: number, at: IdPlace): void {
  treeInsert(arena, pending, id, at);
  arena.words[at.leaf >>> 22][entryWords(arena, at.leaf, at.slot, PENDING_WIDTH) + CONSUMER] = 0;
  setDeliveredAt(arena, at, time);
}

/** Gives a pending ID that is nobody's to a consumer; false when there is no such. */
export function ownPending(arena: Arena, pending: Ref, own: Ref, consumer: Ref, id: StreamId): boolean {
  if (!treeFind(arena, pending, id, place) || pendingConsumer(arena, place) !== 0) return false;
  arena.words[place.leaf >>> 22][entryWords(arena, place.leaf, place.slot, PENDING_WIDTH) + CONSUMER] = consumer;
  treeInsert(arena, own, id, place);
  return true;
}

/** Gives what is pending at a place to another consumer; the trees are those of the one that had it and the other's. */
export function handOver(arena: Arena, at: IdPlace, id: StreamId, from: Ref, to: Ref, consumer: Ref): void {
  treeRemove(arena, from, id);
  treeInsert(arena, to, id, place);
  arena.words[at.leaf >>> 22][entryWords(arena, at.leaf, at.slot, PENDING_WIDTH) + CONSUMER] = consumer;
}

/** The place of a pending ID in the group's tree; false when it is not pending. */
export function findPending(arena: Arena, pending: Ref, id: StreamId, at: IdPlace): boolean {
  return treeFind(arena, pending, id, at);
}

/** Forgets a pending ID; the trees are the group's and the consumer's. */
export function removePending(arena: Arena, pending: Ref, own: Ref, id: StreamId): void {
  treeRemove(arena, pending, id);
  treeRemove(arena, own, id);
}
