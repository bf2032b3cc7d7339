/**
 * The replies and messages of all connections on their way out.
 *
 *   commands write into one output buffer; `claim` and `address` note whose bytes stand where
 *   flush: each connection's bytes are given to its socket, in one write
 *
 *   output buffer   │ reply to A │ message │ reply to A │ reply to B │
 *   parts of A        ──────────             ──────────                one behind the other, threaded through `nexts`
 *   parts of B                    ─────────              ──────────
 *   parts of C                    ─────────                            a message stands there once, whoever gets it
 *
 * The written bytes are the output buffer itself: the kernel usually takes them at once, and only if it did not is the
 * buffer left to the socket and a fresh one begun. Small parts of one connection that do not stand side by side are copied
 * together first, which is cheaper than a write each. A client that is behind already gets copies (backlog.ts).
 */
import type { OutputBuffer } from '../../protocol/output-buffer.ts';
import { CONGESTED, type Connection, NO_PART, RUNNING } from './connection.ts';

/** Replies above this are written before the turn ends. */
export const FLUSH_BYTES = 1024 * 1024;
/** Unread replies above this congest a client that no output limit disconnects. */
const CONGESTION_BYTES = 32 * 1024 * 1024;
/** More parts than this are written before the turn ends. */
const MOST_PARTS = 64 * 1024;
/** Parts of one connection are copied together when they are not longer than this. */
const GATHERED_BYTES = 256 * 1024;
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
  /** For whom something stands in the output buffer. */
  private readonly receivers: Connection[] = [];
  /** Where the parts stand, and which is the next of the same connection. */
  private starts: number[] = [];
  private ends: number[] = [];
  private nexts: number[] = [];
  /** How many parts there are; the arrays are not shortened, to be filled again in the next turn. */
  private parts = 0;
  /** Connections to be closed once their replies are written. */
  private readonly leaving: Connection[] = [];

  constructor(out: OutputBuffer, events: OutboxEvents) {
    this.out = out;
    this.events = events;
  }

  /** Marks the output buffer's bytes from `from` on as replies to this connection. */
  claim(connection: Connection, from: number): void {
    const { out } = this;
    if (out.at === from) return;
    this.address(connection, from, out.at);
    this.fill();
  }

  /** Marks bytes of the output buffer as this connection's; others may get the same. `fill` must follow. */
  address(connection: Connection, from: number, to: number): void {
    const { starts, ends, nexts } = this;
    const last = connection.lastPart;
    if (last !== NO_PART && ends[last] === from) {
      ends[last] = to;
      return;
    }
    const part = this.parts++;
    starts[part] = from;
    ends[part] = to;
    nexts[part] = NO_PART;
    connection.lastPart = part;
    if (last !== NO_PART) nexts[last] = part;
    else {
      connection.firstPart = part;
      this.receivers.push(connection);
    }
  }

  /** Something was added: it is written when the turn ends, or now if it is much. */
  fill(): void {
    if (this.out.at > FLUSH_BYTES || this.parts > MOST_PARTS) this.flush();
    else this.events.filled();
  }

  /** Gives all replies to their sockets. */
  flush(): void {
    const { out, receivers } = this;
    let allTaken = true;
    for (let i = 0; i < receivers.length; i++) {
      const connection = receivers[i];
      const first = connection.firstPart;
      connection.firstPart = NO_PART;
      connection.lastPart = NO_PART;
      if (!connection.closed && this.sendParts(connection, first)) allTaken = false;
    }
    receivers.length = 0;
    this.parts = 0;
    if (this.starts.length > MOST_PARTS * 2) this.forgetParts();
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

  /** Gives back the room that a message to very many took. */
  private forgetParts(): void {
    this.starts = [];
    this.ends = [];
    this.nexts = [];
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

  /** Sends a connection its parts. True when the output buffer must be left to it. */
  private sendParts(connection: Connection, first: number): boolean {
    const { out, starts, ends, nexts } = this;
    if (nexts[first] === NO_PART) return this.send(connection, out.bytes, starts[first], ends[first]);
    let length = 0;
    for (let part = first; part !== NO_PART; part = nexts[part]) length += ends[part] - starts[part];
    if (length > GATHERED_BYTES || out.at > FLUSH_BYTES * 2) return this.sendOneByOne(connection, first);
    const from = out.at;
    for (let part = first; part !== NO_PART; part = nexts[part]) {
      out.copy(out.bytes, out.view, starts[part], ends[part]);
    }
    const isLeft = this.send(connection, out.bytes, from, out.at);
    if (!isLeft) out.at = from;
    return isLeft;
  }

  private sendOneByOne(connection: Connection, first: number): boolean {
    const { out, starts, ends, nexts } = this;
    let isLeft = false;
    for (let part = first; part !== NO_PART && !connection.closed; part = nexts[part]) {
      if (this.send(connection, out.bytes, starts[part], ends[part])) isLeft = true;
    }
    return isLeft;
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
