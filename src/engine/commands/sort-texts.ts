import { compareBytes } from '../../bytes/compare.ts';
import { ReplyTooLong } from '../../protocol/output-buffer.ts';
import type { ListpackCursor } from '../structures/listpack.ts';

const BYTES_EACH = 16;
const LARGEST_BYTES = 2 ** 31 - 1;

/**
 * Byte strings side by side in one buffer, by number: what SORT orders and what it orders by. Copies, because looking up
 * the one may move the other; one buffer, because a million strings are a burden to the garbage collector.
 */
export class SortTexts {
  bytes: Buffer;
  view: DataView;
  /** Text `i` is `bytes[start[i]..start[i + 1])`. */
  readonly start: Int32Array;
  private count = 0;

  /** For at most `capacity` texts. */
  constructor(capacity: number) {
    this.start = new Int32Array(capacity + 1);
    this.bytes = Buffer.allocUnsafe(capacity * BYTES_EACH);
    this.view = viewOf(this.bytes);
  }

  /** Adds what the cursor shows. Throws ReplyTooLong when all texts together are longer than any reply. */
  add({ bytes, start, end }: ListpackCursor): void {
    this.addBytes(bytes, start, end);
  }

  addBytes(source: Buffer, from: number, to: number): void {
    const at = this.start[this.count];
    const end = at + to - from;
    if (end > this.bytes.length) this.grow(end);
    source.copy(this.bytes, at, from, to);
    this.start[++this.count] = end;
  }

  /** Below 0, 0 or above 0 as text `a` stands before, equals or stands behind text `b`. */
  compare(a: number, b: number): number {
    const { bytes, view, start } = this;
    return compareBytes(bytes, view, start[a], start[a + 1], bytes, view, start[b], start[b + 1]);
  }

  private grow(needed: number): void {
    if (needed > LARGEST_BYTES) throw new ReplyTooLong();
    const grown = Buffer.allocUnsafe(Math.min(LARGEST_BYTES, Math.max(needed, this.bytes.length * 2)));
    this.bytes.copy(grown, 0, 0, this.start[this.count]);
    this.bytes = grown;
    this.view = viewOf(grown);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
