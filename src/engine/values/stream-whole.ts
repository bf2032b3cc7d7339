/** A stream as a whole: its bytes, copying it, freeing it, both in slices; where they go on is seen from what is there. */
import type { Halves } from '../../bytes/uint64.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { IdPlace, treeCount, treeInsert, treeWidth } from '../structures/id-tree.ts';
import {
  drainIdTree,
  idTreeBytes,
  readPlaceId,
  seekAtMost,
  seekFirst,
  seekLast,
  setWordAt,
  stepForward,
  wordAt,
} from '../structures/id-tree-walk.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import { indexLength, indexRemoveRun } from '../structures/ordered-index.ts';
import { drainIndex, indexBytes } from '../structures/ordered-index-walk.ts';
import { blockBytes, copyBlock } from '../structures/stream-block.ts';
import { StreamId } from '../structures/stream-id.ts';
import {
  activeAt,
  addConsumer,
  addGroup,
  consumerAt,
  consumerCount,
  consumerPending,
  consumersOf,
  copyOfConsumer,
  groupAt,
  groupCount,
  groupPending,
  readDelivered,
  readEntriesRead,
  seenAt,
  setActive,
  setCopyOfConsumer,
  setGroupPending,
  writeDelivered,
  writeEntriesRead,
} from './stream-groups.ts';
import {
  blocksOf,
  FIRST_ID,
  GREATEST_DELETED_ID,
  groupIndexOf,
  idempotenceOf,
  LAST_ID,
  newStream,
  readAdded,
  readHeaderId,
  setBlocks,
  setGroupIndex,
  setIdempotence,
  setStreamLength,
  streamLength,
  writeAdded,
  writeHeaderId,
} from './stream-header.ts';
import {
  beginIdempotenceCopy,
  copyProducers,
  drainIdempotence,
  idempotenceBytes,
  producerCount,
} from './stream-idempotence.ts';
import { pointAtName } from './stream-names.ts';
import { addPending, deliveredAt, pendingConsumer, readDeliveries, writeDeliveries } from './stream-pending.ts';

/** Copying or freeing a block takes as long as so many elements of another value; a leaf of a tree of IDs too. */
const ELEMENTS_A_BLOCK = 8;
const ELEMENTS_A_LEAF = 32;

const place = new IdPlace();
const copyPlace = new IdPlace();
const id = new StreamId();
const name = new ListpackCursor();
const halves: Halves = { high: 0, low: 0 };
const removed = new Int32Array(1);

/** Bytes of everything: header, blocks, groups, consumers, what is pending. */
export function streamBytes(arena: Arena, stream: Ref): number {
  const blocks = blocksOf(arena, stream);
  let bytes = arena.sizeOf(stream) + idTreeBytes(arena, blocks);
  for (let more = seekFirst(arena, blocks, place); more; more = stepForward(arena, place)) {
    bytes += arena.sizeOf(wordAt(arena, blocks, place) as Ref);
  }
  const groups = groupCount(arena, stream);
  if (groupIndexOf(arena, stream) !== NO_REF) bytes += indexBytes(arena, groupIndexOf(arena, stream));
  for (let rank = 0; rank < groups; rank++) bytes += groupBytes(arena, groupAt(arena, stream, rank));
  const idempotence = idempotenceOf(arena, stream);
  return idempotence === NO_REF ? bytes : bytes + idempotenceBytes(arena, idempotence);
}

function groupBytes(arena: Arena, group: Ref): number {
  let bytes = arena.sizeOf(group) + idTreeBytes(arena, groupPending(arena, group));
  bytes += indexBytes(arena, consumersOf(arena, group));
  const consumers = consumerCount(arena, group);
  for (let rank = 0; rank < consumers; rank++) {
    const consumer = consumerAt(arena, group, rank);
    bytes += arena.sizeOf(consumer) + idTreeBytes(arena, consumerPending(arena, consumer));
  }
  return bytes;
}

/** About how many elements of another value a copy costs. */
export function streamCopyCost(arena: Arena, stream: Ref): number {
  let cost = treeCount(arena, blocksOf(arena, stream)) * ELEMENTS_A_BLOCK;
  const groups = groupCount(arena, stream);
  for (let rank = 0; rank < groups; rank++) {
    const group = groupAt(arena, stream, rank);
    cost += treeCount(arena, groupPending(arena, group)) + consumerCount(arena, group);
  }
  const idempotence = idempotenceOf(arena, stream);
  if (idempotence !== NO_REF) cost += producerCount(arena, idempotence) * ELEMENTS_A_LEAF;
  return cost;
}

/** Frees about `limit` elements; returns 1 when more is left, 0 when the header is freed too. */
export function drainStream(arena: Arena, stream: Ref, limit: number): number {
  let budget = Math.max(1, Math.ceil(limit / ELEMENTS_A_LEAF));
  const blocks = blocksOf(arena, stream);
  if (blocks !== NO_REF) {
    // A leaf of this tree stands for many blocks.
    const leaves = Math.max(1, Math.ceil(budget / ELEMENTS_A_BLOCK));
    const left = drainIdTree(arena, blocks, leaves, (block) => arena.free(block as Ref));
    if (left < 0) return 1;
    setBlocks(arena, stream, NO_REF);
    budget = left * ELEMENTS_A_BLOCK;
  }
  const index = groupIndexOf(arena, stream);
  if (index !== NO_REF) {
    for (let count = indexLength(arena, index); count > 0; count--) {
      const group = groupAt(arena, stream, count - 1);
      budget = drainGroup(arena, group, budget);
      if (budget < 0) return 1;
      indexRemoveRun(arena, index, count - 1, 1, removed);
      arena.free(group);
    }
    drainIndex(arena, index, Number.MAX_SAFE_INTEGER);
    arena.free(index);
    setGroupIndex(arena, stream, NO_REF);
  }
  const idempotence = idempotenceOf(arena, stream);
  if (idempotence !== NO_REF && !drainIdempotence(arena, idempotence, Math.max(1, budget))) return 1;
  arena.free(stream);
  return 0;
}

