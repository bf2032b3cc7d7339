/**
 * Streams, from RDB; write-stream.ts draws the layout. Every block is checked to the last element, and the IDs of all entries
 * that are not deleted must rise; whatever is pending must belong to exactly one consumer.
 */
import type { Halves } from '../../bytes/uint64.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { STREAM } from '../memory/layout.ts';
import { IdPlace, treeCount, treeFind, treeInsert } from '../structures/id-tree.ts';
import { setWordAt } from '../structures/id-tree-walk.ts';
import {
  elementBytes,
  elementInteger,
  isTextKind,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
} from '../structures/listpack.ts';
import { blockStart, DELETED, SAME_FIELDS } from '../structures/stream-block.ts';
import { BlockReader } from '../structures/stream-block-reader.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import { STREAM_BLOCKS, setHeader } from '../values/encoding.ts';
import { setLastId, settleFirst } from '../values/stream.ts';
import { countUpTo } from '../values/stream-counters.ts';
import {
  addConsumer,
  addGroup,
  consumerPending,
  findConsumer,
  findGroup,
  groupPending,
  setActive,
  writeDelivered,
  writeEntriesRead,
} from '../values/stream-groups.ts';
import {
  blocksOf,
  FIRST_ID,
  GREATEST_DELETED_ID,
  newStream,
  setStreamLength,
  writeAdded,
  writeHeaderId,
} from '../values/stream-header.ts';
import { addUnowned, ownPending, writeDeliveries } from '../values/stream-pending.ts';
import type { RdbInput } from './rdb-input.ts';
import { RDB_STREAM, RDB_STREAM_3 } from './rdb-types.ts';
import { newValue, type Reading } from './reading.ts';

const LONG_LENGTH = 0x81;
const ID_BYTES = 16;

const id = new StreamId();
const last = new StreamId();
/** The last ID of those that are not deleted. */
const lastLive = new StreamId();
const place = new IdPlace();
const reader = new BlockReader();
const halves: Halves = { high: 0, low: 0 };

/** Reads a stream; 0, and the input has failed, when it is none. */
export function readStream(reading: Reading, type: number): Ref {
  const { input, records } = reading;
  const { arena } = records;
  const stream = newStream(arena);
  const ref = newValue(reading, STREAM, STREAM_BLOCKS, 0);
  setHeader(arena, ref, stream);
  let length = 0;
  last.setMinimum();
  lastLive.setMinimum();
  for (let left = input.count(ID_BYTES + 2); left > 0 && !input.failed; left--) length += readBlock(reading, stream);
  if (input.length() !== length) input.fail();
  setStreamLength(arena, stream, length);
  readIdLengths(input);
  if (compareIds(id, lastLive) < 0) input.fail();
  setLastId(arena, stream, id);
  if (type === RDB_STREAM) {
    settleFirst(arena, stream);
    writeAdded(arena, stream, Math.floor(length / 4294967296), length | 0);
  } else {
    for (const which of [FIRST_ID, GREATEST_DELETED_ID]) {
      readIdLengths(input);
      writeHeaderId(arena, stream, which, id);
    }
    readHalves(input);
    writeAdded(arena, stream, halves.high, halves.low);
  }
  for (let left = input.count(6); left > 0 && !input.failed; left--) readGroup(reading, stream, type);
  if (!input.failed) return ref;
  records.keyspace.lazyFree.freeRecord(ref);
  return NO_REF;
}

/** Reads a block whose IDs are all behind `last`, which then is its last; returns how many entries are not deleted. */
function readBlock(reading: Reading, stream: Ref): number {
  const { input, records, first: key, packed } = reading;
  const { arena } = records;
  if (!input.text(key) || key.end - key.start !== ID_BYTES || !packed.readListpack(input, 'Stream')) {
    input.fail();
    return 0;
  }
  id.set(
    key.view.getInt32(key.start),
    key.view.getInt32(key.start + 4),
    key.view.getInt32(key.start + 8),
    key.view.getInt32(key.start + 12),
  );
  const { bytes, view, start, end } = packed.text;
  const valid = checkEntries(bytes, view, start + LISTPACK_HEADER_BYTES);
  if (valid < 0 || id.isMinimum || (!last.isMinimum && compareIds(id, last) <= 0)) {
    input.refuse('Stream listpack');
    return 0;
  }
  const block = arena.allocate(end - start);
  bytes.copy(arena.bytes[block >>> 22], blockStart(block), start, end);
  treeInsert(arena, blocksOf(arena, stream), id, place);
  setWordAt(arena, blocksOf(arena, stream), place, block);
  reader.open(arena, block, id);
  reader.first();
  // What is deleted may be beyond where XSETID has gone back to; but for the first, it is not looked at.
  let isRising = compareIds(reader.id, id) >= 0;
  last.copy(reader.isDeleted ? id : reader.id);
  while (isRising && reader.next()) {
    if (reader.isDeleted) continue;
    isRising = compareIds(reader.id, last) > 0;
    last.copy(reader.id);
  }
  if (valid > 0) lastLive.copy(last);
  if (!isRising) input.refuse('Stream listpack');
  return valid;
}

