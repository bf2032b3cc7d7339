/**
 * The traffic of all connections: bytes in, requests run, bytes out.
 *
 *   socket readable → receive → parser → dispatch → replies gather in one output buffer
 *   end of the event loop's turn (check phase) → flush: one write a connection
 *
 * Three decisions, each measured (docs/benchmarks.md):
 * - one read buffer for all connections (`onread`): Node otherwise allocates 64 KiB a read; a request is run before the
 *   next read, and only an incomplete one is copied to a buffer of its connection;
 * - replies are written when the poll phase is over, not after each read: all requests that were ready are run first,
 *   which costs fewer system calls and lets the clients run meanwhile;
 * - the written bytes are the output buffer itself: the kernel usually takes them at once, and only if it did not is the
 *   buffer left to the socket and a fresh one begun.
 *
 * A turn is fair: a connection runs what one read brought, for at most `SHARE_MICROS`, then goes to the end of the queue.
 */
import type { Dispatcher } from '../../engine/dispatch/dispatch.ts';
import { POSTPONED as REQUEST_POSTPONED } from '../../engine/dispatch/dispatch.ts';
import { UNAUTHENTICATED } from '../../engine/dispatch/session.ts';
import { READ_AHEAD, ReadAhead } from '../../engine/keyspace/read-ahead.ts';
import { Args } from '../../protocol/args.ts';
import type { OutputBuffer } from '../../protocol/output-buffer.ts';
import { BROKEN, INCOMPLETE, REQUEST } from '../../protocol/request-parser.ts';
import { CONGESTED, type Connection, POSTPONED, RUNNING, YIELDED } from './connection.ts';

/** One read takes at most this much from a socket. */
const READ_BYTES = 64 * 1024;
/** Replies above this are written before the turn ends. */
const FLUSH_BYTES = 1024 * 1024;
/** Unread replies above this stop reading from a client that no output limit disconnects. */
const CONGESTION_BYTES = 32 * 1024 * 1024;
/** A client that has not authenticated gets less patience, for requests and replies. */
const UNAUTHENTICATED_BYTES = 1024 * 1024;
/** How long one connection may run requests before the others have their turn. */
const SHARE_MICROS = 5000;
/** Arguments arrays longer than this are not kept for the next request. */
const KEPT_ARGUMENTS = 4096;

/** What traffic needs to know and may do beyond running requests. */
export interface TrafficEvents {
  /** The client must be disconnected; `reason` is for the log. */
  disconnect(connection: Connection, reason: string): void;
  /** Replies were given to the socket; some may be unread. Checks the output limits. */
  written(connection: Connection): void;
}

export class Traffic {
  /** The buffer that every socket reads into. */
  readonly input = Buffer.allocUnsafeSlow(READ_BYTES);
  /** client-query-buffer-limit. */
  queryLimitBytes = 1024 * 1024 * 1024;
  receivedBytes = 0;
  sentBytes = 0;
  private readonly inputView = new DataView(this.input.buffer);
  private readonly dispatcher: Dispatcher;
  private readonly out: OutputBuffer;
  private readonly events: TrafficEvents;
  private readonly readAhead = new ReadAhead();
  /** Requests parsed and not yet run, and where each ends. */
  private readonly batch: Args[] = [];
  private readonly ends = new Int32Array(READ_AHEAD);
  /** The state of `run`: why parsing ended, where the first request not yet run begins, since where replies are unclaimed. */
  private outcome = REQUEST;
  private frame = 0;
  private from = 0;
  private deadline = 0;
  private readonly spareArgs: Args[] = [];
  /** Whose replies stand in the output buffer, and where: from, to. */
  private readonly owners: Connection[] = [];
  private readonly ranges: number[] = [];
  /** Connections to be closed once their replies are written. */
  private readonly leaving: Connection[] = [];
  private queue: Connection[] = [];
  private flushScheduled = false;
  private readonly onCheck = (): void => this.endTurn();

