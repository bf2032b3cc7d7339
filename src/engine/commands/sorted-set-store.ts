/** Storing a sorted set made aside, in no table, under a key. */

import type { Args } from '../../protocol/args.ts';
import type { Call } from '../dispatch/call.ts';
import type { EventName } from '../effects/events.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { ZSET } from '../memory/layout.ts';
import { EMPTY_LISTPACK_BYTES } from '../structures/listpack.ts';
import { LISTPACK } from '../values/encoding.ts';
import { adoptIndexedSet, initSortedSet, sortedSetLength } from '../values/sorted-set.ts';

/** An empty sorted set in a record for argument `i`, which is in no table. */
export function createAside({ keyspace: { detached } }: Call, args: Args, i: number, encoding: number): Ref {
  return initSortedSet(detached, detached.create(args, i, ZSET, encoding, EMPTY_LISTPACK_BYTES), encoding);
}

/**
 * Puts a sorted set made aside for argument `i` in the place of whatever stands there; of an empty one is left that nothing
 * does. Returns how many members it has.
 */
export function storeAside({ database, keyspace }: Call, args: Args, i: number, ref: Ref, event: EventName): number {
  const length = sortedSetLength(keyspace.arena, ref);
  if (length > 0) {
    database.putOver(args, i, ref, event);
    return length;
  }
  keyspace.lazyFree.freeRecord(ref);
  const old = database.find(args, i);
  if (old !== NO_REF) database.remove(old, 'del');
  return 0;
}

/** The same for a set named by its header. */
export function storeIndexedSet(call: Call, args: Args, i: number, header: Ref, event: EventName): number {
  const empty = createAside(call, args, i, LISTPACK);
  return storeAside(call, args, i, adoptIndexedSet(call.keyspace.detached, empty, header), event);
}
