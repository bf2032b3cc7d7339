/** A connection that knows nothing of the protocol but where a reply ends: bytes go in, bytes come out. */
import { connect, type Socket } from 'node:net';
import { ReplyFrames } from './reply-frames.ts';

/** What stands in a reply's place when there is none; no reply begins like that. */
export const CLOSED = '(connection closed)';
export const SILENT = '(no reply)';

const SILENCE_MS = 5_000;

export class RawConnection {
  private readonly socket: Socket;
  private readonly frames = new ReplyFrames();
  private isOver = false;
  private wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.frames.add(chunk);
      this.wake();
    });
    // A reset by the other side ends the connection as well as its FIN does; which of the two comes is a race.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isOver = true;
      this.wake();
    });
  }

  /** Connects; a refused connection is one that is CLOSED from the beginning. */
  static async open(port: number): Promise<RawConnection> {
    const socket = connect(port, '127.0.0.1');
    const connection = new RawConnection(socket);
    await new Promise<void>((resolve) => {
      socket.once('connect', resolve);
      socket.once('close', () => resolve());
    });
    return connection;
  }

  /** Sends bytes, a character a byte. */
  send(bytes: string): void {
    if (!this.isOver) this.socket.write(bytes, 'latin1');
  }

  /** The next complete reply, a character a byte; CLOSED or SILENT when none comes. */
  async read(): Promise<string> {
    return (await this.until(() => this.frames.next())) ?? (this.isOver ? CLOSED : SILENT);
  }

  /** All that comes until the other side closes, CLOSED last; SILENT last when it does not. */
  async readToEnd(): Promise<string> {
    await this.until(() => undefined);
    return this.frames.rest() + (this.isOver ? CLOSED : SILENT);
  }

  close(): void {
    this.socket.destroy();
  }

  /** Asks `look` whenever something has come; undefined when the connection ended or stayed silent for too long. */
  private async until(look: () => string | undefined): Promise<string | undefined> {
    let silent = false;
    const timer = setTimeout(() => {
      silent = true;
      this.wake();
    }, SILENCE_MS);
    try {
      for (;;) {
        const found = look();
        if (found !== undefined || this.isOver || silent) return found;
        await new Promise<void>((resolve) => {
          this.wake = resolve;
        });
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A command as an array of bulk strings. */
export function encodeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
