/**
 * Hashes.
 *
 *   listpack      field, value, field, value … in the key's record
 *   hashtable     a table of records, one a field (hash-records.ts)
 *
 * A hash leaves the listpack when it has more than `hash-max-listpack-entries` fields or a field or value longer than
 * `hash-max-listpack-value`, and does not come back. The first deadline of a field turns the two into their counterparts:
 *
 *   listpackex    field, value, deadline … in the hash's timer (hash-triplets.ts)
 *   hashtableex   a table as above, which the hash's timer names, records with a deadline among them
 *
 * A field is gone at its deadline: nothing here finds, shows or counts it any more, though its bytes stay until the timer
 * goes off or somebody opens the hash (keyspace/field-expiry.ts). Deadlines stand in hash-deadlines.ts, going through the
 * fields in hash-walk.ts.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { heapDue } from '../structures/deadline-heap.ts';
import { hashText, newTable, tableCount, tableFind } from '../structures/hashtable.ts';
import {
  elementBytes,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  listpackCount,
} from '../structures/listpack.ts';
import {
  encodingOf,
  HASHTABLE,
  HASHTABLEEX,
  headerOf,
  isTimed,
  LISTPACK,
  LISTPACKEX,
  setEncoding,
} from './encoding.ts';
import { isDue, updateTimer } from './hash-deadlines.ts';
import { fieldAt, packOf, removePair, setPair } from './hash-pairs.ts';
import {
  addRecord,
  fieldTable,
  findRecord,
  isPast,
  pointAtValue,
  removeRecord,
  setRecord,
  setRecordDeadline,
} from './hash-records.ts';
import { heapCount, heapStart, setTimedTable, timedTableBytes } from './hash-timer.ts';
import {
  appendTriplet,
  countDueTriplets,
  deadlineAt,
  removeTriplet,
  setTripletDeadline,
  tripletDeadline,
} from './hash-triplets.ts';
import { type RecordOwner, setOutside, valueLength, valueStart } from './inline.ts';

/** A listpack is not made larger than this. */
const LISTPACK_LIMIT_BYTES = 2 ** 30;

/** How many fields the hash has, with those that are gone and not yet reclaimed. */
export function hashLength(arena: Arena, ref: Ref): number {
  const encoding = encodingOf(arena, ref);
  if (encoding === HASHTABLE || encoding === HASHTABLEEX) return tableCount(arena, fieldTable(arena, ref));
  const place = packOf(arena, ref, encoding);
  const count = listpackCount(arena.bytes[place >>> 22], arena.views[place >>> 22], valueStart(arena, place));
  return encoding === LISTPACK ? count >>> 1 : count / 3;
}

/** How many fields the hash has. */
export function liveLength(owner: RecordOwner, ref: Ref): number {
  const { arena } = owner;
  const total = hashLength(arena, ref);
  if (!isTimed(encodingOf(arena, ref)) || !isDue(owner, ref)) return total;
  const timer = headerOf(arena, ref);
  const { now } = owner.keyspace;
  if (encodingOf(arena, ref) === LISTPACKEX) return total - countDueTriplets(arena, timer, now);
  return total - heapDue(arena, arena.words[segmentOf(timer)], heapStart(timer), heapCount(arena, timer), now);
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
  const encoding = encodingOf(arena, ref);
  if (encoding === HASHTABLE || encoding === HASHTABLEEX) {
    const record = findRecord(owner, ref, bytes, view, start, end);
    if (record === NO_REF || isPast(arena, record, owner.keyspace.now)) return false;
    pointAtValue(arena, record, value);
    return true;
  }
  const place = packOf(arena, ref, encoding);
  const field = fieldAt(arena, place, encoding, bytes, view, start, end);
  if (field === 0) return false;
  const pack = arena.bytes[place >>> 22];
  const packView = arena.views[place >>> 22];
  const behind = value.read(pack, packView, field + elementBytes(pack, packView, field));
  return encoding === LISTPACK || deadlineAt(pack, packView, behind) > owner.keyspace.now;
}

/**
 * Sets the field `bytes[start..end)` to `source[from..to)`; a deadline it has stays only if `keepDeadline`, and never
 * one that has passed. The record may move: use the Ref returned.
 */
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
  keepDeadline: boolean,
): Ref {
  const { arena } = owner;
  const encoding = encodingOf(arena, ref);
  let place = ref;
  if (encoding === LISTPACK || encoding === LISTPACKEX) {
    const pack = packOf(arena, ref, encoding);
    const field = fieldAt(arena, pack, encoding, bytes, view, start, end);
    if (fitsListpack(owner, ref, pack, field === 0 ? 1 : 0, end - start, to - from)) {
      if (encoding === LISTPACK)
        return setPair(owner, ref, field, bytes, view, start, end, source, sourceView, from, to);
      setTriplet(owner, pack, field, bytes, view, start, end, source, sourceView, from, to, keepDeadline);
      updateTimer(owner, ref);
      return ref;
    }
    place = toHashtable(owner, ref);
  }
  setRecord(owner, place, bytes, view, start, end, source, sourceView, from, to, keepDeadline);
  if (isTimed(encodingOf(arena, place))) updateTimer(owner, place);
  return place;
}

