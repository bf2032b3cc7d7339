/** Reading a stream's block: its entries one by one, in both directions, and their fields. */
import type { Halves } from '../../bytes/uint64.ts';
import { type Arena, NO_REF, type Ref } from '../memory/arena.ts';
import {
  elementBytes,
  elementInteger,
  LISTPACK_HEADER_BYTES,
  ListpackCursor,
  listpackBytes,
  previousElement,
} from './listpack.ts';
import { addDelta, blockStart, DELETED, SAME_FIELDS } from './stream-block.ts';
import { compareIds, StreamId } from './stream-id.ts';

/** Positions are absolute in the segment's bytes; void when the block changes. */
export class BlockReader {
  readonly id = new StreamId();
  readonly field = new ListpackCursor();
  readonly value = new ListpackCursor();
  /** Where the entry read stands, and how many fields it has. */
  at = 0;
  fieldCount = 0;
  isDeleted = false;
  block: Ref = NO_REF;
  private readonly master = new StreamId();
  private readonly sum: Halves = { high: 0, low: 0 };
  private bytes: Buffer = Buffer.alloc(0);
  private view: DataView = new DataView(new ArrayBuffer(0));
  private pack = 0;
  private end = 0;
  private masterFields = 0;
  private masterAt = 0;
  private hasMasterFields = false;
  /** Where the entry's fields or values begin. */
  private body = 0;
  private nextMaster = 0;
  private nextBody = 0;

  /** Begins to read a block; no entry is read yet. */
  open(arena: Arena, block: Ref, master: StreamId): void {
    this.block = block;
    this.bytes = arena.bytes[block >>> 22];
    this.view = arena.views[block >>> 22];
    this.pack = blockStart(block);
    this.end = this.pack + listpackBytes(this.view, this.pack) - 1;
    this.master.copy(master);
    const { bytes, view } = this;
    let p = this.pack + LISTPACK_HEADER_BYTES;
    p += elementBytes(bytes, view, p);
    p += elementBytes(bytes, view, p);
    this.masterFields = elementInteger(bytes, view, p);
    this.masterAt = p + elementBytes(bytes, view, p);
    this.at = 0;
  }

  /** Where the entry stands, counted from the listpack's first byte. */
  get offset(): number {
    return this.at - this.pack;
  }

  /** Reads the first entry, deleted or not; a block has one. */
  first(): void {
    this.read(this.firstAt());
  }

  /**
   * Reads the first entry that is not before `target`, deleted or not; false when all are. Entries before it are passed over
   * without being read, as long as their IDs differ from the master's by no more than 32 bits.
   *
   * @param offset of an entry not behind `target`, to begin with; 0 for the first
   */
  seek(target: StreamId, offset: number): boolean {
    const { bytes, view, master, end, masterFields } = this;
    let p = offset === 0 ? this.firstAt() : this.pack + offset;
    const ms = difference(target.msHigh, target.msLow, master.msHigh, master.msLow);
    const masterSequence = master.sequenceLow >>> 0;
    const targetSequence = target.sequenceLow >>> 0;
    const isNear = (target.sequenceHigh | master.sequenceHigh) === 0;
    while (isNear && p < end) {
      let at = p + 2;
      const entryMs = elementInteger(bytes, view, at);
      if (!(entryMs >= 0 && entryMs <= ms)) break;
      at += elementBytes(bytes, view, at);
      // Below 0 it has wrapped around, and is beyond 32 bits.
      const entrySequence = masterSequence + elementInteger(bytes, view, at);
      if (entryMs === ms && !(entrySequence >= 0 && entrySequence < targetSequence)) break;
      at += elementBytes(bytes, view, at);
      let left = (bytes[p] & SAME_FIELDS) !== 0 ? masterFields : elementInteger(bytes, view, at) * 2 + 1;
      for (; left >= 0; left--) at += elementBytes(bytes, view, at);
      p = at;
    }
    if (p >= end) return false;
    this.read(p);
    while (compareIds(this.id, target) < 0) if (!this.next()) return false;
    return true;
  }

  /** Reads the next entry, deleted or not; false at the end. */
  next(): boolean {
    const { bytes, view } = this;
    let p = this.body;
    const elements = this.hasMasterFields ? this.fieldCount : this.fieldCount * 2;
    for (let left = elements; left >= 0; left--) p += elementBytes(bytes, view, p);
    if (p >= this.end) return false;
    this.read(p);
    return true;
  }

  /** Reads the last entry, deleted or not. */
  last(): void {
    this.before(this.end);
  }

  /** Reads the entry before the one read, deleted or not; false at the beginning. */
  previous(): boolean {
    return this.before(this.at);
  }

  /** Marks the entry read as deleted; the master's counts are the caller's to write. */
  markDeleted(): void {
    this.bytes[this.at] |= DELETED;
  }

  /** Begins to read the entry's fields. */
  beginFields(): void {
    this.nextMaster = this.masterAt;
    this.nextBody = this.body;
  }

  /** Reads the next field and its value; called `fieldCount` times. */
  nextField(): void {
    const { bytes, view } = this;
    if (this.hasMasterFields) this.nextMaster = this.field.read(bytes, view, this.nextMaster);
    else this.nextBody = this.field.read(bytes, view, this.nextBody);
    this.nextBody = this.value.read(bytes, view, this.nextBody);
  }

  /** Reads the entry that ends where `end` begins. */
  private before(end: number): boolean {
    const { bytes, view } = this;
    let p = previousElement(bytes, end);
    const pieces = elementInteger(bytes, view, p);
    if (pieces === 0) return false;
    for (let left = pieces; left > 0; left--) p = previousElement(bytes, p);
    this.read(p);
    return true;
  }

  private firstAt(): number {
    const { bytes, view } = this;
    let p = this.masterAt;
    for (let left = this.masterFields; left >= 0; left--) p += elementBytes(bytes, view, p);
    return p;
  }

  private read(at: number): void {
    const { bytes, view, master, sum, id } = this;
    this.at = at;
    const flags = bytes[at];
    this.isDeleted = (flags & DELETED) !== 0;
    this.hasMasterFields = (flags & SAME_FIELDS) !== 0;
    let p = at + 2;
    addDelta(bytes, view, p, master.msHigh, master.msLow, sum);
    id.msHigh = sum.high;
    id.msLow = sum.low;
    p += elementBytes(bytes, view, p);
    addDelta(bytes, view, p, master.sequenceHigh, master.sequenceLow, sum);
    id.sequenceHigh = sum.high;
    id.sequenceLow = sum.low;
    p += elementBytes(bytes, view, p);
    if (this.hasMasterFields) this.fieldCount = this.masterFields;
    else {
      this.fieldCount = elementInteger(bytes, view, p);
      p += elementBytes(bytes, view, p);
    }
    this.body = p;
  }
}

/** One unsigned number of 64 bits less another; rounded beyond 2^53. */
function difference(high: number, low: number, lessHigh: number, lessLow: number): number {
  return ((high >>> 0) - (lessHigh >>> 0)) * 4294967296 + ((low >>> 0) - (lessLow >>> 0));
}
