/**
 * The listpack of a small hash with deadlines of fields, in its timer: field, value, deadline, field, value, deadline …
 * The earliest deadline comes first, fields without one have 0 and come last. Offsets count from the listpack's first byte.
 */
import { writeInteger } from '../../bytes/integer.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import {
  addToListpackCount,
  EMPTY_LISTPACK_BYTES,
  elementBytes,
  elementInteger,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  listpackCount,
  newElementBytes,
  setListpackBytes,
  writeElement,
  writeEmptyListpack,
} from '../structures/listpack.ts';
import { newTimer } from './hash-timer.ts';
import { type RecordOwner, spliceValue, valueLength, valueStart } from './inline.ts';
import { insertElement, removeElements } from './inline-listpack.ts';

/** What stands for no deadline. */
const NONE = 0;
/** The bytes of the element of that. */
const NONE_BYTES = 2;

/** The digits of a deadline. */
const digits = Buffer.alloc(24);
const digitsView = new DataView(digits.buffer, digits.byteOffset, digits.length);
/** A field and its value on their way to another place. */
let carried = Buffer.alloc(1024);

/** A timer with the fields and values of the listpack in the record `ref`, none with a deadline. */
export function timedListpack(arena: Arena, ref: Ref): Ref {
  const from = valueStart(arena, ref);
  const pairs = listpackCount(arena.bytes[ref >>> 22], arena.views[ref >>> 22], from) >>> 1;
  const total = valueLength(arena, ref) + pairs * NONE_BYTES;
  const timer = newTimer(arena, total);
  const source = arena.bytes[ref >>> 22];
  const sourceView = arena.views[ref >>> 22];
  const target = arena.bytes[timer >>> 22];
  const view = arena.views[timer >>> 22];
  const start = valueStart(arena, timer);
  let to = start + LISTPACK_HEADER_BYTES;
  writeEmptyListpack(target, view, start);
  digits[0] = 0x30;
  for (let p = from + LISTPACK_HEADER_BYTES; source[p] !== LISTPACK_END; ) {
    const both = pairBytes(source, sourceView, p);
    source.copy(target, to, p, p + both);
    to = writeElement(target, view, to + both, digits, digitsView, 0, 1);
    p += both;
  }
  target[to] = LISTPACK_END;
  setListpackBytes(view, start, total);
  addToListpackCount(view, start, pairs * 3);
  return timer;
}

/** Adds a field without a deadline. The timer may move: use the Ref returned. */
export function appendTriplet(
  owner: RecordOwner,
  timer: Ref,
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
  let place = insertElement(owner, timer, valueLength(arena, timer) - 1, bytes, view, start, end);
  place = insertElement(owner, place, valueLength(arena, place) - 1, source, sourceView, from, to);
  digits[0] = 0x30;
  return insertElement(owner, place, valueLength(arena, place) - 1, digits, digitsView, 0, 1);
}

/** The deadline in the triplet that begins at `offset`; Infinity when there is none. */
export function tripletDeadline(arena: Arena, timer: Ref, offset: number): number {
  const bytes = arena.bytes[timer >>> 22];
  const view = arena.views[timer >>> 22];
  const p = valueStart(arena, timer) + offset;
  return deadlineAt(bytes, view, p + pairBytes(bytes, view, p));
}

/** Gives the field of the triplet at `offset` a deadline, Infinity for none, and the place that goes with it. */
export function setTripletDeadline(owner: RecordOwner, timer: Ref, offset: number, deadline: number): void {
  const { arena } = owner;
  const bytes = arena.bytes[timer >>> 22];
  const view = arena.views[timer >>> 22];
  const p = valueStart(arena, timer) + offset;
  const both = pairBytes(bytes, view, p);
  if (carried.length < both) carried = Buffer.alloc(both * 2);
  bytes.copy(carried, 0, p, p + both);
  const removed = both + elementBytes(bytes, view, p + both);
  let place = spliceValue(owner, timer, offset, removed, 0);
  const length = writeInteger(digits, 0, deadline === Number.POSITIVE_INFINITY ? NONE : deadline);
  const inserted = both + newElementBytes(digits, 0, length);
  const target = placeFor(arena, place, deadline);
  place = spliceValue(owner, place, target, 0, inserted);
  const start = valueStart(arena, place);
  carried.copy(arena.bytes[place >>> 22], start + target, 0, both);
  const segment = place >>> 22;
  writeElement(arena.bytes[segment], arena.views[segment], start + target + both, digits, digitsView, 0, length);
  setListpackBytes(arena.views[segment], start, valueLength(arena, place));
}

