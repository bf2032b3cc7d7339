import type { Args } from '../../protocol/args.ts';
import type { Call } from '../dispatch/call.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { ZSET } from '../memory/layout.ts';
import { EMPTY_LISTPACK_BYTES } from '../structures/listpack.ts';
import { indexLength } from '../structures/ordered-index.ts';
import { LISTPACK } from '../values/encoding.ts';
import { adoptIndexedSet, initSortedSet } from '../values/sorted-set.ts';
import { freeIndexedSet } from '../values/sorted-set-index.ts';

/**
 * Puts a sorted set made aside, named by its header, in the place of whatever stands under argument `i`; of an empty one is
 * left that nothing stands there. Returns how many members it has.
 */
export function storeIndexedSet(
  { database, keyspace }: Call,
  args: Args,
  i: number,
  header: Ref,
  event: string,
): number {
  const { arena, detached } = keyspace;
  const length = indexLength(arena, header);
  if (length === 0) {
    freeIndexedSet(arena, header);
    const old = database.find(args, i);
    if (old !== NO_REF) database.remove(old, 'del');
    return 0;
  }
  const empty = initSortedSet(detached, detached.create(args, i, ZSET, LISTPACK, EMPTY_LISTPACK_BYTES), LISTPACK);
  database.putOver(args, i, adoptIndexedSet(detached, empty, header), event);
  return length;
}
