/**
 * One client's socket: bytes in, one write out a turn.
 *
 * Requests run where they were read, in the buffer that all connections share. A connection has a buffer of its own, `query`,
 * only for what could not run at once: the beginning of a request whose end is still to come, and the requests of a client
 * that is held back.
 *
 *   query   ┌────────────┬──────────────────────┬──────────┐
 *           │ run        │ waiting              │ free     │
 *           └────────────┴──────────────────────┴──────────┘
 *                        queryStart             queryEnd
 *
 * Requests that ran are passed over, not moved away, until the room behind the waiting ones is needed: a client that sends
 * a hundred thousand requests at once costs one copy of each.
 */
import type { Socket } from 'node:net';
import type { Session } from '../../engine/dispatch/session.ts';
import type { Args } from '../../protocol/args.ts';
import { RequestParser } from '../../protocol/request-parser.ts';
import { Backlog } from './backlog.ts';
import { queuedBytes } from './direct-socket.ts';
import { LatePushes } from './late-pushes.ts';
import type { OutputLimit } from './output-limits.ts';

/** An empty query buffer larger than this is given back at once, a smaller one when it was not used for a while. */
const KEPT_QUERY_BYTES = 1024 * 1024;
/** A query buffer that was not used for a while shrinks by halves to this, then goes. */
const SMALL_QUERY_BYTES = 16 * 1024;
/** What a connection takes besides its buffers: objects of ours, of Node.js and of libuv. Measured with 9,000. */
const CONNECTION_BYTES = 8 * 1024;
const NOTHING = Buffer.alloc(0);
const NO_VIEW = new DataView(NOTHING.buffer, 0, 0);

/** Why a connection does not run the requests it has. */
export const RUNNING = 0;
/** CLIENT PAUSE, or a large COPY, holds its next request back. */
export const POSTPONED = 1;
/** It had its share of this turn and is in the queue for the next. */
export const YIELDED = 2;
/** It reads its replies too slowly: nothing more is run for it until it has caught up. */
export const CONGESTED = 3;
/** Its request waits for something (BLPOP, …). */
export const BLOCKED = 4;

/** No part of the output buffer. */
export const NO_PART = -1;

export class Connection {
  readonly session: Session;
  readonly socket: Socket;
  readonly parser = new RequestParser();
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  lastUsed: number;
  readonly address: string;
  readonly localAddress: string;
  /** Accepted on a Unix socket. */
  readonly onUnixSocket: boolean;
  /** The number that the operating system knows the socket by; -1 when it is unknown. */
  readonly descriptor: number;
  state = RUNNING;
  /** The greater, the later its next request was held back. */
  postponement = 0;
  /** Has given a password, or was not asked for one when it connected. */
  authenticated: boolean;
  /** Has been so at any time: RESET makes it ask again, but it is no stranger. */
  wasAuthenticated = false;
  query = NOTHING;
  queryView = NO_VIEW;
  queryStart = 0;
  queryEnd = 0;
  /** The most of the query buffer that was used since it was looked at last. */
  queryPeak = 0;
  /** The arguments of a request that is not complete yet. */
  own: Args | undefined = undefined;
  /** Its parts of the output buffer (outbox.ts). */
  firstPart = NO_PART;
  lastPart = NO_PART;
  /** Who gets something after it (receiver-list.ts). */
  nextReceiver: Connection | undefined = undefined;
  /** The socket is still sending: what comes now goes to the backlog. */
  behind = false;
  /** Bytes of the write that did not go out at once, which its stream does not know of (direct-socket.ts). */
  sending = 0;
  backlog: Backlog | undefined = undefined;
  /** How many unread replies are too many. */
  outputLimit: OutputLimit;
  /** Since when its unread replies are above the soft limit, in milliseconds since 1970; 0 when they are not. */
  overSoftLimitSince = 0;
  /** Called by the socket when it has sent everything; made when it is first needed. */
  whenSent: (() => void) | undefined = undefined;
  /** Pushes that wait because the reply to an interrupted EXEC may be sent in part; undefined at all other times. */
  held: LatePushes | undefined = undefined;
  /** No longer a client: nothing is run for it or sent to it. */
  closed = false;
  /** The client will send nothing more: it leaves when what it has sent was run. */
  ended = false;
  /** Its last reply was written; it is closed when the socket has sent it. */
  leaving = false;
  /** Bytes of memory that the server's total counts for it. */
  accounted = 0;
  totalReceived = 0;
  totalSent = 0;
  /** How much of that had been read when it was looked at last. */
  private totalRead = 0;
  /** The newest period in which it sent something (crowd.ts). */
  heardIn = 0;
  /** CLIENT NO-EVICT. */
  noEvict = false;

  constructor(session: Session, socket: Socket, now: number, addresses: Addresses, outputLimit: OutputLimit) {
    this.session = session;
    this.socket = socket;
    this.createdAt = now;
    this.lastUsed = now;
    this.address = addresses.remote;
    this.localAddress = addresses.local;
    this.onUnixSocket = addresses.isUnix;
    this.descriptor = addresses.descriptor;
    this.outputLimit = outputLimit;
    this.authenticated = true;
  }