  constructor(dispatcher: Dispatcher, out: OutputBuffer, events: TrafficEvents) {
    this.dispatcher = dispatcher;
    this.out = out;
    this.events = events;
    for (let i = 0; i < READ_AHEAD; i++) this.batch.push(new Args());
  }

  /** `length` bytes have arrived in `input`. Returns false when reading must stop until `resume`. */
  receive(connection: Connection, length: number): boolean {
    this.receivedBytes += length;
    connection.totalReceived += length;
    if (connection.closed || connection.session.closing) return true;
    if (connection.queryLength === 0 && connection.state === RUNNING) {
      this.run(connection, this.input, this.inputView, length);
    } else {
      connection.keep(this.input, 0, length);
      if (connection.state === RUNNING) this.runKept(connection);
      this.checkQueryLimit(connection);
    }
    return connection.state !== CONGESTED;
  }

  /** Runs what a connection kept while it was held back. */
  resume(connection: Connection): void {
    connection.state = RUNNING;
    if (connection.queryLength > 0) this.runKept(connection);
  }

  /** Marks bytes from `from` on, written outside a request (pushes, MONITOR), as this connection's. */
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
    else this.scheduleFlush();
  }

  /** Gives all replies to their sockets. */
  flush(): void {
    const { out, owners, ranges } = this;
    let allTaken = true;
    for (let i = 0; i < owners.length; i++) {
      const connection = owners[i];
      if (connection.closed) continue;
      const length = ranges[i * 2 + 1] - ranges[i * 2];
      connection.socket.write(out.bytes.subarray(ranges[i * 2], ranges[i * 2 + 1]));
      this.sentBytes += length;
      connection.totalSent += length;
      if (connection.unsent > 0) {
        allTaken = false;
        this.congested(connection);
      }
    }
    const written = owners.splice(0);
    ranges.length = 0;
    if (allTaken && out.bytes.length <= FLUSH_BYTES * 2) out.at = 0;
    else out.release();
    for (const connection of written) if (!connection.closed) this.events.written(connection);
    for (const connection of this.leaving.splice(0)) connection.socket.destroySoon();
  }

  private runKept(connection: Connection): void {
    const end = connection.queryLength;
    this.run(connection, connection.query, connection.queryView, end);
  }

  /**
   * Runs the requests in `bytes[0..end)`, then keeps what is left of them. `bytes` is either the shared input or the
   * connection's own query buffer, in which case the parser may stand in the middle of a request.
   */
  private run(connection: Connection, bytes: Buffer, view: DataView, end: number): void {
    const { dispatcher, batch } = this;
    dispatcher.beginTurn();
    connection.lastUsed = dispatcher.keyspace.now;
    this.deadline = dispatcher.lastMicros + SHARE_MICROS;
    this.frame = connection.own === undefined ? connection.parser.at : 0;
    this.from = this.out.at;
    let outcome = REQUEST;
    while (outcome === REQUEST) {
      const count = this.parse(connection, bytes, view, end);
      outcome = this.outcome;
      if (count > 1) this.readAhead.look(dispatcher.keyspace.databases[connection.session.database], batch, count);
      if (!this.runBatch(connection, count, end)) {
        this.rewind(connection);
        outcome = INCOMPLETE;
        break;
      }
      this.frame = connection.parser.midway ? this.frame : connection.parser.at;
    }
    if (outcome === BROKEN) this.refuse(connection);
    this.claim(connection, this.from);
    if (connection.session.closing) this.finish(connection);
    else this.keepRest(connection, bytes, this.frame, end);
  }

  /** Reads up to a batch of requests; `outcome` tells why it ended. Returns how many are in `batch`. */
  private parse(connection: Connection, bytes: Buffer, view: DataView, end: number): number {
    const { parser } = connection;
    const { batch, ends } = this;
    if (connection.own !== undefined) {
      this.spareArgs.push(batch[0]);
      batch[0] = connection.own;
      connection.own = undefined;
    }
    // Before authentication limits are tighter, and the next request may be AUTH.
    const limit = parser.restricted ? 1 : READ_AHEAD;
    let count = 0;
    while (count < limit) {
      const args = batch[count];
      args.attach(bytes, view);
      const outcome = parser.next(bytes, end, args);
      this.outcome = outcome;
      if (outcome === REQUEST) ends[count++] = parser.at;
      else if (outcome === INCOMPLETE || outcome === BROKEN) {
        if (parser.midway && outcome === INCOMPLETE) {
          connection.own = args;
          batch[count] = this.spareArgs.pop() ?? new Args();
        }
        return count;
      }
    }
    this.outcome = REQUEST;
    return count;
  }

  /** Runs the first `count` requests of the batch. False when the connection must not go on now. */
  private runBatch(connection: Connection, count: number, end: number): boolean {
    const { session } = connection;
    const { dispatcher, out, batch, ends } = this;
    for (let i = 0; i < count; i++) {
      const mark = out.at;
      if (dispatcher.dispatch(session, batch[i]) === REQUEST_POSTPONED) {
        connection.state = POSTPONED;
        return false;
      }
      if (session.replyMode !== 0) session.muteReply(out, mark);
      connection.lastCommand = dispatcher.call.command.fullName;
      this.frame = ends[i];
      if (session.closing) return false;
      if (out.at > FLUSH_BYTES) {
        this.claim(connection, this.from);
        this.from = out.at;
        if (connection.closed || connection.state === CONGESTED) return false;
      }
      if (dispatcher.lastMicros > this.deadline && this.frame < end) {
        connection.state = YIELDED;
        this.queue.push(connection);
        return false;
      }
    }
    return true;
  }

  /** Takes back what was parsed beyond the last request that ran. */
  private rewind(connection: Connection): void {
    connection.parser.rewind(this.frame);
    this.takeArgsBack(connection);
  }

  private refuse(connection: Connection): void {
    const { session, parser } = connection;
    session.reply.error(parser.error);
    this.dispatcher.countError(parser.error);
    session.closing = true;
  }

  /** Keeps the bytes from `frame` on for later, at the beginning of the query buffer. */
  private keepRest(connection: Connection, bytes: Buffer, frame: number, end: number): void {
    if (bytes === connection.query) connection.drop(frame);
    else if (frame < end) connection.keep(bytes, frame, end);
    connection.parser.at -= frame;
    if (frame > 0) connection.own?.rebase(-frame);
  }

  private takeArgsBack(connection: Connection): void {
    if (connection.own === undefined) return;
    if (connection.own.start.length <= KEPT_ARGUMENTS) this.spareArgs.push(connection.own);
    connection.own = undefined;
  }

  private finish(connection: Connection): void {
    connection.releaseQuery();
    this.leaving.push(connection);
    this.scheduleFlush();
  }

  private scheduleFlush(): void {
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    setImmediate(this.onCheck);
  }

  private endTurn(): void {
    this.flushScheduled = false;
    this.flush();
    if (this.queue.length === 0) return;
    const queue = this.queue;
    this.queue = [];
    for (const connection of queue) if (!connection.closed && connection.state === YIELDED) this.resume(connection);
    this.scheduleFlush();
  }

  private congested(connection: Connection): void {
    const unauthenticated = (connection.session.alerts & UNAUTHENTICATED) !== 0;
    if (unauthenticated && connection.unsent > UNAUTHENTICATED_BYTES) {
      this.events.disconnect(connection, 'its unread replies exceed what an unauthenticated client may have');
    } else if (connection.unsent > CONGESTION_BYTES && connection.state === RUNNING) {
      connection.state = CONGESTED;
      connection.socket.pause();
      connection.socket.once('drain', () => {
        if (connection.closed) return;
        this.resume(connection);
        if (connection.state === RUNNING) connection.socket.resume();
      });
    }
  }

  private checkQueryLimit(connection: Connection): void {
    const unauthenticated = (connection.session.alerts & UNAUTHENTICATED) !== 0;
    const limit = unauthenticated ? UNAUTHENTICATED_BYTES : this.queryLimitBytes;
    if (connection.queryLength > limit) this.events.disconnect(connection, 'its query buffer limit was reached');
  }
}
