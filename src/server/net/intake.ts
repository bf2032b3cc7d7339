/**
 * What was read from many clients and is not run yet.
 *
 * Between two reads the kernel runs through more code and data than a processor keeps at hand, so a request that is run as
 * soon as it was read finds its own way cold. Where many clients send one request after the other, all that are there are
 * read first, then run together.
 */
import { copyBytes } from '../../bytes/copy.ts';
import type { Connection } from './connection.ts';

/** Longer reads are pipelines, which are warm after their first request, or large values, which are not copied twice. */
const LONGEST_BYTES = 192;
const MOST_READS = 128;

export class Intake {
  readonly bytes = Buffer.allocUnsafeSlow(LONGEST_BYTES * MOST_READS);
  readonly view = new DataView(this.bytes.buffer);
  /** How many reads there are, and of which connection each is: `bytes[starts[i]..ends[i])`. */
  count = 0;
  readonly connections: (Connection | undefined)[] = new Array(MOST_READS).fill(undefined);
  readonly starts = new Int32Array(MOST_READS);
  readonly ends = new Int32Array(MOST_READS);

  /** Takes a copy of `input[..length)`. False when it is too long, or there are too many. */
  add(connection: Connection, input: Buffer, inputView: DataView, length: number): boolean {
    const { count } = this;
    if (length > LONGEST_BYTES || count === MOST_READS) return false;
    const start = count === 0 ? 0 : this.ends[count - 1];
    copyBytes(this.bytes, this.view, start, input, inputView, 0, length);
    this.connections[count] = connection;
    this.starts[count] = start;
    this.ends[count] = start + length;
    this.count = count + 1;
    return true;
  }
}