/** How many entries from `from` on, the master's first element, are not deleted; -1 where they are no entries of a stream. */
function checkEntries(bytes: Buffer, view: DataView, from: number): number {
  let p = from;
  /** The integer at `p`, which it passes; NaN when there is none, -1 when it is of 64 bits: an ID's, but no count. */
  const integer = () => {
    if (bytes[p] === LISTPACK_END || isTextKind(bytes[p])) return Number.NaN;
    const value = bytes[p] === 0xf4 ? -1 : elementInteger(bytes, view, p);
    p += elementBytes(bytes, view, p);
    return value;
  };
  const skip = (count: number) => {
    for (let left = count; left > 0; left--) {
      if (bytes[p] === LISTPACK_END) return false;
      p += elementBytes(bytes, view, p);
    }
    return true;
  };
  const valid = integer();
  const deleted = integer();
  const fields = integer();
  if (!(valid >= 0 && deleted >= 0 && fields >= 0) || !skip(fields) || integer() !== 0) return -1;
  let live = 0;
  let total = 0;
  for (; bytes[p] !== LISTPACK_END; total++) {
    const at = p;
    const flags = integer();
    if (!(flags >= 0 && flags <= (DELETED | SAME_FIELDS)) || bytes[at] !== flags) return -1;
    if (Number.isNaN(integer()) || Number.isNaN(integer())) return -1;
    const hasOwn = (flags & SAME_FIELDS) === 0;
    const own = hasOwn ? integer() : fields;
    if (!(own >= 0) || !skip(hasOwn ? own * 2 : own) || integer() !== (hasOwn ? own * 2 + 4 : own + 3)) return -1;
    if ((flags & DELETED) === 0) live++;
  }
  return total > 0 && live === valid && total - live === deleted ? valid : -1;
}

function readGroup(reading: Reading, stream: Ref, type: number): void {
  const { input, records, first: name } = reading;
  const { arena } = records;
  if (!input.text(name)) return;
  if (findGroup(arena, stream, name.bytes, name.view, name.start, name.end) !== NO_REF) {
    input.fail();
    return;
  }
  const group = addGroup(arena, stream, name.bytes, name.view, name.start, name.end);
  readIdLengths(input);
  writeDelivered(arena, group, id);
  if (type !== RDB_STREAM) readHalves(input);
  else if (!countUpTo(arena, stream, id, halves)) {
    halves.high = -1;
    halves.low = -1;
  }
  writeEntriesRead(arena, group, halves.high, halves.low);
  const pending = groupPending(arena, group);
  for (let left = input.count(ID_BYTES + 9); left > 0 && !input.failed; left--) {
    readRawId(input);
    const time = Math.max(0, input.millis());
    readHalves(input);
    if (input.failed || treeFind(arena, pending, id, place)) {
      input.fail();
      return;
    }
    addUnowned(arena, pending, id, time, place);
    writeDeliveries(arena, place, halves.high, halves.low);
  }
  let owned = 0;
  for (let left = input.count(10); left > 0 && !input.failed; left--) owned += readConsumer(reading, group, type);
  if (!input.failed && owned !== treeCount(arena, pending)) input.fail();
}

/** Reads a consumer; returns how much is pending for it. */
function readConsumer(reading: Reading, group: Ref, type: number): number {
  const { input, records, first: name } = reading;
  const { arena } = records;
  if (!input.text(name)) return 0;
  const { bytes, view, start, end } = name;
  const isThere = findConsumer(arena, group, bytes, view, start, end) !== NO_REF;
  const seen = input.millis();
  const active = type === RDB_STREAM_3 ? input.millis() : seen;
  if (isThere || input.failed) {
    input.fail();
    return 0;
  }
  const consumer = addConsumer(arena, group, bytes, view, start, end, seen);
  setActive(arena, consumer, active);
  const own = consumerPending(arena, consumer);
  const pending = groupPending(arena, group);
  for (let left = input.count(ID_BYTES); left > 0 && !input.failed; left--) {
    readRawId(input);
    if (!input.failed && !ownPending(arena, pending, own, consumer, id)) input.fail();
  }
  return treeCount(arena, own);
}

function readRawId(input: RdbInput): void {
  if (!input.has(ID_BYTES)) return;
  const { view, at } = input;
  id.set(view.getInt32(at), view.getInt32(at + 4), view.getInt32(at + 8), view.getInt32(at + 12));
  input.at += ID_BYTES;
}

/** Reads an ID that is written as two lengths. */
function readIdLengths(input: RdbInput): void {
  readHalves(input);
  const { high, low } = halves;
  readHalves(input);
  id.set(high, low, halves.high, halves.low);
}

/** Reads a number of 64 bits that is written as a length. */
function readHalves(input: RdbInput): void {
  if (input.has(1) && input.bytes[input.at] === LONG_LENGTH) {
    if (!input.has(9)) return;
    halves.high = input.view.getInt32(input.at + 1);
    halves.low = input.view.getInt32(input.at + 5);
    input.at += 9;
    return;
  }
  halves.low = input.length() | 0;
  halves.high = 0;
}
