/**
 * What the operations on several sorted sets read: sorted sets, and plain sets, whose members all count 1. A key that is not
 * there is an empty one.
 */
import type { Args } from '../../protocol/args.ts';
import { ANY_TYPE, type Database } from '../keyspace/database.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { SET, ZSET } from '../memory/layout.ts';
import { typeOf } from '../structures/record.ts';
import { hasMember, setSize } from '../values/set.ts';
import { scanMembers } from '../values/set-walk.ts';
import { scoreOf, sortedSetLength } from '../values/sorted-set.ts';
import { SortedSetWalk } from '../values/sorted-set-walk.ts';

/** Members of a plain set visited between two looks at whether to go on. */
const SCAN_STEP = 64;

export interface Source {
  readonly ref: Ref;
  readonly isPlain: boolean;
  readonly length: number;
  weight: number;
}

/** Gets a member, valid until it returns, and its score; false to see no more. */
export type ScoreVisitor = (bytes: Buffer, view: DataView, start: number, end: number, score: number) => boolean;

/** The key of argument `i` as a source of weight 1; undefined where it holds another type. */
export function readSource(database: Database, args: Args, i: number): Source | undefined {
  const { arena } = database;
  const ref = database.read(args, i, ANY_TYPE);
  if (ref === NO_REF) return { ref, isPlain: false, length: 0, weight: 1 };
  const type = typeOf(arena, ref);
  if (type !== ZSET && type !== SET) return undefined;
  const isPlain = type === SET;
  return { ref, isPlain, length: isPlain ? setSize(arena, ref) : sortedSetLength(arena, ref), weight: 1 };
}

/** The score of a member, without the source's weight; NaN when it is not there. */
export function scoreIn(
  database: Database,
  { ref, isPlain, length }: Source,
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
): number {
  if (length === 0) return Number.NaN;
  if (!isPlain) return scoreOf(database, ref, bytes, view, start, end);
  return hasMember(database, ref, bytes, view, start, end) ? 1 : Number.NaN;
}

/** Shows every member with its score, without the source's weight; `visit` must change no source. */
export function eachScore({ arena }: Database, { ref, isPlain, length }: Source, visit: ScoreVisitor): void {
  if (length === 0) return;
  let goesOn = true;
  if (isPlain) {
    let cursor = 0;
    do {
      cursor = scanMembers(arena, ref, cursor, SCAN_STEP, (bytes, view, start, end) => {
        goesOn = goesOn && visit(bytes, view, start, end, 1);
      });
    } while (goesOn && cursor !== 0);
    return;
  }
  const walk = new SortedSetWalk();
  walk.begin(arena, ref, 0, false);
  for (let left = length; left > 0 && goesOn; left--) {
    walk.next();
    const { bytes, view, start, end } = walk.member;
    goesOn = visit(bytes, view, start, end, walk.score);
  }
}
