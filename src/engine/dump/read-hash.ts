/** Hashes, from RDB. No field may be there twice. */
import { NO_REF, type Ref } from '../memory/arena.ts';
import { HASH } from '../memory/layout.ts';
import { newTable } from '../structures/hashtable.ts';
import { EMPTY_LISTPACK_BYTES } from '../structures/listpack.ts';
import { HASHTABLE, LISTPACK, setHeader } from '../values/encoding.ts';
import { hashLength, setField, toHashtable } from '../values/hash.ts';
import { initListpack } from '../values/inline-listpack.ts';
import { RDB_HASH_LISTPACK, RDB_HASH_ZIPMAP } from './rdb-types.ts';
import { copiedValue, newValue, type Reading } from './reading.ts';

/** Reads fields and values one by one; 0, and the input has failed, when it is no hash or empty. */
export function readFields(reading: Reading): Ref {
  const { input, records, first: field, second: value } = reading;
  const count = input.count(2);
  if (count === 0) input.fail();
  if (input.failed) return NO_REF;
  let ref = emptyHash(reading, count);
  for (let i = 0; i < count && input.text(field) && input.text(value); i++) {
    ref = setField(
      records,
      ref,
      field.bytes,
      field.view,
      field.start,
      field.end,
      value.bytes,
      value.view,
      value.start,
      value.end,
      false,
    );
    if (hashLength(records.arena, ref) !== i + 1) input.fail();
  }
  if (!input.failed) return ref;
  records.keyspace.lazyFree.freeRecord(ref);
  return NO_REF;
}

/** Reads a hash that is one string: a listpack, a ziplist or a zipmap. */
export function readPackedHash(reading: Reading, type: number): Ref {
  const { input, records, packed } = reading;
  const isRead =
    type === RDB_HASH_LISTPACK
      ? packed.readListpack(input, 'Hash')
      : type === RDB_HASH_ZIPMAP
        ? packed.readZipmap(input)
        : packed.readZiplist(input, 'Hash');
  if (!isRead) return NO_REF;
  if (packed.count === 0 || packed.count % 2 === 1 || !packed.isDistinct(1)) {
    input.refuse('Hash');
    return NO_REF;
  }
  const { hashMaxListpackEntries, hashMaxListpackValue } = records.keyspace.encodingLimits;
  const ref = copiedValue(reading, HASH, LISTPACK, packed.text);
  // Of listpacks and ziplists only the number of fields is looked at, as Redis does.
  const isLong = type === RDB_HASH_ZIPMAP && packed.longest > hashMaxListpackValue;
  return isLong || packed.count > hashMaxListpackEntries * 2 ? toHashtable(records, ref) : ref;
}

function emptyHash(reading: Reading, count: number): Ref {
  const { arena, keyspace } = reading.records;
  if (count > keyspace.encodingLimits.hashMaxListpackEntries) {
    const table = newTable(arena);
    const ref = newValue(reading, HASH, HASHTABLE, 0);
    setHeader(arena, ref, table);
    return ref;
  }
  const ref = newValue(reading, HASH, LISTPACK, EMPTY_LISTPACK_BYTES);
  initListpack(arena, ref);
  return ref;
}