/** Frees what a group names, up to so many leaves; returns how many are left to free, -1 when there is more. */
function drainGroup(arena: Arena, group: Ref, leaves: number): number {
  let budget = leaves;
  const pending = groupPending(arena, group);
  if (pending !== NO_REF) {
    budget = drainIdTree(arena, pending, budget, () => {});
    if (budget < 0) return -1;
    setGroupPending(arena, group, NO_REF);
  }
  const consumers = consumersOf(arena, group);
  for (let count = indexLength(arena, consumers); count > 0; count--) {
    const consumer = consumerAt(arena, group, count - 1);
    budget = drainIdTree(arena, consumerPending(arena, consumer), budget, () => {});
    if (budget < 0) return -1;
    indexRemoveRun(arena, consumers, count - 1, 1, removed);
    arena.free(consumer);
  }
  drainIndex(arena, consumers, Number.MAX_SAFE_INTEGER);
  arena.free(consumers);
  return budget;
}

/** A stream that has the header of another and none of its blocks and groups. */
export function beginStreamCopy(arena: Arena, stream: Ref): Ref {
  const copy = newStream(arena);
  for (const which of [LAST_ID, FIRST_ID, GREATEST_DELETED_ID]) {
    readHeaderId(arena, stream, which, id);
    writeHeaderId(arena, copy, which, id);
  }
  readAdded(arena, stream, halves);
  writeAdded(arena, copy, halves.high, halves.low);
  setStreamLength(arena, copy, streamLength(arena, stream));
  const idempotence = idempotenceOf(arena, stream);
  if (idempotence !== NO_REF) setIdempotence(arena, copy, beginIdempotenceCopy(arena, idempotence));
  return copy;
}

/** Copies about `limit` elements; returns 1 when more is left, 0 at the end. */
export function copyStreamPart(arena: Arena, stream: Ref, copy: Ref, limit: number): number {
  if (!copyBlocks(arena, blocksOf(arena, stream), blocksOf(arena, copy), Math.ceil(limit / ELEMENTS_A_BLOCK))) return 1;
  const groups = groupCount(arena, stream);
  for (;;) {
    const begun = groupCount(arena, copy);
    if (begun > 0 && !copyGroupPart(arena, groupAt(arena, stream, begun - 1), groupAt(arena, copy, begun - 1), limit)) {
      return 1;
    }
    if (begun === groups) break;
    const group = groupAt(arena, stream, begun);
    pointAtName(arena, group, name);
    const fresh = addGroup(arena, copy, name.bytes, name.view, name.start, name.end);
    readDelivered(arena, group, id);
    writeDelivered(arena, fresh, id);
    readEntriesRead(arena, group, halves);
    writeEntriesRead(arena, fresh, halves.high, halves.low);
  }
  const idempotence = idempotenceOf(arena, stream);
  if (idempotence === NO_REF) return 0;
  return copyProducers(arena, idempotence, idempotenceOf(arena, copy), Math.ceil(limit / ELEMENTS_A_LEAF)) ? 0 : 1;
}

/** Copies up to `limit` blocks; true when all are. */
function copyBlocks(arena: Arena, blocks: Ref, copy: Ref, limit: number): boolean {
  let more = seekBehind(arena, blocks, copy);
  for (let left = limit; more && left > 0; left--) {
    const block = wordAt(arena, blocks, place) as Ref;
    const fresh = copyBlock(arena, block, blockBytes(arena, block));
    readPlaceId(arena, place, id);
    treeInsert(arena, copy, id, copyPlace);
    setWordAt(arena, copy, copyPlace, fresh);
    more = stepForward(arena, place);
  }
  return !more;
}

/** Sets `place` to the first entry that the copy of a tree does not have; false when it has all. */
function seekBehind(arena: Arena, tree: Ref, copy: Ref): boolean {
  if (treeWidth(arena, tree) !== treeWidth(arena, copy)) throw new Error('a tree of IDs is no copy of another');
  if (!seekLast(arena, copy, copyPlace)) return seekFirst(arena, tree, place);
  readPlaceId(arena, copyPlace, id);
  return seekAtMost(arena, tree, id, place) && stepForward(arena, place);
}

/** Copies about `limit` consumers and pending entries; true when all are. */
function copyGroupPart(arena: Arena, group: Ref, copy: Ref, limit: number): boolean {
  const consumers = consumerCount(arena, group);
  let left = limit;
  for (let rank = consumerCount(arena, copy); rank < consumers; rank++, left--) {
    if (left === 0) return false;
    const consumer = consumerAt(arena, group, rank);
    pointAtName(arena, consumer, name);
    const seen = seenAt(arena, consumer);
    const fresh = addConsumer(arena, copy, name.bytes, name.view, name.start, name.end, seen);
    setActive(arena, fresh, activeAt(arena, consumer));
    setCopyOfConsumer(arena, consumer, fresh);
  }
  const pending = groupPending(arena, group);
  const own = groupPending(arena, copy);
  let more = seekBehind(arena, pending, own);
  for (; more && left > 0; left--) {
    readPlaceId(arena, place, id);
    const consumer = copyOfConsumer(arena, pendingConsumer(arena, place));
    addPending(arena, own, consumerPending(arena, consumer), consumer, id, deliveredAt(arena, place), copyPlace);
    readDeliveries(arena, place, halves);
    writeDeliveries(arena, copyPlace, halves.high, halves.low);
    more = stepForward(arena, place);
  }
  return !more;
}
