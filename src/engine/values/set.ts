/**
 * Sets.
 *
 *   intset      integers in rising order, in the key's record
 *   listpack    members in the order they came, in the key's record
 *   hashtable   a table of records, one a member: the member where keys have their key, nothing behind it
 *
 * A set of integers leaves the intset when it has more than `set-max-intset-entries` members, for the table, or when a
 * member is no integer. It is then a listpack, unless that has more than `set-max-listpack-entries` members or a member
 * longer than `set-max-listpack-value`; then a table. It does not come back.
 */
import { isInt64Text } from '../../bytes/integer.ts';
import { halfSipHash } from '../../bytes/siphash.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { KEY_LENGTH, keyOffset, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { hashOf, newTable, tableCount, tableFind, tableInsert, tableRemove } from '../structures/hashtable.ts';
import { tableEach, tableScan } from '../structures/hashtable-walk.ts';
import { INTSET_HEADER_BYTES, intsetAt, intsetBigAt, intsetLength } from '../structures/intset.ts';
import {
  addToListpackCount,
  EMPTY_LISTPACK_BYTES,
  elementBytes,
  findElement,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  listpackCount,
  newElementBytes,
  setListpackBytes,
  writeElement,
} from '../structures/listpack.ts';
import { newRecord } from '../structures/record.ts';
import { encodingOf, HASHTABLE, headerOf, INTSET, LISTPACK, setEncoding } from './encoding.ts';
import { type RecordOwner, setOutside, valueLength, valueStart } from './inline.ts';
import { indexIn, initIntset, insertInteger, removeInteger } from './inline-intset.ts';
import { initListpack, insertElement, removeElements } from './inline-listpack.ts';
import { drainRecordTable } from './record-table.ts';

/** What a visitor of members gets: the member is `bytes[start..end)`, valid until the visitor returns. */
export type MemberVisitor = (bytes: Buffer, view: DataView, start: number, end: number) => void;

/** The encoding of a new set whose first member is `bytes[start..end)` and that may get `expected` members at once. */
export function encodingForNew(
  owner: RecordOwner,
  bytes: Buffer,
  start: number,
  end: number,
  expected: number,
): number {
  const limits = owner.keyspace.encodingLimits;
  if (expected <= limits.setMaxIntsetEntries && isInt64Text(bytes, start, end)) return INTSET;
  return expected <= limits.setMaxListpackEntries ? LISTPACK : HASHTABLE;
}

/** Bytes of an empty set's value in its record. */
export function emptySetBytes(encoding: number): number {
  return encoding === INTSET ? INTSET_HEADER_BYTES : encoding === LISTPACK ? EMPTY_LISTPACK_BYTES : 0;
}

/** Makes the value of a record just created with `emptySetBytes` of room or more an empty set. It may move. */
export function initSet(owner: RecordOwner, ref: Ref, encoding: number): Ref {
  setEncoding(owner.arena, ref, encoding);
  if (encoding === INTSET) initIntset(owner.arena, ref);
  else if (encoding === LISTPACK) initListpack(owner.arena, ref);
  else return setOutside(owner, ref, HASHTABLE, newTable(owner.arena));
  return ref;
}

/** How many members the set has. */
export function setSize(arena: Arena, ref: Ref): number {
  const encoding = encodingOf(arena, ref);
  if (encoding === HASHTABLE) return tableCount(arena, headerOf(arena, ref));
  const view = arena.views[ref >>> 22];
  const at = valueStart(arena, ref);
  return encoding === INTSET ? intsetLength(view, at) : listpackCount(arena.bytes[ref >>> 22], view, at);
}

/** True when `bytes[start..end)` is a member. */
export function hasMember(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): boolean {
  const { arena } = owner;
  if (encodingOf(arena, ref) !== HASHTABLE) return hasInlineMember(arena, ref, bytes, view, start, end);
  const hash = hashText(owner, bytes, view, start, end);
  return tableFind(arena, headerOf(arena, ref), hash, bytes, view, start, end - start) !== NO_REF;
}

/** `hasMember` of a set in its record. */
export function hasInlineMember(
  arena: Arena,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): boolean {
  if (encodingOf(arena, ref) === INTSET) return indexIn(arena, ref, bytes, start, end) >= 0;
  return elementAt(arena, ref, bytes, view, start, end) !== 0;
}

/**
 * Adds `bytes[start..end)`, which must not lie in this set; NO_REF when it is a member already. The record may move: use
 * the Ref returned.
 */
