/**
 * The fields of a large hash: a record each in a table, the field where keys have their key, the value behind it. In a
 * hashtableex a record may have a deadline; it is then in the heap of the hash's timer.
 */
import { copyBytes } from '../../bytes/copy.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { deadlineOf, HAS_DEADLINE, keyOffset, segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { heapAdd, heapChanged, heapMoved, heapRemove } from '../structures/deadline-heap.ts';
import { hashOf, hashText, tableFind, tableInsert, tableRemove, tableReplace } from '../structures/hashtable.ts';
import type { ListpackCursor } from '../structures/listpack.ts';
import {
  copyRecord,
  insertDeadlineWords,
  keyLength,
  newRecord,
  removeDeadlineWords,
  writeDeadline,
} from '../structures/record.ts';
import { encodingOf, HASHTABLE, headerOf } from './encoding.ts';
import { heapCount, heapStart, timedTable } from './hash-timer.ts';
import { type RecordOwner, spliceValue, valueLength, valueStart } from './inline.ts';

/** A record this much larger than its new value is not kept. */
const WASTE_LIMIT_BYTES = 128;

/** The table of a large hash. */
export function fieldTable(arena: Arena, ref: Ref): Ref {
  const header = headerOf(arena, ref);
  return encodingOf(arena, ref) === HASHTABLE ? header : timedTable(arena, header);
}

/** The record of the field `bytes[start..end)`, 0 when there is none. */
export function findRecord(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  const hash = hashText(bytes, view, start, end, owner.keyspace.seed);
  return tableFind(arena, fieldTable(arena, ref), hash, bytes, view, start, end - start);
}

/** Sets the field to `source[from..to)`; its deadline stays only if `keepDeadline`, and never one that has passed. */
export function setRecord(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  source: Buffer,
  sourceView: DataView,
  from: number,
  to: number,
  keepDeadline: boolean,
): void {
  const { arena } = owner;
  const table = fieldTable(arena, ref);
  const hash = hashText(bytes, view, start, end, owner.keyspace.seed);
  const old = tableFind(arena, table, hash, bytes, view, start, end - start);
  if (old === NO_REF) {
    addRecord(owner, table, hash, bytes, view, start, end, source, sourceView, from, to);
    return;
  }
  if (!keepDeadline || isPast(arena, old, owner.keyspace.now)) persistRecord(owner, ref, old);
  const room = arena.sizeOf(old) - (valueStart(arena, old) - ((old & 0x3fffff) << 4));
  const fits = to - from <= room && room - (to - from) <= WASTE_LIMIT_BYTES;
  const record = fits ? old : moveRecord(owner, ref, old, hasDeadline(arena, old), to - from, 0);
  writeValue(arena, record, source, sourceView, from, to);
}

/** Adds the record of a field that is not in the table, whose hash is `hash`; returns it. */
export function addRecord(
  owner: RecordOwner,
  table: Ref,
  hash: number,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  source: Buffer,
  sourceView: DataView,
  from: number,
  to: number,
): Ref {
  const { arena } = owner;
  const record = newRecord(arena, 0, bytes, view, start, end, to - from);
  writeValue(arena, record, source, sourceView, from, to);
  tableInsert(arena, table, hash, record, owner.keyspace.seed);
  return record;
}

/** Removes a field's record; `hash` is the field's. */
export function removeRecord(owner: RecordOwner, ref: Ref, record: Ref, hash: number): void {
  const { arena } = owner;
  if (hasDeadline(arena, record)) leaveHeap(owner, ref, record);
  tableRemove(arena, fieldTable(arena, ref), hash, record, owner.keyspace.seed);
  arena.free(record);
}

/** Gives a field of a hashtableex a deadline. */
export function setRecordDeadline(owner: RecordOwner, ref: Ref, old: Ref, deadline: number): void {
  const { arena } = owner;
  if (hasDeadline(arena, old)) {
    const timer = headerOf(arena, ref);
    writeDeadline(arena, old, deadline);
    heapChanged(arena, arena.words[segmentOf(timer)], heapStart(timer), heapCount(arena, timer), old);
    return;
  }
  const used = valueLength(arena, old);
  const record = insertDeadlineWords(arena, old, used) ? old : moveRecord(owner, ref, old, true, used, used);
  writeDeadline(arena, record, deadline);
  joinHeap(owner, ref, record);
}

/** Puts a record whose deadline is written into the heap. */
function joinHeap(owner: RecordOwner, ref: Ref, record: Ref): void {
  const { arena } = owner;
  const header = headerOf(arena, ref);
  const count = heapCount(arena, header);
  const timer = spliceValue(owner, header, valueLength(arena, header), 0, 4);
  heapAdd(arena, arena.words[segmentOf(timer)], heapStart(timer), count, record);
}

/** Removes the deadline of a field, if it has one. */
export function persistRecord(owner: RecordOwner, ref: Ref, record: Ref): void {
  const { arena } = owner;
  if (!hasDeadline(arena, record)) return;
  leaveHeap(owner, ref, record);
  removeDeadlineWords(arena, record, valueLength(arena, record));
}

/** True for a record whose deadline has passed. */
export function isPast(arena: Arena, record: Ref, now: number): boolean {
  return hasDeadline(arena, record) && deadlineOf(arena, record) <= now;
}

/** Points at the field that a record is of. */
export function pointAtField(arena: Arena, record: Ref, field: ListpackCursor): void {
  const segment = record >>> 22;
  const at = (record & 0x3fffff) << 2;
  const start = (at << 2) + keyOffset(arena.words[segment][at]);
  field.point(arena.bytes[segment], arena.views[segment], start, start + keyLength(arena, record));
}

/** Points at the value that a record holds. */
export function pointAtValue(arena: Arena, record: Ref, value: ListpackCursor): void {
  const start = valueStart(arena, record);
  const segment = record >>> 22;
  value.point(arena.bytes[segment], arena.views[segment], start, start + valueLength(arena, record));
}

function leaveHeap(owner: RecordOwner, ref: Ref, record: Ref): void {
  const { arena } = owner;
  const timer = headerOf(arena, ref);
  heapRemove(arena, arena.words[segmentOf(timer)], heapStart(timer), heapCount(arena, timer), record);
  spliceValue(owner, timer, valueLength(arena, timer) - 4, 4, 0);
}

/** Gives a field another record, its value kept as far as `used`; table and heap name it. */
function moveRecord(
  owner: RecordOwner,
  ref: Ref,
  old: Ref,
  withDeadline: boolean,
  valueBytes: number,
  used: number,
): Ref {
  const { arena } = owner;
  const fresh = copyRecord(arena, old, withDeadline, valueBytes, used);
  tableReplace(arena, fieldTable(arena, ref), hashOf(arena, old, owner.keyspace.seed), old, fresh);
  if (hasDeadline(arena, old)) {
    const timer = headerOf(arena, ref);
    heapMoved(arena, arena.words[segmentOf(timer)], heapStart(timer), fresh);
  }
  arena.free(old);
  return fresh;
}

function hasDeadline(arena: Arena, record: Ref): boolean {
  return (arena.words[record >>> 22][(record & 0x3fffff) << 2] & HAS_DEADLINE) !== 0;
}

function writeValue(arena: Arena, record: Ref, source: Buffer, view: DataView, from: number, to: number): void {
  const segment = segmentOf(record);
  copyBytes(arena.bytes[segment], arena.views[segment], valueStart(arena, record), source, view, from, to - from);
  arena.words[segment][wordOf(record) + VALUE_LENGTH] = to - from;
}
