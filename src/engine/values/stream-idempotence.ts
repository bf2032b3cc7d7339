/**
 * What producers have added lately: each calls its entries by names of its own (idempotent IDs), and an entry that is added
 * again under the same name is not added twice.
 *
 *   idempotence | seconds | most | producers | next | added, 8 bytes | duplicates, 8 |      32 bytes
 *   producer    | - | length | - | name | entries | order |
 *   entry       | - | length | - | name | its ID, 16 bytes |
 *
 * `producers` and `entries` are indexes of names (stream-names.ts). `order` is a tree from the entries' IDs to their records:
 * IDs rise, so its first is the oldest, and an ID's time tells when it was added. A name is forgotten after so many seconds,
 * or when its producer has had so many newer ones. Producers that fall silent are found by looking at a few others whenever
 * one adds something; `next` is the rank of the one to look at.
 */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { wordOf } from '../memory/layout.ts';
import { IdPlace, newIdTree, treeCount, treeFind, treeInsert, treeRemove } from '../structures/id-tree.ts';
import {
  drainIdTree,
  idTreeBytes,
  readPlaceId,
  seekFirst,
  setWordAt,
  stepForward,
  wordAt,
} from '../structures/id-tree-walk.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import { indexLength, newIndex } from '../structures/ordered-index.ts';
import { drainIndex, indexBytes } from '../structures/ordered-index-walk.ts';
import { newRecord } from '../structures/record.ts';
import { readIdAt, STREAM_ID_WORDS, StreamId, writeIdAt } from '../structures/stream-id.ts';
import { bodyOf, findName, insertName, nameAt, pointAtName, removeName } from './stream-names.ts';

const DEFAULT_SECONDS = 100;
const DEFAULT_MOST = 100;

const HEADER_BYTES = 32;
/** Words of the header. */
const SECONDS = 0;
const MOST = 1;
const PRODUCERS = 2;
const NEXT = 3;
const ADDED = 4;
const DUPLICATES = 6;

const PRODUCER_BYTES = 8;
const ENTRIES = 0;
const ORDER = 4;
const ENTRY_BYTES = 16;

/** How many other producers are looked at for each entry added. */
const LOOKS = 2;

const place = new IdPlace();
const id = new StreamId();
const name = new ListpackCursor();
const words = new Int32Array(STREAM_ID_WORDS);

export function newIdempotence(arena: Arena): Ref {
  const idempotence = arena.allocateZeroed(HEADER_BYTES);
  const producers = newIndex(arena);
  const header = arena.words[idempotence >>> 22];
  const at = wordOf(idempotence);
  header[at + SECONDS] = DEFAULT_SECONDS;
  header[at + MOST] = DEFAULT_MOST;
  header[at + PRODUCERS] = producers;
  return idempotence;
}

function wordOfHeader(arena: Arena, idempotence: Ref, word: number): number {
  return arena.words[idempotence >>> 22][wordOf(idempotence) + word];
}

/** How long names are remembered. */
export function rememberedSeconds(arena: Arena, idempotence: Ref): number {
  return wordOfHeader(arena, idempotence, SECONDS);
}

/** How many names of a producer are remembered. */
export function mostRemembered(arena: Arena, idempotence: Ref): number {
  return wordOfHeader(arena, idempotence, MOST);
}

function producersOf(arena: Arena, idempotence: Ref): Ref {
  return wordOfHeader(arena, idempotence, PRODUCERS) as Ref;
}

export function producerCount(arena: Arena, idempotence: Ref): number {
  return indexLength(arena, producersOf(arena, idempotence));
}

/** How many entries were ever added under a name, and how many were not because they were there. */
export function addedUnderName(arena: Arena, idempotence: Ref): number {
  return readCount(arena, idempotence, ADDED);
}

export function duplicatesOf(arena: Arena, idempotence: Ref): number {
  return readCount(arena, idempotence, DUPLICATES);
}

function readCount(arena: Arena, idempotence: Ref, word: number): number {
  return arena.views[idempotence >>> 22].getFloat64((wordOf(idempotence) + word) << 2, true);
}

function count(arena: Arena, idempotence: Ref, word: number, more: number): void {
  const at = (wordOf(idempotence) + word) << 2;
  arena.views[idempotence >>> 22].setFloat64(at, readCount(arena, idempotence, word) + more, true);
}

/** Sets how long and how many names are remembered; what was remembered is forgotten when that is new. */
export function configure(arena: Arena, idempotence: Ref, seconds: number, most: number): void {
  if (seconds === rememberedSeconds(arena, idempotence) && most === mostRemembered(arena, idempotence)) return;
  const producers = producersOf(arena, idempotence);
  for (let rank = indexLength(arena, producers) - 1; rank >= 0; rank--) {
    dropProducer(arena, producers, nameAt(arena, producers, rank));
  }
  const header = arena.words[idempotence >>> 22];
  header[wordOf(idempotence) + SECONDS] = seconds;
  header[wordOf(idempotence) + MOST] = most;
}