  /** True for clients on this machine. */
  get isLocal(): boolean {
    return this.onUnixSocket || this.address.startsWith('127.') || this.address.startsWith('[::1]');
  }

  /** Bytes of requests that wait. */
  get queryLength(): number {
    return this.queryEnd - this.queryStart;
  }

  /** Bytes of replies that the operating system has not taken yet. */
  get unsent(): number {
    return this.sending + this.socket.writableLength + (this.backlog?.length ?? 0);
  }

  /** Notes that the client has read something since this was called last: so it uses the connection, though it asks nothing. */
  noteReading(now: number): void {
    const unread = this.behind ? queuedBytes(this.socket) + (this.backlog?.length ?? 0) : 0;
    const totalRead = this.totalSent - unread;
    if (totalRead === this.totalRead) return;
    this.totalRead = totalRead;
    this.lastUsed = now;
  }

  /** Memory that unread replies keep. */
  get outputBytes(): number {
    return this.behind ? this.sending + this.socket.writableLength + (this.backlog?.capacity ?? 0) : 0;
  }

  /** Memory that requests keep. */
  get inputBytes(): number {
    return this.query.length + (this.own === undefined ? 0 : this.own.start.byteLength * 2);
  }

  /** All memory of the connection. */
  get bytes(): number {
    const { transactionBytes, parkedBytes, subscriptions, tracker } = this.session;
    const sessionBytes = transactionBytes + parkedBytes + (subscriptions?.bytes ?? 0) + (tracker?.bytes ?? 0);
    return CONNECTION_BYTES + this.inputBytes + this.outputBytes + sessionBytes;
  }

  /** Lets pushes wait, those that wait already among them. */
  hold(late: LatePushes): void {
    this.held = new LatePushes();
    this.held.adopt(late);
  }

  /** Adds received bytes behind those that wait. */
  keep(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.queryEnd + length > this.query.length) this.makeRoom(length);
    bytes.copy(this.query, this.queryEnd, start, end);
    this.queryEnd += length;
    if (this.queryEnd > this.queryPeak) this.queryPeak = this.queryEnd;
  }

  /** Forgets the waiting bytes before `position`: their requests were run. */
  passOver(position: number): void {
    if (position < this.queryEnd) {
      this.queryStart = position;
      return;
    }
    this.queryStart = 0;
    this.queryEnd = 0;
    this.parser.at -= position;
    if (this.query.length > KEPT_QUERY_BYTES) this.releaseQuery();
  }

  /** Forgets all requests and gives their memory back. */
  releaseQuery(): void {
    this.query = NOTHING;
    this.queryView = NO_VIEW;
    this.queryStart = 0;
    this.queryEnd = 0;
    this.own = undefined;
  }

  /** Called from time to time: gives back the room that was not needed meanwhile. */
  shrinkQuery(isIdle: boolean): void {
    const peak = this.queryPeak;
    this.queryPeak = this.queryEnd;
    if (this.query.length === 0) return;
    if (isIdle && this.queryEnd === 0) this.releaseQuery();
    else if (this.query.length > SMALL_QUERY_BYTES && peak <= this.query.length / 2) {
      this.moveQuery(Math.max(this.query.length >>> 1, this.queryEnd));
    }
  }

  /** Replies that wait for those the socket is sending. */
  get waiting(): Backlog {
    this.backlog ??= new Backlog();
    return this.backlog;
  }

  /**
   * Room for `length` more bytes: at the beginning, where requests that ran stand, or in a larger buffer. It doubles; once
   * half of the argument being received is here, there is room for all of it and no more, so that the memory of a large
   * value grows no further with its last bytes.
   */
  private makeRoom(length: number): void {
    if (this.queryStart > 0) {
      const { queryStart, parser } = this;
      this.query.copyWithin(0, queryStart, this.queryEnd);
      this.queryEnd -= queryStart;
      this.queryStart = 0;
      parser.at -= queryStart;
      this.own?.rebase(-queryStart);
      if (this.queryEnd + length <= this.query.length / 2) return;
    }
    const needed = this.queryEnd + length;
    const { at, awaited } = this.parser;
    const expected = awaited < 0 ? Number.POSITIVE_INFINITY : at + awaited + 2;
    const isNearEnd = expected >= needed && expected <= needed * 2;
    this.moveQuery(isNearEnd ? expected : Math.max(needed, Math.min(this.query.length * 2, expected)));
  }

  private moveQuery(capacity: number): void {
    const moved = Buffer.allocUnsafeSlow(capacity);
    this.query.copy(moved, 0, 0, this.queryEnd);
    this.query = moved;
    this.queryView = new DataView(moved.buffer);
    this.own?.attach(moved, this.queryView);
  }
}

export interface Addresses {
  /** `ip:port`, or the path of the Unix socket with port 0, as CLIENT LIST shows it. */
  readonly remote: string;
  readonly local: string;
  readonly isUnix: boolean;
  readonly descriptor: number;
}
