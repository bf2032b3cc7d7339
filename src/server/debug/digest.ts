/**
 * DEBUG DIGEST and DIGEST-VALUE: a fingerprint of data that does not depend on order or encoding, the same as redis-server
 * computes for the same data.
 *
 *   mix(d, x)   d = SHA1(d xor SHA1(x))          the order of calls matters
 *   add(d, x)   d = d xor SHA1(x)                it does not
 *
 *   value       mix the type (32 bits, big-endian), mix the string; add "!!expire!!" if the key has a deadline
 *   key         mix the key's bytes into zeroes, then its value
 *   everything  for each database with keys: mix its number (32 bits, big-endian), then add every key's digest
 */
import { createHash } from 'node:crypto';
import type { Database } from '../../engine/keyspace/database.ts';
import { NO_REF, type Ref } from '../../engine/memory/arena.ts';
import { segmentOf } from '../../engine/memory/layout.ts';
import { tableScan } from '../../engine/structures/hashtable-walk.ts';
import { keyBytes, typeOf } from '../../engine/structures/record.ts';
import { stringLength, stringStart } from '../../engine/values/string.ts';

const BYTES = 20;
const EXPIRE_MARK = Buffer.from('!!expire!!');

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
  const start = stringStart(arena, ref);
  mix(digest, bigEndian(typeOf(arena, ref)));
  mix(digest, arena.bytes[segmentOf(ref)].subarray(start, start + stringLength(arena, ref)));
  if (database.hasDeadline(ref)) add(digest, EXPIRE_MARK);
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
