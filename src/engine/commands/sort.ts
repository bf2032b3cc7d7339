/**
 * SORT and SORT_RO: the elements of a list, set or sorted set in another order, or what keys named after them hold.
 *
 * Elements are copied out, ordered by number (sort-order.ts) and then replied or stored. Without an order to make (BY with a
 * constant) lists and sorted sets are read in their own, and only as much of them as LIMIT asks for.
 */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { ANY_TYPE, type Database } from '../keyspace/database.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { LIST, SET, ZSET } from '../memory/layout.ts';
import { EMPTY_LISTPACK_BYTES, ListpackCursor } from '../structures/listpack.ts';
import { typeOf } from '../structures/record.ts';
import { LISTPACK } from '../values/encoding.ts';
import { initListpack } from '../values/inline-listpack.ts';
import { listLength, prepareForMore, pushToList } from '../values/list.ts';
import { ListWalk } from '../values/list-walk.ts';
import { setSize } from '../values/set.ts';
import { eachMember } from '../values/set-walk.ts';
import { sortedSetLength, toSkiplist } from '../values/sorted-set.ts';
import { SortedSetWalk } from '../values/sorted-set-walk.ts';
import { clampedInt64 } from './clamped-int64.ts';
import { KeyPattern } from './key-pattern.ts';
import { numbered, sortedByNumber, sortedByText } from './sort-order.ts';
import { SortTexts } from './sort-texts.ts';
import {
  ACCESS,
  DENYOOM,
  family,
  type KeyPosition,
  type KeySpec,
  key,
  OW,
  READONLY,
  RO,
  row,
  UPDATE,
  WRITE,
} from './spec.ts';

const CATEGORIES = ['set', 'sortedset', 'list', 'dangerous'];
const BY_AND_GET: KeySpec = {
  flags: RO | ACCESS,
  begin: 'unknown',
  find: 'unknown',
  notes: 'Of BY and GET: the names depend on the elements.',
};
const STORED: KeySpec = {
  flags: OW | UPDATE,
  begin: 'unknown',
  find: 'unknown',
  notes: 'Of STORE, which stands anywhere.',
};

export const sorting = family('generic', [
  row('SORT', sort, -2, WRITE | DENYOOM, [...key(1, RO | ACCESS), BY_AND_GET, STORED], {
    acl: CATEGORIES,
    getKeys: sortKeys,
  }),
  row('SORT_RO', sortReadOnly, -2, READONLY, [...key(1, RO | ACCESS), BY_AND_GET], {
    acl: CATEGORIES,
    getKeys: sortReadOnlyKeys,
  }),
]);

/** What a call asks for. */
class SortOptions {
  isDescending = false;
  byText = false;
  offset = 0;
  /** Below 0: all. */
  limit = -1;
  by: KeyPattern | undefined;
  /** BY was given with a constant: the order stays. */
  isUnsorted = false;
  readonly gets: KeyPattern[] = [];
  /** The argument with the key to store to; 0 for a reply. */
  store = 0;
}

const listWalk = new ListWalk();
const setWalk = new SortedSetWalk();
const value = new ListpackCursor();

/** Sorts, and replies or stores. */
function sort(call: Call, args: Args, reply: Reply): void {
  const options = readOptions(args, true, reply);
  if (options !== undefined) run(call, args, options, reply);
}

/** The same without storing. */
function sortReadOnly(call: Call, args: Args, reply: Reply): void {
  const options = readOptions(args, false, reply);
  if (options !== undefined) run(call, args, options, reply);
}

/** The options; undefined after an error was replied. */
function readOptions(args: Args, mayStore: boolean, reply: Reply): SortOptions | undefined {
  const options = new SortOptions();
  for (let i = 2; i < args.count; i++) {
    const left = args.count - i - 1;
    if (args.is(i, 'asc')) options.isDescending = false;
    else if (args.is(i, 'desc')) options.isDescending = true;
    else if (args.is(i, 'alpha')) options.byText = true;
    else if (args.is(i, 'limit') && left >= 2) {
      options.offset = clampedInt64(args, ++i);
      options.limit = clampedInt64(args, ++i);
      if (!Number.isNaN(options.offset + options.limit)) continue;
      reply.error(ERR.notInteger);
      return undefined;
    } else if (mayStore && args.is(i, 'store') && left >= 1) options.store = ++i;
    else if (args.is(i, 'by') && left >= 1) {
      options.by = new KeyPattern(args, ++i);
      if (!options.by.isVariable) options.isUnsorted = true;
    } else if (args.is(i, 'get') && left >= 1) options.gets.push(new KeyPattern(args, ++i));
    else {
      reply.error(ERR.syntax);
      return undefined;
    }
  }
  return options;
}

