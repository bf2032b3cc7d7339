import { OutputBuffer } from '../../protocol/output-buffer.ts';

/** A buffer larger than this is given back when it is empty. */
const KEPT_BYTES = 1024 * 1024;

/** Pushes to the connection whose request runs: they wait until its reply is made, and stand behind it. */
export class LatePushes {
  private readonly waiting = new OutputBuffer();

  get isEmpty(): boolean {
    return this.waiting.at === 0;
  }

  /** Takes the end of the output buffer, from `from` on, out of it. */
  take(out: OutputBuffer, from: number): void {
    this.waiting.copy(out.bytes, out.view, from, out.at);
    out.at = from;
  }

  /** Puts what waits behind the reply. */
  appendTo(out: OutputBuffer): void {
    const { waiting } = this;
    if (waiting.at === 0) return;
    out.copy(waiting.bytes, waiting.view, 0, waiting.at);
    this.clear();
  }

  clear(): void {
    const { waiting } = this;
    waiting.at = 0;
    if (waiting.bytes.length > KEPT_BYTES) waiting.release();
  }
}