/**
 * Removes the field `bytes[start..end)`; NO_REF when there is none. An empty hash is the caller's to remove. The record may
 * move: use the Ref returned.
 */
export function removeField(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): Ref {
  const { arena } = owner;
  const encoding = encodingOf(arena, ref);
  if (encoding === HASHTABLE || encoding === HASHTABLEEX) {
    const hash = hashText(bytes, view, start, end, owner.keyspace.seed);
    const record = tableFind(arena, fieldTable(arena, ref), hash, bytes, view, start, end - start);
    if (record === NO_REF || isPast(arena, record, owner.keyspace.now)) return NO_REF;
    removeRecord(owner, ref, record, hash);
    if (encoding === HASHTABLEEX) updateTimer(owner, ref);
    return ref;
  }
  const place = packOf(arena, ref, encoding);
  const field = fieldAt(arena, place, encoding, bytes, view, start, end);
  if (field === 0) return NO_REF;
  if (encoding === LISTPACK) return removePair(owner, ref, field);
  const offset = field - valueStart(arena, place);
  if (tripletDeadline(arena, place, offset) <= owner.keyspace.now) return NO_REF;
  removeTriplet(owner, place, offset);
  updateTimer(owner, ref);
  return ref;
}

/** Moves the fields of a listpack into a table, with their deadlines. The record may move: use the Ref returned. */
export function toHashtable(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
  const encoding = encodingOf(arena, ref);
  const place = packOf(arena, ref, encoding);
  const pack = arena.bytes[place >>> 22];
  const packView = arena.views[place >>> 22];
  const table = newTable(arena);
  const timed: [Ref, number][] = [];
  const field = new ListpackCursor();
  const value = new ListpackCursor();
  for (let p = valueStart(arena, place) + LISTPACK_HEADER_BYTES; pack[p] !== LISTPACK_END; ) {
    p = value.read(pack, packView, field.read(pack, packView, p));
    const record = addRecord(
      owner,
      table,
      hashText(field.bytes, field.view, field.start, field.end, owner.keyspace.seed),
      field.bytes,
      field.view,
      field.start,
      field.end,
      value.bytes,
      value.view,
      value.start,
      value.end,
    );
    if (encoding === LISTPACK) continue;
    const deadline = deadlineAt(pack, packView, p);
    if (deadline < Number.POSITIVE_INFINITY) timed.push([record, deadline]);
    p += elementBytes(pack, packView, p);
  }
  if (encoding === LISTPACK) return setOutside(owner, ref, HASHTABLE, table);
  holdTable(owner, ref, table);
  for (const [record, deadline] of timed) setRecordDeadline(owner, ref, record, deadline);
  return ref;
}

/** Moves the fields into a table, if a listpack is too small for `count`. The record may move: use the Ref returned. */
export function toHashtableFor(owner: RecordOwner, ref: Ref, count: number): Ref {
  if (count <= owner.keyspace.encodingLimits.hashMaxListpackEntries) return ref;
  const encoding = encodingOf(owner.arena, ref);
  return encoding === LISTPACK || encoding === LISTPACKEX ? toHashtable(owner, ref) : ref;
}

/** Lets a timer hold a table instead of the listpack it held. */
function holdTable(owner: RecordOwner, ref: Ref, table: Ref): void {
  const { arena } = owner;
  const timer = owner.reserveValue(headerOf(arena, ref), timedTableBytes(0), 0);
  arena.words[segmentOf(timer)][wordOf(timer) + VALUE_LENGTH] = timedTableBytes(0);
  setTimedTable(arena, timer, table);
  setEncoding(arena, ref, HASHTABLEEX);
}

/** Sets the value of the field that stands at `field` of a listpackex, or adds it (0). */
function setTriplet(
  owner: RecordOwner,
  timer: Ref,
  field: number,
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
  if (field === 0) {
    appendTriplet(owner, timer, bytes, view, start, end, source, sourceView, from, to);
    return;
  }
  const offset = field - valueStart(arena, timer);
  const place = setPair(owner, timer, field, bytes, view, start, end, source, sourceView, from, to);
  const deadline = tripletDeadline(arena, place, offset);
  const stays = keepDeadline && deadline > owner.keyspace.now;
  if (stays || deadline === Number.POSITIVE_INFINITY) return;
  setTripletDeadline(owner, place, offset, Number.POSITIVE_INFINITY);
}

/** True when a field and a value of these lengths, `added` fields more than there are, may stand in the listpack. */
function fitsListpack(
  owner: RecordOwner,
  ref: Ref,
  pack: Ref,
  added: number,
  fieldBytes: number,
  valueBytes: number,
): boolean {
  const { hashMaxListpackEntries, hashMaxListpackValue } = owner.keyspace.encodingLimits;
  if (fieldBytes > hashMaxListpackValue || valueBytes > hashMaxListpackValue) return false;
  if (hashLength(owner.arena, ref) + added > hashMaxListpackEntries) return false;
  return valueLength(owner.arena, pack) + fieldBytes + valueBytes <= LISTPACK_LIMIT_BYTES;
}