/** Reads the ID of the entry that a producer added under a name; false when that is not remembered. Counts it otherwise. */
export function findAdded(
  arena: Arena,
  idempotence: Ref,
  producer: ListpackCursor,
  entry: ListpackCursor,
  now: number,
  found: StreamId,
): boolean {
  const record = findIn(arena, producersOf(arena, idempotence), producer);
  if (record === NO_REF) return false;
  forgetOld(arena, record, now - rememberedSeconds(arena, idempotence) * 1000, Number.POSITIVE_INFINITY);
  const known = findIn(arena, refIn(arena, record, ENTRIES), entry);
  if (known === NO_REF) return false;
  readEntryId(arena, known, found);
  count(arena, idempotence, DUPLICATES, 1);
  return true;
}

/** Remembers the ID of an entry that a producer added under a name, which is not remembered yet. */
export function remember(
  arena: Arena,
  idempotence: Ref,
  producer: ListpackCursor,
  entry: ListpackCursor,
  now: number,
  added: StreamId,
): void {
  const producers = producersOf(arena, idempotence);
  const record = findIn(arena, producers, producer);
  const owner = record === NO_REF ? addProducer(arena, producers, producer) : record;
  const oldest = now - rememberedSeconds(arena, idempotence) * 1000;
  forgetOld(arena, owner, oldest, mostRemembered(arena, idempotence) - 1);
  addEntry(arena, owner, entry, added);
  count(arena, idempotence, ADDED, 1);
  for (let left = LOOKS; left > 0; left--) lookAtNext(arena, idempotence, owner, oldest);
}

/** Forgets the old names of the producer whose turn it is, and the producer when it has none left. */
function lookAtNext(arena: Arena, idempotence: Ref, busy: Ref, oldest: number): void {
  const producers = producersOf(arena, idempotence);
  const header = arena.words[idempotence >>> 22];
  const next = wordOf(idempotence) + NEXT;
  const rank = header[next] < indexLength(arena, producers) ? header[next] : 0;
  const producer = nameAt(arena, producers, rank);
  header[next] = rank + 1;
  if (producer === busy) return;
  forgetOld(arena, producer, oldest, Number.POSITIVE_INFINITY);
  if (treeCount(arena, refIn(arena, producer, ORDER)) > 0) return;
  dropProducer(arena, producers, producer);
  header[next] = rank;
}

/** Forgets what a producer added at `oldest` or before, and what is more than `most`. */
function forgetOld(arena: Arena, producer: Ref, oldest: number, most: number): void {
  const order = refIn(arena, producer, ORDER);
  while (seekFirst(arena, order, place)) {
    readPlaceId(arena, place, id);
    if (timeOf(id) > oldest && treeCount(arena, order) <= most) return;
    forgetFirst(arena, producer, order);
  }
}

/** Forgets the entry at `place`, whose ID is `id`. */
function forgetFirst(arena: Arena, producer: Ref, order: Ref): void {
  const entry = wordAt(arena, order, place) as Ref;
  treeRemove(arena, order, id);
  removeName(arena, refIn(arena, producer, ENTRIES), entry);
  arena.free(entry);
}

function timeOf(id: StreamId): number {
  return (id.msHigh >>> 0) * 4294967296 + (id.msLow >>> 0);
}

function findIn(arena: Arena, index: Ref, { bytes, view, start, end }: ListpackCursor): Ref {
  return findName(arena, index, bytes, view, start, end);
}

function refIn(arena: Arena, record: Ref, offset: number): Ref {
  return arena.views[record >>> 22].getInt32(bodyOf(arena, record) + offset, true) as Ref;
}

function addProducer(arena: Arena, producers: Ref, { bytes, view, start, end }: ListpackCursor): Ref {
  const producer = newRecord(arena, 0, bytes, view, start, end, PRODUCER_BYTES);
  const entries = newIndex(arena);
  const order = newIdTree(arena, 1);
  const body = bodyOf(arena, producer);
  arena.views[producer >>> 22].setInt32(body + ENTRIES, entries, true);
  arena.views[producer >>> 22].setInt32(body + ORDER, order, true);
  insertName(arena, producers, producer);
  return producer;
}

function addEntry(arena: Arena, producer: Ref, { bytes, view, start, end }: ListpackCursor, added: StreamId): void {
  const order = refIn(arena, producer, ORDER);
  if (treeFind(arena, order, added, place)) {
    // XSETID has gone back, and the ID was given once more.
    id.copy(added);
    forgetFirst(arena, producer, order);
  }
  const entry = newRecord(arena, 0, bytes, view, start, end, ENTRY_BYTES);
  writeIdAt(words, 0, added);
  const body = bodyOf(arena, entry);
  for (let i = 0; i < STREAM_ID_WORDS; i++) arena.views[entry >>> 22].setInt32(body + 4 * i, words[i], true);
  insertName(arena, refIn(arena, producer, ENTRIES), entry);
  treeInsert(arena, order, added, place);
  setWordAt(arena, order, place, entry);
}

