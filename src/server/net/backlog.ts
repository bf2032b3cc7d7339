/**
 * The replies of one client that wait behind those its socket is still sending.
 *
 *   replies ──> socket (one write under way) ──> kernel ──> client
 *      └──> backlog: chunk, chunk, chunk (the last one filling) ──┘ when that write is done
 *
 * Only a client that reads too slowly has one. Leaving its replies to the socket's own queue was rejected: each would keep
 * the output buffer it stands in alive, 64 KiB for a reply of 40 bytes. Here replies are packed into chunks whose size
 * grows with what waits, so memory follows the bytes that wait; only a huge reply that fills most of its buffer keeps it.
 *
 * Chunks are resizable buffers, though none is resized: those have pages of their own, which go back to the system when they
 * are given up. Others come from malloc, which kept most of the memory of a crowd of slow clients after it had left
 * (measured: 600 of 640 MB; with pages, 80). Nothing reads a chunk byte by byte, so that the compiled code of the hot path
 * never meets this kind of buffer.
 */

/** Chunks grow with what waits, between these. */
const SMALLEST_CHUNK_BYTES = 16 * 1024;
const LARGEST_CHUNK_BYTES = 1024 * 1024;
/** A reply of this size has pages of its own too, and is not copied. */
const HUGE_BYTES = 32 * 1024 * 1024;
const PagedBuffer: new (length: number, options: { readonly maxByteLength: number }) => ArrayBuffer = ArrayBuffer;

export class Backlog {
  /** Bytes that wait. */
  length = 0;
  /** Memory that they keep. */
  capacity = 0;
  /** All full but the last. */
  private readonly chunks: Buffer[] = [];
  /** How far the last chunk is filled. */
  private lastEnd = 0;

  get count(): number {
    return this.chunks.length;
  }

  /** Adds `bytes[from..to)`. True when it keeps `bytes` itself instead of a copy. */
  add(bytes: Buffer, from: number, to: number): boolean {
    this.length += to - from;
    if (to - from >= HUGE_BYTES && (to - from) * 2 >= bytes.length) {
      this.adopt(bytes.subarray(from, to));
      return true;
    }
    let at = from;
    while (at < to) {
      if (this.chunks.length === 0 || this.lastEnd === this.last.length) this.addChunk();
      const copied = bytes.copy(this.last, this.lastEnd, at, to);
      this.lastEnd += copied;
      at += copied;
    }
    return false;
  }

  /** Removes the oldest chunk; undefined when nothing waits. */
  take(): Buffer | undefined {
    const chunk = this.chunks.shift();
    if (chunk === undefined) return undefined;
    const filled = this.chunks.length === 0 ? chunk.subarray(0, this.lastEnd) : chunk;
    if (this.chunks.length === 0) this.lastEnd = 0;
    this.length -= filled.length;
    this.capacity -= chunk.buffer.byteLength;
    return filled;
  }

  private get last(): Buffer {
    return this.chunks[this.chunks.length - 1];
  }

  private addChunk(): void {
    const size = Math.min(LARGEST_CHUNK_BYTES, Math.max(SMALLEST_CHUNK_BYTES, this.capacity));
    this.chunks.push(Buffer.from(new PagedBuffer(size, { maxByteLength: size })));
    this.capacity += size;
    this.lastEnd = 0;
  }

  private adopt(chunk: Buffer): void {
    if (this.chunks.length > 0) this.chunks.push(this.takeLast());
    this.chunks.push(chunk);
    this.capacity += chunk.buffer.byteLength;
    this.lastEnd = chunk.length;
  }

  /** The last chunk, cut to what is filled. */
  private takeLast(): Buffer {
    const last = this.last.subarray(0, this.lastEnd);
    this.chunks.pop();
    return last;
  }
}
