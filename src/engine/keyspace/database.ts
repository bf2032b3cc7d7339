/**
 * One numbered database: its table of records, its deadlines, and the only functions that change either.
 *
 * Writing a key is open, change, close: `open` finds the record for a change, the value's own functions change it (a
 * record that must grow moves: `reserveValue`), `close` tells what happened. A key is gone for every reader at its
 * deadline: every way to find a record checks it.
 */

import { halfSipHash } from '../../bytes/siphash.ts';
import type { Args } from '../../protocol/args.ts';
import type { EventName } from '../effects/events.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import {
  ACCESS_SHIFT,
  DEADLINE_HIGH,
  DEADLINE_LOW,
  deadlineOf,
  ENCODING_SHIFT,
  HAS_DEADLINE,
  KEY_LENGTH,
  keyOffset,
  segmentOf,
  TYPE_MASK,
  VALUE_LENGTH,
  wordOf,
} from '../memory/layout.ts';
import {
  hashOf,
  newTable,
  tableBytes,
  tableCount,
  tableFind,
  tableInsert,
  tableRemove,
  tableReplace,
} from '../structures/hashtable.ts';
import {
  copyRecord,
  copyRecordAs,
  insertDeadlineWords,
  newRecord,
  rekeyInPlace,
  removeDeadlineWords,
  writeDeadline,
  writeFarDeadline,
} from '../structures/record.ts';
import { isTimer, ownTimer } from '../values/hash-timer.ts';
import { adoptOutside, inlineValueBytes, ownValue } from '../values/value.ts';
import type { Keyspace } from './keyspace.ts';
import { countMiss, remarkNew, tellChange } from './remarks.ts';
import { moveTimer, resetTimer, runTimer, stopTimer, waitFor } from './timers.ts';
import { VolatileKeys } from './volatile-keys.ts';
import { Wheel, wheelMoved, wheelRemove } from './wheel.ts';

/** What `read` and `open` answer for a key that holds another type; no block has this name. */
export const WRONG_TYPE = 1 as Ref;
/** Asks for a key of whatever type. */
export const ANY_TYPE = -1;

/** A record whose key gets this much shorter, and by an eighth of its value, gives its block back for one that fits. */
const WASTE_LIMIT_BYTES = 128;

export class Database {
  readonly index: number;
  readonly keyspace: Keyspace;
  readonly arena: Arena;
  table: Ref;
  wheel: Wheel;
  volatile = new VolatileKeys();

  constructor(keyspace: Keyspace, index: number) {
    this.keyspace = keyspace;
    this.arena = keyspace.arena;
    this.index = index;
    this.table = newTable(this.arena);
    this.wheel = new Wheel(keyspace.now);
  }

  get size(): number {
    return tableCount(this.arena, this.table);
  }

  /** Bytes of the index: table and list of deadlines, without the records. */
  get indexBytes(): number {
    return tableBytes(this.arena, this.table) + this.volatile.bytes;
  }

  /** Begins anew, empty; hands over the table that was, with its records. */
  restart(): Ref {
    const old = this.table;
    this.table = newTable(this.arena);
    this.wheel = new Wheel(this.keyspace.now);
    this.volatile = new VolatileKeys();
    return old;
  }

  /** The key's hash. */
  hash(args: Args, i: number): number {
    if (args.hashed === i) return args.hash;
    const seed = this.keyspace.seed;
    return halfSipHash(args.bytes, args.view, args.start[i], args.end[i], seed.k0, seed.k1);
  }

  /** The live record of argument `i`, or 0; without a trace in statistics or access bits. */
  find(args: Args, i: number): Ref {
    return this.findHashed(args, i, this.hash(args, i));
  }

  findHashed(args: Args, i: number, hash: number): Ref {
    const start = args.start[i];
    const ref = tableFind(this.arena, this.table, hash, args.bytes, args.view, start, args.end[i] - start);
    if (ref === NO_REF) return NO_REF;
    if ((this.arena.words[ref >>> 22][(ref & 0x3fffff) << 2] & HAS_DEADLINE) !== 0 && this.isExpired(ref)) {
      this.expire(ref);
      return NO_REF;
    }
    return ref;
  }

