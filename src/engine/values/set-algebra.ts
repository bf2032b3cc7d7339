/**
 * Intersection, union and difference of sets. One walk does all three: the members of one set that all others have, or that
 * none has. Between tables it goes by what their buckets tell (structures/hashtable-join.ts).
 */
import type { Arena, Ref } from '../memory/arena.ts';
import { tableEachPlaced, tableHasSame } from '../structures/hashtable-join.ts';
import { encodingOf, HASHTABLE, headerOf } from './encoding.ts';
import type { RecordOwner } from './inline.ts';
import { addMember, hasMember, removeMember, setSize } from './set.ts';
import { eachMember, type MemberVisitor, visitRecord } from './set-walk.ts';

/** Shows the members that all sets have, the first `limit` of them. `sets` are one or more; it is put in order of size. */
export function intersect(owner: RecordOwner, sets: Ref[], limit: number, visit: MemberVisitor): void {
  const { arena } = owner;
  sets.sort((a, b) => setSize(arena, a) - setSize(arena, b));
  const [smallest, ...others] = sets;
  eachSifted(owner, smallest, distinctOthers(smallest, others), true, limit, visit);
}

/** Shows the members of any of the sets, each once. */
export function unite(owner: RecordOwner, sets: readonly Ref[], visit: MemberVisitor): void {
  const seen: Ref[] = [];
  for (const set of sets) {
    if (seen.includes(set)) continue;
    eachSifted(owner, set, seen, false, Number.POSITIVE_INFINITY, visit);
    seen.push(set);
  }
}

/** Shows the members of `first` that none of the others has; `others` is put in order of size. */
export function subtract(owner: RecordOwner, first: Ref, others: Ref[], visit: MemberVisitor): void {
  if (others.includes(first)) return;
  // The largest first: it is the likeliest to have a member.
  others.sort((a, b) => setSize(owner.arena, b) - setSize(owner.arena, a));
  eachSifted(owner, first, others, false, Number.POSITIVE_INFINITY, visit);
}

/** True when taking the others' members out of a copy of `first` is less work than looking each of its own up in all others. */
export function isSubtractedByRemoval(arena: Arena, first: Ref, others: readonly Ref[]): boolean {
  const size = setSize(arena, first);
  let total = size;
  for (const other of others) total += setSize(arena, other);
  return (size * (others.length + 1)) / 2 > total;
}

/** Adds the members of `source` to `target`. The target may move: use the Ref returned. */
export function addMembersOf(owner: RecordOwner, target: Ref, source: Ref): Ref {
  let place = target;
  eachMember(owner.arena, source, (bytes, view, start, end) => {
    place = addMember(owner, place, bytes, view, start, end) || place;
  });
  return place;
}

/** Removes the members of `source`, another set, from `target`. The target may move: use the Ref returned. */
export function removeMembersOf(owner: RecordOwner, target: Ref, source: Ref): Ref {
  let place = target;
  eachMember(owner.arena, source, (bytes, view, start, end) => {
    place = removeMember(owner, place, bytes, view, start, end) || place;
  });
  return place;
}

function distinctOthers(set: Ref, others: readonly Ref[]): Ref[] {
  return others.filter((other, i) => other !== set && others.indexOf(other) === i);
}

/** Shows the members of a set that each of `others` has, or, where not `wanted`, none has; the first `limit` of them. */
function eachSifted(
  owner: RecordOwner,
  set: Ref,
  others: readonly Ref[],
  wanted: boolean,
  limit: number,
  visit: MemberVisitor,
): void {
  const { arena } = owner;
  const { seed } = owner.keyspace;
  let left = limit;
  if ([set, ...others].every((one) => encodingOf(arena, one) === HASHTABLE)) {
    const tables = others.map((other) => headerOf(arena, other));
    tableEachPlaced(arena, headerOf(arena, set), (record, hash, bits) => {
      for (let i = 0; i < tables.length; i++) {
        if (tableHasSame(arena, tables[i], record, hash, bits, seed) !== wanted) return true;
      }
      visitRecord(arena, record, visit);
      return --left > 0;
    });
    return;
  }
  eachMember(arena, set, (bytes, view, start, end) => {
    if (left === 0) return;
    for (const other of others) if (hasMember(owner, other, bytes, view, start, end) !== wanted) return;
    visit(bytes, view, start, end);
    left--;
  });
}
