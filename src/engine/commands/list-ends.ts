/** What commands do at the ends of lists: making one, taking elements from it and replying with them, until it is gone. */
import type { Args } from '../../protocol/args.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Database } from '../keyspace/database.ts';
import type { Arena, Ref } from '../memory/arena.ts';
import { LIST } from '../memory/layout.ts';
import { EMPTY_LISTPACK_BYTES } from '../structures/listpack.ts';
import { LISTPACK } from '../values/encoding.ts';
import { initListpack } from '../values/inline-listpack.ts';
import { listLength, readEnd, removeFromList, shrinkList } from '../values/list.ts';
import { ListWalk } from '../values/list-walk.ts';

/** The most room a new list is given beforehand. */
const ROOM_LIMIT_BYTES = 1024;
/** What an element of a listpack takes beside its bytes, if it is short. */
const ELEMENT_OVERHEAD_BYTES = 2;

/** What the running command looks at; nothing outlives the call in it. */
const walk = new ListWalk();

/** Adds an empty list under argument `i`, with room for `count` elements of `bytes` bytes in all; closed like any change. */
export function createList(database: Database, args: Args, i: number, bytes: number, count: number): Ref {
  const room = Math.min(ROOM_LIMIT_BYTES, bytes + count * ELEMENT_OVERHEAD_BYTES);
  const ref = database.create(args, i, LIST, LISTPACK, EMPTY_LISTPACK_BYTES + room);
  initListpack(database.arena, ref);
  return ref;
}

/** Removes the first or last element and replies with it. */
export function popOne(database: Database, ref: Ref, atHead: boolean, reply: Reply): void {
  const { element } = walk;
  readEnd(database.arena, ref, atHead, element);
  reply.bulk(element.bytes, element.view, element.start, element.end);
  finishPop(database, removeFromList(database, ref, atHead, 1), atHead, 1);
}

/** Removes up to `count` elements, from the end inwards, and replies with an array of them. */
export function popSeveral(database: Database, ref: Ref, atHead: boolean, count: number, reply: Reply): void {
  const length = listLength(database.arena, ref);
  const taken = Math.min(count, length);
  reply.array(taken);
  readList(database.arena, ref, atHead ? 0 : length - 1, taken, !atHead, reply);
  finishPop(database, removeFromList(database, ref, atHead, taken), atHead, taken);
}

/** Replies with `count` elements from `index` on, of which there are so many. */
export function readList(arena: Arena, ref: Ref, index: number, count: number, backwards: boolean, reply: Reply): void {
  const { element } = walk;
  walk.begin(arena, ref, index, backwards);
  for (let left = count; left > 0 && walk.next(); left--) {
    reply.bulk(element.bytes, element.view, element.start, element.end);
  }
}

/** Tells that `count` elements were removed at an end; removes the key of a list that is empty. */
export function finishPop(database: Database, ref: Ref, atHead: boolean, count: number): void {
  database.close(ref, atHead ? 'lpop' : 'rpop');
  database.keyspace.effects.dirty += count - 1;
  if (listLength(database.arena, ref) > 0) shrinkList(database, ref);
  else {
    database.notify(ref, 'del');
    database.discard(ref);
  }
}
