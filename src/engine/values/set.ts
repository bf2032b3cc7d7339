/**
 * Sets.
 *
 *   intset      integers in rising order, in the key's record
 *   listpack    members in the order they came, in the key's record
 *   hashtable   a table of records, one a member: the member where keys have their key, nothing behind it
 *
 * A set of integers leaves the intset when it has more than `set-max-intset-entries` members, for the table, or when a
 * member is no integer. It is then a listpack, unless that has more than `set-max-listpack-entries` members or a member
 * longer than `set-max-listpack-value`; then a table. It does not come back, unless nearly all is taken out at once
 * (values/set-draws.ts).
 */
import { isInt64Text } from '../../bytes/integer.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { hashText, newTable, tableCount, tableFind, tableInsert, tableRemove } from '../structures/hashtable.ts';
import { INTSET_HEADER_BYTES, intsetBigAt, intsetLength } from '../structures/intset.ts';
import {
  EMPTY_LISTPACK_BYTES,
  elementBytes,
  findElement,
  LISTPACK_HEADER_BYTES,
  listpackCount,
  newElementBytes,
} from '../structures/listpack.ts';
import { newRecord } from '../structures/record.ts';
import { encodingOf, HASHTABLE, headerOf, INTSET, LISTPACK, setEncoding } from './encoding.ts';
import { type RecordOwner, setOutside, valueLength, valueStart } from './inline.ts';
import { indexIn, initIntset, insertInteger, removeInteger } from './inline-intset.ts';
import { initListpack, insertElement, removeElements } from './inline-listpack.ts';
import { toListpack, toTable } from './set-conversion.ts';

/** An inline value does not grow above this, whatever the limits on its elements are. */
const MOST_INLINE_BYTES = 2 ** 30;
/** Integers of the longest intset. */
const MOST_INTEGERS = MOST_INLINE_BYTES / 8;

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

/** Called before `count` members are added: more at once than an inline set may have need a table. It may move. */
export function prepareForMembers(owner: RecordOwner, ref: Ref, count: number): Ref {
  const { setMaxIntsetEntries, setMaxListpackEntries } = owner.keyspace.encodingLimits;
  const encoding = encodingOf(owner.arena, ref);
  if (encoding === INTSET && count > setMaxIntsetEntries) return toTable(owner, ref);
  return encoding === LISTPACK && count > setMaxListpackEntries ? toTable(owner, ref) : ref;
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
  switch (encodingOf(arena, ref)) {
    case HASHTABLE:
      return recordOf(owner, ref, bytes, view, start, end) !== NO_REF;
    case INTSET:
      return indexIn(arena, ref, bytes, start, end) >= 0;
    default:
      return elementAt(arena, ref, bytes, view, start, end) !== 0;
  }
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
  if (encoding === INTSET) {
    const index = indexIn(arena, ref, bytes, start, end);
    if (index >= 0) return NO_REF;
    if (!Number.isNaN(index)) return addInteger(owner, ref, -1 - index, bytes, start, end);
    if (fitsListpack(owner, ref, bytes, start, end)) {
      const element = newElementBytes(bytes, start, end);
      return appendMember(owner, toListpack(owner, ref, element), bytes, view, start, end);
    }
  } else if (encoding === LISTPACK) {
    if (elementAt(arena, ref, bytes, view, start, end) !== 0) return NO_REF;
    if (listpackMayTake(owner, ref, bytes, start, end)) return appendMember(owner, ref, bytes, view, start, end);
  }
  const place = encoding === HASHTABLE ? ref : toTable(owner, ref);
  const table = headerOf(arena, place);
  const hash = hashText(bytes, view, start, end, owner.keyspace.seed);
  if (tableFind(arena, table, hash, bytes, view, start, end - start) !== NO_REF) return NO_REF;
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
  switch (encodingOf(arena, ref)) {
    case INTSET: {
      const index = indexIn(arena, ref, bytes, start, end);
      return index >= 0 ? removeInteger(owner, ref, index) : NO_REF;
    }
    case LISTPACK: {
      const at = elementAt(arena, ref, bytes, view, start, end);
      return at === 0 ? NO_REF : removeElementAt(owner, ref, at - valueStart(arena, ref));
    }
    default: {
      const table = headerOf(arena, ref);
      const hash = hashText(bytes, view, start, end, owner.keyspace.seed);
      const record = tableFind(arena, table, hash, bytes, view, start, end - start);
      if (record === NO_REF) return NO_REF;
      removeRecord(owner, table, record, hash);
      return ref;
    }
  }
}

/** Takes a member's record out of the table and frees it; `hash` is the member's. */
export function removeRecord(owner: RecordOwner, table: Ref, record: Ref, hash: number): void {
  tableRemove(owner.arena, table, hash, record, owner.keyspace.seed);
  owner.arena.free(record);
}

/** Removes the element at `offset` of the listpack. The record may move: use the Ref returned. */
export function removeElementAt(owner: RecordOwner, ref: Ref, offset: number): Ref {
  const { arena } = owner;
  const at = valueStart(arena, ref) + offset;
  const bytes = elementBytes(arena.bytes[ref >>> 22], arena.views[ref >>> 22], at);
  return removeElements(owner, ref, offset, bytes, 1);
}

function addInteger(owner: RecordOwner, ref: Ref, index: number, bytes: Buffer, start: number, end: number): Ref {
  const place = insertInteger(owner, ref, index, bytes, start, end);
  const most = Math.min(owner.keyspace.encodingLimits.setMaxIntsetEntries, MOST_INTEGERS);
  return setSize(owner.arena, place) > most ? toTable(owner, place) : place;
}

function appendMember(owner: RecordOwner, ref: Ref, bytes: Buffer, view: DataView, start: number, end: number): Ref {
  return insertElement(owner, ref, valueLength(owner.arena, ref) - 1, bytes, view, start, end);
}

/** True when the set, a listpack or to become one, may have `bytes[start..end)` as one more element. */
function listpackMayTake(owner: RecordOwner, ref: Ref, bytes: Buffer, start: number, end: number): boolean {
  const { arena } = owner;
  const { setMaxListpackEntries, setMaxListpackValue } = owner.keyspace.encodingLimits;
  if (end - start > setMaxListpackValue || setSize(arena, ref) >= setMaxListpackEntries) return false;
  return valueLength(arena, ref) + newElementBytes(bytes, start, end) <= MOST_INLINE_BYTES;
}

/** True when a listpack may hold the integers of an intset and `bytes[start..end)`. */
function fitsListpack(owner: RecordOwner, ref: Ref, bytes: Buffer, start: number, end: number): boolean {
  if (!listpackMayTake(owner, ref, bytes, start, end)) return false;
  return longestInteger(owner.arena, ref) <= owner.keyspace.encodingLimits.setMaxListpackValue;
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

/** The member's record in the table, NO_REF when there is none. */
function recordOf(owner: RecordOwner, ref: Ref, bytes: Buffer, view: DataView, start: number, end: number): Ref {
  const hash = hashText(bytes, view, start, end, owner.keyspace.seed);
  return tableFind(owner.arena, headerOf(owner.arena, ref), hash, bytes, view, start, end - start);
}