export function addMember(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  const encoding = encodingOf(arena, ref);
  let place = ref;
  if (encoding === INTSET) {
    const index = indexIn(arena, ref, bytes, start, end);
    if (index >= 0) return NO_REF;
    if (!Number.isNaN(index)) return addInteger(owner, ref, -1 - index, bytes, start, end);
    if (fitsListpack(owner, ref, start, end))
      return appendMember(owner, toListpack(owner, ref), bytes, view, start, end);
    place = toTable(owner, ref);
  } else if (encoding === LISTPACK) {
    if (elementAt(arena, ref, bytes, view, start, end) !== 0) return NO_REF;
    const { setMaxListpackEntries, setMaxListpackValue } = owner.keyspace.encodingLimits;
    if (end - start <= setMaxListpackValue && setSize(arena, ref) < setMaxListpackEntries) {
      return appendMember(owner, ref, bytes, view, start, end);
    }
    place = toTable(owner, ref);
  }
  const table = headerOf(arena, place);
  const hash = hashText(owner, bytes, view, start, end);
  if (encoding === HASHTABLE && tableFind(arena, table, hash, bytes, view, start, end - start) !== NO_REF)
    return NO_REF;
  tableInsert(arena, table, hash, newRecord(arena, 0, bytes, view, start, end, 0), owner.keyspace.seed);
  return place;
}

/** Removes `bytes[start..end)`; NO_REF when it is no member. An empty set is the caller's to remove. It may move. */
export function removeMember(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  const encoding = encodingOf(arena, ref);
  if (encoding === INTSET) {
    const index = indexIn(arena, ref, bytes, start, end);
    return index >= 0 ? removeInteger(owner, ref, index) : NO_REF;
  }
  if (encoding === LISTPACK) {
    const at = elementAt(arena, ref, bytes, view, start, end);
    return at === 0 ? NO_REF : removeElementAt(owner, ref, at);
  }
  const table = headerOf(arena, ref);
  const hash = hashText(owner, bytes, view, start, end);
  const record = tableFind(arena, table, hash, bytes, view, start, end - start);
  if (record === NO_REF) return NO_REF;
  removeRecord(owner, table, hash, record);
  return ref;
}

/** Shows every member to `visit`, which must not change the set. */
export function eachMember(arena: Arena, ref: Ref, visit: MemberVisitor): void {
  if (encodingOf(arena, ref) === HASHTABLE) {
    tableEach(arena, headerOf(arena, ref), (record) => visitRecord(arena, record, visit));
    return;
  }
  const cursor = new ListpackCursor();
  const bytes = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  const at = valueStart(arena, ref);
  if (encodingOf(arena, ref) === INTSET) {
    const length = intsetLength(view, at);
    for (let index = 0; index < length; index++) {
      readInteger(view, at, index, cursor);
      visit(cursor.bytes, cursor.view, cursor.start, cursor.end);
    }
    return;
  }
  for (let p = at + LISTPACK_HEADER_BYTES; bytes[p] !== LISTPACK_END; ) {
    p = cursor.read(bytes, view, p);
    visit(cursor.bytes, cursor.view, cursor.start, cursor.end);
  }
}

/** Shows the members from `cursor` on, about `count`; returns the cursor to go on with, 0 at the end. */
export function scanMembers(arena: Arena, ref: Ref, cursor: number, count: number, visit: MemberVisitor): number {
  if (encodingOf(arena, ref) !== HASHTABLE) {
    eachMember(arena, ref, visit);
    return 0;
  }
  return tableScan(arena, headerOf(arena, ref), cursor, count, (record) => visitRecord(arena, record, visit));
}

/** Points at the member that a record of the table is of. */
export function pointAtMember(arena: Arena, record: Ref, member: ListpackCursor): void {
  const segment = record >>> 22;
  const words = arena.words[segment];
  const at = (record & 0x3fffff) << 2;
  const start = (at << 2) + keyOffset(words[at]);
  member.point(arena.bytes[segment], arena.views[segment], start, start + words[at + KEY_LENGTH]);
}

/** Shows the integer at `index` of an intset. */
export function readInteger(view: DataView, at: number, index: number, member: ListpackCursor): void {
  const value = intsetAt(view, at, index);
  if (Number.isNaN(value)) member.showBigInteger(intsetBigAt(view, at, index));
  else member.showInteger(value);
}

/** Takes a record out of the table and frees it. */
export function removeRecord(owner: RecordOwner, table: Ref, hash: number, record: Ref): void {
  tableRemove(owner.arena, table, hash, record, owner.keyspace.seed);
  owner.arena.free(record);
}

/** Removes the element that begins at `at` in the segment's bytes. The record may move: use the Ref returned. */
export function removeElementAt(owner: RecordOwner, ref: Ref, at: number): Ref {
  const { arena } = owner;
  const bytes = elementBytes(arena.bytes[ref >>> 22], arena.views[ref >>> 22], at);
  return removeElements(owner, ref, at - valueStart(arena, ref), bytes, 1);
}

