/**
 * Records that are in no database: a value being made for a command that stores its result (SINTERSTORE, SORT … STORE,
 * RESTORE). Made aside, it may be made from the very key it replaces, and a command that fails half-way has changed
 * nothing. `Database.putOver` takes over a finished one; `LazyFree.freeRecord` gives up another.
 */
import type { Args } from '../../protocol/args.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { ACCESS_SHIFT, ENCODING_SHIFT, segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { copyRecord, newRecord, writeDeadline } from '../structures/record.ts';
import { isTimer, ownerOf, ownTimer } from '../values/hash-timer.ts';
import type { RecordOwner } from '../values/inline.ts';
import type { Keyspace } from './keyspace.ts';

export class DetachedRecords implements RecordOwner {
  readonly keyspace: Keyspace;
  readonly arena: Arena;

  constructor(keyspace: Keyspace) {
    this.keyspace = keyspace;
    this.arena = keyspace.arena;
  }

  /** A record for the key of argument `i`, without deadline, with `valueBytes` of room for the value. */
  create(args: Args, i: number, type: number, encoding: number, valueBytes: number): Ref {
    return this.createNamed(args.bytes, args.view, args.start[i], args.end[i], type, encoding, valueBytes);
  }

  /** The same for the key `bytes[start..end)`. */
  createNamed(
    bytes: Buffer,
    view: DataView,
    start: number,
    end: number,
    type: number,
    encoding: number,
    valueBytes: number,
  ): Ref {
    const meta = type | (encoding << ENCODING_SHIFT) | (this.keyspace.clock.initial() << ACCESS_SHIFT);
    return newRecord(this.arena, meta, bytes, view, start, end, valueBytes);
  }

  reserveValue(ref: Ref, valueBytes: number, keep: number): Ref {
    const isOfTimer = isTimer(this.arena, ref);
    const fresh = copyRecord(this.arena, ref, isOfTimer, valueBytes, keep);
    if (isOfTimer) {
      const owner = ownerOf(this.arena, fresh);
      this.arena.words[segmentOf(owner)][wordOf(owner) + VALUE_LENGTH] = fresh;
    } else ownTimer(this.arena, fresh);
    this.arena.free(ref);
    return fresh;
  }

  /** Timers of detached hashes do not run. */
  setTimer(timer: Ref, deadline: number): void {
    writeDeadline(this.arena, timer, deadline);
  }
}
