/** Going through the members of a range of scores, most of which are not wanted: scores first, members when asked. */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { elementBytes, LISTPACK_END, type ListpackCursor } from '../structures/listpack.ts';
import {
  IndexPosition,
  positionMember,
  positionScore,
  seekScore,
  stepForward,
} from '../structures/ordered-index-walk.ts';
import { encodingOf, headerOf, LISTPACK } from './encoding.ts';
import { pointAtMember } from './sorted-set-index.ts';
import { pairAt, pairsByScore, readScore } from './sorted-set-listpack.ts';

/**
 * Reused: `begin` sets it, each `next` reads a score and goes on. The set must not change meanwhile, nor as long as what
 * `handle` gave is used.
 */
export class ScoreScan {
  score = 0;
  /** Stands for the member whose score was read: `readMember` takes it. */
  handle = 0;
  private arena: Arena | undefined;
  private ref = 0 as Ref;
  private limit = 0;
  private isPacked = false;
  /** The next pair of a listpack. */
  private p = 0;
  /** The next entry of an index. */
  private readonly position = new IndexPosition();

  /** Begins with the first score that is not below `from`; ends before the first that is not below `to`. */
  begin(arena: Arena, ref: Ref, from: number, to: number): void {
    this.arena = arena;
    this.ref = ref;
    this.limit = to;
    this.isPacked = encodingOf(arena, ref) === LISTPACK;
    if (this.isPacked) this.p = pairAt(arena, ref, pairsByScore(arena, ref, from, false));
    else seekScore(arena, headerOf(arena, ref), from, this.position);
  }

  /** Reads the next score; false at the end. */
  next(): boolean {
    const arena = this.arena as Arena;
    if (this.isPacked) return this.nextPair(arena);
    if (this.position.leaf === NO_REF) return false;
    this.score = positionScore(arena, this.position);
    if (this.score >= this.limit) return false;
    this.handle = positionMember(arena, this.position);
    stepForward(arena, this.position);
    return true;
  }

  /** Points `member` at the member that a handle of this set stands for. */
  readMember(handle: number, member: ListpackCursor): void {
    const arena = this.arena as Arena;
    if (this.isPacked) member.read(arena.bytes[this.ref >>> 22], arena.views[this.ref >>> 22], handle);
    else pointAtMember(arena, handle as Ref, member);
  }

  private nextPair(arena: Arena): boolean {
    const pack = arena.bytes[this.ref >>> 22];
    const view = arena.views[this.ref >>> 22];
    if (pack[this.p] === LISTPACK_END) return false;
    const at = this.p + elementBytes(pack, view, this.p);
    this.score = readScore(pack, view, at);
    if (this.score >= this.limit) return false;
    this.handle = this.p;
    this.p = at + elementBytes(pack, view, at);
    return true;
  }
}
