/**
 * A stream of request bytes read as a connection reads it: chunk by chunk, what is left of one kept for the next in a
 * buffer of its own, the arguments found so far rebased. Every buffer is overwritten once it is given up, so that whoever
 * still looks into one is found out.
 */
import { Args } from './args.ts';
import { BROKEN, INCOMPLETE, REQUEST, RequestParser } from './request-parser.ts';

export class RequestStream {
  readonly parser = new RequestParser();
  /** The requests found, their arguments a character a byte. */
  readonly requests: string[][] = [];
  /** Why the stream is broken; undefined while it is not. */
  error: string | undefined;
  /** The arguments of the request that is not complete. */
  own: Args | undefined;
  private kept = Buffer.alloc(0);
  private shared = new Args();

  /** Takes the next bytes of the stream. */
  feed(chunk: Buffer): void {
    if (this.error !== undefined) return;
    // Bytes that arrived later lie behind in the same buffer and are not to be looked at.
    const bytes = Buffer.concat([this.kept, chunk, Buffer.from('\r\n$3\r\n')]);
    const end = bytes.length - 6;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let frame = this.own === undefined ? this.parser.at : 0;
    for (;;) {
      const args = this.own ?? this.shared;
      args.attach(bytes, view);
      const outcome = this.parser.next(bytes, end, args);
      if (outcome === BROKEN) this.error = this.parser.error;
      if (outcome === BROKEN) return;
      if (outcome === INCOMPLETE) {
        if (this.parser.midway && this.own === undefined) this.lendArgs();
        break;
      }
      if (outcome === REQUEST) {
        this.requests.push(Array.from({ length: args.count }, (_, i) => args.text(i)));
        this.own = undefined;
      }
      frame = this.parser.at;
    }
    this.kept = Buffer.from(bytes.subarray(frame, end));
    this.parser.at -= frame;
    this.own?.rebase(-frame);
    bytes.fill(0xee);
  }

  /** Takes a whole stream (a character a byte) in pieces that end at the given places. */
  static read(stream: string, cuts: readonly number[] = []): RequestStream {
    const reader = new RequestStream();
    const bytes = Buffer.from(stream, 'latin1');
    let from = 0;
    for (const cut of [...cuts, bytes.length]) {
      reader.feed(bytes.subarray(from, cut));
      from = cut;
    }
    return reader;
  }

  private lendArgs(): void {
    this.own = this.shared;
    this.shared = new Args();
  }
}
