/** DEBUG OBJECT and DEBUG SDSLEN: how a value is kept, in the form that tools and Redis's tests read. */
import { RdbOutput } from '../../engine/dump/rdb-output.ts';
import { writeValue } from '../../engine/dump/write-value.ts';
import type { Database } from '../../engine/keyspace/database.ts';
import { NO_REF, type Ref } from '../../engine/memory/arena.ts';
import { STRING } from '../../engine/memory/layout.ts';
import { endNode, nextNode, quicklistLength } from '../../engine/structures/quicklist-chain.ts';
import { nodeBytes } from '../../engine/structures/quicklist-node.ts';
import { keyLength, typeOf } from '../../engine/structures/record.ts';
import { encodingOf, headerOf, INT, QUICKLIST } from '../../engine/values/encoding.ts';
import { stringCapacity, stringLength } from '../../engine/values/string.ts';
import { encodingName } from '../../engine/values/value.ts';

/** `compresses` is rdbcompression. */
export function describeObject(database: Database, ref: Ref, compresses: boolean): string {
  const { arena, keyspace } = database;
  const bits = database.accessBits(ref);
  const facts = {
    refcount: 1,
    encoding: encodingName(arena, ref),
    serializedlength: serializedLength(database, ref, compresses),
    lru: bits,
    lru_seconds_idle: keyspace.clock.idleSeconds(bits),
  };
  const words = Object.entries(facts).map(([name, value]) => `${name}:${value}`);
  return `Value at:0x${(ref >>> 0).toString(16).padStart(8, '0')} ${words.join(' ')}${describeNodes(database, ref)}`;
}

/** Lengths and spare room of key and value; undefined for a value that Redis would not keep as bytes. */
export function describeBytes(database: Database, ref: Ref): string | undefined {
  const { arena } = database;
  if (typeOf(arena, ref) !== STRING || encodingOf(arena, ref) === INT) return undefined;
  const keyBytes = keyLength(arena, ref);
  const valueBytes = stringLength(arena, ref);
  return (
    `key_sds_len:${keyBytes}, key_sds_avail:0, key_zmalloc: ${keyBytes}, val_sds_len:${valueBytes}, ` +
    `val_sds_avail:${stringCapacity(arena, ref) - valueBytes}, val_zmalloc: ${arena.sizeOf(ref)}`
  );
}

/** Bytes of the value in a snapshot, without its type. */
function serializedLength({ arena }: Database, ref: Ref, compresses: boolean): number {
  const output = new RdbOutput();
  output.compresses = compresses;
  writeValue(output, arena, ref);
  return output.at;
}

/** How a list's nodes are; they are never compressed. */
function describeNodes({ arena, keyspace }: Database, ref: Ref): string {
  if (encodingOf(arena, ref) !== QUICKLIST) return '';
  const list = headerOf(arena, ref);
  let nodes = 0;
  let bytes = 0;
  for (let node = endNode(arena, list, true); node !== NO_REF; node = nextNode(arena, node)) {
    nodes++;
    bytes += nodeBytes(arena, node);
  }
  const average = (quicklistLength(arena, list) / nodes).toFixed(2);
  const limit = keyspace.encodingLimits.listMaxListpackSize;
  return (
    ` ql_nodes:${nodes} ql_avg_node:${average} ql_listpack_max:${limit} ql_compressed:0` +
    ` ql_uncompressed_size:${bytes}`
  );
}
