/** All connections of a server: accepted, counted, found by id, limited, disconnected. */
import type { Socket } from 'node:net';
import { Session, UNAUTHENTICATED } from '../../engine/dispatch/session.ts';
import type { Engine } from '../../engine/engine.ts';
import type { OutputBuffer } from '../../protocol/output-buffer.ts';
import { Resp2Reply } from '../../protocol/resp2-reply.ts';
import { Resp3Reply } from '../../protocol/resp3-reply.ts';
import type { Config } from '../config/config.ts';
import type { Log } from '../observe/log.ts';
import { type Addresses, Connection, POSTPONED } from './connection.ts';
import { adopt, startReading } from './listener.ts';
import { Traffic } from './traffic.ts';

export class Clients {
  readonly all = new Map<number, Connection>();
  readonly traffic: Traffic;
  readonly resp2: Resp2Reply;
  readonly resp3: Resp3Reply;
  readonly out: OutputBuffer;
  accepted = 0;
  rejected = 0;
  /** Bytes that all query buffers and unread replies take; refreshed by `account`. */
  bufferBytes = 0;
  private readonly engine: Engine;
  private readonly config: Config;
  private readonly log: Log;
  private nextId = 1;
  private maxBulkBytes = 0;

  constructor(engine: Engine, config: Config, out: OutputBuffer, log: Log) {
    this.engine = engine;
    this.config = config;
    this.out = out;
    this.log = log;
    this.resp2 = new Resp2Reply(out);
    this.resp3 = new Resp3Reply(out);
    this.traffic = new Traffic(engine.dispatcher, out, {
      disconnect: (connection, reason) => this.disconnect(connection, reason),
      written: (connection) => this.checkOutputLimit(connection),
    });
    this.applyLimits();
    config.watch(['proto-max-bulk-len', 'client-query-buffer-limit'], () => this.applyLimits());
  }

  /** The connection of a session; undefined for one that has none. */
  of(session: Session): Connection | undefined {
    return this.all.get(session.id);
  }

  /** Takes an accepted socket in, or turns it away. */
  accept(accepted: Socket): void {
    const refusal = this.refusal(accepted);
    if (refusal !== undefined) {
      this.rejected++;
      accepted.on('error', () => {});
      accepted.end(`-${refusal}\r\n`);
      return;
    }
    this.accepted++;
    const session = new Session(this.nextId++, this.resp2);
    if (this.config.bytes('requirepass').length > 0) session.alerts |= UNAUTHENTICATED;
    const { traffic } = this;
    const socket: Socket = adopt(accepted, traffic.input, (length) => traffic.receive(connection, length));
    const connection = new Connection(session, socket, this.engine.keyspace.now, addressesOf(socket));
    connection.parser.restricted = (session.alerts & UNAUTHENTICATED) !== 0;
    connection.parser.maxBulkBytes = this.maxBulkBytes;
    this.all.set(session.id, connection);
    socket.on('error', () => {});
    socket.once('end', () => this.leave(connection));
    socket.once('close', () => this.leave(connection));
    startReading(socket);
  }

  /** Closes at once, replies unsent. */
  disconnect(connection: Connection, reason: string): void {
    if (connection.closed) return;
    this.log.notice(`Client id=${connection.session.id} addr=${connection.address} closed: ${reason}.`);
    this.leave(connection);
  }

  /** Closes all connections. */
  closeAll(): void {
    for (const connection of [...this.all.values()]) this.leave(connection);
  }

  /** Goes on with the requests that CLIENT PAUSE held back. */
  resumePostponed(): void {
    for (const connection of this.all.values()) {
      if (connection.state === POSTPONED) this.traffic.resume(connection);
    }
  }

  /** Sums up what buffers take and frees those of clients that wait for nothing. */
  account(): void {
    let bytes = 0;
    for (const connection of this.all.values()) {
      if (connection.queryLength === 0) connection.releaseQuery();
      bytes += connection.query.length + connection.unsent;
    }
    this.bufferBytes = bytes;
  }

  private leave(connection: Connection): void {
    if (connection.closed) return;
    connection.closed = true;
    this.all.delete(connection.session.id);
    connection.releaseQuery();
    connection.socket.destroy();
  }

  private refusal(accepted: Socket): string | undefined {
    if (this.all.size >= this.config.integer('maxclients')) return 'ERR max number of clients reached';
    if (this.config.flag('protected-mode') && !isLoopback(accepted) && this.isUnprotected()) {
      return (
        'DENIED Hotset is running in protected mode because it has no password and is not bound to chosen addresses. ' +
        "Other hosts can connect after one of: 'requirepass' is set, 'bind' names the addresses to listen on, or " +
        "'protected-mode no' from this machine: CONFIG SET protected-mode no."
      );
    }
    return undefined;
  }

  private isUnprotected(): boolean {
    return this.config.bytes('requirepass').length === 0;
  }

  private checkOutputLimit(connection: Connection): void {
    const limit = this.config.value('client-output-buffer-limit').normal;
    const unsent = connection.unsent;
    if (limit.hardBytes > 0 && unsent > limit.hardBytes) {
      this.disconnect(connection, 'its output buffer limit was reached');
    } else if (limit.softBytes > 0 && unsent > limit.softBytes) {
      if (connection.overSoftLimitSince === 0) connection.overSoftLimitSince = this.engine.keyspace.now;
      else if (this.engine.keyspace.now - connection.overSoftLimitSince > limit.softSeconds * 1000) {
        this.disconnect(connection, 'its output buffer was above the soft limit too long');
      }
    } else connection.overSoftLimitSince = 0;
  }

  private applyLimits(): undefined {
    this.maxBulkBytes = this.config.integer('proto-max-bulk-len');
    this.engine.limits.maxBulkBytes = this.maxBulkBytes;
    this.traffic.queryLimitBytes = this.config.integer('client-query-buffer-limit');
    for (const connection of this.all.values()) connection.parser.maxBulkBytes = this.maxBulkBytes;
  }
}

function isLoopback(socket: Socket): boolean {
  const address = socket.remoteAddress;
  if (address === undefined) return true;
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

function addressesOf(socket: Socket): Addresses {
  if (socket.remoteAddress === undefined) {
    const address = socket.address();
    const path = 'address' in address && typeof address.address === 'string' ? address.address : '';
    return { remote: `${path}:0`, local: `${path}:0`, isUnix: true };
  }
  return {
    remote: joined(socket.remoteAddress, socket.remotePort ?? 0),
    local: joined(socket.localAddress ?? '', socket.localPort ?? 0),
    isUnix: false,
  };
}

function joined(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
