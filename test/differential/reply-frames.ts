/**
 * Cuts a stream of RESP2 or RESP3 bytes into complete replies without interpreting them: the bytes are what is compared.
 * Reads on from where it stopped, so a large reply in many pieces costs no more than in one.
 */
const MAX_PENDING_BYTES = 1024 * 1024 * 1024;

export class ReplyFrames {
  private buffer: Buffer = Buffer.alloc(64 * 1024);
  private start = 0;
  private end = 0;
  private at = 0;
  /** Elements that the reply being read still lacks. */
  private missing = 1;

  add(chunk: Buffer): void {
    if (this.end + chunk.length > this.buffer.length) this.makeRoom(chunk.length);
    chunk.copy(this.buffer, this.end);
    this.end += chunk.length;
  }

  /** The next complete reply, a character a byte; undefined when more bytes are needed. */
  next(): string | undefined {
    while (this.missing > 0) if (!this.element()) return undefined;
    const reply = this.buffer.toString('latin1', this.start, this.at);
    this.start = this.at;
    this.missing = 1;
    return reply;
  }

  /** All bytes that no reply was made of. */
  rest(): string {
    const rest = this.buffer.toString('latin1', this.start, this.end);
    this.start = this.at = this.end;
    this.missing = 1;
    return rest;
  }

  private element(): boolean {
    const line = this.buffer.indexOf('\r\n', this.at, 'latin1');
    if (line < 0 || line + 2 > this.end) return false;
    const marker = String.fromCharCode(this.buffer[this.at]);
    const size = Number(this.buffer.toString('latin1', this.at + 1, line));
    const after = line + 2;
    if ('$=!'.includes(marker) && size >= 0) {
      if (after + size + 2 > this.end) return false;
      this.at = after + size + 2;
      this.missing--;
      return true;
    }
    this.at = after;
    if ('*~>'.includes(marker)) this.missing += Math.max(size, 0) - 1;
    else if (marker === '%') this.missing += size * 2 - 1;
    else if (marker === '|') this.missing += size * 2;
    else this.missing--;
    return true;
  }

  private makeRoom(length: number): void {
    const held = this.end - this.start;
    if (held + length > MAX_PENDING_BYTES) throw new Error('a reply is larger than any test needs');
    const target = held + length > this.buffer.length / 2 ? Buffer.alloc((held + length) * 2) : this.buffer;
    this.buffer.copy(target, 0, this.start, this.end);
    this.buffer = target;
    this.at -= this.start;
    this.start = 0;
    this.end = held;
  }
}

/** The elements of an array, set, map or push, each with its own bytes. */
export function elementsOf(reply: string): string[] {
  const frames = new ReplyFrames();
  frames.add(Buffer.from(reply.slice(reply.indexOf('\r\n') + 2), 'latin1'));
  const elements: string[] = [];
  for (let element = frames.next(); element !== undefined; element = frames.next()) elements.push(element);
  return elements;
}

/** The bytes of a bulk or simple string, the text of any other scalar; '' for null. */
export function textOf(reply: string): string {
  const line = reply.indexOf('\r\n');
  if (!'$=!'.includes(reply[0])) return reply.slice(1, line);
  return reply.slice(line + 2, -2);
}
