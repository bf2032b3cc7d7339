/** Hashes, from RDB. No field may be there twice. */
import { NO_REF, type Ref } from '../memory/arena.ts';
import { HASH } from '../memory/layout.ts';
import { newTable } from '../structures/hashtable.ts';
import { EMPTY_LISTPACK_BYTES, LISTPACK_END, LISTPACK_HEADER_BYTES } from '../structures/listpack.ts';
import { HASHTABLE, LISTPACK, setHeader } from '../values/encoding.ts';
import { hashLength, setField, toHashtable } from '../values/hash.ts';
import { setFieldDeadline, startTimer } from '../values/hash-deadlines.ts';
import { initListpack } from '../values/inline-listpack.ts';
import { RDB_HASH_LISTPACK, RDB_HASH_TIMED, RDB_HASH_ZIPMAP } from './rdb-types.ts';
import { copiedValue, newValue, type Reading } from './reading.ts';

/** No field's deadline is later. */
const LATEST = 2 ** 48 - 2;

/** Reads fields and values one by one, with or without deadlines; 0, and the input has failed, when it is no hash or empty. */
export function readFields(reading: Reading, type: number): Ref {
  const { input, first: field, second: value } = reading;
  const earliest = type === RDB_HASH_TIMED ? input.millis() : 0;
  const count = input.count(2);
  if (count === 0) input.fail();
  if (input.failed) return NO_REF;
  let ref = emptyHash(reading, count);
  for (let i = 0; i < count && !input.failed; i++) {
    const time = type === RDB_HASH_TIMED ? input.length() : 0;
    if (!input.text(field) || !input.text(value)) break;
    ref = addField(reading, ref, i, time === 0 ? Number.POSITIVE_INFINITY : earliest + time - 1);
  }
  return settled(reading, ref);
}

/** Reads a listpack of field, value, deadline …; what it says of the earliest deadline is passed over. */
export function readTriplets(reading: Reading): Ref {
  const { input, packed, first: field, second: value } = reading;
  input.millis();
  if (!packed.readListpack(input, 'Hash')) return NO_REF;
  if (packed.count === 0 || packed.count % 3 !== 0 || !packed.isDistinct(2)) {
    input.refuse('Hash');
    return NO_REF;
  }
  const { bytes, view, start } = packed.text;
  let ref = emptyHash(reading, packed.count / 3);
  let p = start + LISTPACK_HEADER_BYTES;
  for (let i = 0; bytes[p] !== LISTPACK_END && !input.failed; i++) {
    const at = field.read(bytes, view, p);
    const behind = value.read(bytes, view, at);
    p = value.read(bytes, view, behind);
    const deadline = value.isInteger ? value.integer : Number.NaN;
    value.read(bytes, view, at);
    ref = addField(reading, ref, i, deadline === 0 ? Number.POSITIVE_INFINITY : deadline);
  }
  return settled(reading, ref);
}

/** Adds the field and the value that the cursors point at, which must be new to the hash of `count` fields. */
function addField(reading: Reading, ref: Ref, count: number, deadline: number): Ref {
  const { input, records, first: field, second: value } = reading;
  const { bytes, view, start, end } = field;
  let place = setField(records, ref, bytes, view, start, end, value.bytes, value.view, value.start, value.end, false);
  if (hashLength(records.arena, place) !== count + 1) input.fail();
  else if (deadline !== Number.POSITIVE_INFINITY) {
    if (deadline > 0 && deadline <= LATEST) {
      place = startTimer(records, place);
      setFieldDeadline(records, place, bytes, view, start, end, deadline);
    } else input.fail();
  }
  return place;
}

/** The hash, or nothing of it when the input has failed. */
function settled({ input, records }: Reading, ref: Ref): Ref {
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
