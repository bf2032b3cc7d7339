/** Lists: from one list to another, and from the first of several that has elements. */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Call } from '../dispatch/call.ts';
import { type Database, WRONG_TYPE } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { LIST } from '../memory/layout.ts';
import { ListpackCursor } from '../structures/listpack.ts';
import { prepareForMore, pushToList, readEnd, removeFromList } from '../values/list.ts';
import { createList, finishPop, popSeveral } from './list-ends.ts';
import { type PopChoice, readPopChoice } from './pop-choice.ts';
import { ACCESS, DELETE, DENYOOM, family, INSERT, type KeySpec, key, RW, row, WRITE } from './spec.ts';

const TAKEN = RW | ACCESS | DELETE;
const FROM_AND_TO = [...key(1, TAKEN), ...key(2, RW | INSERT)];
const COUNTED: KeySpec[] = [{ flags: TAKEN, begin: { index: 1 }, find: { keynum: 0, first: 1, step: 1 } }];

export const listMoves = family('list', [
  row('LMOVE', lmove, 5, WRITE | DENYOOM, FROM_AND_TO),
  row('RPOPLPUSH', rpoplpush, 3, WRITE | DENYOOM, FROM_AND_TO),
  row('LMPOP', lmpop, -4, WRITE, COUNTED),
]);

/** What the running command looks at; nothing outlives the call in it. */
const element = new ListpackCursor();

/** Takes an element from one list, adds it to another or the same, and replies with it. */
function lmove(call: Call, args: Args, reply: Reply): void {
  const from = readEndName(args, 3);
  const to = readEndName(args, 4);
  if (from === undefined || to === undefined) return reply.error(ERR.syntax);
  move(call, args, reply, from, to);
}

/** Takes the last element of one list and adds it as the first of another. */
function rpoplpush(call: Call, args: Args, reply: Reply): void {
  move(call, args, reply, false, true);
}

function move(call: Call, args: Args, reply: Reply, fromHead: boolean, toHead: boolean): void {
  if (!moved(call, args, reply, fromHead, toHead)) reply.null();
}

/** Moves an element from the list of argument 1 to that of argument 2 and replies; false when there is none. */
export function moved(call: Call, args: Args, reply: Reply, fromHead: boolean, toHead: boolean): boolean {
  const source = call.database.open(args, 1, LIST);
  if (source === NO_REF) return false;
  moveFrom(call, source, args, reply, fromHead, toHead);
  return true;
}

function moveFrom(call: Call, source: Ref, args: Args, reply: Reply, fromHead: boolean, toHead: boolean): void {
  const { database } = call;
  if (source === WRONG_TYPE) return reply.error(ERR.wrongType);
  const target = database.open(args, 2, LIST);
  if (target === WRONG_TYPE) return reply.error(ERR.wrongType);
  readEnd(database.arena, source, fromHead, element);
  reply.bulk(element.bytes, element.view, element.start, element.end);
  if (source === target) {
    rotate(call, source, fromHead, toHead);
    return;
  }
  pushRead(database, target === NO_REF ? createFor(database, args) : target, toHead, countedBytes());
  finishPop(database, removeFromList(database, source, fromHead, 1), fromHead, 1);
}

/** What counts towards the list's limit: Redis moves what it keeps as an integer as one, and does not count its digits. */
function countedBytes(): number {
  return element.isInteger ? 0 : element.end - element.start;
}

function createFor(database: Database, args: Args): Ref {
  return createList(database, args, 2, element.end - element.start, 1);
}

/** Moves an element within its list: by way of other memory, for the list's own bytes move. */
function rotate(call: Call, ref: Ref, fromHead: boolean, toHead: boolean): void {
  const { database } = call;
  const counted = countedBytes();
  const length = element.end - element.start;
  const isShort = length <= call.scratch.bytes.length;
  const bytes = isShort ? call.scratch.bytes : Buffer.allocUnsafeSlow(length);
  element.bytes.copy(bytes, 0, element.start, element.end);
  element.point(bytes, isShort ? call.scratch.view : new DataView(bytes.buffer), 0, length);
  const fresh = pushRead(database, removeFromList(database, ref, fromHead, 1), toHead, counted);
  finishPop(database, fresh, fromHead, 1);
}

/** Adds the element read to a list and tells of it; the element's removal is what counts as a change. */
function pushRead(database: Database, ref: Ref, atHead: boolean, counted: number): Ref {
  const ready = prepareForMore(database, ref, counted, 1);
  const { bytes, view, start, end } = element;
  const fresh = pushToList(database, ready, atHead, bytes, view, start, end);
  database.notify(fresh, atHead ? 'lpush' : 'rpush');
  return fresh;
}

/** Takes elements from the first list that is there; replies with its key and them. */
function lmpop(call: Call, args: Args, reply: Reply): void {
  const choice = readPopChoice(args, 1, readEndName);
  if (typeof choice === 'string') return reply.error(choice);
  if (!poppedFirst(call, args, choice, reply)) reply.nullArray();
}

/** Takes elements from the first list of several keys that is there and replies; false when none is. */
export function poppedFirst({ database }: Call, args: Args, choice: PopChoice, reply: Reply): boolean {
  for (let i = choice.first; i < choice.first + choice.keys; i++) {
    const ref = database.open(args, i, LIST);
    if (ref === NO_REF) continue;
    if (ref === WRONG_TYPE) reply.error(ERR.wrongType);
    else {
      reply.array(2);
      reply.bulk(args.bytes, args.view, args.start[i], args.end[i]);
      popSeveral(database, ref, choice.side, choice.count, reply);
    }
    return true;
  }
  return false;
}

/** LEFT is the head, RIGHT the tail; undefined for neither. */
export function readEndName(args: Args, i: number): boolean | undefined {
  if (args.is(i, 'left')) return true;
  return args.is(i, 'right') ? false : undefined;
}
