/**
 * The replies and messages of all connections on their way out.
 *
 *   commands write replies into one output buffer: `claim` notes whose they are
 *   messages, which may be for many, stand in another, `mail`: `address` notes for whom they are
 *   flush: each connection's parts of both are given to its socket, in one write
 *
 *   out     │ replies to A │ reply to B │
 *   mail    │ message │ message │            each stands there once, whoever gets it
 *   parts of B         out 2, mail 1…2       one behind the other, threaded through `nexts`
 *
 * A write takes as long as a few requests, so their order counts. First come those who have waited for somebody else's
 * request: their wait is longer than its own. Last come those who only get messages: while these are written, publishers that
 * have their reply send what is next. Behind a turn that served several clients a few messages even wait for the next turns,
 * while these serve somebody: a write that takes along what they add for the same listeners costs the server and each of
 * them little more.
 *
 * The written bytes are the buffers themselves: the kernel usually takes them at once, and only if it did not is the buffer
 * left to the socket and a fresh one begun. Small parts of one connection that do not stand side by side are copied
 * together first, which is cheaper than a write each. A client that is behind already gets copies (backlog.ts).
 */
import { OutputBuffer } from '../../protocol/output-buffer.ts';
import { CONGESTED, type Connection, NO_PART, RUNNING } from './connection.ts';
import { writeDirectly } from './direct-socket.ts';
import { ReceiverList } from './receiver-list.ts';

