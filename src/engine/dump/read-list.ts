/** Lists, from RDB: elements one by one, or nodes. A node that is within the limits of ours is taken as it is. */
import { NO_REF, type Ref } from '../memory/arena.ts';
import { LIST } from '../memory/layout.ts';
import { LISTPACK_END, LISTPACK_HEADER_BYTES } from '../structures/listpack.ts';
import { nodeByteLimit, nodeCountLimit, pushElement } from '../structures/quicklist.ts';
import { appendListpack, newEmptyQuicklist, quicklistLength } from '../structures/quicklist-chain.ts';
import { QUICKLIST, setHeader } from '../values/encoding.ts';
import { settleList } from '../values/list.ts';
import { NODE_PACKED, NODE_PLAIN, RDB_LIST, RDB_LIST_QUICKLIST_2, RDB_LIST_ZIPLIST } from './rdb-types.ts';
import { newValue, type Reading } from './reading.ts';

/** Reads a list of any RDB type; 0, and the input has failed, when it is none or empty. */
export function readList(reading: Reading, type: number): Ref {
  const { input, records } = reading;
  const { arena } = records;
  const list = newEmptyQuicklist(arena);
  const ref = newValue(reading, LIST, QUICKLIST, 0);
  setHeader(arena, ref, list);
  const nodes = type === RDB_LIST_ZIPLIST ? 1 : input.count(1);
  const fill = records.keyspace.encodingLimits.listMaxListpackSize;
  for (let i = 0; i < nodes && !input.failed; i++) readNode(reading, type, list, fill);
  if (quicklistLength(arena, list) === 0) input.fail();
  if (!input.failed) return settleList(records, ref);
  records.keyspace.lazyFree.freeRecord(ref);
  return NO_REF;
}

function readNode(reading: Reading, type: number, list: Ref, fill: number): void {
  const { input, first: element, packed } = reading;
  const { arena } = reading.records;
  let kind = NODE_PACKED;
  if (type === RDB_LIST) kind = NODE_PLAIN;
  else if (type === RDB_LIST_QUICKLIST_2) kind = input.length();
  if (kind === NODE_PLAIN) {
    if (!input.text(element)) return;
    if (type === RDB_LIST_QUICKLIST_2 && element.end === element.start) input.fail('List node is empty.');
    pushElement(arena, list, fill, false, element.bytes, element.view, element.start, element.end);
  } else if (kind !== NODE_PACKED) input.fail();
  else if (type === RDB_LIST_QUICKLIST_2 ? packed.readListpack(input, 'List') : packed.readZiplist(input, 'List')) {
    addNode(reading, list, fill);
  }
}

/** Adds the elements of the listpack that was read. */
function addNode({ records, first: element, packed }: Reading, list: Ref, fill: number): void {
  const { arena } = records;
  const { bytes, view, start, end } = packed.text;
  if (end - start <= nodeByteLimit(fill) && packed.count <= nodeCountLimit(fill)) {
    appendListpack(arena, list, bytes, view, start, end - start);
    return;
  }
  for (let p = start + LISTPACK_HEADER_BYTES; bytes[p] !== LISTPACK_END; ) {
    p = element.read(bytes, view, p);
    pushElement(arena, list, fill, false, element.bytes, element.view, element.start, element.end);
  }
}
