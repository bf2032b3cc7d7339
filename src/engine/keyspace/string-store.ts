/** Storing a string under a key: over the old value in place where it fits, else in a record of its own. */
import { copyBytes } from '../../bytes/copy.ts';
import type { Args } from '../../protocol/args.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import {
  ACCESS_SHIFT,
  ENCODING_SHIFT,
  HAS_DEADLINE,
  KEY_LENGTH,
  keyOffset,
  STRING,
  TYPE_MASK,
  VALUE_LENGTH,
} from '../memory/layout.ts';
import { RAW, setEncoding } from '../values/encoding.ts';
import type { Database } from './database.ts';
import { remarkNew } from './remarks.ts';
import { stopTimer } from './timers.ts';

/** A block this much larger than its new value is not kept. */
const WASTE_LIMIT_BYTES = 128;

/**
 * Makes `source[from..to)` the value of key argument `i`; `existing` is what `find` answered for it (of any type) under
 * `hash`. A deadline stays only if `keepDeadline`. Returns the record, to be closed.
 */
export function storeString(
  database: Database,
  args: Args,
  i: number,
  hash: number,
  existing: Ref,
  source: Buffer,
  sourceView: DataView,
  from: number,
  to: number,
  encoding: number,
  keepDeadline: boolean,
): Ref {
  const arena = database.arena;
  const length = to - from;
  const clock = database.keyspace.clock;
  const access = clock.lfu && existing !== NO_REF ? usesOf(database, existing, keepDeadline) : clock.initial();
  let ref = existing;
  if (ref === NO_REF) {
    remarkNew(database, args, i);
    ref = database.createHashed(args, i, hash, STRING, encoding, length);
  } else if (!fitsInPlace(database, ref, length, keepDeadline)) {
    if (keepDeadline) ref = emptied(database, ref, length);
    else {
      // Without a word of the old record: the change is the new value.
      database.discard(ref);
      ref = database.createHashed(args, i, hash, STRING, encoding, length);
    }
  }
  const segment = ref >>> 22;
  const words = arena.words[segment];
  const at = (ref & 0x3fffff) << 2;
  const meta = words[at];
  words[at] = (meta & HAS_DEADLINE) | STRING | (encoding << ENCODING_SHIFT) | (access << ACCESS_SHIFT);
  words[at + VALUE_LENGTH] = length;
  const to8 = (at << 2) + keyOffset(meta) + words[at + KEY_LENGTH];
  copyBytes(arena.bytes[segment], arena.views[segment], to8, source, sourceView, from, length);
  return ref;
}

/**
 * The LFU bits of a key whose value is replaced: it keeps its counter, and replacing it is one more use. What keeps the
 * deadline changes the value (INCR) and has counted that when it read it.
 */
function usesOf(database: Database, ref: Ref, keepDeadline: boolean): number {
  if (!keepDeadline) database.touch(ref);
  return database.accessBits(ref);
}

/** Leaves the record and its deadline, frees the value of whatever type, makes room for a string. */
function emptied(database: Database, ref: Ref, length: number): Ref {
  stopTimer(database, ref);
  database.keyspace.lazyFree.freeValue(ref);
  setEncoding(database.arena, ref, RAW);
  return database.reserveValue(ref, length, 0);
}

function fitsInPlace(database: Database, ref: Ref, length: number, keepDeadline: boolean): boolean {
  const words = database.arena.words[ref >>> 22];
  const at = (ref & 0x3fffff) << 2;
  const meta = words[at];
  if ((meta & TYPE_MASK) !== STRING || ((meta & HAS_DEADLINE) !== 0 && !keepDeadline)) return false;
  // A value of the same length fits without asking the arena.
  if (length === words[at + VALUE_LENGTH]) return true;
  const needed = keyOffset(meta) + words[at + KEY_LENGTH] + length;
  const capacity = database.arena.sizeOf(ref);
  return needed <= capacity && capacity - needed <= WASTE_LIMIT_BYTES;
}
