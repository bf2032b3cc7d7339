/**
 * Consumer groups of a stream, and the consumers of a group: records under their names, in order of name.
 *
 *   group      | - | length | - | name | last delivered ID, 16 bytes | entries read, 8 | pending | consumers | place, 12 |
 *   consumer   | - | length | - | name | seen, 8 | active, 8 | pending | its copy |
 *
 * Both stand in an index of names (stream-names.ts), which orders them as Redis lists them. `pending` is a tree of IDs
 * (stream-pending.ts). `entries read` is an integer of 64 bits, -1 where it is not known. Times are milliseconds as doubles,
 * `active` -1 until something was delivered. `its copy` is used while a stream is copied. `place` is where the entry
 * delivered last stands: its block (0 when that is not known), bytes from the block's first, and the block moves until then.
 */
import type { Halves } from '../../bytes/uint64.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { IdPlace, newIdTree, treeRemove } from '../structures/id-tree.ts';
import { drainIdTree, readPlaceId, seekFirst, stepForward } from '../structures/id-tree-walk.ts';
import { indexLength, newIndex } from '../structures/ordered-index.ts';
import { newRecord } from '../structures/record.ts';
import { blockMoves } from '../structures/stream-block.ts';
import { StreamId } from '../structures/stream-id.ts';
import { groupIndexOf, setGroupIndex } from './stream-header.ts';
import { bodyOf, findName, insertName, nameAt, removeName } from './stream-names.ts';
import { PENDING_WIDTH } from './stream-pending.ts';

const GROUP_BYTES = 44;
const GROUP_READ = 16;
const GROUP_PENDING = 24;
const GROUP_CONSUMERS = 28;
const PLACE_BLOCK = 32;
const PLACE_OFFSET = 36;
const PLACE_MOVES = 40;

const CONSUMER_BYTES = 24;
const SEEN = 0;
const ACTIVE = 8;
const CONSUMER_PENDING = 16;
const CONSUMER_COPY = 20;

const place = new IdPlace();
const id = new StreamId();

export function groupCount(arena: Arena, stream: Ref): number {
  const index = groupIndexOf(arena, stream);
  return index === NO_REF ? 0 : indexLength(arena, index);
}

/** The group at a rank by name, which must be there. */
export function groupAt(arena: Arena, stream: Ref, rank: number): Ref {
  return nameAt(arena, groupIndexOf(arena, stream), rank);
}

/** The group named `bytes[start..end)`; 0 when there is none. */
export function findGroup(arena: Arena, stream: Ref, bytes: Buffer, view: DataView, start: number, end: number): Ref {
  const index = groupIndexOf(arena, stream);
  return index === NO_REF ? NO_REF : findName(arena, index, bytes, view, start, end);
}

/** Adds a group that is not there: nothing pending, no consumers, nothing known to be read. */
export function addGroup(arena: Arena, stream: Ref, bytes: Buffer, view: DataView, start: number, end: number): Ref {
  let index = groupIndexOf(arena, stream);
  if (index === NO_REF) {
    index = newIndex(arena);
    setGroupIndex(arena, stream, index);
  }
  const group = newRecord(arena, 0, bytes, view, start, end, GROUP_BYTES);
  const pending = newIdTree(arena, PENDING_WIDTH);
  const consumers = newIndex(arena);
  const words = arena.views[group >>> 22];
  const at = bodyOf(arena, group);
  words.setInt32(at + GROUP_PENDING, pending, true);
  words.setInt32(at + GROUP_CONSUMERS, consumers, true);
  words.setFloat64(at, 0, true);
  words.setFloat64(at + 8, 0, true);
  words.setInt32(at + GROUP_READ, -1, true);
  words.setInt32(at + GROUP_READ + 4, -1, true);
  words.setInt32(at + PLACE_BLOCK, NO_REF, true);
  insertName(arena, index, group);
  return group;
}

/** Takes a group out of a stream into another, which has none. */
export function moveGroup(arena: Arena, stream: Ref, group: Ref, other: Ref): void {
  removeName(arena, groupIndexOf(arena, stream), group);
  const index = newIndex(arena);
  setGroupIndex(arena, other, index);
  insertName(arena, index, group);
}

/** Reads the ID delivered last. */
export function readDelivered(arena: Arena, group: Ref, id: StreamId): void {
  const view = arena.views[group >>> 22];
  const at = bodyOf(arena, group);
  id.msHigh = view.getInt32(at, true);
  id.msLow = view.getInt32(at + 4, true);
  id.sequenceHigh = view.getInt32(at + 8, true);
  id.sequenceLow = view.getInt32(at + 12, true);
}

/** Writes the ID delivered last; its place is not known then. */
export function writeDelivered(arena: Arena, group: Ref, id: StreamId): void {
  const view = arena.views[group >>> 22];
  const at = bodyOf(arena, group);
  view.setInt32(at, id.msHigh, true);
  view.setInt32(at + 4, id.msLow, true);
  view.setInt32(at + 8, id.sequenceHigh, true);
  view.setInt32(at + 12, id.sequenceLow, true);
  view.setInt32(at + PLACE_BLOCK, NO_REF, true);
}

/** Notes where the entry delivered last stands. */
export function writeDeliveredPlace(arena: Arena, group: Ref, block: Ref, offset: number): void {
  const view = arena.views[group >>> 22];
  const at = bodyOf(arena, group);
  view.setInt32(at + PLACE_BLOCK, block, true);
  view.setInt32(at + PLACE_OFFSET, offset, true);
  view.setInt32(at + PLACE_MOVES, blockMoves(), true);
}