function readEntryId(arena: Arena, entry: Ref, into: StreamId): void {
  const body = bodyOf(arena, entry);
  for (let i = 0; i < STREAM_ID_WORDS; i++) words[i] = arena.views[entry >>> 22].getInt32(body + 4 * i, true);
  readIdAt(words, 0, into);
}

function dropProducer(arena: Arena, producers: Ref, producer: Ref): void {
  freeEntries(arena, producer);
  removeName(arena, producers, producer);
  arena.free(producer);
}

function freeEntries(arena: Arena, producer: Ref): void {
  const entries = refIn(arena, producer, ENTRIES);
  drainIdTree(arena, refIn(arena, producer, ORDER), Number.MAX_SAFE_INTEGER, (entry) => arena.free(entry as Ref));
  drainIndex(arena, entries, Number.MAX_SAFE_INTEGER);
  arena.free(entries);
}

/** What is remembered at a time: how many producers, and how many names of theirs. */
export interface Remembered {
  producers: number;
  names: number;
}

/** Counts what is remembered now. */
export function countRemembered(arena: Arena, idempotence: Ref, now: number): Remembered {
  const producers = producersOf(arena, idempotence);
  const oldest = now - rememberedSeconds(arena, idempotence) * 1000;
  const remembered = { producers: 0, names: 0 };
  for (let rank = indexLength(arena, producers) - 1; rank >= 0; rank--) {
    const order = refIn(arena, nameAt(arena, producers, rank), ORDER);
    let names = treeCount(arena, order);
    for (let more = seekFirst(arena, order, place); more; more = stepForward(arena, place), names--) {
      readPlaceId(arena, place, id);
      if (timeOf(id) > oldest) break;
    }
    remembered.names += names;
    if (names > 0) remembered.producers++;
  }
  return remembered;
}

/** Bytes of everything. */
export function idempotenceBytes(arena: Arena, idempotence: Ref): number {
  const producers = producersOf(arena, idempotence);
  let bytes = arena.sizeOf(idempotence) + indexBytes(arena, producers);
  for (let rank = indexLength(arena, producers) - 1; rank >= 0; rank--) {
    const producer = nameAt(arena, producers, rank);
    const order = refIn(arena, producer, ORDER);
    bytes += arena.sizeOf(producer) + indexBytes(arena, refIn(arena, producer, ENTRIES)) + idTreeBytes(arena, order);
    for (let more = seekFirst(arena, order, place); more; more = stepForward(arena, place)) {
      bytes += arena.sizeOf(wordAt(arena, order, place) as Ref);
    }
  }
  return bytes;
}

/** Frees up to `producers` producers, the rest too when there are no more; true when everything is freed. */
export function drainIdempotence(arena: Arena, idempotence: Ref, producers: number): boolean {
  const index = producersOf(arena, idempotence);
  for (let left = producers; indexLength(arena, index) > 0; left--) {
    if (left <= 0) return false;
    dropProducer(arena, index, nameAt(arena, index, indexLength(arena, index) - 1));
  }
  drainIndex(arena, index, Number.MAX_SAFE_INTEGER);
  arena.free(index);
  arena.free(idempotence);
  return true;
}

/** A copy with the settings and counters of another, and no producers. */
export function beginIdempotenceCopy(arena: Arena, idempotence: Ref): Ref {
  const copy = newIdempotence(arena);
  configure(arena, copy, rememberedSeconds(arena, idempotence), mostRemembered(arena, idempotence));
  for (const word of [ADDED, DUPLICATES]) count(arena, copy, word, readCount(arena, idempotence, word));
  return copy;
}

/** Copies up to `limit` producers; true when all are copied. */
export function copyProducers(arena: Arena, idempotence: Ref, copy: Ref, limit: number): boolean {
  const producers = producersOf(arena, idempotence);
  const copies = producersOf(arena, copy);
  for (let left = limit; indexLength(arena, copies) < indexLength(arena, producers); left--) {
    if (left <= 0) return false;
    const producer = nameAt(arena, producers, indexLength(arena, copies));
    pointAtName(arena, producer, name);
    const fresh = addProducer(arena, copies, name);
    const order = refIn(arena, producer, ORDER);
    const walk = new IdPlace();
    for (let more = seekFirst(arena, order, walk); more; more = stepForward(arena, walk)) {
      const added = new StreamId();
      readPlaceId(arena, walk, added);
      pointAtName(arena, wordAt(arena, order, walk) as Ref, name);
      addEntry(arena, fresh, name, added);
    }
  }
  return true;
}
