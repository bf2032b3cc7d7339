/**
 * The replies of all connections on their way out.
 *
 *   commands write into one output buffer; `claim` notes whose bytes stand where
 *   flush: each connection's bytes are given to its socket
 *
 * The written bytes are the output buffer itself: the kernel usually takes them at once, and only if it did not is the
 * buffer left to the socket and a fresh one begun. A client that is behind already gets copies (backlog.ts).
 */
import type { OutputBuffer } from '../../protocol/output-buffer.ts';
import { CONGESTED, type Connection, RUNNING } from './connection.ts';

/** Replies above this are written before the turn ends. */
export const FLUSH_BYTES = 1024 * 1024;
/** Unread replies above this congest a client that no output limit disconnects. */
const CONGESTION_BYTES = 32 * 1024 * 1024;
const NOTHING = Buffer.alloc(0);

export interface OutboxEvents {
  /** Replies wait: a flush must follow. */
  filled(): void;
  /** More unread replies than the connection may have. */
  exceeded(connection: Connection): void;
  /** A buffer of so many bytes is no longer ours. */
  released(bytes: number): void;
  /** The memory that unread replies take has changed. */
  resized(connection: Connection): void;
  /** A congested connection has read everything. */
  relieved(connection: Connection): void;
}

export class Outbox {
  sentBytes = 0;
  writes = 0;
  /** Called when replies are being written: gives out what does not answer a request of its receiver. */
  whenFlushing: (() => void) | undefined = undefined;
  private readonly out: OutputBuffer;
  private readonly events: OutboxEvents;
  /** Whose replies stand in the output buffer, and where: from, to. */
  private readonly owners: Connection[] = [];
  private readonly ranges: number[] = [];
  /** Connections to be closed once their replies are written. */
  private readonly leaving: Connection[] = [];

  constructor(out: OutputBuffer, events: OutboxEvents) {
    this.out = out;
    this.events = events;
  }

  /** Marks the output buffer's bytes from `from` on as replies to this connection. */
  claim(connection: Connection, from: number): void {
    const { out, owners, ranges } = this;
    if (out.at === from) return;
    const last = owners.length - 1;
    if (last >= 0 && owners[last] === connection && ranges[last * 2 + 1] === from) ranges[last * 2 + 1] = out.at;
    else {
      owners.push(connection);
      ranges.push(from, out.at);
    }
    if (out.at > FLUSH_BYTES) this.flush();
    else this.events.filled();
  }

  /** Gives all replies to their sockets. */
  flush(): void {
    const { out, owners, ranges } = this;
    let allTaken = true;
    for (let i = 0; i < owners.length; i++) {
      if (!owners[i].closed && this.send(owners[i], out.bytes, ranges[i * 2], ranges[i * 2 + 1])) allTaken = false;
    }
    owners.length = 0;
    ranges.length = 0;
    if (allTaken && out.bytes.length <= FLUSH_BYTES * 2) out.at = 0;
    else this.releaseOut();
    if (this.whenFlushing !== undefined) this.whenFlushing();
    if (this.leaving.length > 0) for (const connection of this.leaving.splice(0)) this.closeWhenSent(connection);
  }

  /** Sends `bytes[from..to)` to a connection, now or when it has read the rest. True when `bytes` must be left to it. */
  send(connection: Connection, bytes: Buffer, from: number, to: number): boolean {
    const length = to - from;
    const waiting = connection.behind ? connection.unsent : 0;
    if (waiting + length > connection.outputLimit.hardBytes) {
      this.events.exceeded(connection);
      return false;
    }
    this.writes++;
    this.sentBytes += length;
    connection.totalSent += length;
    if (connection.behind) return this.sendLater(connection, bytes, from, to);
    connection.socket.write(bytes.subarray(from, to));
    if (connection.socket.writableLength === 0) return false;
    this.fallBehind(connection);
    return true;
  }

  /** Closes the connection when its replies are written. */
  closeAfterwards(connection: Connection): void {
    this.leaving.push(connection);
    this.events.filled();
  }

  /** Runs nothing more for a connection that has left too much unread. */
  congest(connection: Connection): void {
    if (connection.unsent > CONGESTION_BYTES && connection.state === RUNNING) connection.state = CONGESTED;
    this.events.resized(connection);
  }

  /** The socket did not take a write at once: from now on replies wait until it did. */
  private fallBehind(connection: Connection): void {
    connection.behind = true;
    connection.whenSent ??= () => this.sendWaiting(connection);
    // Its callback is the only word that all writes before it are done.
    connection.socket.write(NOTHING, connection.whenSent);
    this.congest(connection);
  }

  private sendLater(connection: Connection, bytes: Buffer, from: number, to: number): boolean {
    const adopted = connection.waiting.add(bytes, from, to);
    this.congest(connection);
    return adopted;
  }

  /** The socket has sent everything it had: the next chunk of the backlog, or the client has caught up. */
  private sendWaiting(connection: Connection): void {
    if (connection.closed) return;
    const chunk = connection.backlog?.take();
    if (chunk !== undefined) {
      connection.socket.write(chunk, connection.whenSent);
      this.events.resized(connection);
      return;
    }
    connection.behind = false;
    connection.backlog = undefined;
    this.events.resized(connection);
    if (connection.leaving) connection.socket.destroySoon();
    else if (connection.state === CONGESTED) this.events.relieved(connection);
  }

  /** Leaves the output buffer to whoever still reads from it, and goes on in a fresh one. */
  private releaseOut(): void {
    this.events.released(this.out.bytes.length);
    this.out.release();
  }

  private closeWhenSent(connection: Connection): void {
    connection.leaving = true;
    if (!connection.closed && !connection.behind) connection.socket.destroySoon();
  }
}