/** Removes the triplet at `offset`. */
export function removeTriplet(owner: RecordOwner, timer: Ref, offset: number): void {
  const { arena } = owner;
  const bytes = arena.bytes[timer >>> 22];
  const view = arena.views[timer >>> 22];
  const p = valueStart(arena, timer) + offset;
  const both = pairBytes(bytes, view, p);
  removeElements(owner, timer, offset, both + elementBytes(bytes, view, p + both), 3);
}

/** Removes the triplets with a deadline of `now` or before, up to `limit`; returns how many. */
export function removeDueTriplets(owner: RecordOwner, timer: Ref, now: number, limit: number): number {
  const { arena } = owner;
  const start = valueStart(arena, timer) + LISTPACK_HEADER_BYTES;
  const [due, end] = dueTriplets(arena, timer, now, limit);
  if (due > 0) removeElements(owner, timer, LISTPACK_HEADER_BYTES, end - start, due * 3);
  return due;
}

/** How many triplets have a deadline of `now` or before. */
export function countDueTriplets(arena: Arena, timer: Ref, now: number): number {
  return dueTriplets(arena, timer, now, Number.POSITIVE_INFINITY)[0];
}

/** The earliest deadline; Infinity when there is none. */
export function earliestTriplet(arena: Arena, timer: Ref): number {
  const isEmpty = arena.words[timer >>> 22][wordOf(timer) + VALUE_LENGTH] === EMPTY_LISTPACK_BYTES;
  return isEmpty ? Number.POSITIVE_INFINITY : tripletDeadline(arena, timer, LISTPACK_HEADER_BYTES);
}

/** The deadline that stands at `p`; Infinity when it stands for none. */
export function deadlineAt(bytes: Buffer, view: DataView, p: number): number {
  const deadline = elementInteger(bytes, view, p);
  return deadline === NONE ? Number.POSITIVE_INFINITY : deadline;
}

/** How many triplets from the first on are due, and where the next begins. */
function dueTriplets(arena: Arena, timer: Ref, now: number, limit: number): [number, number] {
  const bytes = arena.bytes[timer >>> 22];
  const view = arena.views[timer >>> 22];
  let p = valueStart(arena, timer) + LISTPACK_HEADER_BYTES;
  let due = 0;
  while (due < limit && bytes[p] !== LISTPACK_END) {
    const both = pairBytes(bytes, view, p);
    if (deadlineAt(bytes, view, p + both) > now) break;
    due++;
    p += both + elementBytes(bytes, view, p + both);
  }
  return [due, p];
}

/** Where a triplet of this deadline belongs: before the first that is later. */
function placeFor(arena: Arena, timer: Ref, deadline: number): number {
  if (deadline === Number.POSITIVE_INFINITY) return valueLength(arena, timer) - 1;
  const bytes = arena.bytes[timer >>> 22];
  const view = arena.views[timer >>> 22];
  const start = valueStart(arena, timer);
  let p = start + LISTPACK_HEADER_BYTES;
  while (bytes[p] !== LISTPACK_END) {
    const both = pairBytes(bytes, view, p);
    if (deadlineAt(bytes, view, p + both) > deadline) break;
    p += both + elementBytes(bytes, view, p + both);
  }
  return p - start;
}

/** The bytes of the two elements at `p`. */
function pairBytes(bytes: Buffer, view: DataView, p: number): number {
  const first = elementBytes(bytes, view, p);
  return first + elementBytes(bytes, view, p + first);
}
