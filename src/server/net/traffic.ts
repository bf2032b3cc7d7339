/**
 * The traffic of all connections: bytes in, requests run, bytes out.
 *
 *   socket readable → receive: into the intake, or run at once
 *   end of the event loop's turn (check phase) → parser → dispatch → replies gather in one output buffer
 *                                              → flush: one write a connection
 *
 * Two decisions, each measured (docs/benchmarks.md):
 * - one read buffer for all connections (`onread`), as Node otherwise allocates 64 KiB a read: before the next read requests
 *   are run or, short ones of many clients, copied together; an incomplete one is copied to a buffer of its connection;
 * - short requests are run when the poll phase is over (intake.ts), and so are replies written (outbox.ts): all that was
 *   ready is read, then run, then answered, which lets the clients run meanwhile; where the server keeps pace with them it
 *   sleeps for a moment to find several (read-coalescing.ts). Where but a few clients send anything (crowd.ts) a read is a turn
 *   of its own: the way to the check phase costs a microsecond, or several on a processor that has slept. Then the next
 *   request is looked out for (busy-poll.ts).
 *
 * A turn is fair: a connection runs what one read brought, for at most `SHARE_MICROS`, then goes to the end of the queue.
 *
 * A client that leaves much of its replies unread is congested: its requests are received but not run until it has read
 * what it has. Reading nothing from it was rejected: one that sends everything before it reads would wait for us and we for
 * it. What it sends meanwhile is bounded by client-query-buffer-limit.
 */
import { type Dispatcher, DONE, POSTPONED as REQUEST_POSTPONED } from '../../engine/dispatch/dispatch.ts';
import { UNAUTHENTICATED } from '../../engine/dispatch/session.ts';
import { ReadAhead } from '../../engine/keyspace/read-ahead.ts';
import { type OutputBuffer, ReplyTooLong } from '../../protocol/output-buffer.ts';
import { BROKEN, INCOMPLETE, REQUEST } from '../../protocol/request-parser.ts';
import { Batch } from './batch.ts';
import { BusyPoll } from './busy-poll.ts';
import { BLOCKED, CONGESTED, type Connection, POSTPONED, RUNNING, YIELDED } from './connection.ts';
import { isFromBrowser } from './cross-protocol.ts';
import { Crowd } from './crowd.ts';
import { Intake } from './intake.ts';
import { LatePushes } from './late-pushes.ts';
import { FLUSH_BYTES, Outbox } from './outbox.ts';
import { ReadCoalescing } from './read-coalescing.ts';
import type { TrafficEvents } from './traffic-events.ts';

/** One read takes at most this much from a socket. */
const READ_BYTES = 64 * 1024;
/** A client that has not authenticated gets less patience. */
const UNAUTHENTICATED_QUERY_BYTES = 1024 * 1024;
/** How long one connection may run requests before the others have their turn. */
const SHARE_MICROS = 5000;
/** Requests of so many bytes are run in one turn though they take longer, but not `PATIENCE` times longer. */
const SHORT_BYTES = 2048;
const PATIENCE = 8;
/** A request or reply longer than this may take long: it is timed by itself. */
const LONG_BYTES = 4096;
/** Requests that run together see the time of the first, but not for longer than this. */
const RENEWAL_MICROS = 1000;

