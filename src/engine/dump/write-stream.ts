/**
 * Streams as RDB bytes: blocks as they stand, then what the stream remembers, then its groups.
 *
 *   blocks, each: ID of its first entry (16 bytes, most significant first) | listpack
 *   length | last ID | first ID | greatest deleted ID | entries ever added          each number as a length
 *   groups, each: name | ID delivered last | entries read | pending | consumers
 *     pending, each: ID | last delivery, 8 bytes | deliveries
 *     consumers, each: name | seen, 8 bytes | active, 8 bytes | pending, each: ID
 *
 * `active` came with RDB_STREAM_3; readers of older types take it to be `seen`, so the older type holds as much where the two
 * are the same of all consumers.
 */
import type { Halves } from '../../bytes/uint64.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { IdPlace, treeCount } from '../structures/id-tree.ts';
import { readPlaceId, seekFirst, stepForward, wordAt } from '../structures/id-tree-walk.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import { blockBytes, blockStart } from '../structures/stream-block.ts';
import { StreamId } from '../structures/stream-id.ts';
import { headerOf } from '../values/encoding.ts';
import {
  activeAt,
  consumerAt,
  consumerCount,
  consumerPending,
  groupAt,
  groupCount,
  groupPending,
  readDelivered,
  readEntriesRead,
  seenAt,
} from '../values/stream-groups.ts';
import {
  blocksOf,
  FIRST_ID,
  GREATEST_DELETED_ID,
  LAST_ID,
  readAdded,
  readHeaderId,
  streamLength,
} from '../values/stream-header.ts';
import { pointAtName } from '../values/stream-names.ts';
import { deliveredAt, readDeliveries } from '../values/stream-pending.ts';
import type { RdbOutput } from './rdb-output.ts';
import { RDB_STREAM_2, RDB_STREAM_3 } from './rdb-types.ts';

const LONG_LENGTH = 0x81;

const id = new StreamId();
const place = new IdPlace();
const name = new ListpackCursor();
const halves: Halves = { high: 0, low: 0 };
const raw = Buffer.alloc(16);
const rawView = new DataView(raw.buffer, raw.byteOffset, raw.length);

/** The RDB type that a stream is written as. */
export function streamTypeOf(arena: Arena, ref: Ref): number {
  const stream = headerOf(arena, ref);
  const groups = groupCount(arena, stream);
  for (let rank = 0; rank < groups; rank++) {
    const group = groupAt(arena, stream, rank);
    const consumers = consumerCount(arena, group);
    for (let i = 0; i < consumers; i++) {
      const consumer = consumerAt(arena, group, i);
      if (seenAt(arena, consumer) !== activeAt(arena, consumer)) return RDB_STREAM_3;
    }
  }
  return RDB_STREAM_2;
}

/** Writes a stream as one of the two types. */
export function writeStream(output: RdbOutput, arena: Arena, ref: Ref, type: number): void {
  const stream = headerOf(arena, ref);
  const blocks = blocksOf(arena, stream);
  output.length(treeCount(arena, blocks));
  for (let more = seekFirst(arena, blocks, place); more; more = stepForward(arena, place)) {
    const block = wordAt(arena, blocks, place) as Ref;
    const start = blockStart(block);
    output.length(raw.length);
    writePlaceId(output, arena);
    output.text(arena.bytes[block >>> 22], arena.views[block >>> 22], start, start + blockBytes(arena, block));
  }
  output.length(streamLength(arena, stream));
  for (const which of [LAST_ID, FIRST_ID, GREATEST_DELETED_ID]) {
    readHeaderId(arena, stream, which, id);
    writeIdLengths(output);
  }
  readAdded(arena, stream, halves);
  writeHalves(output, halves.high, halves.low);
  const groups = groupCount(arena, stream);
  output.length(groups);
  for (let rank = 0; rank < groups; rank++) writeGroup(output, arena, groupAt(arena, stream, rank), type);
}

function writeGroup(output: RdbOutput, arena: Arena, group: Ref, type: number): void {
  writeName(output, arena, group);
  readDelivered(arena, group, id);
  writeIdLengths(output);
  readEntriesRead(arena, group, halves);
  writeHalves(output, halves.high, halves.low);
  const pending = groupPending(arena, group);
  output.length(treeCount(arena, pending));
  for (let more = seekFirst(arena, pending, place); more; more = stepForward(arena, place)) {
    writePlaceId(output, arena);
    writeTime(output, deliveredAt(arena, place));
    readDeliveries(arena, place, halves);
    writeHalves(output, halves.high, halves.low);
  }
  const consumers = consumerCount(arena, group);
  output.length(consumers);
  for (let rank = 0; rank < consumers; rank++) {
    const consumer = consumerAt(arena, group, rank);
    writeName(output, arena, consumer);
    writeTime(output, seenAt(arena, consumer));
    if (type === RDB_STREAM_3) writeTime(output, activeAt(arena, consumer));
    const own = consumerPending(arena, consumer);
    output.length(treeCount(arena, own));
    for (let more = seekFirst(arena, own, place); more; more = stepForward(arena, place)) writePlaceId(output, arena);
  }
}

function writeName(output: RdbOutput, arena: Arena, record: Ref): void {
  pointAtName(arena, record, name);
  output.text(name.bytes, name.view, name.start, name.end);
}

function writePlaceId(output: RdbOutput, arena: Arena): void {
  readPlaceId(arena, place, id);
  rawView.setInt32(0, id.msHigh);
  rawView.setInt32(4, id.msLow);
  rawView.setInt32(8, id.sequenceHigh);
  rawView.setInt32(12, id.sequenceLow);
  output.raw(raw, rawView, 0, 16);
}

function writeIdLengths(output: RdbOutput): void {
  writeHalves(output, id.msHigh, id.msLow);
  writeHalves(output, id.sequenceHigh, id.sequenceLow);
}

/** A number of 64 bits as a length. */
function writeHalves(output: RdbOutput, high: number, low: number): void {
  if (high === 0) return output.length(low >>> 0);
  output.byte(LONG_LENGTH);
  rawView.setInt32(0, high);
  rawView.setInt32(4, low);
  output.raw(raw, rawView, 0, 8);
}

/** Milliseconds, -1 too, as a signed number of 64 bits. */
function writeTime(output: RdbOutput, time: number): void {
  rawView.setInt32(0, time, true);
  rawView.setInt32(4, Math.floor(time / 4294967296), true);
  output.raw(raw, rawView, 0, 8);
}
