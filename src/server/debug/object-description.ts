/** DEBUG OBJECT and DEBUG SDSLEN: how a value is kept, in the form that tools and Redis's tests read. */
import { isInt64Text } from '../../bytes/integer.ts';
import type { Database } from '../../engine/keyspace/database.ts';
import type { Ref } from '../../engine/memory/arena.ts';
import { segmentOf } from '../../engine/memory/layout.ts';
import { keyLength } from '../../engine/structures/record.ts';
import { encodingOf, INT } from '../../engine/values/encoding.ts';
import { stringCapacity, stringLength, stringStart } from '../../engine/values/string.ts';
import { encodingName } from '../../engine/values/value.ts';

/** Longer texts are not tried as numbers in snapshots. */
const INTEGER_TEXT_LIMIT = 11;

export function describeObject(database: Database, ref: Ref): string {
  const { arena, keyspace } = database;
  const bits = database.accessBits(ref);
  const facts = {
    refcount: 1,
    encoding: encodingName(arena, ref),
    serializedlength: serializedLength(database, ref),
    lru: bits,
    lru_seconds_idle: keyspace.clock.idleSeconds(bits),
  };
  const words = Object.entries(facts).map(([name, value]) => `${name}:${value}`);
  return `Value at:0x${(ref >>> 0).toString(16).padStart(8, '0')} ${words.join(' ')}`;
}

/** Lengths and spare room of key and value; undefined for a value that Redis would not keep as bytes. */
export function describeBytes(database: Database, ref: Ref): string | undefined {
  const { arena } = database;
  if (encodingOf(arena, ref) === INT) return undefined;
  const keyBytes = keyLength(arena, ref);
  const valueBytes = stringLength(arena, ref);
  return (
    `key_sds_len:${keyBytes}, key_sds_avail:0, key_zmalloc: ${keyBytes}, val_sds_len:${valueBytes}, ` +
    `val_sds_avail:${stringCapacity(arena, ref) - valueBytes}, val_zmalloc: ${arena.sizeOf(ref)}`
  );
}

/** Bytes of the value in a snapshot that is not compressed: short integers as numbers, else a length and the bytes. */
function serializedLength(database: Database, ref: Ref): number {
  const { arena } = database;
  const start = stringStart(arena, ref);
  const length = stringLength(arena, ref);
  const bytes = arena.bytes[segmentOf(ref)];
  if (length <= INTEGER_TEXT_LIMIT && isInt64Text(bytes, start, start + length)) {
    const value = Number(bytes.toString('latin1', start, start + length));
    if (value >= -(2 ** 7) && value < 2 ** 7) return 2;
    if (value >= -(2 ** 15) && value < 2 ** 15) return 3;
    if (value >= -(2 ** 31) && value < 2 ** 31) return 5;
  }
  return length + (length < 64 ? 1 : length < 16384 ? 2 : 5);
}