export class Traffic {
  /** The buffer that every socket reads into. */
  readonly input = Buffer.allocUnsafeSlow(READ_BYTES);
  /** client-query-buffer-limit. */
  queryLimitBytes = 1024 * 1024 * 1024;
  receivedBytes = 0;
  reads = 0;
  readonly outbox: Outbox;
  readonly poll: BusyPoll;
  readonly coalescing = new ReadCoalescing();
  /** The connection whose requests are running, and the bytes they stand in. */
  current: Connection | undefined = undefined;
  currentBytes = 0;
  /** Pushes to the connection whose request runs: they come behind its reply. */
  readonly late = new LatePushes();
  private readonly inputView = new DataView(this.input.buffer);
  private readonly dispatcher: Dispatcher;
  private readonly out: OutputBuffer;
  private readonly events: TrafficEvents;
  private readonly readAhead = new ReadAhead();
  private readonly batch = new Batch();
  private readonly intake = new Intake();
  /** The state of `run`: where it began, where the first request not yet run begins, since where replies are unclaimed. */
  private begin = 0;
  private frame = 0;
  private from = 0;
  /** Where the reply of the newest request begins. */
  private mark = 0;
  private deadline = 0;
  /** Connections that yielded, the one that waited longest first. */
  private readonly queue: Connection[] = [];
  private flushScheduled = false;
  /** How often a request was held back. */
  private postponements = 0;
  private readonly crowd = new Crowd();
  private readonly onCheck = (): void => {
    const reads = this.intake.count;
    this.runIntake();
    this.endTurn();
    if (this.queue.length > 0) this.runQueue();
    else if (reads > 0) this.coalescing.turnEnded(reads, this.dispatcher.lastMicros, this.crowd.size);
  };

  constructor(dispatcher: Dispatcher, out: OutputBuffer, events: TrafficEvents) {
    this.dispatcher = dispatcher;
    this.out = out;
    this.events = events;
    this.poll = new BusyPoll(dispatcher.clock);
    this.outbox = new Outbox(out, {
      filled: () => this.scheduleFlush(),
      exceeded: (connection) => events.exceeded(connection, 'output'),
      released: (bytes) => events.released(bytes),
      resized: (connection) => events.resized(connection),
      relieved: (connection) => this.enqueue(connection),
    });
  }

  get sentBytes(): number {
    return this.outbox.sentBytes;
  }

  /** Gives all replies to their sockets. */
  flush(): void {
    this.outbox.flush();
  }

  /** `length` bytes have arrived in `input`. */
  receive(connection: Connection, length: number): void {
    this.crowd.hear(connection);
    this.reads++;
    this.receivedBytes += length;
    connection.totalReceived += length;
    if (connection.closed || connection.session.closing) return;
    const { isLarge } = this.crowd;
    if (isLarge && this.intake.add(connection, this.input, this.inputView, length)) return this.scheduleFlush();
    this.runIntake();
    const isTurn = !isLarge && !this.flushScheduled;
    if (isTurn) this.flushScheduled = true;
    this.dispatcher.beginTurn();
    this.take(connection, this.input, this.inputView, 0, length);
    if (isTurn) {
      this.endTurn();
      if (this.queue.length > 0) this.scheduleFlush();
      this.poll.answered(this.dispatcher.lastMicros);
    }
  }

  /** Lets a connection go on with what it kept, in one of the next turns. */
  enqueue(connection: Connection): void {
    connection.state = YIELDED;
    this.queue.push(connection);
    this.scheduleFlush();
  }

  /** Whatever is written until `resume` is no part of the reply being made: what there is of it belongs to its client. */
  interrupt(): void {
    const { current, out } = this;
    if (current === undefined) return;
    if (current.session.replyMode !== 0) out.at = this.mark;
    this.outbox.claim(current, this.from);
  }

  /** The reply under way goes on. */
  resume(): void {
    this.from = this.out.at;
    this.mark = this.out.at;
  }

  /** The request that waited was replied to: the connection goes on with what it has sent meanwhile. */
  release(connection: Connection): void {
    if (connection.closed || connection.state !== BLOCKED) return;
    connection.state = RUNNING;
    if (connection.session.closing) this.outbox.closeAfterwards(connection);
    else if (connection.queryLength > 0) this.enqueue(connection);
  }

  /** The client will send nothing more. */
  end(connection: Connection): void {
    this.runIntake();
    connection.ended = true;
    if (connection.state === YIELDED || connection.state === CONGESTED) return;
    this.outbox.flush();
    this.events.finished(connection);
  }

  /** Makes sure that a flush follows. */
  scheduleFlush(): void {
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    setImmediate(this.onCheck);
  }