/** Moves the members into a table. The record may move: use the Ref returned. */
export function toTable(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
  const { seed } = owner.keyspace;
  const table = newTable(arena);
  eachMember(arena, ref, (bytes, view, start, end) => {
    const record = newRecord(arena, 0, bytes, view, start, end, 0);
    tableInsert(arena, table, hashOf(arena, record, seed), record, seed);
  });
  return setOutside(owner, ref, HASHTABLE, table);
}

/** Makes a set whose members are all integers an intset. The record may move: use the Ref returned. */
export function toIntset(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === INTSET) return ref;
  const members: Buffer[] = [];
  eachMember(arena, ref, (bytes, _view, start, end) => members.push(Buffer.from(bytes.subarray(start, end))));
  if (encodingOf(arena, ref) === HASHTABLE) drainRecordTable(arena, headerOf(arena, ref), 0, Number.POSITIVE_INFINITY);
  let place = owner.reserveValue(ref, INTSET_HEADER_BYTES, 0);
  setEncoding(arena, place, INTSET);
  initIntset(arena, place);
  for (const member of members) {
    const index = indexIn(arena, place, member, 0, member.length);
    place = insertInteger(owner, place, -1 - index, member, 0, member.length);
  }
  return place;
}

/** Makes an intset a listpack. The record may move: use the Ref returned. */
function toListpack(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
  const members: Buffer[] = [];
  let total = EMPTY_LISTPACK_BYTES;
  eachMember(arena, ref, (bytes, _view, start, end) => {
    members.push(Buffer.from(bytes.subarray(start, end)));
    total += newElementBytes(bytes, start, end);
  });
  const place = owner.reserveValue(ref, total, 0);
  setEncoding(arena, place, LISTPACK);
  initListpack(arena, place);
  const bytes = arena.bytes[place >>> 22];
  const view = arena.views[place >>> 22];
  const at = valueStart(arena, place);
  let p = at + LISTPACK_HEADER_BYTES;
  for (const member of members) {
    const memberView = new DataView(member.buffer, member.byteOffset, member.length);
    p = writeElement(bytes, view, p, member, memberView, 0, member.length);
  }
  bytes[p] = LISTPACK_END;
  setListpackBytes(view, at, total);
  addToListpackCount(view, at, members.length);
  arena.words[place >>> 22][wordOf(place) + VALUE_LENGTH] = total;
  return place;
}

function addInteger(owner: RecordOwner, ref: Ref, index: number, bytes: Buffer, start: number, end: number): Ref {
  const place = insertInteger(owner, ref, index, bytes, start, end);
  const isTooLong = setSize(owner.arena, place) > owner.keyspace.encodingLimits.setMaxIntsetEntries;
  return isTooLong ? toTable(owner, place) : place;
}

function appendMember(owner: RecordOwner, ref: Ref, bytes: Buffer, view: DataView, start: number, end: number): Ref {
  return insertElement(owner, ref, valueLength(owner.arena, ref) - 1, bytes, view, start, end);
}

/** True when a listpack may hold the integers of an intset and `bytes[start..end)`. */
function fitsListpack(owner: RecordOwner, ref: Ref, start: number, end: number): boolean {
  const { setMaxListpackEntries, setMaxListpackValue } = owner.keyspace.encodingLimits;
  if (end - start > setMaxListpackValue || setSize(owner.arena, ref) >= setMaxListpackEntries) return false;
  return longestInteger(owner.arena, ref) <= setMaxListpackValue;
}

/** The digits, with sign, of the longest integer of an intset: the first or the last. */
function longestInteger(arena: Arena, ref: Ref): number {
  const view = arena.views[ref >>> 22];
  const at = valueStart(arena, ref);
  const length = intsetLength(view, at);
  if (length === 0) return 0;
  return Math.max(String(intsetBigAt(view, at, 0)).length, String(intsetBigAt(view, at, length - 1)).length);
}

/** Where the member stands in the listpack, 0 when it is not there. */
function elementAt(arena: Arena, ref: Ref, bytes: Buffer, view: DataView, start: number, end: number): number {
  const segment = ref >>> 22;
  const first = valueStart(arena, ref) + LISTPACK_HEADER_BYTES;
  return findElement(arena.bytes[segment], arena.views[segment], first, 0, bytes, view, start, end);
}

function visitRecord(arena: Arena, record: Ref, visit: MemberVisitor): void {
  const segment = record >>> 22;
  const words = arena.words[segment];
  const at = (record & 0x3fffff) << 2;
  const start = (at << 2) + keyOffset(words[at]);
  visit(arena.bytes[segment], arena.views[segment], start, start + words[at + KEY_LENGTH]);
}

function hashText(owner: RecordOwner, bytes: Buffer, view: DataView, start: number, end: number): number {
  const { k0, k1 } = owner.keyspace.seed;
  return halfSipHash(bytes, view, start, end, k0, k1);
}
