/**
 * A hierarchical timing wheel of exact deadlines, threaded through the records themselves.
 *
 * Six levels of 256 slots; a record waits at the level of the highest byte in which its deadline differs from the wheel's
 * time, in the slot that byte names. Time moves from one occupied slot to the next (a bitmap a level finds it), never
 * tick by tick. Reaching a slot of level 0 makes its records due; reaching one of a higher level hands its records down.
 *
 *   level       0        1        2         3         4          5
 *   slot spans  1 ms     256 ms   65.5 s    4.7 h     49.7 days  34.9 years
 *
 * A record's slot follows from its deadline and the wheel's time, so leaving is O(1) with two links and no slot number.
 * Two lists stand outside the slots: `overdue` (may be removed now) and `pending` (being handed down, a few at a time, so
 * that a million keys of one hour do not stop the server). Time does not move while either holds something.
 * Deadlines of the year 10889 and later wait nowhere: they are only ever noticed when read.
 *
 * A slot's meaning depends on the wheel's time, so time cannot simply go back. When the system clock was set back, every
 * list goes into `waiting` and is handed down anew from the earlier time, as `pending` is. Small steps back are sat out.
 *
 * Rejected: sampling (Redis): keys outlive their deadline by seconds under load; a heap: O(log n) and two misses a level.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { deadlineOf, segmentOf, WHEEL_NEXT, WHEEL_PREVIOUS, wordOf } from '../memory/layout.ts';

const LEVELS = 6;
const SLOTS = 256;
const HALF = 2 ** 24;
const FAR = 2 ** 48;
/** A clock set back by no more than this is waited for: keys may be removed that much late, never early. */
const TOLERATED_STEP_MS = 100;

export class Wheel {
  /** Milliseconds since 1970 up to which everything has been handed out. */
  time: number;
  readonly slots = new Int32Array(LEVELS * SLOTS);
  readonly occupied = new Int32Array((LEVELS * SLOTS) / 32);
  overdue: Ref = NO_REF;
  pending: Ref = NO_REF;
  /** First records of lists that will be pending one after the other. */
  readonly waiting: Ref[] = [];

  constructor(now: number) {
    this.time = now;
  }
}

/** Adds a record that has a deadline and is in no slot. */
export function wheelAdd(arena: Arena, wheel: Wheel, ref: Ref): void {
  const deadline = deadlineOf(arena, ref);
  if (deadline >= FAR) return;
  if (deadline <= wheel.time) {
    linkBefore(arena, ref, wheel.overdue);
    wheel.overdue = ref;
    return;
  }
  const slot = slotFor(wheel.time, deadline);
  linkBefore(arena, ref, wheel.slots[slot] as Ref);
  wheel.slots[slot] = ref;
  wheel.occupied[slot >>> 5] |= 1 << (slot & 31);
}

/** Takes a record out; its deadline must be the one it was added with. */
export function wheelRemove(arena: Arena, wheel: Wheel, ref: Ref): void {
  const words = arena.words[segmentOf(ref)];
  const at = wordOf(ref);
  relink(arena, wheel, ref, ref, words[at + WHEEL_NEXT] as Ref, words[at + WHEEL_PREVIOUS] as Ref);
}

/** Tells the wheel that a record now lies at `fresh`, its links copied with it. */
export function wheelMoved(arena: Arena, wheel: Wheel, old: Ref, fresh: Ref): void {
  relink(arena, wheel, fresh, old, fresh, fresh);
}

/**
 * A record whose deadline is at or before `now`, or 0. The caller removes it (`wheelRemove`) before asking again.
 * At most `steps` records are handed down on the way; with none left it answers 0 though more may be due.
 */
export function wheelDue(arena: Arena, wheel: Wheel, now: number, steps: number): Ref {
  if (now < wheel.time - TOLERATED_STEP_MS) rewind(wheel, now);
  for (let left = steps; left > 0; left--) {
    if (wheel.overdue !== NO_REF) {
      // After a small step back of the system clock the wheel is ahead of it: better late than before the deadline.
      return deadlineOf(arena, wheel.overdue) <= now ? wheel.overdue : NO_REF;
    }
    if (wheel.pending === NO_REF && wheel.waiting.length > 0) wheel.pending = wheel.waiting.pop() ?? NO_REF;
    if (wheel.pending !== NO_REF) {
      const ref = wheel.pending;
      const next = arena.words[segmentOf(ref)][wordOf(ref) + WHEEL_NEXT] as Ref;
      if (next !== NO_REF) arena.words[segmentOf(next)][wordOf(next) + WHEEL_PREVIOUS] = NO_REF;
      wheel.pending = next;
      wheelAdd(arena, wheel, ref);
    } else if (!advance(wheel, now)) return NO_REF;
  }
  return NO_REF;
}

/**
 * When the wheel next has something to do, in milliseconds since 1970; Infinity when it is empty. No deadline is earlier
 * (but for those of a clock just set back a little).
 */
