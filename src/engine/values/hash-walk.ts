/** Going through the fields of a hash: all of them, some drawn by chance, a scan. Fields that are gone are not shown. */
import type { Arena, Ref } from '../memory/arena.ts';
import { deadlineOf } from '../memory/layout.ts';
import { distinctIndexes } from '../structures/distinct-indexes.ts';
import { tableRandom, tableRandomDistinct } from '../structures/hashtable-draws.ts';
import { tableEach, tableScan } from '../structures/hashtable-walk.ts';
import { elementBytes, LISTPACK_END, LISTPACK_HEADER_BYTES, type ListpackCursor } from '../structures/listpack.ts';
import { encodingOf, HASHTABLE, HASHTABLEEX, LISTPACK } from './encoding.ts';
import { hashLength, liveLength } from './hash.ts';
import { packOf } from './hash-pairs.ts';
import { fieldTable, isPast, pointAtField, pointAtValue } from './hash-records.ts';
import { deadlineAt } from './hash-triplets.ts';
import { type RecordOwner, valueStart } from './inline.ts';

/** Draws after which those that are left are listed: so many fields are gone and were not yet reclaimed. */
const MAX_DRAWS = 100;

/**
 * Points the cursors at each field and its value in turn, also at those that are gone and not yet reclaimed: `visit` gets
 * the field's deadline, Infinity when it has none. It must not change the hash.
 */
export function eachField(
  arena: Arena,
  ref: Ref,
  field: ListpackCursor,
  value: ListpackCursor,
  visit: (deadline: number) => void,
): void {
  const encoding = encodingOf(arena, ref);
  if (encoding === HASHTABLE || encoding === HASHTABLEEX) {
    tableEach(arena, fieldTable(arena, ref), (record) => {
      pointAtRecord(arena, record, field, value);
      visit(deadlineOf(arena, record));
    });
    return;
  }
  const place = packOf(arena, ref, encoding);
  const pack = arena.bytes[place >>> 22];
  const view = arena.views[place >>> 22];
  let deadline = Number.POSITIVE_INFINITY;
  for (let p = valueStart(arena, place) + LISTPACK_HEADER_BYTES; pack[p] !== LISTPACK_END; ) {
    p = value.read(pack, view, field.read(pack, view, p));
    if (encoding !== LISTPACK) {
      deadline = deadlineAt(pack, view, p);
      p += elementBytes(pack, view, p);
    }
    visit(deadline);
  }
}

/** Points the cursors at each field that is not gone and its value in turn; `visit` must not change the hash. */
export function eachLiveField(
  owner: RecordOwner,
  ref: Ref,
  field: ListpackCursor,
  value: ListpackCursor,
  visit: () => void,
): void {
  const { now } = owner.keyspace;
  eachField(owner.arena, ref, field, value, (deadline) => {
    if (deadline > now) visit();
  });
}

/** Points the cursors at a field drawn by chance, all with equal chances, and its value; false when there is none. */
export function randomField(owner: RecordOwner, ref: Ref, field: ListpackCursor, value: ListpackCursor): boolean {
  const { arena } = owner;
  const { random } = owner.keyspace;
  const length = liveLength(owner, ref);
  if (length === 0) return false;
  const encoding = encodingOf(arena, ref);
  if (encoding === HASHTABLE || encoding === HASHTABLEEX) {
    pointAtRecord(arena, liveRecord(owner, fieldTable(arena, ref)), field, value);
    return true;
  }
  const place = packOf(arena, ref, encoding);
  const pack = arena.bytes[place >>> 22];
  const view = arena.views[place >>> 22];
  const elements = encoding === LISTPACK ? 2 : 3;
  let p = valueStart(arena, place) + LISTPACK_HEADER_BYTES;
  // Fields that are gone come first.
  const skipped = hashLength(arena, ref) - length + (random() % length);
  for (let left = skipped * elements; left > 0; left--) p += elementBytes(pack, view, p);
  value.read(pack, view, field.read(pack, view, p));
  return true;
}

/** Points the cursors at `count` different fields, fewer than there are, drawn by chance. */
export function randomFields(
  owner: RecordOwner,
  ref: Ref,
  count: number,
  field: ListpackCursor,
  value: ListpackCursor,
  visit: () => void,
): void {
  const { arena } = owner;
  const { random } = owner.keyspace;
  const encoding = encodingOf(arena, ref);
  const length = liveLength(owner, ref);
  const isTable = encoding === HASHTABLE || encoding === HASHTABLEEX;
  if (isTable && length === hashLength(arena, ref)) {
    for (const record of tableRandomDistinct(arena, fieldTable(arena, ref), count, random)) {
      pointAtRecord(arena, record, field, value);
      visit();
    }
    return;
  }
  const chosen = distinctIndexes(length, count, random);
  let index = 0;
  let next = 0;
  eachLiveField(owner, ref, field, value, () => {
    if (index++ !== chosen[next]) return;
    next++;
    visit();
  });
}

/** Visits the fields from `cursor` on, about `count`; returns the cursor to go on with, 0 at the end. */
export function scanFields(
  owner: RecordOwner,
  ref: Ref,
  cursor: number,
  count: number,
  field: ListpackCursor,
  value: ListpackCursor,
  visit: () => void,
): number {
  const { arena } = owner;
  const encoding = encodingOf(arena, ref);
  if (encoding !== HASHTABLE && encoding !== HASHTABLEEX) {
    eachLiveField(owner, ref, field, value, visit);
    return 0;
  }
  const { now } = owner.keyspace;
  return tableScan(arena, fieldTable(arena, ref), cursor, count, (record) => {
    if (isPast(arena, record, now)) return;
    pointAtRecord(arena, record, field, value);
    visit();
  });
}

/** A record by chance whose field is not gone; there must be one. */
function liveRecord(owner: RecordOwner, table: Ref): Ref {
  const { arena } = owner;
  const { now, random } = owner.keyspace;
  for (let draws = 0; draws < MAX_DRAWS; draws++) {
    const record = tableRandom(arena, table, random);
    if (!isPast(arena, record, now)) return record;
  }
  const live: Ref[] = [];
  tableEach(arena, table, (record) => {
    if (!isPast(arena, record, now)) live.push(record);
  });
  return live[random() % live.length];
}

function pointAtRecord(arena: Arena, record: Ref, field: ListpackCursor, value: ListpackCursor): void {
  pointAtField(arena, record, field);
  pointAtValue(arena, record, value);
}
