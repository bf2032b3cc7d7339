/**
 * Values, from their RDB bytes: for RESTORE, snapshots, full synchronisation. A value is made in a record of its own, in no
 * database, so that what turns out to be wrong half-way leaves no trace. Its encoding is what Redis would give it under the
 * settings as they are now.
 *
 * Hostile bytes do no harm: see rdb-input.ts for lengths, packed-input.ts for what is copied as a whole. Equal fields or
 * members, scores that are no numbers and empty collections are refused as well. Redis checks so far only when
 * `sanitize-dump-payload` says so; here it costs little.
 */
import { NO_REF, type Ref } from '../memory/arena.ts';
import { STRING } from '../memory/layout.ts';
import { stringEncodingOf } from '../values/string.ts';
import {
  RDB_HASH,
  RDB_HASH_LISTPACK,
  RDB_HASH_TIMED,
  RDB_HASH_TIMED_LISTPACK,
  RDB_HASH_ZIPLIST,
  RDB_HASH_ZIPMAP,
  RDB_LIST,
  RDB_LIST_QUICKLIST,
  RDB_LIST_QUICKLIST_2,
  RDB_LIST_ZIPLIST,
  RDB_SET,
  RDB_SET_INTSET,
  RDB_SET_LISTPACK,
  RDB_STREAM,
  RDB_STREAM_2,
  RDB_STREAM_3,
  RDB_STRING,
  RDB_ZSET,
  RDB_ZSET_2,
  RDB_ZSET_LISTPACK,
  RDB_ZSET_ZIPLIST,
} from './rdb-types.ts';
import { readFields, readPackedHash, readTriplets } from './read-hash.ts';
import { readList } from './read-list.ts';
import { readIntset, readMembers, readSetListpack } from './read-set.ts';
import { readPackedScores, readScores } from './read-sorted-set.ts';
import { readStream } from './read-stream.ts';
import { copiedValue, type Reading } from './reading.ts';

/** Reads a value of an RDB type into a detached record; 0, and the input has failed, when there is no such value. */
export function readValue(reading: Reading, type: number): Ref {
  switch (type) {
    case RDB_STRING:
      return readString(reading);
    case RDB_LIST:
    case RDB_LIST_ZIPLIST:
    case RDB_LIST_QUICKLIST:
    case RDB_LIST_QUICKLIST_2:
      return readList(reading, type);
    case RDB_SET:
      return readMembers(reading);
    case RDB_SET_INTSET:
      return readIntset(reading);
    case RDB_SET_LISTPACK:
      return readSetListpack(reading);
    case RDB_ZSET:
    case RDB_ZSET_2:
      return readScores(reading, type);
    case RDB_ZSET_ZIPLIST:
    case RDB_ZSET_LISTPACK:
      return readPackedScores(reading, type);
    case RDB_HASH:
    case RDB_HASH_TIMED:
      return readFields(reading, type);
    case RDB_HASH_TIMED_LISTPACK:
      return readTriplets(reading);
    case RDB_HASH_ZIPMAP:
    case RDB_HASH_ZIPLIST:
    case RDB_HASH_LISTPACK:
      return readPackedHash(reading, type);
    case RDB_STREAM:
    case RDB_STREAM_2:
    case RDB_STREAM_3:
      return readStream(reading, type);
    default:
      reading.input.fail();
      return NO_REF;
  }
}

function readString(reading: Reading): Ref {
  const { first: text } = reading;
  if (!reading.input.text(text)) return NO_REF;
  return copiedValue(reading, STRING, stringEncodingOf(text.bytes, text.start, text.end), text);
}