  /** Finds a key to read it: counts a hit or a miss, refreshes the access bits. 0 or WRONG_TYPE where it is not to be had. */
  read(args: Args, i: number, type: number): Ref {
    const ref = this.findHashed(args, i, this.hash(args, i));
    if (ref === NO_REF) {
      countMiss(this, args, i);
      return NO_REF;
    }
    this.keyspace.hits++;
    this.touch(ref);
    const meta = this.arena.words[ref >>> 22][(ref & 0x3fffff) << 2];
    return type !== ANY_TYPE && (meta & TYPE_MASK) !== type ? WRONG_TYPE : ref;
  }

  /** Finds a key of whatever type to tell about it: counts a hit or a miss, leaves the access bits. 0 where there is none. */
  peek(args: Args, i: number): Ref {
    const ref = this.find(args, i);
    if (ref === NO_REF) countMiss(this, args, i);
    else this.keyspace.hits++;
    return ref;
  }

  /** Finds a key to change it. 0 or WRONG_TYPE where it is not to be had. */
  open(args: Args, i: number, type: number): Ref {
    const ref = this.findHashed(args, i, this.hash(args, i));
    if (ref === NO_REF) return NO_REF;
    this.touch(ref);
    const meta = this.arena.words[ref >>> 22][(ref & 0x3fffff) << 2];
    return type !== ANY_TYPE && (meta & TYPE_MASK) !== type ? WRONG_TYPE : ref;
  }

  /** Adds a key that is not there: a record with `valueBytes` of room for the value. Closed like any change. */
  create(args: Args, i: number, type: number, encoding: number, valueBytes: number): Ref {
    remarkNew(this, args, i);
    return this.createHashed(args, i, this.hash(args, i), type, encoding, valueBytes);
  }

  createHashed(args: Args, i: number, hash: number, type: number, encoding: number, valueBytes: number): Ref {
    if (this.keyspace.frozen) this.makeWay(args, i, hash);
    const meta = type | (encoding << ENCODING_SHIFT) | (this.keyspace.clock.initial() << ACCESS_SHIFT);
    const ref = newRecord(this.arena, meta, args.bytes, args.view, args.start[i], args.end[i], valueBytes);
    tableInsert(this.arena, this.table, hash, ref, this.keyspace.seed);
    return ref;
  }

  /** Removes a key that `expire` left standing: another takes its place. */
  private makeWay(args: Args, i: number, hash: number): void {
    const start = args.start[i];
    const ref = tableFind(this.arena, this.table, hash, args.bytes, args.view, start, args.end[i] - start);
    if (ref !== NO_REF) this.discard(ref);
  }

  /** Records a change: what happened to the key, as keyspace notifications name it. */
  close(ref: Ref, event: EventName): void {
    this.keyspace.effects.dirty++;
    this.notify(ref, event);
  }

  /** Records a second event of a change that `close` counts, such as the `expire` of a SET with EX. */
  notify(ref: Ref, event: EventName): void {
    if (this.keyspace.effects.listening) tellChange(this, ref, event);
  }

  /**
   * Makes sure of room for `valueBytes` behind the key, of which the first `keep` stay as they are. The record, or timer,
   * may move: use the Ref returned.
   */
  reserveValue(ref: Ref, valueBytes: number, keep: number): Ref {
    if (isTimer(this.arena, ref)) return moveTimer(this, ref, valueBytes, keep);
    const hasDeadline = (this.arena.words[segmentOf(ref)][wordOf(ref)] & HAS_DEADLINE) !== 0;
    return this.replaceRecord(ref, copyRecord(this.arena, ref, hasDeadline, valueBytes, keep));
  }

  /** Removes a key and frees its value. The Ref is void afterwards. */
  remove(ref: Ref, event: EventName): void {
    this.close(ref, event);
    this.discard(ref);
  }

  /** Removes a key that no client asked to remove; it is told but, as in Redis, does not count as a change. */
  reclaim(ref: Ref, event: EventName): void {
    this.notify(ref, event);
    this.discard(ref);
  }

