import type { Socket } from 'node:net';
import type { Session } from '../../engine/dispatch/session.ts';
import type { Args } from '../../protocol/args.ts';
import { RequestParser } from '../../protocol/request-parser.ts';

/** A query buffer larger than this is given up once it is empty. */
const KEPT_QUERY_BYTES = 16 * 1024;
const NOTHING = Buffer.alloc(0);
const NO_VIEW = new DataView(NOTHING.buffer, 0, 0);

/** Why a connection does not run the requests it has. */
export const RUNNING = 0;
/** CLIENT PAUSE holds its next request back. */
export const POSTPONED = 1;
/** It had its share of this turn and is in the queue for the next. */
export const YIELDED = 2;
/** It reads its replies too slowly: nothing more is read from it until it has caught up. */
export const CONGESTED = 3;

/** One client's socket: bytes in, one write out a turn. */
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
  state = RUNNING;
  /** Bytes received and not yet run. */
  query = NOTHING;
  queryView = NO_VIEW;
  queryLength = 0;
  /** The arguments of a request that is not complete yet. */
  own: Args | undefined = undefined;
  /** Since when its unread replies are above the soft limit, in milliseconds since 1970; 0 when they are not. */
  overSoftLimitSince = 0;
  closed = false;
  totalReceived = 0;
  totalSent = 0;
  /** Name of the command run last. */
  lastCommand = '';
  /** CLIENT NO-EVICT. */
  noEvict = false;

  constructor(session: Session, socket: Socket, now: number, addresses: Addresses) {
    this.session = session;
    this.socket = socket;
    this.createdAt = now;
    this.lastUsed = now;
    this.address = addresses.remote;
    this.localAddress = addresses.local;
    this.onUnixSocket = addresses.isUnix;
  }

  /** True for clients on this machine. */
  get isLocal(): boolean {
    return this.onUnixSocket || this.address.startsWith('127.') || this.address.startsWith('[::1]');
  }

  /** Bytes of replies that the socket has not taken yet. */
  get unsent(): number {
    return this.socket.writableLength;
  }

  /** Adds received bytes behind those that wait. */
  keep(bytes: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.queryLength + length > this.query.length) this.growQuery(length);
    bytes.copy(this.query, this.queryLength, start, end);
    this.queryLength += length;
  }

  /** Forgets the first `count` waiting bytes. */
  drop(count: number): void {
    this.queryLength -= count;
    if (this.queryLength > 0) this.query.copyWithin(0, count, count + this.queryLength);
    else if (this.query.length > KEPT_QUERY_BYTES) this.releaseQuery();
  }

  /** Gives the memory of an empty query buffer back. */
  releaseQuery(): void {
    this.query = NOTHING;
    this.queryView = NO_VIEW;
    this.queryLength = 0;
  }

  private growQuery(length: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(this.query.length * 2, this.queryLength + length));
    this.query.copy(grown, 0, 0, this.queryLength);
    this.query = grown;
    this.queryView = new DataView(grown.buffer);
  }
}

export interface Addresses {
  /** `ip:port`, or the path of the Unix socket with port 0, as CLIENT LIST shows it. */
  readonly remote: string;
  readonly local: string;
  readonly isUnix: boolean;
}
