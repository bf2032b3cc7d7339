import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import {
  elementBytes,
  LISTPACK_END,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  listpackBytes,
  previousElement,
} from '../structures/listpack.ts';
import { elementOffset } from '../structures/listpack-index.ts';
import { type Place, seekElement } from '../structures/quicklist.ts';
import { nextNode, previousNode } from '../structures/quicklist-chain.ts';
import { nodeListpack } from '../structures/quicklist-node.ts';
import { encodingOf, headerOf, LISTPACK } from './encoding.ts';
import { valueStart } from './inline.ts';

const NOTHING = Buffer.alloc(0);
const NO_VIEW = new DataView(new ArrayBuffer(0));

/** Reads a list's elements one after the other, in either direction. Reused; a change of the list ends it. */
export class ListWalk {
  /** The element read last. */
  readonly element = new ListpackCursor();
  /** Where that element is; node 0 when the list stands in its record. */
  readonly place: Place = { node: NO_REF, offset: 0 };
  private arena: Arena | undefined;
  private bytes: Buffer = NOTHING;
  private view: DataView = NO_VIEW;
  /** Where the listpack begins. */
  private pack = 0;
  /** Where the next element begins, or ends when going backwards. */
  private at = 0;
  private backwards = false;

  /** Goes to the element at `index`, which must be one; the first `next` reads it. */
  begin(arena: Arena, ref: Ref, index: number, backwards: boolean): void {
    const { place } = this;
    this.arena = arena;
    this.backwards = backwards;
    if (encodingOf(arena, ref) === LISTPACK) {
      place.node = NO_REF;
      this.enter(arena, ref >>> 22, valueStart(arena, ref));
      place.offset = elementOffset(this.bytes, this.view, this.pack, index);
    } else {
      seekElement(arena, headerOf(arena, ref), index, place);
      this.enter(arena, place.node >>> 22, nodeListpack(arena, place.node));
    }
    this.at = this.pack + place.offset;
    if (backwards) this.at += elementBytes(this.bytes, this.view, this.at);
  }

  /** Reads the next element; false when there is none. */
  next(): boolean {
    if (this.backwards) return this.previous();
    if (this.bytes[this.at] === LISTPACK_END) {
      if (!this.enterNode(false)) return false;
      this.at = this.pack + LISTPACK_HEADER_BYTES;
    }
    this.place.offset = this.at - this.pack;
    this.at = this.element.read(this.bytes, this.view, this.at);
    return true;
  }

  private previous(): boolean {
    if (this.at === this.pack + LISTPACK_HEADER_BYTES) {
      if (!this.enterNode(true)) return false;
      this.at = this.pack + listpackBytes(this.view, this.pack) - 1;
    }
    this.at = previousElement(this.bytes, this.at);
    this.place.offset = this.at - this.pack;
    this.element.read(this.bytes, this.view, this.at);
    return true;
  }

  /** Goes on to the neighbour; false when there is none. */
  private enterNode(isPrevious: boolean): boolean {
    const { arena, place } = this;
    if (arena === undefined || place.node === NO_REF) return false;
    const node = isPrevious ? previousNode(arena, place.node) : nextNode(arena, place.node);
    if (node === NO_REF) return false;
    place.node = node;
    this.enter(arena, node >>> 22, nodeListpack(arena, node));
    return true;
  }

  private enter(arena: Arena, segment: number, pack: number): void {
    this.bytes = arena.bytes[segment];
    this.view = arena.views[segment];
    this.pack = pack;
  }
}