/** The block where the entry delivered last stands; 0 when that is not known. */
export function deliveredBlock(arena: Arena, group: Ref): Ref {
  const view = arena.views[group >>> 22];
  const at = bodyOf(arena, group);
  return view.getInt32(at + PLACE_MOVES, true) === blockMoves()
    ? (view.getInt32(at + PLACE_BLOCK, true) as Ref)
    : NO_REF;
}

/** Bytes from the first of the block where it stands, which must be known. */
export function deliveredOffset(arena: Arena, group: Ref): number {
  return arena.views[group >>> 22].getInt32(bodyOf(arena, group) + PLACE_OFFSET, true);
}

/** Reads how many entries the group has read; false when that is not known. */
export function readEntriesRead(arena: Arena, group: Ref, read: Halves): boolean {
  const view = arena.views[group >>> 22];
  const at = bodyOf(arena, group) + GROUP_READ;
  read.high = view.getInt32(at, true);
  read.low = view.getInt32(at + 4, true);
  return (read.high & read.low) !== -1;
}

/** -1 in both halves says that it is not known. */
export function writeEntriesRead(arena: Arena, group: Ref, high: number, low: number): void {
  const view = arena.views[group >>> 22];
  const at = bodyOf(arena, group) + GROUP_READ;
  view.setInt32(at, high, true);
  view.setInt32(at + 4, low, true);
}

/** The tree of what is pending in a group. */
export function groupPending(arena: Arena, group: Ref): Ref {
  return arena.views[group >>> 22].getInt32(bodyOf(arena, group) + GROUP_PENDING, true) as Ref;
}

/** Names another tree of what is pending, or none any more. */
export function setGroupPending(arena: Arena, group: Ref, pending: Ref): void {
  arena.views[group >>> 22].setInt32(bodyOf(arena, group) + GROUP_PENDING, pending, true);
}

/** The index of a group's consumers. */
export function consumersOf(arena: Arena, group: Ref): Ref {
  return arena.views[group >>> 22].getInt32(bodyOf(arena, group) + GROUP_CONSUMERS, true) as Ref;
}

export function consumerCount(arena: Arena, group: Ref): number {
  return indexLength(arena, consumersOf(arena, group));
}

/** The consumer at a rank by name, which must be there. */
export function consumerAt(arena: Arena, group: Ref, rank: number): Ref {
  return nameAt(arena, consumersOf(arena, group), rank);
}

/** The consumer named `bytes[start..end)`; 0 when there is none. */
export function findConsumer(arena: Arena, group: Ref, bytes: Buffer, view: DataView, start: number, end: number): Ref {
  return findName(arena, consumersOf(arena, group), bytes, view, start, end);
}

/** Adds a consumer that is not there, seen at `now`. */
export function addConsumer(
  arena: Arena,
  group: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  now: number,
): Ref {
  const consumer = newRecord(arena, 0, bytes, view, start, end, CONSUMER_BYTES);
  const pending = newIdTree(arena, 0);
  const words = arena.views[consumer >>> 22];
  const at = bodyOf(arena, consumer);
  words.setFloat64(at + SEEN, now, true);
  words.setFloat64(at + ACTIVE, -1, true);
  words.setInt32(at + CONSUMER_PENDING, pending, true);
  words.setInt32(at + CONSUMER_COPY, 0, true);
  insertName(arena, consumersOf(arena, group), consumer);
  return consumer;
}

/** Removes a consumer, and all that is pending for it from the group. */
export function dropConsumer(arena: Arena, group: Ref, consumer: Ref): void {
  const pending = groupPending(arena, group);
  const own = consumerPending(arena, consumer);
  for (let more = seekFirst(arena, own, place); more; more = stepForward(arena, place)) {
    readPlaceId(arena, place, id);
    treeRemove(arena, pending, id);
  }
  drainIdTree(arena, own, Number.MAX_SAFE_INTEGER, () => {});
  removeName(arena, consumersOf(arena, group), consumer);
  arena.free(consumer);
}

/** The tree of what is pending for a consumer. */
export function consumerPending(arena: Arena, consumer: Ref): Ref {
  return arena.views[consumer >>> 22].getInt32(bodyOf(arena, consumer) + CONSUMER_PENDING, true) as Ref;
}

export function seenAt(arena: Arena, consumer: Ref): number {
  return arena.views[consumer >>> 22].getFloat64(bodyOf(arena, consumer) + SEEN, true);
}

export function setSeen(arena: Arena, consumer: Ref, now: number): void {
  arena.views[consumer >>> 22].setFloat64(bodyOf(arena, consumer) + SEEN, now, true);
}

export function activeAt(arena: Arena, consumer: Ref): number {
  return arena.views[consumer >>> 22].getFloat64(bodyOf(arena, consumer) + ACTIVE, true);
}

export function setActive(arena: Arena, consumer: Ref, now: number): void {
  arena.views[consumer >>> 22].setFloat64(bodyOf(arena, consumer) + ACTIVE, now, true);
}

/** The copy made of a consumer while its stream is copied. */
export function copyOfConsumer(arena: Arena, consumer: Ref): Ref {
  return arena.views[consumer >>> 22].getInt32(bodyOf(arena, consumer) + CONSUMER_COPY, true) as Ref;
}

export function setCopyOfConsumer(arena: Arena, consumer: Ref, copy: Ref): void {
  arena.views[consumer >>> 22].setInt32(bodyOf(arena, consumer) + CONSUMER_COPY, copy, true);
}
