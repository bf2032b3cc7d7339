/** Going through a stream's entries from one ID to another, in both directions. */
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import { IdPlace } from '../structures/id-tree.ts';
import { readPlaceId, seekAtMost, seekFirst, stepBack, stepForward, wordAt } from '../structures/id-tree-walk.ts';
import type { ListpackCursor } from '../structures/listpack.ts';
import { BlockReader } from '../structures/stream-block-reader.ts';
import { compareIds, StreamId } from '../structures/stream-id.ts';
import { blocksOf } from './stream-header.ts';

/** Reused: `begin` sets it. Void when the stream changes. */
export class StreamWalk {
  private readonly reader = new BlockReader();
  private readonly place = new IdPlace();
  private readonly master = new StreamId();
  private readonly from = new StreamId();
  private readonly to = new StreamId();
  private arena: Arena | undefined = undefined;
  private blocks: Ref = NO_REF;
  private backwards = false;
  /** False until an entry of the block at `place` is read. */
  private isInside = false;
  private isOver = true;
  private knownBlock: Ref = NO_REF;
  private knownOffset = 0;

  /** The ID of the entry read, and its field and value read. */
  get id(): StreamId {
    return this.reader.id;
  }

  /** Where the entry read stands: its block, and bytes from the block's first. */
  get block(): Ref {
    return this.reader.block;
  }

  get offset(): number {
    return this.reader.offset;
  }

  get fieldCount(): number {
    return this.reader.fieldCount;
  }

  get field(): ListpackCursor {
    return this.reader.field;
  }

  get value(): ListpackCursor {
    return this.reader.value;
  }

  /** Begins with the entries from one ID to another, both included; backwards from `to` on. */
  begin(arena: Arena, stream: Ref, from: StreamId, to: StreamId, backwards: boolean): void {
    this.arena = arena;
    this.blocks = blocksOf(arena, stream);
    this.from.copy(from);
    this.to.copy(to);
    this.backwards = backwards;
    this.isInside = false;
    this.knownBlock = NO_REF;
    this.isOver = !(
      seekAtMost(arena, this.blocks, backwards ? to : from, this.place) ||
      (!backwards && seekFirst(arena, this.blocks, this.place))
    );
  }

  /** Follows `begin`, forwards: an entry that stands there is before all that are wanted, so the way is shorter from it on. */
  beginBehind(block: Ref, offset: number): void {
    this.knownBlock = block;
    this.knownOffset = offset;
  }

  /** Reads the next entry that is not deleted; false when there is none. */
  next(): boolean {
    while (!this.isOver) {
      if (!this.step()) {
        this.isOver = true;
        return false;
      }
      const { id, isDeleted } = this.reader;
      if (isDeleted) continue;
      if (this.backwards) {
        if (compareIds(id, this.to) > 0) continue;
        this.isOver = compareIds(id, this.from) < 0;
      } else {
        if (compareIds(id, this.from) < 0) continue;
        this.isOver = compareIds(id, this.to) > 0;
      }
      return !this.isOver;
    }
    return false;
  }

  /** Begins to read the entry's fields. */
  beginFields(): void {
    this.reader.beginFields();
  }

  /** Reads the next field and its value; called `fieldCount` times. */
  nextField(): void {
    this.reader.nextField();
  }

  /** Reads the next entry whatever it is; false at the stream's end. */
  private step(): boolean {
    const { arena, reader, place, backwards } = this;
    if (arena === undefined) return false;
    const isFirst = !this.isInside;
    if (!isFirst) {
      if (backwards ? reader.previous() : reader.next()) return true;
      if (!(backwards ? stepBack(arena, place) : stepForward(arena, place))) return false;
    }
    this.isInside = true;
    this.openBlock(arena);
    if (backwards) reader.last();
    else if (!isFirst) reader.first();
    else if (!reader.seek(this.from, reader.block === this.knownBlock ? this.knownOffset : 0)) {
      // The whole block is before what is wanted, and the reader stands nowhere.
      if (!stepForward(arena, place)) return false;
      this.openBlock(arena);
      reader.first();
    }
    return true;
  }

  private openBlock(arena: Arena): void {
    readPlaceId(arena, this.place, this.master);
    this.reader.open(arena, wordAt(arena, this.blocks, this.place) as Ref, this.master);
  }
}
