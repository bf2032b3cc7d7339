/** A client for tests that sends exactly the bytes it is told to and shows exactly the bytes that come back. */
import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { endOfReply } from '../protocol/reply-end.testing.ts';

const DEFAULT_WAIT_MS = 10_000;

export class RawClient {
  readonly socket: Socket;
  /** Received and not yet taken, a character a byte. */
  pending = '';
  /** True once the other side has closed the connection. */
  closed = false;
  private waiting: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.pending += chunk.toString('latin1');
      this.waiting?.();
    });
    socket.on('error', () => {});
    const left = (): void => {
      this.closed = true;
      this.waiting?.();
    };
    socket.on('end', left);
    socket.on('close', left);
  }

  /** Connects to a port of the loopback interface, to a Unix socket's path, or elsewhere. */
  static async connect(place: number | string | NetConnectOpts): Promise<RawClient> {
    const socket = connect(placeOf(place));
    const client = new RawClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Sends bytes; text is one character a byte. */
  send(bytes: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends one command as an array of bulk strings. */
  command(...words: (string | number)[]): void {
    this.send(request(...words));
  }

  /** Sends one command and answers its reply, whole. */
  ask(...words: (string | number)[]): Promise<string> {
    this.command(...words);
    return this.reply();
  }

  /** The next whole reply or push; '' when the connection was closed before it came. */
  async reply(timeoutMs = DEFAULT_WAIT_MS): Promise<string> {
    await this.until(() => endOfReply(this.pending, 0) !== undefined, timeoutMs);
    const end = endOfReply(this.pending, 0) ?? 0;
    return this.take(end);
  }

  /** The next `count` replies. */
  async replies(count: number, timeoutMs = DEFAULT_WAIT_MS): Promise<string[]> {
    const replies: string[] = [];
    while (replies.length < count) replies.push(await this.reply(timeoutMs));
    return replies;
  }

  /** Everything received until the other side closed the connection. */
  async rest(timeoutMs = DEFAULT_WAIT_MS): Promise<string> {
    await this.until(() => false, timeoutMs);
    if (!this.closed) throw new Error(`still connected; received ${JSON.stringify(this.pending.slice(0, 200))}`);
    return this.take(this.pending.length);
  }

  /** Received in this time, if anything: for replies that must not come. */
  async within(ms: number): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return this.take(this.pending.length);
  }

  /** Stops reading, as a slow client does, until `resume`. */
  stall(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  close(): void {
    this.socket.destroy();
  }

  private take(length: number): string {
    const taken = this.pending.slice(0, length);
    this.pending = this.pending.slice(length);
    return taken;
  }

  /** Waits until `arrived`, or until the connection is closed; throws when neither happens in time. */
  private async until(arrived: () => boolean, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!arrived() && !this.closed) {
      const left = deadline - Date.now();
      if (left <= 0) {
        throw new Error(`nothing came in ${timeoutMs} ms; received ${JSON.stringify(this.pending.slice(0, 200))}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.waiting = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.waiting = undefined;
    }
  }
}

function placeOf(place: number | string | NetConnectOpts): NetConnectOpts {
  if (typeof place === 'number') return { host: '127.0.0.1', port: place };
  return typeof place === 'string' ? { path: place } : place;
}

/** A command as an array of bulk strings; words are one character a byte. */
export function request(...words: (string | number)[]): string {
  return requestOf(words);
}

/** As `request`, of any number of words. */
export function requestOf(words: readonly (string | number)[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${String(word).length}\r\n${word}\r\n`).join('')}`;
}

/** The text of a bulk or verbatim string. */
export function textOf(reply: string): string {
  const body = reply.slice(reply.indexOf('\r\n') + 2, -2);
  return reply.startsWith('=') ? body.slice(4) : body;
}
