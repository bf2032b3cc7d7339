/**
 * DEBUG DIGEST and DIGEST-VALUE: a fingerprint of data that does not depend on order or encoding, the same as redis-server
 * computes for the same data.
 *
 *   mix(d, x)   d = SHA1(d xor SHA1(x))          the order of calls matters
 *   add(d, x)   d = d xor SHA1(x)                it does not
 *
 *   value       mix the type (32 bits, big-endian), then what it holds; add "!!expire!!" if the key has a deadline
 *   string      mix it
 *   list        mix each element
 *   set         add each member
 *   hash        for each field: mix the field and the value into zeroes, add "!!hexpire!!" if it has a deadline, add that
 *   stream      for each entry: mix its ID, the parts joined by a dot, then each field and value
 *   sorted set  for each member: mix the member and the score, 17 digits, into zeroes, add that
 *   key         mix the key's bytes into zeroes, then its value
 *   everything  for each database with keys: mix its number (32 bits, big-endian), then add every key's digest
 */
import { createHash } from 'node:crypto';
import { formatSignificant } from '../../bytes/significant-digits.ts';
import type { Database } from '../../engine/keyspace/database.ts';
import { type Arena, NO_REF, type Ref } from '../../engine/memory/arena.ts';
import { HASH, LIST, SET, STREAM, STRING, segmentOf } from '../../engine/memory/layout.ts';
import { tableScan } from '../../engine/structures/hashtable-walk.ts';
import { ListpackCursor } from '../../engine/structures/listpack.ts';
import { keyBytes, typeOf } from '../../engine/structures/record.ts';
import { STREAM_ID_TEXT_BYTES, StreamId, writeIdText } from '../../engine/structures/stream-id.ts';
import { headerOf } from '../../engine/values/encoding.ts';
import { eachField } from '../../engine/values/hash-walk.ts';
import { valueLength, valueStart } from '../../engine/values/inline.ts';
import { ListWalk } from '../../engine/values/list-walk.ts';
import { eachMember } from '../../engine/values/set-walk.ts';
import { sortedSetLength } from '../../engine/values/sorted-set.ts';
import { SortedSetWalk } from '../../engine/values/sorted-set-walk.ts';
import { StreamWalk } from '../../engine/values/stream-walk.ts';

const BYTES = 20;
const EXPIRE_MARK = Buffer.from('!!expire!!');
const FIELD_EXPIRE_MARK = Buffer.from('!!hexpire!!');

/** The digest of all databases, 40 hexadecimal digits. Takes a microsecond or two a key and stops everything. */
export function datasetDigest(databases: readonly Database[]): string {
  const all = Buffer.alloc(BYTES);
  for (const database of databases) {
    if (database.size === 0) continue;
    mix(all, bigEndian(database.index));
    let cursor = 0;
    do {
      cursor = tableScan(database.arena, database.table, cursor, 1000, (ref) => {
        if (!database.hasDeadline(ref) || !database.isExpired(ref)) add(all, keyDigest(database, ref));
      });
    } while (cursor !== 0);
  }
  return all.toString('hex');
}

/** The digest of one value, 40 hexadecimal digits; zeroes where there is none. */
export function valueDigest(database: Database, ref: Ref): string {
  const digest = Buffer.alloc(BYTES);
  if (ref !== NO_REF) mixValue(digest, database, ref);
  return digest.toString('hex');
}

function keyDigest(database: Database, ref: Ref): Buffer {
  const digest = Buffer.alloc(BYTES);
  mix(digest, keyBytes(database.arena, ref));
  mixValue(digest, database, ref);
  return digest;
}

function mixValue(digest: Buffer, database: Database, ref: Ref): void {
  const { arena } = database;
  mix(digest, bigEndian(typeOf(arena, ref)));
  switch (typeOf(arena, ref)) {
    case STRING: {
      const start = valueStart(arena, ref);
      mix(digest, arena.bytes[segmentOf(ref)].subarray(start, start + valueLength(arena, ref)));
      break;
    }
    case LIST:
      mixList(digest, arena, ref);
      break;
    case SET:
      eachMember(arena, ref, (bytes, _view, start, end) => add(digest, bytes.subarray(start, end)));
      break;
    case HASH:
      addFields(digest, database, ref);
      break;
    case STREAM:
      mixEntries(digest, arena, ref);
      break;
    default:
      addScores(digest, arena, ref);
  }
  if (database.hasDeadline(ref)) add(digest, EXPIRE_MARK);
}

function mixList(digest: Buffer, arena: Arena, ref: Ref): void {
  const walk = new ListWalk();
  walk.begin(arena, ref, 0, false);
  while (walk.next()) mix(digest, textOf(walk.element));
}

function addFields(digest: Buffer, database: Database, ref: Ref): void {
  const field = new ListpackCursor();
  const value = new ListpackCursor();
  eachField(database.arena, ref, field, value, (deadline) => {
    if (deadline <= database.keyspace.now) return;
    const mark = deadline === Number.POSITIVE_INFINITY ? undefined : FIELD_EXPIRE_MARK;
    addPair(digest, textOf(field), textOf(value), mark);
  });
}

function addScores(digest: Buffer, arena: Arena, ref: Ref): void {
  const walk = new SortedSetWalk();
  walk.begin(arena, ref, 0, false);
  for (let left = sortedSetLength(arena, ref); left > 0; left--) {
    walk.next();
    addPair(digest, textOf(walk.member), Buffer.from(formatSignificant(walk.score, 17)));
  }
}

function mixEntries(digest: Buffer, arena: Arena, ref: Ref): void {
  const walk = new StreamWalk();
  const first = new StreamId();
  const last = new StreamId();
  last.setMaximum();
  walk.begin(arena, headerOf(arena, ref), first, last, false);
  const text = Buffer.alloc(STREAM_ID_TEXT_BYTES);
  while (walk.next()) {
    const id = text.toString('latin1', 0, writeIdText(text, 0, walk.id));
    mix(digest, Buffer.from(id.replace('-', '.')));
    walk.beginFields();
    for (let left = walk.fieldCount; left > 0; left--) {
      walk.nextField();
      mix(digest, textOf(walk.field));
      mix(digest, textOf(walk.value));
    }
  }
}

function addPair(digest: Buffer, first: Uint8Array, second: Uint8Array, mark?: Uint8Array): void {
  const pair = Buffer.alloc(BYTES);
  mix(pair, first);
  mix(pair, second);
  if (mark !== undefined) add(pair, mark);
  add(digest, pair);
}

function textOf(cursor: ListpackCursor): Uint8Array {
  return cursor.bytes.subarray(cursor.start, cursor.end);
}

function add(digest: Buffer, data: Uint8Array): void {
  const hash = sha1(data);
  for (let i = 0; i < BYTES; i++) digest[i] ^= hash[i];
}

function mix(digest: Buffer, data: Uint8Array): void {
  add(digest, data);
  sha1(digest).copy(digest);
}

function sha1(data: Uint8Array): Buffer {
  return createHash('sha1').update(data).digest();
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
