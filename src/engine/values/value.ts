/** What every type's value can be asked, whatever its type. */
import type { Arena, Ref } from '../memory/arena.ts';
import { segmentOf, TYPE_MASK, VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import type { HashSeed } from '../structures/hashtable.ts';
import { copyQuicklist, drainQuicklist, quicklistBytes } from '../structures/quicklist-chain.ts';
import {
  EMBSTR,
  encodingOf,
  HASHTABLE,
  headerOf,
  INT,
  INTSET,
  isOutside,
  LISTPACK,
  LISTPACKEX,
  QUICKLIST,
  RAW,
  SKIPLIST,
} from './encoding.ts';
import { copyRecordTable, drainRecordTable, recordTableBytes } from './record-table.ts';
import { copyIndexedSet, drainIndexedSet, indexedSetBytes } from './sorted-set-index.ts';

const TYPE_NAMES = ['string', 'list', 'set', 'zset', 'hash'];
const ENCODING_NAMES = new Map([
  [RAW, 'raw'],
  [INT, 'int'],
  [HASHTABLE, 'hashtable'],
  [INTSET, 'intset'],
  [SKIPLIST, 'skiplist'],
  [EMBSTR, 'embstr'],
  [QUICKLIST, 'quicklist'],
  [LISTPACK, 'listpack'],
  [LISTPACKEX, 'listpackex'],
]);

/** Bytes of the value that stand in the key's record, behind the key. */
export function inlineValueBytes(arena: Arena, ref: Ref): number {
  return isOutside(encodingOf(arena, ref)) ? 0 : arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH];
}

/** Bytes of the value that stand outside the key's record. */
export function outsideValueBytes(arena: Arena, ref: Ref): number {
  const encoding = encodingOf(arena, ref);
  switch (encoding) {
    case HASHTABLE:
      return recordTableBytes(arena, headerOf(arena, ref));
    case QUICKLIST:
      return quicklistBytes(arena, headerOf(arena, ref));
    case SKIPLIST:
      return indexedSetBytes(arena, headerOf(arena, ref));
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
    default:
      throw new Error(`values of the encoding ${encoding} stand in their record`);
  }
}

/** Gives a copied record a value of its own where what it holds outside the record is still the original's. */
export function ownValue(arena: Arena, ref: Ref, seed: HashSeed): void {
  const encoding = encodingOf(arena, ref);
  if (!isOutside(encoding)) return;
  const copy = copyOutside(arena, encoding, headerOf(arena, ref), seed);
  arena.words[segmentOf(ref)][wordOf(ref) + VALUE_LENGTH] = copy;
}

function copyOutside(arena: Arena, encoding: number, header: Ref, seed: HashSeed): Ref {
  switch (encoding) {
    case HASHTABLE:
      return copyRecordTable(arena, header, seed);
    case QUICKLIST:
      return copyQuicklist(arena, header);
    case SKIPLIST:
      return copyIndexedSet(arena, header, seed);
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
