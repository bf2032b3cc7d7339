/**
 * The calls that MULTI has queued. Their arguments stand one behind the other in a few chunks of memory, so that queueing a
 * call makes no object, and what is queued can be told exactly.
 *
 *   chunk      | argument | argument | …          the arguments of a call are all in one
 *   positions  | start | end | start | end | …    of every argument, in its chunk
 *   calls      | chunk | first argument |         of every call
 */
import { copyBytes } from '../../bytes/copy.ts';
import type { Args } from '../../protocol/args.ts';
import type { Command } from './command.ts';

const FIRST_CHUNK_BYTES = 1024;
const LARGEST_CHUNK_BYTES = 1024 * 1024;
const FIRST_POSITIONS = 128;
const FIRST_CALLS = 32;
/** What is larger is not kept for the next transaction. */
const KEPT_BYTES = 64 * 1024;
/** A position in bytes, a call's place and its command. */
const POSITION_BYTES = 8;
const CALL_BYTES = 16;

export class QueuedCalls {
  private readonly commands: Command[] = [];
  private readonly chunks = [new Chunk(FIRST_CHUNK_BYTES)];
  private positions = new Int32Array(FIRST_POSITIONS);
  private calls = new Int32Array(FIRST_CALLS);
  private argumentCount = 0;
  /** Bytes of the chunk being filled. */
  private used = 0;
  /** Bytes of all arguments and of what says where they are. */
  usedBytes = 0;
  /** Bytes of memory. */
  bytes = FIRST_CHUNK_BYTES + (FIRST_POSITIONS + FIRST_CALLS) * Int32Array.BYTES_PER_ELEMENT;

  get length(): number {
    return this.commands.length;
  }

  /** Adds a call, whose arguments are copied. */
  add(command: Command, args: Args): void {
    const { count, start, end } = args;
    const length = lengthOf(args);
    const chunk = this.chunkFor(length);
    const call = this.commands.push(command) * 2 - 2;
    if (call === this.calls.length) this.calls = this.doubled(this.calls, call + 2);
    this.calls[call] = this.chunks.length - 1;
    this.calls[call + 1] = this.argumentCount;
    let at = this.argumentCount * 2;
    this.argumentCount += count;
    if (this.argumentCount * 2 > this.positions.length) {
      this.positions = this.doubled(this.positions, this.argumentCount * 2);
    }
    const { positions } = this;
    let { used } = this;
    for (let i = 0; i < count; i++) {
      const size = end[i] - start[i];
      copyBytes(chunk.bytes, chunk.view, used, args.bytes, args.view, start[i], size);
      positions[at++] = used;
      used += size;
      positions[at++] = used;
    }
    this.used = used;
    this.usedBytes += length + count * POSITION_BYTES + CALL_BYTES;
  }

  command(i: number): Command {
    return this.commands[i];
  }

  /** Points `args` at the arguments of call `i`. */
  read(i: number, args: Args): void {
    const { calls, positions } = this;
    const chunk = this.chunks[calls[i * 2]];
    args.attach(chunk.bytes, chunk.view);
    args.count = 0;
    args.hashed = -1;
    const last = i + 1 < this.commands.length ? calls[i * 2 + 3] : this.argumentCount;
    for (let argument = calls[i * 2 + 1]; argument < last; argument++) {
      args.push(positions[argument * 2], positions[argument * 2 + 1]);
    }
  }

  /** Forgets all calls; false when that leaves more memory than is worth keeping. */
  clear(): boolean {
    if (this.chunks.length > 1 || this.bytes > KEPT_BYTES) return false;
    this.commands.length = 0;
    this.argumentCount = 0;
    this.used = 0;
    this.usedBytes = 0;
    return true;
  }

  /** The chunk that has room for `length` bytes. */
  private chunkFor(length: number): Chunk {
    const last = this.chunks[this.chunks.length - 1];
    if (this.used + length <= last.bytes.length) return last;
    const fresh = new Chunk(Math.max(length, Math.min(last.bytes.length * 2, LARGEST_CHUNK_BYTES)));
    this.chunks.push(fresh);
    this.bytes += fresh.bytes.length;
    this.used = 0;
    return fresh;
  }

  private doubled(words: Int32Array<ArrayBuffer>, needed: number): Int32Array<ArrayBuffer> {
    const grown = new Int32Array(Math.max(words.length * 2, needed));
    grown.set(words);
    this.bytes += grown.byteLength - words.byteLength;
    return grown;
  }
}

class Chunk {
  readonly bytes: Buffer;
  readonly view: DataView;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length);
    this.view = new DataView(this.bytes.buffer);
  }
}

function lengthOf({ count, start, end }: Args): number {
  let length = 0;
  for (let i = 0; i < count; i++) length += end[i] - start[i];
  return length;
}