function run(call: Call, args: Args, options: SortOptions, reply: Reply): void {
  const { database } = call;
  let ref = database.read(args, 1, ANY_TYPE);
  const type = ref === NO_REF ? LIST : typeOf(database.arena, ref);
  if (type !== LIST && type !== SET && type !== ZSET) return reply.error(ERR.wrongType);
  // What is stored, or seen by a script, is in an order that does not depend on chance.
  const isKept = options.store !== 0 || call.session.caller !== undefined;
  if (options.isUnsorted && type === SET && isKept) {
    options.isUnsorted = false;
    options.byText = true;
    options.by = undefined;
  }
  // As in Redis, for good.
  if (type === ZSET) ref = toSkiplist(database, ref);
  const total = ref === NO_REF ? 0 : lengthOf(database.arena, ref, type);
  let first = Math.min(Math.max(options.offset, 0), total);
  const count = options.limit < 0 ? total - first : Math.min(options.limit, total - first);
  let elements: SortTexts;
  let order: Uint32Array | undefined;
  if (options.isUnsorted && type !== SET) {
    elements = new SortTexts(count);
    if (count > 0) loadRange(database.arena, ref, type, first, count, options.isDescending, total, elements);
    first = 0;
    order = numbered(count);
  } else {
    elements = new SortTexts(total);
    if (total > 0) loadAll(database.arena, ref, type, total, elements);
    order = orderOf(database, elements, total, options);
  }
  if (order === undefined) return reply.error(ERR.weightsNotNumbers);
  const chosen = order.subarray(first, first + count);
  if (options.store === 0) replyWith(database, elements, chosen, options.gets, reply);
  else store(call, args, elements, chosen, options, reply);
}

function lengthOf(arena: Arena, ref: Ref, type: number): number {
  if (type === LIST) return listLength(arena, ref);
  return type === SET ? setSize(arena, ref) : sortedSetLength(arena, ref);
}

function orderOf(
  database: Database,
  elements: SortTexts,
  count: number,
  { isUnsorted, byText, by, isDescending }: SortOptions,
): Uint32Array | undefined {
  if (isUnsorted) return numbered(count);
  if (byText) return sortedByText(database, elements, count, by, isDescending);
  return sortedByNumber(database, elements, count, by, isDescending);
}

/** Copies `count` elements from the one at `first` on, counted from the end when it goes backwards. */
function loadRange(
  arena: Arena,
  ref: Ref,
  type: number,
  first: number,
  count: number,
  isBackwards: boolean,
  total: number,
  elements: SortTexts,
): void {
  const index = isBackwards ? total - 1 - first : first;
  if (type === LIST) {
    listWalk.begin(arena, ref, index, isBackwards);
    for (let left = count; left > 0 && listWalk.next(); left--) elements.add(listWalk.element);
    return;
  }
  setWalk.begin(arena, ref, index, isBackwards);
  for (let left = count; left > 0; left--) {
    setWalk.next();
    elements.add(setWalk.member);
  }
}

function loadAll(arena: Arena, ref: Ref, type: number, total: number, elements: SortTexts): void {
  if (type === SET) eachMember(arena, ref, (bytes, _view, start, end) => elements.addBytes(bytes, start, end));
  else loadRange(arena, ref, type, 0, total, false, total, elements);
}

function replyWith(
  database: Database,
  elements: SortTexts,
  chosen: Uint32Array,
  gets: readonly KeyPattern[],
  reply: Reply,
): void {
  const { bytes, view, start } = elements;
  reply.array(chosen.length * Math.max(1, gets.length));
  for (const i of chosen) {
    if (gets.length === 0) reply.bulk(bytes, view, start[i], start[i + 1]);
    for (const pattern of gets) {
      if (!pattern.read(database, bytes, view, start[i], start[i + 1], value)) reply.null();
      else reply.bulk(value.bytes, value.view, value.start, value.end);
    }
  }
}

/** Stores a list, or removes the key when there is nothing to store; what GET does not find is an empty string. */
function store(
  call: Call,
  args: Args,
  elements: SortTexts,
  chosen: Uint32Array,
  options: SortOptions,
  reply: Reply,
): void {
  const { database, keyspace } = call;
  const { bytes, view, start } = elements;
  const length = chosen.length * Math.max(1, options.gets.length);
  if (length === 0) {
    const old = database.find(args, options.store);
    if (old !== NO_REF) database.remove(old, 'del');
    return reply.integer(0);
  }
  const { detached } = keyspace;
  let list = detached.create(args, options.store, LIST, LISTPACK, EMPTY_LISTPACK_BYTES);
  initListpack(database.arena, list);
  const push = ({ bytes, view, start, end }: ListpackCursor): void => {
    list = prepareForMore(detached, list, end - start, 1);
    list = pushToList(detached, list, false, bytes, view, start, end);
  };
  for (const i of chosen) {
    value.point(bytes, view, start[i], start[i + 1]);
    if (options.gets.length === 0) push(value);
    for (const pattern of options.gets) {
      if (!pattern.read(database, bytes, view, start[i], start[i + 1], value)) value.point(bytes, view, 0, 0);
      push(value);
    }
  }
  keyspace.effects.dirty += length - 1;
  database.putOver(args, options.store, list, 'sortstore');
  reply.integer(length);
}

/** The key sorted, and the last that STORE names; words that options take are no options. */
function sortKeys(args: Args, out: KeyPosition[]): boolean {
  let stored = 0;
  for (let i = 2; i < args.count; i++) {
    if (args.is(i, 'limit')) i += 2;
    else if (args.is(i, 'get') || args.is(i, 'by')) i++;
    else if (args.is(i, 'store') && i + 1 < args.count) stored = i + 1;
  }
  out.push({ index: 1, flags: RO | ACCESS });
  if (stored > 0) out.push({ index: stored, flags: OW | UPDATE });
  return true;
}

function sortReadOnlyKeys(_args: Args, out: KeyPosition[]): boolean {
  out.push({ index: 1, flags: RO | ACCESS });
  return true;
}
