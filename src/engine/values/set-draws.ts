/**
 * Drawing members by chance, and taking out what was drawn. Every member has the same chance; of several drawn at once
 * every combination has.
 *
 * Taking shows the members before it changes anything: whoever looks at them may break off (a reply that becomes too long)
 * and leaves the set whole. When nearly all are taken, those that stay make a new set, as in Redis: a small one has then
 * its compact encoding again.
 */

import type { Arena, Ref } from '../memory/arena.ts';
import { distinctIndexes } from '../structures/distinct-indexes.ts';
import { hashOf } from '../structures/hashtable.ts';
import { tableRandom, tableRandomDistinct } from '../structures/hashtable-draws.ts';
import { tableEach } from '../structures/hashtable-walk.ts';
import { intsetLength } from '../structures/intset.ts';
import type { ListpackCursor } from '../structures/listpack.ts';
import { elementOffset } from '../structures/listpack-index.ts';
import { encodingOf, HASHTABLE, headerOf, INTSET, LISTPACK } from './encoding.ts';
import { type RecordOwner, valueStart } from './inline.ts';
import { removeInteger, removeIntegers } from './inline-intset.ts';
import { addMember, removeElementAt, removeRecord, setSize } from './set.ts';
import { emptied } from './set-conversion.ts';
import { eachMember, type MemberVisitor, pointAtMember, readInteger, visitRecord } from './set-walk.ts';

/** Those that stay make a new set when at least this many times as many are taken. */
const NEW_SET_RATIO = 5;

/** A member's place, told by `drawMember` and void after any change: its record, its index or its offset, by encoding. */
export type MemberPlace = number;

/** Points `member` at one drawn by chance from a set that is not empty; returns its place. */
export function drawMember(owner: RecordOwner, ref: Ref, member: ListpackCursor): MemberPlace {
  const { arena } = owner;
  const { random } = owner.keyspace;
  const encoding = encodingOf(arena, ref);
  if (encoding === HASHTABLE) {
    const record = tableRandom(arena, headerOf(arena, ref), random);
    pointAtMember(arena, record, member);
    return record;
  }
  const bytes = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  const at = valueStart(arena, ref);
  if (encoding === INTSET) {
    const index = random() % intsetLength(view, at);
    readInteger(view, at, index, member);
    return index;
  }
  const offset = elementOffset(bytes, view, at, random() % setSize(arena, ref));
  member.read(bytes, view, at + offset);
  return offset;
}

/** Removes the member at a place that was drawn. The record may move: use the Ref returned. */
export function removeDrawn(owner: RecordOwner, ref: Ref, place: MemberPlace): Ref {
  const encoding = encodingOf(owner.arena, ref);
  if (encoding === INTSET) return removeInteger(owner, ref, place);
  if (encoding === LISTPACK) return removeElementAt(owner, ref, place);
  removeRecord(owner, headerOf(owner.arena, ref), place as Ref, hashOf(owner.arena, place as Ref, owner.keyspace.seed));
  return ref;
}

/** Shows `count` different members drawn by chance, fewer than there are. */
export function drawMembers(owner: RecordOwner, ref: Ref, count: number, visit: MemberVisitor): void {
  const { arena } = owner;
  if (encodingOf(arena, ref) === HASHTABLE) {
    for (const record of drawRecords(owner, ref, count)) visitRecord(arena, record, visit);
  } else eachPart(arena, ref, drawIndexes(owner, ref, count), visit, () => {});
}

/** Removes `count` members drawn by chance, fewer than there are, and shows them. It may move: use the Ref returned. */
export function takeMembers(owner: RecordOwner, ref: Ref, count: number, visit: MemberVisitor): Ref {
  const { arena } = owner;
  const staying = setSize(arena, ref) - count;
  if (staying * NEW_SET_RATIO <= count) return takeAllBut(owner, ref, staying, visit);
  if (encodingOf(arena, ref) === HASHTABLE) {
    const records = drawRecords(owner, ref, count);
    for (const record of records) visitRecord(arena, record, visit);
    for (const record of records) {
      removeRecord(owner, headerOf(arena, ref), record, hashOf(arena, record, owner.keyspace.seed));
    }
    return ref;
  }
  const indexes = drawIndexes(owner, ref, count);
  eachPart(arena, ref, indexes, visit, () => {});
  if (encodingOf(arena, ref) === INTSET) return removeIntegers(owner, ref, indexes);
  let place = ref;
  for (let i = count - 1; i >= 0; i--) {
    const at = valueStart(arena, place);
    const offset = elementOffset(arena.bytes[place >>> 22], arena.views[place >>> 22], at, indexes[i]);
    place = removeElementAt(owner, place, offset);
  }
  return place;
}

/** Removes and shows all members but `staying` drawn by chance, which make a set anew. */
function takeAllBut(owner: RecordOwner, ref: Ref, staying: number, visit: MemberVisitor): Ref {
  const { arena } = owner;
  const encoding = encodingOf(arena, ref);
  const kept: Buffer[] = [];
  const keep: MemberVisitor = (bytes, _view, start, end) => kept.push(Buffer.from(bytes.subarray(start, end)));
  if (encoding === HASHTABLE) {
    const records = new Set(drawRecords(owner, ref, staying));
    tableEach(arena, headerOf(arena, ref), (record) => {
      visitRecord(arena, record, records.has(record) ? keep : visit);
    });
  } else eachPart(arena, ref, drawIndexes(owner, ref, staying), keep, visit);
  let place = emptied(owner, ref, encoding === INTSET ? INTSET : LISTPACK);
  for (const member of kept) {
    const view = new DataView(member.buffer, member.byteOffset, member.length);
    place = addMember(owner, place, member, view, 0, member.length);
  }
  return place;
}

/** Shows the members at `indexes`, which rise, to `visit` and the others to `visitOther`. */
function eachPart(
  arena: Arena,
  ref: Ref,
  indexes: readonly number[],
  visit: MemberVisitor,
  visitOther: MemberVisitor,
): void {
  let index = 0;
  let next = 0;
  eachMember(arena, ref, (bytes, view, start, end) => {
    const isDrawn = index++ === indexes[next];
    if (isDrawn) next++;
    (isDrawn ? visit : visitOther)(bytes, view, start, end);
  });
}

function drawRecords(owner: RecordOwner, ref: Ref, count: number): Ref[] {
  return tableRandomDistinct(owner.arena, headerOf(owner.arena, ref), count, owner.keyspace.random);
}

function drawIndexes(owner: RecordOwner, ref: Ref, count: number): number[] {
  return distinctIndexes(setSize(owner.arena, ref), count, owner.keyspace.random);
}