export function wheelWake(wheel: Wheel): number {
  if (wheel.overdue !== NO_REF || wheel.pending !== NO_REF || wheel.waiting.length > 0) return wheel.time;
  for (let level = 0; level < LEVELS; level++) {
    const slot = nextOccupied(wheel, level);
    if (slot >= 0) return slotTime(wheel.time, level, slot);
  }
  return Number.POSITIVE_INFINITY;
}

/** Moves time to the next occupied slot, if it is not after `now`. False when nothing is left to do until `now`. */
function advance(wheel: Wheel, now: number): boolean {
  if (wheel.time >= now) return false;
  for (let level = 0; level < LEVELS; level++) {
    const slot = nextOccupied(wheel, level);
    if (slot < 0) continue;
    const time = slotTime(wheel.time, level, slot);
    if (time > now) break;
    wheel.time = time;
    const index = level * SLOTS + slot;
    if (level === 0) wheel.overdue = wheel.slots[index] as Ref;
    else wheel.pending = wheel.slots[index] as Ref;
    clearSlot(wheel, index);
    return true;
  }
  // No slot begins before `now`, so every record's slot is the same seen from there.
  wheel.time = now;
  return false;
}

/** Sets time back: no record's slot holds any longer. */
function rewind(wheel: Wheel, now: number): void {
  if (wheel.pending !== NO_REF) wheel.waiting.push(wheel.pending);
  if (wheel.overdue !== NO_REF) wheel.waiting.push(wheel.overdue);
  for (const head of wheel.slots) if (head !== NO_REF) wheel.waiting.push(head as Ref);
  wheel.pending = NO_REF;
  wheel.overdue = NO_REF;
  wheel.slots.fill(NO_REF);
  wheel.occupied.fill(0);
  wheel.time = now;
}

function slotFor(time: number, deadline: number): number {
  const high = Math.floor(deadline / HALF);
  const low = deadline % HALF;
  const highDifference = high ^ Math.floor(time / HALF);
  if (highDifference !== 0) {
    const byte = (31 - Math.clz32(highDifference)) >> 3;
    return (byte + 3) * SLOTS + ((high >> (byte << 3)) & 255);
  }
  const byte = (31 - Math.clz32(low ^ (time % HALF))) >> 3;
  return byte * SLOTS + ((low >> (byte << 3)) & 255);
}

function slotTime(time: number, level: number, slot: number): number {
  const span = 2 ** (level * 8);
  const above = span * SLOTS;
  return Math.floor(time / above) * above + slot * span;
}

/** The first occupied slot of a level after the one that holds the wheel's time, or -1. */
function nextOccupied(wheel: Wheel, level: number): number {
  const current = Math.floor(wheel.time / 2 ** (level * 8)) % SLOTS;
  let slot = current + 1;
  while (slot < SLOTS) {
    const bits = wheel.occupied[(level * SLOTS + slot) >>> 5] >>> (slot & 31);
    if (bits !== 0) return slot + (31 - Math.clz32(bits & -bits));
    slot = (slot | 31) + 1;
  }
  return -1;
}

/**
 * Lets the neighbours of `ref`, which lay at `old`, name others: the one before it `forward`, the one behind it
 * `backward`. Records of the far future have none.
 */
function relink(arena: Arena, wheel: Wheel, ref: Ref, old: Ref, forward: Ref, backward: Ref): void {
  const deadline = deadlineOf(arena, ref);
  if (deadline >= FAR) return;
  const words = arena.words[segmentOf(ref)];
  const at = wordOf(ref);
  const next = words[at + WHEEL_NEXT] as Ref;
  const previous = words[at + WHEEL_PREVIOUS] as Ref;
  if (next !== NO_REF) arena.words[segmentOf(next)][wordOf(next) + WHEEL_PREVIOUS] = backward;
  if (previous !== NO_REF) arena.words[segmentOf(previous)][wordOf(previous) + WHEEL_NEXT] = forward;
  else setHead(wheel, old, deadline, forward);
}

function setHead(wheel: Wheel, old: Ref, deadline: number, head: Ref): void {
  const place = wheel.waiting.length > 0 ? wheel.waiting.indexOf(old) : -1;
  if (wheel.overdue === old) wheel.overdue = head;
  else if (wheel.pending === old) wheel.pending = head;
  else if (place >= 0) {
    if (head === NO_REF) wheel.waiting.splice(place, 1);
    else wheel.waiting[place] = head;
  } else {
    const slot = slotFor(wheel.time, deadline);
    if (wheel.slots[slot] !== old) throw new Error('a record is not where its deadline says');
    wheel.slots[slot] = head;
    if (head === NO_REF) clearSlot(wheel, slot);
  }
}

function clearSlot(wheel: Wheel, slot: number): void {
  wheel.slots[slot] = NO_REF;
  wheel.occupied[slot >>> 5] &= ~(1 << (slot & 31));
}

function linkBefore(arena: Arena, ref: Ref, head: Ref): void {
  const words = arena.words[segmentOf(ref)];
  const at = wordOf(ref);
  words[at + WHEEL_NEXT] = head;
  words[at + WHEEL_PREVIOUS] = NO_REF;
  if (head !== NO_REF) arena.words[segmentOf(head)][wordOf(head) + WHEEL_PREVIOUS] = ref;
}
