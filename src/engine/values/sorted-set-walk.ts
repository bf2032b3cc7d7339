/** Going through a sorted set: from a rank on in either direction, by chance, by SCAN's cursor. */
import type { Arena, Ref } from '../memory/arena.ts';
import { distinctIndexes } from '../structures/distinct-indexes.ts';
import { tableScan } from '../structures/hashtable-walk.ts';
import { LISTPACK_HEADER_BYTES, ListpackCursor, previousElement } from '../structures/listpack.ts';
import { indexLength } from '../structures/ordered-index.ts';
import { memberAt, scoreAt } from '../structures/ordered-index-node.ts';
import { IndexPosition, readRun, seekRank, stepBack, stepForward } from '../structures/ordered-index-walk.ts';
import { encodingOf, headerOf, LISTPACK } from './encoding.ts';
import { type RecordOwner, valueStart } from './inline.ts';
import { sortedSetLength } from './sorted-set.ts';
import { memberTable, pointAtMember, recordScore, touchAtEnd } from './sorted-set-index.ts';
import { nextPair, packedLength, pairAt, readScore } from './sorted-set-listpack.ts';

/**
 * Visits members in order, or in reverse. Reused: `begin` sets it, each `next` reads a member and goes on. Whoever calls knows
 * how many there are, and changes nothing meanwhile.
 */
export class SortedSetWalk {
  readonly member = new ListpackCursor();
  score = 0;
  private arena: Arena | undefined;
  private ref = 0 as Ref;
  private isReverse = false;
  private isPacked = false;
  /** The next pair of a listpack. */
  private p = 0;
  /** The next entry of an index. */
  private readonly position = new IndexPosition();

  /** Begins at a rank that is there. */
  begin(arena: Arena, ref: Ref, rank: number, isReverse: boolean): void {
    this.arena = arena;
    this.ref = ref;
    this.isReverse = isReverse;
    this.isPacked = encodingOf(arena, ref) === LISTPACK;
    if (this.isPacked) this.p = pairAt(arena, ref, rank);
    else seekRank(arena, headerOf(arena, ref), rank, this.position);
  }

  /** Begins at the first member, or with the last in reverse, which will be removed. */
  beginAtEnd(owner: RecordOwner, ref: Ref, isReverse: boolean): void {
    const { arena } = owner;
    this.begin(arena, ref, isReverse ? sortedSetLength(arena, ref) - 1 : 0, isReverse);
    if (!this.isPacked) touchAtEnd(arena, headerOf(arena, ref), owner.keyspace.seed, this.position);
  }

  /** Begins with the first member of a set that is no key's value, named by its header. */
  beginIndexed(arena: Arena, header: Ref): void {
    this.arena = arena;
    this.isReverse = false;
    this.isPacked = false;
    if (indexLength(arena, header) > 0) seekRank(arena, header, 0, this.position);
  }

  /** Reads the next member into `member` and `score`. */
  next(): void {
    const arena = this.arena as Arena;
    if (this.isPacked) return this.nextPacked(arena);
    const { leaf, slot } = this.position;
    this.score = scoreAt(arena, leaf, slot);
    pointAtMember(arena, memberAt(arena, leaf, slot), this.member);
    if (this.isReverse) stepBack(arena, this.position);
    else stepForward(arena, this.position);
  }

  /** True when the members are records: `nextRun` then shows many at once. */
  get isIndexed(): boolean {
    return !this.isPacked;
  }

  /**
   * Goes on by up to `limit` members, at most NODE_CAPACITY, and returns by how many: their records are in `members`, their
   * scores in `scores` if there is such.
   */
  nextRun(limit: number, members: Int32Array, scores: Float64Array | undefined): number {
    return readRun(this.arena as Arena, this.position, this.isReverse, limit, members, scores);
  }

  private nextPacked(arena: Arena): void {
    const { ref, p } = this;
    const pack = arena.bytes[ref >>> 22];
    const view = arena.views[ref >>> 22];
    this.score = readScore(pack, view, this.member.read(pack, view, p));
    if (!this.isReverse) this.p = nextPair(arena, ref, p);
    else if (p > valueStart(arena, ref) + LISTPACK_HEADER_BYTES) {
      this.p = previousElement(pack, previousElement(pack, p));
    }
  }

  /** Reads the member of a table's record. */
  readRecord(arena: Arena, record: Ref): void {
    this.score = recordScore(arena, record);
    pointAtMember(arena, record, this.member);
  }
}

/** Reads a member drawn by chance, all with equal chances. */
export function randomMember(owner: RecordOwner, ref: Ref, walk: SortedSetWalk): void {
  walk.begin(owner.arena, ref, owner.keyspace.random() % sortedSetLength(owner.arena, ref), false);
  walk.next();
}

/** Reads `count` different members, fewer than there are, drawn by chance. Allocates in proportion to `count`. */
export function randomMembers(
  owner: RecordOwner,
  ref: Ref,
  count: number,
  walk: SortedSetWalk,
  visit: () => void,
): void {
  const { arena } = owner;
  const { random } = owner.keyspace;
  const length = sortedSetLength(arena, ref);
  // Of a few among many: draws, until they are different. Else all are passed, and some of their ranks drawn.
  if (count * 3 <= length && encodingOf(arena, ref) !== LISTPACK) {
    const drawn = new Set<number>();
    while (drawn.size < count) drawn.add(random() % length);
    for (const rank of drawn) {
      walk.begin(arena, ref, rank, false);
      walk.next();
      visit();
    }
    return;
  }
  let passed = 0;
  walk.begin(arena, ref, 0, false);
  for (const rank of distinctIndexes(length, count, random)) {
    for (; passed < rank; passed++) walk.next();
    walk.next();
    passed++;
    visit();
  }
}

/** Reads the members from `cursor` on, about `count`; returns the cursor to go on with, 0 at the end. */
export function scanMembers(
  arena: Arena,
  ref: Ref,
  cursor: number,
  count: number,
  walk: SortedSetWalk,
  visit: () => void,
): number {
  if (encodingOf(arena, ref) === LISTPACK) {
    walk.begin(arena, ref, 0, false);
    for (let left = packedLength(arena, ref); left > 0; left--) {
      walk.next();
      visit();
    }
    return 0;
  }
  return tableScan(arena, memberTable(arena, headerOf(arena, ref)), cursor, count, (record) => {
    walk.readRecord(arena, record);
    visit();
  });
}
