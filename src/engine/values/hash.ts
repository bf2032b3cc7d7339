/**
 * Hashes.
 *
 *   listpack    field, value, field, value … in the key's record
 *   hashtable   a table of records, one a field: the field where keys have their key, the value behind it
 *
 * A hash leaves the listpack when it has more than `hash-max-listpack-entries` fields or a field or value longer than
 * `hash-max-listpack-value`, and does not come back.
 */
import { copyBytes } from '../../bytes/copy.ts';
import { halfSipHash } from '../../bytes/siphash.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { keyOffset, segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { distinctIndexes } from '../structures/distinct-indexes.ts';
import {
  hashOf,
  newTable,
  tableCount,
  tableFind,
  tableInsert,
  tableRemove,
  tableReplace,
} from '../structures/hashtable.ts';
import { tableRandom, tableRandomDistinct } from '../structures/hashtable-draws.ts';
import { tableEach, tableScan } from '../structures/hashtable-walk.ts';
import {
  elementBytes,
  findElement,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  listpackCount,
} from '../structures/listpack.ts';
import { keyLength, newRecord } from '../structures/record.ts';
import { encodingOf, HASHTABLE, headerOf, LISTPACK } from './encoding.ts';
import { type RecordOwner, setOutside, valueLength, valueStart } from './inline.ts';
import { insertElement, removeElements, replaceElement } from './inline-listpack.ts';

/** A record this much larger than its new value is not kept. */
const WASTE_LIMIT_BYTES = 128;

/** How many fields the hash has. */
export function hashLength(arena: Arena, ref: Ref): number {
  if (encodingOf(arena, ref) === HASHTABLE) return tableCount(arena, headerOf(arena, ref));
  return listpackCount(arena.bytes[ref >>> 22], arena.views[ref >>> 22], valueStart(arena, ref)) >>> 1;
}

/** Points `value` at the value of the field `bytes[start..end)`; false when there is no such field. */
export function readField(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  value: ListpackCursor,
): boolean {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) {
    const field = fieldAt(arena, ref, bytes, view, start, end);
    if (field === 0) return false;
    const pack = arena.bytes[ref >>> 22];
    const packView = arena.views[ref >>> 22];
    value.read(pack, packView, field + elementBytes(pack, packView, field));
    return true;
  }
  const record = recordOf(owner, headerOf(arena, ref), bytes, view, start, end);
  if (record === NO_REF) return false;
  pointAtValue(arena, record, value);
  return true;
}

/** Sets the field `bytes[start..end)` to `source[from..to)`. The record may move: use the Ref returned. */
export function setField(
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
): Ref {
  const { arena } = owner;
  let place = ref;
  if (encodingOf(arena, ref) === LISTPACK) {
    const limit = owner.keyspace.encodingLimits.hashMaxListpackValue;
    const field = fieldAt(arena, ref, bytes, view, start, end);
    const hasRoom = field !== 0 || hashLength(arena, ref) < owner.keyspace.encodingLimits.hashMaxListpackEntries;
    if (hasRoom && end - start <= limit && to - from <= limit) {
      if (field !== 0) {
        const pack = arena.bytes[ref >>> 22];
        const offset = field + elementBytes(pack, arena.views[ref >>> 22], field) - valueStart(arena, ref);
        return replaceElement(owner, ref, offset, source, sourceView, from, to);
      }
      place = insertElement(owner, ref, valueLength(arena, ref) - 1, bytes, view, start, end);
      return insertElement(owner, place, valueLength(arena, place) - 1, source, sourceView, from, to);
    }
    place = toHashtable(owner, ref);
  }
  setRecord(owner, headerOf(arena, place), bytes, view, start, end, source, sourceView, from, to);
  return place;
}

/** Removes the field `bytes[start..end)`; false when there is none. An empty hash is the caller's to remove. */
export function removeField(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACK) {
    const field = fieldAt(arena, ref, bytes, view, start, end);
    if (field === 0) return NO_REF;
    const pack = arena.bytes[ref >>> 22];
    const packView = arena.views[ref >>> 22];
    const first = elementBytes(pack, packView, field);
    const both = first + elementBytes(pack, packView, field + first);
    return removeElements(owner, ref, field - valueStart(arena, ref), both, 2);
  }
  const table = headerOf(arena, ref);
  const record = recordOf(owner, table, bytes, view, start, end);
  if (record === NO_REF) return NO_REF;
  tableRemove(arena, table, hashOf(arena, record, owner.keyspace.seed), record, owner.keyspace.seed);
  arena.free(record);
  return ref;
}

/** Points the cursors at each field and its value in turn; `visit` must not change the hash. */
export function eachField(
  arena: Arena,
  ref: Ref,
  field: ListpackCursor,
  value: ListpackCursor,
  visit: () => void,
): void {
  if (encodingOf(arena, ref) === HASHTABLE) {
    tableEach(arena, headerOf(arena, ref), (record) => {
      pointAtField(arena, record, field);
      pointAtValue(arena, record, value);
      visit();
    });
    return;
  }
  const pack = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  for (let p = valueStart(arena, ref) + LISTPACK_HEADER_BYTES; pack[p] !== LISTPACK_END; ) {
    p = value.read(pack, view, field.read(pack, view, p));
    visit();
  }
}

/** Points at the field that a record of the table is of. */
export function pointAtField(arena: Arena, record: Ref, field: ListpackCursor): void {
  const segment = record >>> 22;
  const at = (record & 0x3fffff) << 2;
  const start = (at << 2) + keyOffset(arena.words[segment][at]);
  field.point(arena.bytes[segment], arena.views[segment], start, start + keyLength(arena, record));
}

