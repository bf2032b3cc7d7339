/**
 * Values as RDB bytes: for DUMP, snapshots, full synchronisation.
 *
 * Listpacks and intsets go out as they stand. Of types that hold the same, the one that older versions know too is chosen:
 * a set in a listpack is written member by member, because listpacks of members came with version 11 only. So whatever
 * Redis 7.0 can hold it can read.
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { HASH, LIST, SET, STREAM, STRING } from '../memory/layout.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import { endNode, nextNode } from '../structures/quicklist-chain.ts';
import { nodeBytes, nodeListpack } from '../structures/quicklist-node.ts';
import { typeOf } from '../structures/record.ts';
import { encodingOf, headerOf, INTSET, LISTPACK, LISTPACKEX, QUICKLIST } from '../values/encoding.ts';
import { hashLength } from '../values/hash.ts';
import { earliestDeadline } from '../values/hash-deadlines.ts';
import { eachField } from '../values/hash-walk.ts';
import { valueLength, valueStart } from '../values/inline.ts';
import { setSize } from '../values/set.ts';
import { eachMember } from '../values/set-walk.ts';
import { sortedSetLength } from '../values/sorted-set.ts';
import { SortedSetWalk } from '../values/sorted-set-walk.ts';
import type { RdbOutput } from './rdb-output.ts';
import {
  NODE_PACKED,
  RDB_HASH,
  RDB_HASH_LISTPACK,
  RDB_HASH_TIMED,
  RDB_HASH_TIMED_LISTPACK,
  RDB_LIST_QUICKLIST_2,
  RDB_SET,
  RDB_SET_INTSET,
  RDB_STREAM_2,
  RDB_STREAM_3,
  RDB_STRING,
  RDB_ZSET_2,
  RDB_ZSET_LISTPACK,
} from './rdb-types.ts';
import { streamTypeOf, writeStream } from './write-stream.ts';

const field = new ListpackCursor();
const value = new ListpackCursor();
const walk = new SortedSetWalk();

/** The RDB type that `writeValue` writes a value as. */
export function rdbTypeOf(arena: Arena, ref: Ref): number {
  const encoding = encodingOf(arena, ref);
  switch (typeOf(arena, ref)) {
    case STRING:
      return RDB_STRING;
    case LIST:
      return RDB_LIST_QUICKLIST_2;
    case SET:
      return encoding === INTSET ? RDB_SET_INTSET : RDB_SET;
    case HASH:
      if (encoding === LISTPACK) return RDB_HASH_LISTPACK;
      if (earliestDeadline(arena, ref) === Number.POSITIVE_INFINITY) return RDB_HASH;
      return encoding === LISTPACKEX ? RDB_HASH_TIMED_LISTPACK : RDB_HASH_TIMED;
    case STREAM:
      return streamTypeOf(arena, ref);
    default:
      return encoding === LISTPACK ? RDB_ZSET_LISTPACK : RDB_ZSET_2;
  }
}

/** Writes a value, without its type. */
export function writeValue(output: RdbOutput, arena: Arena, ref: Ref): void {
  const type = rdbTypeOf(arena, ref);
  switch (type) {
    case RDB_LIST_QUICKLIST_2:
      return writeList(output, arena, ref);
    case RDB_SET:
      return writeMembers(output, arena, ref);
    case RDB_HASH:
      return writeFields(output, arena, ref);
    case RDB_HASH_TIMED:
      return writeTimedFields(output, arena, ref);
    case RDB_HASH_TIMED_LISTPACK:
      output.millis(earliestDeadline(arena, ref));
      return writeInline(output, arena, headerOf(arena, ref));
    case RDB_ZSET_2:
      return writeScores(output, arena, ref);
    case RDB_STREAM_2:
    case RDB_STREAM_3:
      return writeStream(output, arena, ref, type);
    default:
      return writeInline(output, arena, ref);
  }
}

function writeInline(output: RdbOutput, arena: Arena, ref: Ref): void {
  const start = valueStart(arena, ref);
  output.text(arena.bytes[ref >>> 22], arena.views[ref >>> 22], start, start + valueLength(arena, ref));
}

function writeList(output: RdbOutput, arena: Arena, ref: Ref): void {
  if (encodingOf(arena, ref) !== QUICKLIST) {
    output.length(1);
    output.length(NODE_PACKED);
    return writeInline(output, arena, ref);
  }
  const first = endNode(arena, headerOf(arena, ref), true);
  let nodes = 0;
  for (let node = first; node !== 0; node = nextNode(arena, node)) nodes++;
  output.length(nodes);
  for (let node = first; node !== 0; node = nextNode(arena, node)) {
    const start = nodeListpack(arena, node);
    output.length(NODE_PACKED);
    output.text(arena.bytes[node >>> 22], arena.views[node >>> 22], start, start + nodeBytes(arena, node));
  }
}

function writeMembers(output: RdbOutput, arena: Arena, ref: Ref): void {
  output.length(setSize(arena, ref));
  eachMember(arena, ref, (bytes, view, start, end) => output.text(bytes, view, start, end));
}

function writeFields(output: RdbOutput, arena: Arena, ref: Ref): void {
  output.length(hashLength(arena, ref));
  eachField(arena, ref, field, value, () => {
    output.text(field.bytes, field.view, field.start, field.end);
    output.text(value.bytes, value.view, value.start, value.end);
  });
}

/** Each field behind its deadline, counted from one millisecond before the earliest; 0 for none. */
function writeTimedFields(output: RdbOutput, arena: Arena, ref: Ref): void {
  const earliest = earliestDeadline(arena, ref);
  output.millis(earliest);
  output.length(hashLength(arena, ref));
  eachField(arena, ref, field, value, (deadline) => {
    output.length(deadline === Number.POSITIVE_INFINITY ? 0 : deadline - earliest + 1);
    output.text(field.bytes, field.view, field.start, field.end);
    output.text(value.bytes, value.view, value.start, value.end);
  });
}

/** From the greatest score down, as Redis does: each is then the first of those read before. */
function writeScores(output: RdbOutput, arena: Arena, ref: Ref): void {
  const length = sortedSetLength(arena, ref);
  output.length(length);
  walk.begin(arena, ref, length - 1, true);
  for (let i = 0; i < length; i++) {
    walk.next();
    const { bytes, view, start, end } = walk.member;
    output.text(bytes, view, start, end);
    output.double(walk.score);
  }
}
