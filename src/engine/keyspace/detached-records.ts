/**
 * Records that are in no database: a value being made for a command that stores its result (SINTERSTORE, SORT … STORE,
 * RESTORE). Made aside, it may be made from the very key it replaces, and a command that fails half-way has changed
 * nothing. `Database.putOver` takes over a finished one; `LazyFree.freeRecord` gives up another.
 */
import type { Args } from '../../protocol/args.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { ACCESS_SHIFT, ENCODING_SHIFT } from '../memory/layout.ts';
import { copyRecord, newRecord } from '../structures/record.ts';
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
    const fresh = copyRecord(this.arena, ref, false, valueBytes, keep);
    this.arena.free(ref);
    return fresh;
  }
}
