/** Changing a value that stands in its key's record: making a gap or closing one, moving to a larger or smaller block. */
import type { Arena, Ref } from '../memory/arena.ts';
import { KEY_LENGTH, keyOffset, segmentOf, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import type { HashSeed } from '../structures/hashtable.ts';
import { setEncoding } from './encoding.ts';
import type { EncodingLimits } from './encoding-limits.ts';

/** A block this much larger than its shrunken value is given back. */
const WASTE_LIMIT_BYTES = 256;

/** What a value needs of the database that holds its record. */
export interface RecordOwner {
  readonly arena: Arena;
  readonly keyspace: {
    readonly seed: HashSeed;
    /** Unsigned 32-bit numbers. */
    readonly random: () => number;
    readonly encodingLimits: EncodingLimits;
    /** Milliseconds since 1970. */
    readonly now: number;
  };
  /** Makes sure of room for `valueBytes` behind the key, of which `keep` stay; returns where the record or timer now is. */
  reserveValue(ref: Ref, valueBytes: number, keep: number): Ref;
  /** Sets a timer to a deadline, Infinity for none. */
  setTimer(timer: Ref, deadline: number): void;
}

/** Where an inline value begins in its segment's bytes. */
export function valueStart(arena: Arena, ref: Ref): number {
  const words = arena.words[ref >>> 22];
  const at = (ref & 0x3fffff) << 2;
  return (at << 2) + keyOffset(words[at]) + words[at + KEY_LENGTH];
}

/** The length of an inline value. */
export function valueLength(arena: Arena, ref: Ref): number {
  return arena.words[ref >>> 22][((ref & 0x3fffff) << 2) + VALUE_LENGTH];
}

/**
 * Replaces the `removed` bytes at `offset` of an inline value by `inserted` bytes, which are the caller's to write. The
 * record may move: use the Ref returned.
 */
export function spliceValue(owner: RecordOwner, ref: Ref, offset: number, removed: number, inserted: number): Ref {
  const { arena } = owner;
  const old = valueLength(arena, ref);
  const length = old - removed + inserted;
  let place = ref;
  if (inserted > removed && length > capacityOf(arena, ref)) {
    place = owner.reserveValue(ref, length + (length >>> 3), old);
  }
  const start = valueStart(arena, place);
  if (inserted !== removed && offset + removed < old) {
    arena.bytes[place >>> 22].copyWithin(start + offset + inserted, start + offset + removed, start + old);
  }
  arena.words[segmentOf(place)][wordOf(place) + VALUE_LENGTH] = length;
  const waste = removed > inserted ? capacityOf(arena, place) - length : 0;
  return waste > WASTE_LIMIT_BYTES && waste > length ? owner.reserveValue(place, length, length) : place;
}

/** Lets a record name a value outside instead of the inline one it had, whose room is given up. */
export function setOutside(owner: RecordOwner, ref: Ref, encoding: number, header: Ref): Ref {
  const place = owner.reserveValue(ref, 0, 0);
  setEncoding(owner.arena, place, encoding);
  owner.arena.words[segmentOf(place)][wordOf(place) + VALUE_LENGTH] = header;
  return place;
}

function capacityOf(arena: Arena, ref: Ref): number {
  const words = arena.words[ref >>> 22];
  const at = (ref & 0x3fffff) << 2;
  return arena.sizeOf(ref) - keyOffset(words[at]) - words[at + KEY_LENGTH];
}
