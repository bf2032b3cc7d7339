import type { Args } from '../../protocol/args.ts';
import type { EventName } from '../effects/events.ts';
import type { Ref } from '../memory/arena.ts';
import { keyBytes } from '../structures/record.ts';
import type { Database } from './database.ts';

/** Counts that the key of argument `i`, which was to be read, is not there; tells it if it is to be told. */
export function countMiss({ keyspace, index }: Database, args: Args, i: number): void {
  keyspace.misses++;
  if (keyspace.effects.tellsMisses) keyspace.effects.remark('keymiss', index, args.copy(i));
}

/** Tells that the key of argument `i` is new, if that is to be told; comes before the change that makes it. */
export function remarkNew({ keyspace, index }: Database, args: Args, i: number): void {
  if (keyspace.effects.tellsNew) keyspace.effects.remark('new', index, args.copy(i));
}

/** Tells what happens to a record's key; only called while somebody listens. */
export function tellChange({ keyspace, arena, index }: Database, ref: Ref, event: EventName): void {
  const { effects } = keyspace;
  if (effects.keepsKeys) effects.record({ event, database: index, key: keyBytes(arena, ref) });
  effects.alert(index, ref, event);
}
