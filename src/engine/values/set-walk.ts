/** Going through the members of a set: all of them, or some from a cursor on. */
import type { Arena, Ref } from '../memory/arena.ts';
import { KEY_LENGTH, keyOffset } from '../memory/layout.ts';
import { tableEach, tableScan } from '../structures/hashtable-walk.ts';
import { intsetAt, intsetBigAt, intsetLength } from '../structures/intset.ts';
import { LISTPACK_END, LISTPACK_HEADER_BYTES, ListpackCursor } from '../structures/listpack.ts';
import { encodingOf, HASHTABLE, headerOf, INTSET } from './encoding.ts';
import { valueStart } from './inline.ts';

/** What a visitor of members gets: the member is `bytes[start..end)`, valid until the visitor returns. */
export type MemberVisitor = (bytes: Buffer, view: DataView, start: number, end: number) => void;

/** Shows every member to `visit`, which must not change the set. */
export function eachMember(arena: Arena, ref: Ref, visit: MemberVisitor): void {
  const encoding = encodingOf(arena, ref);
  if (encoding === HASHTABLE) tableEach(arena, headerOf(arena, ref), (record) => visitRecord(arena, record, visit));
  else if (encoding === INTSET) eachInteger(arena.views[ref >>> 22], valueStart(arena, ref), visit);
  else eachElement(arena, ref, visit);
}

/** Shows the members from `cursor` on, about `count`; returns the cursor to go on with, 0 at the end. */
export function scanMembers(arena: Arena, ref: Ref, cursor: number, count: number, visit: MemberVisitor): number {
  if (encodingOf(arena, ref) !== HASHTABLE) {
    eachMember(arena, ref, visit);
    return 0;
  }
  return tableScan(arena, headerOf(arena, ref), cursor, count, (record) => visitRecord(arena, record, visit));
}

/** Shows the integers of the intset at `at`, in rising order. */
export function eachInteger(view: DataView, at: number, visit: MemberVisitor): void {
  // Of its own: visitors may look at other sets.
  const member = new ListpackCursor();
  const length = intsetLength(view, at);
  for (let index = 0; index < length; index++) {
    readInteger(view, at, index, member);
    visit(member.bytes, member.view, member.start, member.end);
  }
}

/** Points at the integer at `index` of the intset at `at`. */
export function readInteger(view: DataView, at: number, index: number, member: ListpackCursor): void {
  const value = intsetAt(view, at, index);
  if (Number.isNaN(value)) member.showBigInteger(intsetBigAt(view, at, index));
  else member.showInteger(value);
}

/** Points at the member that a record of the table is of. */
export function pointAtMember(arena: Arena, record: Ref, member: ListpackCursor): void {
  const segment = record >>> 22;
  const words = arena.words[segment];
  const at = (record & 0x3fffff) << 2;
  const start = (at << 2) + keyOffset(words[at]);
  member.point(arena.bytes[segment], arena.views[segment], start, start + words[at + KEY_LENGTH]);
}

/** Shows the member that a record of the table is of. */
export function visitRecord(arena: Arena, record: Ref, visit: MemberVisitor): void {
  const segment = record >>> 22;
  const words = arena.words[segment];
  const at = (record & 0x3fffff) << 2;
  const start = (at << 2) + keyOffset(words[at]);
  visit(arena.bytes[segment], arena.views[segment], start, start + words[at + KEY_LENGTH]);
}

function eachElement(arena: Arena, ref: Ref, visit: MemberVisitor): void {
  const member = new ListpackCursor();
  const bytes = arena.bytes[ref >>> 22];
  const view = arena.views[ref >>> 22];
  for (let p = valueStart(arena, ref) + LISTPACK_HEADER_BYTES; bytes[p] !== LISTPACK_END; ) {
    p = member.read(bytes, view, p);
    visit(member.bytes, member.view, member.start, member.end);
  }
}