  /** Removes a key and frees its value without recording a change: something else takes its place. */
  discard(ref: Ref): void {
    this.take(ref);
    this.keyspace.lazyFree.freeRecord(ref);
  }

  /** Takes a record out of table and deadlines and leaves it to the caller; records no change. */
  take(ref: Ref): void {
    const hash = hashOf(this.arena, ref, this.keyspace.seed);
    if (this.hasDeadline(ref)) this.unschedule(ref);
    stopTimer(this, ref);
    tableRemove(this.arena, this.table, hash, ref, this.keyspace.seed);
  }

  /** Puts in a record made elsewhere whose key is not in the table, with its deadline if it has one. */
  put(ref: Ref): void {
    tableInsert(this.arena, this.table, hashOf(this.arena, ref, this.keyspace.seed), ref, this.keyspace.seed);
    if (this.hasDeadline(ref)) this.schedule(ref);
    runTimer(this, ref);
  }

  /** Puts a detached record of argument `i`'s key in the place of whatever stood there, and records the change. */
  putOver(args: Args, i: number, ref: Ref, event: EventName): void {
    const old = this.find(args, i);
    if (old === NO_REF) remarkNew(this, args, i);
    else this.discard(old);
    if (this.keyspace.frozen) this.makeWay(args, i, this.hash(args, i));
    this.put(ref);
    this.close(ref, event);
  }

  /**
   * Gives a record the key of argument `i`, which must not be in the table; deadline, access bits and value stay. The
   * record may move: use the Ref returned.
   */
  rename(ref: Ref, args: Args, i: number): Ref {
    const { arena, table } = this;
    const seed = this.keyspace.seed;
    tableRemove(arena, table, hashOf(arena, ref, seed), ref, seed);
    const fresh = this.rekeyed(ref, args, i);
    tableInsert(arena, table, this.hash(args, i), fresh, seed);
    return fresh;
  }

  /**
   * Puts a copy of a record into `target` under argument `i`, which must not be there; returns the copy. `value` is a copy
   * of what the value holds outside the record, if that was made before (large-copies.ts).
   */
  copyTo(target: Database, ref: Ref, args: Args, i: number, value: Ref): Ref {
    const used = inlineValueBytes(this.arena, ref);
    const copy = copyRecordAs(this.arena, ref, args.bytes, args.view, args.start[i], args.end[i], used);
    if (value === NO_REF) ownValue(this.arena, copy, this.keyspace.seed);
    else adoptOutside(this.arena, copy, value);
    target.setAccessBits(copy, this.keyspace.clock.initial());
    target.put(copy);
    return copy;
  }

  hasDeadline(ref: Ref): boolean {
    return (this.arena.words[segmentOf(ref)][wordOf(ref)] & HAS_DEADLINE) !== 0;
  }

  /** The deadline in milliseconds since 1970; Infinity without one. */
  deadline(ref: Ref): number {
    return deadlineOf(this.arena, ref);
  }

  /** Sets a deadline, in milliseconds since 1970. The record may move: use the Ref returned. */
  setDeadline(ref: Ref, deadline: number): Ref {
    const fresh = this.withDeadlineWords(ref);
    writeDeadline(this.arena, fresh, deadline);
    this.schedule(fresh);
    return fresh;
  }

  /** The same for deadlines beyond 2^53, which a number would round. */
  setFarDeadline(ref: Ref, deadline: bigint): Ref {
    const fresh = this.withDeadlineWords(ref);
    writeFarDeadline(this.arena, fresh, deadline);
    this.schedule(fresh);
    return fresh;
  }

  /** Removes the deadline, if there is one. */
  persist(ref: Ref): Ref {
    if (!this.hasDeadline(ref)) return ref;
    this.unschedule(ref);
    removeDeadlineWords(this.arena, ref, inlineValueBytes(this.arena, ref));
    return ref;
  }