/** Points at the value that a record of the table holds. */
export function pointAtValue(arena: Arena, record: Ref, value: ListpackCursor): void {
  const start = valueStart(arena, record);
  const segment = record >>> 22;
  value.point(arena.bytes[segment], arena.views[segment], start, start + valueLength(arena, record));
}

/** Moves the fields into a table. The record may move: use the Ref returned. */
export function toHashtable(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
  const table = newTable(arena);
  const field = new ListpackCursor();
  const value = new ListpackCursor();
  eachField(arena, ref, field, value, () => {
    addRecord(
      owner,
      table,
      hashText(owner, field.bytes, field.view, field.start, field.end),
      field.bytes,
      field.view,
      field.start,
      field.end,
      value.bytes,
      value.view,
      value.start,
      value.end,
    );
  });
  return setOutside(owner, ref, HASHTABLE, table);
}

/** Where the field stands in the listpack, 0 when it is not there. */
function fieldAt(arena: Arena, ref: Ref, bytes: Buffer, view: DataView, start: number, end: number): number {
  const segment = ref >>> 22;
  const first = valueStart(arena, ref) + LISTPACK_HEADER_BYTES;
  return findElement(arena.bytes[segment], arena.views[segment], first, 1, bytes, view, start, end);
}

function hashText(owner: RecordOwner, bytes: Buffer, view: DataView, start: number, end: number): number {
  const { k0, k1 } = owner.keyspace.seed;
  return halfSipHash(bytes, view, start, end, k0, k1);
}

function recordOf(owner: RecordOwner, table: Ref, bytes: Buffer, view: DataView, start: number, end: number): Ref {
  return tableFind(owner.arena, table, hashText(owner, bytes, view, start, end), bytes, view, start, end - start);
}

function setRecord(
  owner: RecordOwner,
  table: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  source: Buffer,
  sourceView: DataView,
  from: number,
  to: number,
): void {
  const { arena } = owner;
  const hash = hashText(owner, bytes, view, start, end);
  const old = tableFind(arena, table, hash, bytes, view, start, end - start);
  if (old === NO_REF) {
    addRecord(owner, table, hash, bytes, view, start, end, source, sourceView, from, to);
    return;
  }
  const room = arena.sizeOf(old) - (valueStart(arena, old) - ((old & 0x3fffff) << 4));
  if (to - from <= room && room - (to - from) <= WASTE_LIMIT_BYTES) {
    writeValue(arena, old, source, sourceView, from, to);
    return;
  }
  const fresh = newRecord(arena, 0, bytes, view, start, end, to - from);
  writeValue(arena, fresh, source, sourceView, from, to);
  tableReplace(arena, table, hash, old, fresh);
  arena.free(old);
}

function addRecord(
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
): void {
  const { arena } = owner;
  const record = newRecord(arena, 0, bytes, view, start, end, to - from);
  writeValue(arena, record, source, sourceView, from, to);
  tableInsert(arena, table, hash, record, owner.keyspace.seed);
}

function writeValue(arena: Arena, record: Ref, source: Buffer, view: DataView, from: number, to: number): void {
  const segment = segmentOf(record);
  copyBytes(arena.bytes[segment], arena.views[segment], valueStart(arena, record), source, view, from, to - from);
  arena.words[segment][wordOf(record) + VALUE_LENGTH] = to - from;
}

/** Points the cursors at a field drawn by chance, all with equal chances, and its value. */
export function randomField(owner: RecordOwner, ref: Ref, field: ListpackCursor, value: ListpackCursor): void {
  const { arena } = owner;
  if (encodingOf(arena, ref) === HASHTABLE) {
    pointAtRecord(arena, tableRandom(arena, headerOf(arena, ref), owner.keyspace.random), field, value);
    return;
  }
  const pack = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  let p = valueStart(arena, ref) + LISTPACK_HEADER_BYTES;
  for (let skip = owner.keyspace.random() % hashLength(arena, ref); skip > 0; skip--) {
    p += elementBytes(pack, view, p);
    p += elementBytes(pack, view, p);
  }
  value.read(pack, view, field.read(pack, view, p));
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
  if (encodingOf(arena, ref) === HASHTABLE) {
    for (const record of tableRandomDistinct(arena, headerOf(arena, ref), count, random)) {
      pointAtRecord(arena, record, field, value);
      visit();
    }
    return;
  }
  const chosen = distinctIndexes(hashLength(arena, ref), count, random);
  let index = 0;
  eachField(arena, ref, field, value, () => {
    if (index++ === chosen[0]) {
      chosen.shift();
      visit();
    }
  });
}

/** Visits the fields from `cursor` on, about `count`; returns the cursor to go on with, 0 at the end. */
export function scanFields(
  arena: Arena,
  ref: Ref,
  cursor: number,
  count: number,
  field: ListpackCursor,
  value: ListpackCursor,
  visit: () => void,
): number {
  if (encodingOf(arena, ref) !== HASHTABLE) {
    eachField(arena, ref, field, value, visit);
    return 0;
  }
  return tableScan(arena, headerOf(arena, ref), cursor, count, (record) => {
    pointAtRecord(arena, record, field, value);
    visit();
  });
}

function pointAtRecord(arena: Arena, record: Ref, field: ListpackCursor, value: ListpackCursor): void {
  pointAtField(arena, record, field);
  pointAtValue(arena, record, value);
}
