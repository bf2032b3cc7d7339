/**
 * Memory of large buffers that nobody uses any more.
 *
 * It is free only when the garbage collector has been there, which comes when memory is asked for: after a crowd of clients
 * with much unread has left, a quiet server would keep their memory for ever. So when much was given up and then nothing for
 * a while, the collector is called. Our data is not in its heap: it is done in a few milliseconds.
 */

/** Less than this is left to the collector's own rhythm. */
const WORTHWHILE_BYTES = 32 * 1024 * 1024;
/** Smaller buffers are given up all the time: they do not put the collection off. */
const LARGE_BYTES = 64 * 1024;
/** How long nothing large must have been given up. */
const QUIET_MS = 1000;

export class BufferGarbage {
  private readonly collect: () => void;
  private bytes = 0;
  private grew = false;
  private quietSince = 0;

  constructor(collect: () => void) {
    this.collect = collect;
  }

  /** So many bytes of a buffer were given up. */
  note(bytes: number): void {
    this.bytes += bytes;
    if (bytes >= LARGE_BYTES) this.grew = true;
  }

  /** Called several times a second; `now` in milliseconds since 1970. */
  tick(now: number): void {
    if (this.grew) {
      this.grew = false;
      this.quietSince = now;
    } else if (this.bytes >= WORTHWHILE_BYTES && now - this.quietSince >= QUIET_MS) {
      this.bytes = 0;
      this.collect();
    }
  }
}
