import { OutputBuffer } from '../../protocol/output-buffer.ts';

/** A buffer larger than this is given back when it is empty. */
const KEPT_BYTES = 1024 * 1024;

/** Pushes to a connection whose reply is being made: they wait until it is, and stand behind it. */
export class LatePushes {
  private readonly waiting = new OutputBuffer();

  /** Bytes that wait. */
  get length(): number {
    return this.waiting.at;
  }

  get isEmpty(): boolean {
    return this.waiting.at === 0;
  }

  /** Adds a copy of `mail[from..to)`. */
  add(mail: OutputBuffer, from: number, to: number): void {
    this.waiting.copy(mail.bytes, mail.view, from, to);
  }

  /** Lets what waits in another place wait here. */
  adopt(other: LatePushes): void {
    other.appendTo(this.waiting);
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