  /** Runs all that was read and not run yet. */
  private runIntake(): void {
    const { intake, dispatcher } = this;
    const { bytes, view, connections, starts, ends } = intake;
    let renewal = 0;
    for (let i = 0; i < intake.count; i++) {
      const connection = connections[i] as Connection;
      connections[i] = undefined;
      if (connection.closed || connection.session.closing) continue;
      if (dispatcher.lastMicros >= renewal) {
        dispatcher.beginTurn();
        renewal = dispatcher.lastMicros + RENEWAL_MICROS;
      }
      this.take(connection, bytes, view, starts[i], ends[i]);
    }
    intake.count = 0;
  }

  /** Runs what was read from a connection, behind what it kept. */
  private take(connection: Connection, bytes: Buffer, view: DataView, start: number, end: number): void {
    if (connection.queryEnd === 0 && connection.state === RUNNING) {
      connection.parser.at = start;
      return this.run(connection, bytes, view, start, end);
    }
    connection.lastUsed = this.dispatcher.keyspace.now;
    connection.keep(bytes, start, end);
    this.checkKept(connection);
    if (connection.state === RUNNING && !connection.closed) this.runKept(connection);
  }

  private runKept(connection: Connection): void {
    this.run(connection, connection.query, connection.queryView, connection.queryStart, connection.queryEnd);
    // The batch must not keep a large query buffer that the connection has given up.
    this.batch.attach(this.input, this.inputView);
    this.events.resized(connection);
  }

  /**
   * Runs the requests in `bytes[start..end)`, then keeps what is left of them. `bytes` is either shared by all or the
   * connection's own query buffer, in which case the parser may stand in the middle of a request.
   */
  private run(connection: Connection, bytes: Buffer, view: DataView, start: number, end: number): void {
    const { dispatcher } = this;
    const { session } = connection;
    connection.lastUsed = dispatcher.keyspace.now;
    const wasInTransaction = session.transaction !== undefined;
    this.current = connection;
    this.currentBytes = end - start;
    this.deadline = dispatcher.lastMicros + SHARE_MICROS;
    this.begin = start;
    this.frame = start;
    this.from = this.out.at;
    const outcome = this.runAll(connection, bytes, view, end);
    if (outcome === BROKEN) this.refuse(connection);
    this.batch.shrink();
    this.current = undefined;
    this.late.clear();
    if (connection.closed) this.events.left(connection);
    this.outbox.claim(connection, this.from);
    if (session.transaction !== undefined) this.checkKept(connection);
    else if (wasInTransaction) this.events.resized(connection);
    if (connection.closed) return;
    if (session.closing) this.outbox.closeAfterwards(connection);
    else this.keepRest(connection, bytes, this.frame, end);
  }

  /**
   * Runs request after request; answers why it stopped: INCOMPLETE or BROKEN. Disconnects a client whose reply is too long
   * to be made.
   */
  private runAll(connection: Connection, bytes: Buffer, view: DataView, end: number): number {
    const { dispatcher, batch } = this;
    const { session, parser } = connection;
    let outcome = REQUEST;
    try {
      while (outcome === REQUEST) {
        const count = batch.parse(connection, bytes, view, end);
        outcome = batch.outcome;
        if (count > 1) this.readAhead.look(dispatcher.keyspace.databases[session.database], batch.requests, count);
        const goOn = this.runBatch(connection, count, end);
        dispatcher.settle();
        if (!goOn) {
          batch.rewind(connection, this.frame);
          return INCOMPLETE;
        }
        this.frame = parser.midway ? this.frame : parser.at;
      }
      return outcome;
    } catch (error) {
      if (!(error instanceof ReplyTooLong)) throw error;
      this.out.at = this.from;
      this.scheduleFlush();
      this.events.exceeded(connection, 'reply');
      return INCOMPLETE;
    }
  }

