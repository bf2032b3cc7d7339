/** What every type's value can be asked, whatever its type. */
import type { Arena, Ref } from '../memory/arena.ts';
import { segmentOf, TYPE_MASK, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { type HashSeed, newTable, tableCount } from '../structures/hashtable.ts';
import { indexLength } from '../structures/ordered-index.ts';
import { copyNodes, drainQuicklist, newEmptyQuicklist, quicklistBytes } from '../structures/quicklist-chain.ts';
import {
  EMBSTR,
  encodingOf,
  HASHTABLE,
  HASHTABLEEX,
  headerOf,
  INT,
  INTSET,
  isOutside,
  LISTPACK,
  LISTPACKEX,
  QUICKLIST,
  RAW,
  SKIPLIST,
  STREAM_BLOCKS,
} from './encoding.ts';
import { ownTimer, timedTable } from './hash-timer.ts';
import { copyRecords, drainRecordTable, recordTableBytes } from './record-table.ts';
import { copyMembers, drainIndexedSet, indexedSetBytes, newIndexedSet } from './sorted-set-index.ts';
import { beginStreamCopy, copyStreamPart, drainStream, streamBytes, streamCopyCost } from './stream-whole.ts';
import { beginTimedCopy, copyTimedFields, drainTimedHash, timedHashBytes } from './timed-hash.ts';

/** Copying a node of a list takes as long as copying so many elements of another value. */
const ELEMENTS_A_NODE = 8;
/** So many bytes of a list are copied in the time of one element. */
const BYTES_AN_ELEMENT = 1024;

const TYPE_NAMES = ['string', 'list', 'set', 'zset', 'hash', 'module', 'stream'];
const ENCODING_NAMES = new Map([
  [RAW, 'raw'],
  [INT, 'int'],
  [HASHTABLE, 'hashtable'],
  [INTSET, 'intset'],
  [SKIPLIST, 'skiplist'],
  [EMBSTR, 'embstr'],
  [QUICKLIST, 'quicklist'],
  [STREAM_BLOCKS, 'stream'],
  [LISTPACK, 'listpack'],
  [LISTPACKEX, 'listpackex'],
  [HASHTABLEEX, 'hashtable'],
]);

/** Bytes of the value that stand in the key's record, behind the key. */
export function inlineValueBytes(arena: Arena, ref: Ref): number {
  return isOutside(encodingOf(arena, ref)) ? 0 : arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH];
}

/** Bytes of the value that stand outside the key's record: exact when it has no more than `samples` elements. */
export function outsideValueBytes(arena: Arena, ref: Ref, samples: number): number {
  const encoding = encodingOf(arena, ref);
  switch (encoding) {
    case HASHTABLE:
      return recordTableBytes(arena, headerOf(arena, ref), samples);
    case QUICKLIST:
      return quicklistBytes(arena, headerOf(arena, ref));
    case SKIPLIST:
      return indexedSetBytes(arena, headerOf(arena, ref), samples);
    case STREAM_BLOCKS:
      return streamBytes(arena, headerOf(arena, ref));
    case LISTPACKEX:
    case HASHTABLEEX:
      return timedHashBytes(arena, ref, samples);
    default:
      return 0;
  }
}

/**
 * Frees up to about `limit` elements of a value outside its record, from position `from` on. Returns where to go on, 0 when
 * all of it is freed, the header too.
 */
export function drainValue(arena: Arena, encoding: number, header: Ref, from: number, limit: number): number {
  switch (encoding) {
    case HASHTABLE:
      return drainRecordTable(arena, header, from, limit);
    case QUICKLIST:
      return drainQuicklist(arena, header, limit);
    case SKIPLIST:
      return drainIndexedSet(arena, header, from, limit);
    case STREAM_BLOCKS:
      return drainStream(arena, header, limit);
    case LISTPACKEX:
    case HASHTABLEEX:
      return drainTimedHash(arena, encoding, header, from, limit);
    default:
      throw new Error(`values of the encoding ${encoding} stand in their record`);
  }
}

/** About how many elements a copy of the value copies one by one; 0 for a value in its record. */
export function copyCost(arena: Arena, ref: Ref): number {
  switch (encodingOf(arena, ref)) {
    case HASHTABLE:
      return tableCount(arena, headerOf(arena, ref));
    case QUICKLIST:
      return quicklistBytes(arena, headerOf(arena, ref)) / BYTES_AN_ELEMENT;
    case SKIPLIST:
      return indexLength(arena, headerOf(arena, ref));
    case STREAM_BLOCKS:
      return streamCopyCost(arena, headerOf(arena, ref));
    case HASHTABLEEX:
      return tableCount(arena, timedTable(arena, headerOf(arena, ref)));
    default:
      return 0;
  }
}

/** Gives a copied record a value of its own: what it holds outside the record is the original's until then. */
export function ownValue(arena: Arena, ref: Ref, seed: HashSeed): void {
  const encoding = encodingOf(arena, ref);
  if (!isOutside(encoding)) return;
  const copy = beginCopy(arena, encoding, headerOf(arena, ref));
  copyPart(arena, encoding, headerOf(arena, ref), copy, 0, Number.MAX_SAFE_INTEGER, seed);
  adoptOutside(arena, ref, copy);
}

/** Lets a record name another value outside; the one it named is the caller's. */
export function adoptOutside(arena: Arena, ref: Ref, header: Ref): void {
  arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH] = header;
  ownTimer(arena, ref);
}

/** A value outside its record like that of `header` but empty; returns its header, which `copyPart` fills. */
export function beginCopy(arena: Arena, encoding: number, header: Ref): Ref {
  switch (encoding) {
    case HASHTABLE:
      return newTable(arena);
    case QUICKLIST:
      return newEmptyQuicklist(arena);
    case SKIPLIST:
      return newIndexedSet(arena);
    case STREAM_BLOCKS:
      return beginStreamCopy(arena, header);
    case LISTPACKEX:
    case HASHTABLEEX:
      return beginTimedCopy(arena, encoding, header);
    default:
      throw new Error(`values of the encoding ${encoding} stand in their record`);
  }
}

/**
 * Adds about `limit` elements of `header`, a value outside its record, to `copy`, from position `from` on, 0 for the first.
 * Returns where to go on, 0 when everything is copied. The original must not change meanwhile.
 */
export function copyPart(
  arena: Arena,
  encoding: number,
  header: Ref,
  copy: Ref,
  from: number,
  limit: number,
  seed: HashSeed,
): number {
  switch (encoding) {
    case HASHTABLE:
      return copyRecords(arena, header, copy, from, limit, seed);
    case QUICKLIST:
      return copyNodes(arena, header, copy, from, Math.ceil(limit / ELEMENTS_A_NODE));
    case SKIPLIST:
      return copyMembers(arena, header, copy, from, limit, seed);
    case STREAM_BLOCKS:
      return copyStreamPart(arena, header, copy, limit);
    case LISTPACKEX:
      return 0;
    case HASHTABLEEX:
      return copyTimedFields(arena, header, copy, from, limit, seed);
    default:
      throw new Error(`values of the encoding ${encoding} stand in their record`);
  }
}

/** The type's name as TYPE replies it. */
export function typeName(arena: Arena, ref: Ref): string {
  return TYPE_NAMES[arena.words[segmentOf(ref)][wordOf(ref)] & TYPE_MASK];
}

/** The encoding's name as OBJECT ENCODING replies it. */
export function encodingName(arena: Arena, ref: Ref): string {
  return ENCODING_NAMES.get(encodingOf(arena, ref)) ?? 'unknown';
}
