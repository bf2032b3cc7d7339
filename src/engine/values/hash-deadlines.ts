/** Deadlines of a hash's fields: set, ask, remove, and the fields whose deadline has passed. */

import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { deadlineOf, segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { hashOf } from '../structures/hashtable.ts';
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
import { fieldAt, packOf } from './hash-pairs.ts';
import { findRecord, persistRecord, removeRecord, setRecordDeadline } from './hash-records.ts';
import { heapCount, heapStart, newTimer, ownTimer, setTimedTable, timedTableBytes } from './hash-timer.ts';
import {
  earliestTriplet,
  removeDueTriplets,
  setTripletDeadline,
  timedListpack,
  tripletDeadline,
} from './hash-triplets.ts';
import { type RecordOwner, setOutside, valueStart } from './inline.ts';

/** What `fieldDeadline` answers for a field that is not there. */
export const NO_FIELD = -1;

/** Makes a hash ready for deadlines of its fields. The record may move: use the Ref returned. */
export function startTimer(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
  const encoding = encodingOf(arena, ref);
  if (isTimed(encoding)) return ref;
  let place = ref;
  if (encoding === LISTPACK) place = setOutside(owner, ref, LISTPACKEX, timedListpack(arena, ref));
  else {
    const timer = newTimer(arena, timedTableBytes(0));
    setTimedTable(arena, timer, headerOf(arena, ref));
    setEncoding(arena, ref, HASHTABLEEX);
    arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH] = timer;
  }
  ownTimer(arena, place);
  return place;
}

/** The deadline of the field `bytes[start..end)`: Infinity when it has none, NO_FIELD when there is no such field. */
export function fieldDeadline(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): number {
  const { arena } = owner;
  const encoding = encodingOf(arena, ref);
  let deadline = Number.POSITIVE_INFINITY;
  if (encoding === HASHTABLE || encoding === HASHTABLEEX) {
    const record = findRecord(owner, ref, bytes, view, start, end);
    if (record === NO_REF) return NO_FIELD;
    deadline = deadlineOf(arena, record);
  } else {
    const place = packOf(arena, ref, encoding);
    const field = fieldAt(arena, place, encoding, bytes, view, start, end);
    if (field === 0) return NO_FIELD;
    if (encoding === LISTPACKEX) deadline = tripletDeadline(arena, place, field - valueStart(arena, place));
  }
  return deadline <= owner.keyspace.now ? NO_FIELD : deadline;
}

/** Gives a field that is there a deadline, Infinity for none; `startTimer` must have been called. */
export function setFieldDeadline(
  owner: RecordOwner,
  ref: Ref,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  deadline: number,
): void {
  const { arena } = owner;
  if (encodingOf(arena, ref) === LISTPACKEX) {
    const timer = headerOf(arena, ref);
    const field = fieldAt(arena, timer, LISTPACKEX, bytes, view, start, end);
    setTripletDeadline(owner, timer, field - valueStart(arena, timer), deadline);
  } else {
    const record = findRecord(owner, ref, bytes, view, start, end);
    if (deadline === Number.POSITIVE_INFINITY) persistRecord(owner, ref, record);
    else setRecordDeadline(owner, ref, record, deadline);
  }
  updateTimer(owner, ref);
}

/** Removes up to `limit` fields whose deadline has passed; returns how many there were. */
export function removeDueFields(owner: RecordOwner, ref: Ref, limit: number): number {
  const { arena } = owner;
  const { now } = owner.keyspace;
  let removed = 0;
  if (encodingOf(arena, ref) === LISTPACKEX) removed = removeDueTriplets(owner, headerOf(arena, ref), now, limit);
  else {
    while (removed < limit && earliestRecord(arena, headerOf(arena, ref)) <= now) {
      const timer = headerOf(arena, ref);
      const record = arena.words[segmentOf(timer)][heapStart(timer)] as Ref;
      removeRecord(owner, ref, record, hashOf(arena, record, owner.keyspace.seed));
      removed++;
    }
  }
  updateTimer(owner, ref);
  return removed;
}

/** True when the deadline of some field of a hash with a timer has passed. */
export function isDue(owner: RecordOwner, ref: Ref): boolean {
  return deadlineOf(owner.arena, headerOf(owner.arena, ref)) <= owner.keyspace.now;
}

/** The earliest deadline of a field; Infinity when none has one. */
export function earliestDeadline(arena: Arena, ref: Ref): number {
  if (!isTimed(encodingOf(arena, ref))) return Number.POSITIVE_INFINITY;
  const timer = headerOf(arena, ref);
  return encodingOf(arena, ref) === LISTPACKEX ? earliestTriplet(arena, timer) : earliestRecord(arena, timer);
}

/** Sets the timer of a hash to its earliest deadline. */
export function updateTimer(owner: RecordOwner, ref: Ref): void {
  const { arena } = owner;
  const timer = headerOf(arena, ref);
  const earliest = earliestDeadline(arena, ref);
  const set = deadlineOf(arena, timer);
  if (set !== earliest && !(set >= FAR && earliest === Number.POSITIVE_INFINITY)) owner.setTimer(timer, earliest);
}

/** No field has a deadline of this or later; a timer has when it is set to none. */
const FAR = 2 ** 48;

/** The earliest deadline of a hashtableex; Infinity when there is none. */
function earliestRecord(arena: Arena, timer: Ref): number {
  if (heapCount(arena, timer) === 0) return Number.POSITIVE_INFINITY;
  return deadlineOf(arena, arena.words[segmentOf(timer)][heapStart(timer)] as Ref);
}
