/** Giving a set another encoding. Records may move: use the Refs returned. */
import type { Arena, Ref } from '../memory/arena.ts';
import { VALUE_LENGTH, wordOf } from '../memory/layout.ts';
import { hashOf, newTable, tableInsert } from '../structures/hashtable.ts';
import { INTSET_HEADER_BYTES } from '../structures/intset.ts';
import {
  addToListpackCount,
  EMPTY_LISTPACK_BYTES,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  newElementBytes,
  setListpackBytes,
  writeElement,
} from '../structures/listpack.ts';
import { newRecord } from '../structures/record.ts';
import { encodingOf, HASHTABLE, headerOf, INTSET, LISTPACK, setEncoding } from './encoding.ts';
import { type RecordOwner, setOutside, valueLength, valueStart } from './inline.ts';
import { indexIn, initIntset, insertInteger } from './inline-intset.ts';
import { initListpack } from './inline-listpack.ts';
import { drainRecordTable } from './record-table.ts';
import { eachInteger, eachMember } from './set-walk.ts';

/** Moves the members of an intset or listpack into a table. */
export function toTable(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
  const { seed } = owner.keyspace;
  const table = newTable(arena);
  eachMember(arena, ref, (bytes, view, start, end) => {
    const record = newRecord(arena, 0, bytes, view, start, end, 0);
    tableInsert(arena, table, hashOf(arena, record, seed), record, seed);
  });
  return setOutside(owner, ref, HASHTABLE, table);
}

/** Makes an intset a listpack, with `room` bytes left for more. */
export function toListpack(owner: RecordOwner, ref: Ref, room: number): Ref {
  const { arena } = owner;
  const from = valueStart(arena, ref);
  // A copy: the listpack is written where the intset stood.
  const intset = Buffer.from(arena.bytes[ref >>> 22].subarray(from, from + valueLength(arena, ref)));
  const intsetView = new DataView(intset.buffer, intset.byteOffset, intset.length);
  let total = EMPTY_LISTPACK_BYTES;
  eachInteger(intsetView, 0, (bytes, _view, start, end) => {
    total += newElementBytes(bytes, start, end);
  });
  const place = owner.reserveValue(ref, total + room, 0);
  setEncoding(arena, place, LISTPACK);
  initListpack(arena, place);
  const pack = arena.bytes[place >>> 22];
  const packView = arena.views[place >>> 22];
  const at = valueStart(arena, place);
  let p = at + LISTPACK_HEADER_BYTES;
  eachInteger(intsetView, 0, (bytes, view, start, end) => {
    p = writeElement(pack, packView, p, bytes, view, start, end);
    addToListpackCount(packView, at, 1);
  });
  pack[p] = LISTPACK_END;
  setListpackBytes(packView, at, total);
  arena.words[place >>> 22][wordOf(place) + VALUE_LENGTH] = total;
  return place;
}

/** Makes a set whose members are all integers an intset. */
export function toIntset(owner: RecordOwner, ref: Ref): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === INTSET) return ref;
  const members = membersOf(arena, ref);
  let place = emptied(owner, ref, INTSET);
  for (const member of members) {
    const index = indexIn(arena, place, member, 0, member.length);
    place = insertInteger(owner, place, -1 - index, member, 0, member.length);
  }
  return place;
}

/** Makes the set an empty intset or listpack; what stood outside its record is freed. */
export function emptied(owner: RecordOwner, ref: Ref, encoding: typeof INTSET | typeof LISTPACK): Ref {
  const { arena } = owner;
  if (encodingOf(arena, ref) === HASHTABLE) drainRecordTable(arena, headerOf(arena, ref), 0, Number.POSITIVE_INFINITY);
  const bytes = encoding === INTSET ? INTSET_HEADER_BYTES : EMPTY_LISTPACK_BYTES;
  const place = owner.reserveValue(ref, bytes, 0);
  setEncoding(arena, place, encoding);
  if (encoding === INTSET) initIntset(arena, place);
  else initListpack(arena, place);
  return place;
}

function membersOf(arena: Arena, ref: Ref): Buffer[] {
  const members: Buffer[] = [];
  eachMember(arena, ref, (bytes, _view, start, end) => members.push(Buffer.from(bytes.subarray(start, end))));
  return members;
}