/** Replies above this are written before the turn ends. */
export const FLUSH_BYTES = 1024 * 1024;
/** Unread replies above this congest a client that no output limit disconnects. */
const CONGESTION_BYTES = 32 * 1024 * 1024;
/** More parts than this are written before the turn ends. */
const MOST_PARTS = 64 * 1024;
/** Parts of one connection are copied together when they are not longer than this. */
const GATHERED_BYTES = 256 * 1024;
/** So few bytes of messages may wait for the next turns. */
const FEW_MESSAGES_BYTES = 16 * 1024;
/** And no turn that begins later than this after they could have been written lets them wait on. */
const DEFERRAL_MICROS = 300;
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
  /** Messages. */
  readonly mail = new OutputBuffer();
  private readonly out: OutputBuffer;
  private readonly events: OutboxEvents;
  /** For whom something stands in the buffers: who has waited, whose requests ran in this turn, who gets messages. */
  private readonly woken = new ReceiverList();
  private readonly answered = new ReceiverList();
  private readonly addressed = new ReceiverList();
  /** Where the parts stand: positions in `out`, or `~position` in `mail`. And which is the next of the same connection. */
  private starts: number[] = [];
  private ends: number[] = [];
  private nexts: number[] = [];
  /** How many parts there are; the arrays are not shortened, to be filled again in the next turn. */
  private parts = 0;
  /** A reply stands behind messages to its client: it cannot be sent without them. */
  private isMixed = false;
  /** How many parts are of turns before: what is not sent of them are messages that wait for a flush. */
  private deferred = 0;
  /** Since when they wait, on the steady clock. */
  private deferredSince = 0;
  /** Whether the buffers must be left to sockets that still read from them. */
  private isOutLeft = false;
  private isMailLeft = false;
  /** Connections to be closed once their replies are written. */
  private readonly leaving: Connection[] = [];

  constructor(out: OutputBuffer, events: OutboxEvents) {
    this.out = out;
    this.events = events;
  }

  /** Marks the output buffer's bytes from `from` on as replies to this connection. */
  claim(connection: Connection, from: number): void {
    if (this.out.at === from) return;
    this.mark(connection, from);
    this.added();
  }

  /** The same of a reply to a request that has waited: it is written before those of the turn's own requests. */
  claimForWoken(connection: Connection, from: number): void {
    if (this.out.at === from) return;
    this.note(connection, from, this.out.at, this.woken);
    this.added();
  }

  private added(): void {
    this.announce();
    if (this.isFull) this.flush();
  }

  /** As `claim`, but nothing is written before `announce`. */
  mark(connection: Connection, from: number): void {
    if (this.out.at > from) this.note(connection, from, this.out.at, this.answered);
  }

  /** Marks `mail[from..to)` as this connection's; others may get the same. `announce` must follow. */
  address(connection: Connection, from: number, to: number): void {
    this.note(connection, ~from, ~to, this.addressed);
  }

  /** Something was added: it is written when the turn ends. */
  announce(): void {
    this.events.filled();
  }

  /** So much waits that it must be written before the turn ends. */
  get isFull(): boolean {
    return this.out.at + this.mail.at > FLUSH_BYTES || this.parts > MOST_PARTS;
  }

  private note(connection: Connection, from: number, to: number, receivers: ReceiverList): void {
    const { starts, ends, nexts } = this;
    const last = connection.lastPart;
    if (last !== NO_PART && ends[last] === from) {
      ends[last] = to;
      return;
    }
    if (last !== NO_PART && from >= 0 && starts[last] < 0) this.isMixed = true;
    const part = this.parts++;
    starts[part] = from;
    ends[part] = to;
    nexts[part] = NO_PART;
    connection.lastPart = part;
    if (last !== NO_PART) nexts[last] = part;
    else {
      connection.firstPart = part;
      receivers.add(connection);
    }
  }

  /** Gives all replies and messages to their sockets. */
  flush(): void {
    this.sendTo(this.woken);
    this.sendTo(this.answered);
    this.sendTo(this.addressed);
    this.parts = 0;
    this.deferred = 0;
    this.isMixed = false;
    if (this.starts.length > MOST_PARTS * 2) this.forgetParts();
    this.empty(this.mail, this.isMailLeft);
    this.isMailLeft = false;
    this.endFlush();
  }

  /**
   * The same at the end of a turn: a few messages may be left to the next flush, which is then asked for. `now` is the steady
   * clock's time of the newest command, in microseconds.
   */
  flushTurn(now: number): void {
    if (!this.canDefer(now)) return this.flush();
    if (this.deferred === 0) this.deferredSince = now;
    this.sendTo(this.woken);
    this.sendTo(this.answered);
    this.deferred = this.parts;
    this.endFlush();
    this.events.filled();
  }

  /** Gives a connection that is about to be closed the messages that it would have by now had they not been deferred. */
  sendDeferred(connection: Connection): void {
    let part = connection.firstPart;
    if (part === NO_PART || part >= this.deferred) return;
    connection.firstPart = NO_PART;
    for (; part !== NO_PART && part < this.deferred; part = this.nexts[part]) this.sendPart(connection, part);
  }

  private canDefer(now: number): boolean {
    if (this.addressed.isEmpty || this.isMixed || this.leaving.length > 0) return false;
    if (this.mail.at >= FEW_MESSAGES_BYTES) return false;
    if (this.deferred === 0) return this.answered.areSeveral;
    return !this.answered.isEmpty && now - this.deferredSince < DEFERRAL_MICROS;
  }

  private endFlush(): void {
    this.empty(this.out, this.isOutLeft);
    this.isOutLeft = false;
    if (this.whenFlushing !== undefined) this.whenFlushing();
    if (this.leaving.length > 0) for (const connection of this.leaving.splice(0)) this.closeWhenSent(connection);
  }

  private sendTo(receivers: ReceiverList): void {
    for (let connection = receivers.take(); connection !== undefined; connection = receivers.take()) {
      const first = connection.firstPart;
      connection.firstPart = NO_PART;
      connection.lastPart = NO_PART;
      if (!connection.closed) this.sendParts(connection, first);
    }
  }

  /** Sends a part of `buffer` to a connection, now or when it has read the rest. True when its bytes must be left to it. */
  send(connection: Connection, buffer: OutputBuffer, from: number, to: number): boolean {
    const length = to - from;
    const waiting = connection.behind ? connection.unsent : 0;
    if (waiting + length > connection.outputLimit.hardBytes) {
      this.events.exceeded(connection);
      return false;
    }
    this.writes++;
    this.sentBytes += length;
    connection.totalSent += length;
    if (connection.behind) return this.sendLater(connection, buffer.bytes, from, to);
    if (writeDirectly(connection.socket, buffer.part(from, to))) return false;
    connection.sending = length - connection.socket.writableLength;
    this.fallBehind(connection);
    return true;
  }

  /** Gives back the room that a message to very many took. */
  private forgetParts(): void {
    this.starts = [];
    this.ends = [];
    this.nexts = [];
  }

  /** Closes the connection when its replies are written; what it has asked besides is forgotten. */
  closeAfterwards(connection: Connection): void {
    connection.releaseQuery();
    this.leaving.push(connection);
    this.events.filled();
  }

  /** Runs nothing more for a connection that has left too much unread. */
  congest(connection: Connection): void {
    if (connection.unsent > CONGESTION_BYTES && connection.state === RUNNING) connection.state = CONGESTED;
    this.events.resized(connection);
  }

  private sendParts(connection: Connection, first: number): void {
    const { out, mail, starts, ends, nexts } = this;
    if (nexts[first] === NO_PART) return this.sendPart(connection, first);
    let length = 0;
    for (let part = first; part !== NO_PART; part = nexts[part]) length += Math.abs(ends[part] - starts[part]);
    if (length > GATHERED_BYTES || out.at > FLUSH_BYTES * 2) {
      for (let part = first; part !== NO_PART && !connection.closed; part = nexts[part])
        this.sendPart(connection, part);
      return;
    }
    const from = out.at;
    for (let part = first; part !== NO_PART; part = nexts[part]) {
      const start = starts[part];
      if (start >= 0) out.copy(out.bytes, out.view, start, ends[part]);
      else out.copy(mail.bytes, mail.view, ~start, ~ends[part]);
    }
    if (this.send(connection, out, from, out.at)) this.isOutLeft = true;
    else out.at = from;
  }

  private sendPart(connection: Connection, part: number): void {
    const start = this.starts[part];
    const end = this.ends[part];
    if (start >= 0) {
      if (this.send(connection, this.out, start, end)) this.isOutLeft = true;
    } else if (this.send(connection, this.mail, ~start, ~end)) this.isMailLeft = true;
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
    connection.sending = 0;
    const chunk = connection.backlog?.take();
    if (chunk !== undefined) {
      connection.socket.write(chunk, connection.whenSent);
      this.events.resized(connection);
      return;
    }
    connection.behind = false;
    connection.overSoftLimitSince = 0;
    connection.backlog = undefined;
    this.events.resized(connection);
    if (connection.leaving) connection.socket.destroySoon();
    else if (connection.state === CONGESTED) this.events.relieved(connection);
  }

  /** Begins a buffer anew; one that is left to whoever still reads from it, or has grown much, is replaced. */
  private empty(buffer: OutputBuffer, isLeft: boolean): void {
    if (!isLeft && buffer.bytes.length <= FLUSH_BYTES * 2) {
      buffer.at = 0;
      return;
    }
    this.events.released(buffer.bytes.length);
    buffer.release();
  }

  private closeWhenSent(connection: Connection): void {
    connection.leaving = true;
    if (!connection.closed && !connection.behind) connection.socket.destroySoon();
  }
}