  isExpired(ref: Ref): boolean {
    const words = this.arena.words[segmentOf(ref)];
    const at = wordOf(ref);
    return words[at + DEADLINE_HIGH] * 4294967296 + (words[at + DEADLINE_LOW] >>> 0) <= this.keyspace.now;
  }

  /** Removes a key whose deadline has passed, unless everything must stay. */
  expire(ref: Ref): void {
    if (this.keyspace.frozen) return;
    this.keyspace.expired++;
    this.reclaim(ref, 'expired');
  }

  /** Refreshes the access bits. */
  touch(ref: Ref): void {
    const clock = this.keyspace.clock;
    if (this.keyspace.noTouch) return;
    const words = this.arena.words[ref >>> 22];
    const at = (ref & 0x3fffff) << 2;
    const meta = words[at];
    words[at] = (meta & 0xff) | ((clock.lfu ? clock.touched(meta >>> ACCESS_SHIFT) : clock.seconds) << ACCESS_SHIFT);
  }

  /** The 24 access bits. */
  accessBits(ref: Ref): number {
    return this.arena.words[segmentOf(ref)][wordOf(ref)] >>> ACCESS_SHIFT;
  }

  setAccessBits(ref: Ref, bits: number): void {
    const words = this.arena.words[segmentOf(ref)];
    const at = wordOf(ref);
    words[at] = (words[at] & 0xff) | (bits << ACCESS_SHIFT);
  }

  /** The word behind the key's length: a string's length or the Ref of another type's value. */
  valueWord(ref: Ref): number {
    return this.arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH];
  }

  /** Sets a timer in the wheel to another deadline, Infinity for none. */
  setTimer(timer: Ref, deadline: number): void {
    resetTimer(this, timer, deadline);
  }

  private replaceRecord(old: Ref, fresh: Ref): Ref {
    tableReplace(this.arena, this.table, hashOf(this.arena, old, this.keyspace.seed), old, fresh);
    return this.released(old, fresh);
  }

  /** Frees `old`, a record out of the table, and tells the lists of deadlines that `fresh` stands for it. */
  private released(old: Ref, fresh: Ref): Ref {
    if (this.hasDeadline(fresh)) {
      wheelMoved(this.arena, this.wheel, old, fresh);
      this.volatile.moved(this.arena, fresh);
    }
    ownTimer(this.arena, fresh);
    this.arena.free(old);
    return fresh;
  }

  /** The record under another key: itself where its block has room, for a value may be of half a gigabyte. */
  private rekeyed(ref: Ref, args: Args, i: number): Ref {
    const { arena } = this;
    const { bytes, view } = args;
    const start = args.start[i];
    const end = args.end[i];
    const used = inlineValueBytes(arena, ref);
    const words = arena.words[segmentOf(ref)];
    const at = wordOf(ref);
    const needed = keyOffset(words[at]) + end - start + used;
    const saved = words[at + KEY_LENGTH] - (end - start);
    if (needed > arena.sizeOf(ref) || (saved > WASTE_LIMIT_BYTES && saved > used >>> 3)) {
      return this.released(ref, copyRecordAs(arena, ref, bytes, view, start, end, used));
    }
    rekeyInPlace(arena, ref, bytes, view, start, end, used);
    return ref;
  }

  /** The record with room for a deadline that is in no list yet. It may move: use the Ref returned. */
  private withDeadlineWords(ref: Ref): Ref {
    if (this.hasDeadline(ref)) {
      this.unschedule(ref);
      return ref;
    }
    const used = inlineValueBytes(this.arena, ref);
    if (insertDeadlineWords(this.arena, ref, used)) return ref;
    const fresh = copyRecord(this.arena, ref, true, used, used);
    tableReplace(this.arena, this.table, hashOf(this.arena, ref, this.keyspace.seed), ref, fresh);
    ownTimer(this.arena, fresh);
    this.arena.free(ref);
    return fresh;
  }

  private schedule(ref: Ref): void {
    waitFor(this, ref);
    this.volatile.add(this.arena, ref);
  }

  private unschedule(ref: Ref): void {
    wheelRemove(this.arena, this.wheel, ref);
    this.volatile.remove(this.arena, ref);
  }
}
