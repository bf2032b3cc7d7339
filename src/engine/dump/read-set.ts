/** Sets, from RDB. No member may be there twice. */
import { NO_REF, type Ref } from '../memory/arena.ts';
import { SET } from '../memory/layout.ts';
import { checkIntset, intsetLength } from '../structures/intset.ts';
import { HASHTABLE, INTSET, LISTPACK } from '../values/encoding.ts';
import { addMember, emptySetBytes, initSet } from '../values/set.ts';
import { toTable } from '../values/set-conversion.ts';
import { copiedValue, newValue, type Reading } from './reading.ts';

/** Reads members one by one; 0, and the input has failed, when it is no set or empty. */
export function readMembers(reading: Reading): Ref {
  const { input, records, first: member } = reading;
  const count = input.count(1);
  if (count === 0) input.fail();
  if (input.failed) return NO_REF;
  const encoding = count <= records.keyspace.encodingLimits.setMaxIntsetEntries ? INTSET : HASHTABLE;
  let ref = initSet(records, newValue(reading, SET, encoding, emptySetBytes(encoding)), encoding);
  for (let i = 0; i < count && input.text(member); i++) {
    const place = addMember(records, ref, member.bytes, member.view, member.start, member.end);
    if (place === NO_REF) input.fail();
    else ref = place;
  }
  if (!input.failed) return ref;
  records.keyspace.lazyFree.freeRecord(ref);
  return NO_REF;
}

/** Reads an intset. */
export function readIntset(reading: Reading): Ref {
  const { input, records, first: member } = reading;
  if (!input.text(member)) return NO_REF;
  const { view, start, end } = member;
  if (!checkIntset(view, start, end)) {
    input.refuse('Intset');
    return NO_REF;
  }
  const isSmall = intsetLength(view, start) <= records.keyspace.encodingLimits.setMaxIntsetEntries;
  const ref = copiedValue(reading, SET, INTSET, member);
  return isSmall ? ref : toTable(records, ref);
}

/** Reads a listpack of members. */
export function readSetListpack(reading: Reading): Ref {
  const { input, records, packed } = reading;
  if (!packed.readListpack(input, 'Set')) return NO_REF;
  if (packed.count === 0 || !packed.isDistinct(0)) {
    input.refuse('Set listpack');
    return NO_REF;
  }
  const ref = copiedValue(reading, SET, LISTPACK, packed.text);
  return packed.count <= records.keyspace.encodingLimits.setMaxListpackEntries ? ref : toTable(records, ref);
}