  /** Runs the first `count` requests of the batch. False when the connection must not go on now. */
  private runBatch(connection: Connection, count: number, end: number): boolean {
    const { session } = connection;
    const { dispatcher, out } = this;
    const { requests, ends } = this.batch;
    for (let i = 0; i < count; i++) {
      this.mark = out.at;
      const { errors } = session.reply;
      const long = ends[i] - this.frame > LONG_BYTES;
      if (long) dispatcher.settle();
      const outcome = dispatcher.dispatch(session, requests[i]);
      if (outcome !== DONE) {
        this.hold(connection, outcome, ends[i]);
        return false;
      }
      if (session.reply.errors !== errors && isFromBrowser(requests[i])) {
        out.at = this.from;
        this.events.exceeded(connection, 'browser');
        return false;
      }
      if (long || out.at - this.mark > LONG_BYTES) dispatcher.settle();
      if (session.replyMode !== 0) session.muteReply(out, this.mark);
      this.late.appendTo(out);
      this.frame = ends[i];
      if (session.closing) return false;
      if (out.at > FLUSH_BYTES) {
        this.outbox.claim(connection, this.from);
        this.from = out.at;
        if (connection.closed || connection.state === CONGESTED) return false;
      }
      if (dispatcher.lastMicros > this.deadline && this.frame < end && this.hadItsShare()) {
        this.enqueue(connection);
        return false;
      }
    }
    return true;
  }

  /** A request did not run, or waits and is replied to later: nothing more is run for the connection now. */
  private hold(connection: Connection, outcome: number, end: number): void {
    if (this.dispatcher.interruption.origin?.session === connection.session) {
      if (connection.session.replyMode !== 0) this.out.at = this.mark;
      connection.hold(this.late);
    } else this.late.appendTo(this.out);
    if (outcome === REQUEST_POSTPONED) {
      connection.state = POSTPONED;
      connection.postponement = ++this.postponements;
      return;
    }
    connection.state = BLOCKED;
    this.frame = end;
    // The turn's end sets the timer for its deadline.
    this.scheduleFlush();
  }

  /** Whether a connection that is past its deadline must yield: a short pipeline may be finished. */
  private hadItsShare(): boolean {
    if (this.frame - this.begin > SHORT_BYTES) return true;
    return this.dispatcher.lastMicros - this.deadline > SHARE_MICROS * PATIENCE;
  }

  /** Replies what is wrong with the bytes of a client and closes its connection. */
  private refuse(connection: Connection): void {
    const { session, parser } = connection;
    this.events.leaving(connection);
    const mark = this.out.at;
    session.reply.error(parser.error);
    if (session.replyMode !== 0) session.muteReply(this.out, mark);
    this.dispatcher.countError(parser.error);
    session.closing = true;
  }

  /** Keeps the bytes from `frame` on for later. */
  private keepRest(connection: Connection, bytes: Buffer, frame: number, end: number): void {
    if (bytes === connection.query) {
      connection.passOver(frame);
      return;
    }
    connection.parser.at -= frame;
    if (frame === end) return;
    if (frame > 0) connection.own?.rebase(-frame);
    connection.keep(bytes, frame, end);
    this.events.resized(connection);
  }

  private endTurn(): void {
    this.flushScheduled = false;
    this.dispatcher.tracking.endTurn();
    this.outbox.flushTurn(this.dispatcher.lastMicros);
    this.events.turnEnded();
  }

  /** Lets those that yielded go on, as many as fit one share; the rest wait for the next turn. */
  private runQueue(): void {
    const { queue, dispatcher } = this;
    dispatcher.beginTurn();
    const deadline = dispatcher.lastMicros + SHARE_MICROS;
    let next = 0;
    for (const count = queue.length; next < count && dispatcher.lastMicros <= deadline; next++) {
      const connection = queue[next];
      if (connection.closed || connection.state !== YIELDED) continue;
      connection.state = RUNNING;
      if (connection.behind) this.outbox.congest(connection);
      dispatcher.beginTurn();
      if (connection.state === RUNNING) this.runKept(connection);
      if (connection.ended && !connection.closed) this.end(connection);
    }
    queue.splice(0, next);
    this.scheduleFlush();
  }

  /** What MULTI has queued are requests that wait, too. */
  private checkKept(connection: Connection): void {
    const { alerts, transaction } = connection.session;
    const limit = (alerts & UNAUTHENTICATED) === 0 ? this.queryLimitBytes : UNAUTHENTICATED_QUERY_BYTES;
    if (connection.queryLength + (transaction?.queue.usedBytes ?? 0) > limit) this.events.exceeded(connection, 'query');
    else this.events.kept(connection);
  }
}
