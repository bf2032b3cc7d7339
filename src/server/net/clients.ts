/** All connections of a server: accepted, counted, found by id, limited, disconnected. */
import type { Socket } from 'node:net';
import { MONITORING, Session, SUBSCRIBED, UNAUTHENTICATED } from '../../engine/dispatch/session.ts';
import type { Engine } from '../../engine/engine.ts';
import { MAX_STRING_BYTES } from '../../engine/memory/layout.ts';
import type { OutputBuffer } from '../../protocol/output-buffer.ts';
import { Resp2Reply } from '../../protocol/resp2-reply.ts';
import { Resp3Reply } from '../../protocol/resp3-reply.ts';
import type { Config } from '../config/config.ts';
import type { Log } from '../observe/log.ts';
import { describeClient } from './client-info.ts';
import { ClientMemory } from './client-memory.ts';
import { type Addresses, BLOCKED, Connection, POSTPONED } from './connection.ts';
import { BrowserAlarm } from './cross-protocol.ts';
import { Interjections } from './interjections.ts';
import { adopt, descriptorOf, startReading } from './listener.ts';
import { clientsForOpenFiles } from './open-files.ts';
import { exceedsLimits, OutputLimits } from './output-limits.ts';
import { silence } from './silence.ts';
import { Traffic } from './traffic.ts';
import type { Excess } from './traffic-events.ts';

/** Arguments stand at 32-bit offsets in the query buffer, so none is larger, whatever the limit. */
const LARGEST_QUERY_BYTES = 2 ** 31 - 2 ** 20;
/** An empty query buffer of a client that sent nothing for so long is given back. */
const IDLE_MS = 2000;

export class Clients {
  readonly all = new Map<number, Connection>();
  readonly traffic: Traffic;
  readonly resp2: Resp2Reply;
  readonly resp3: Resp3Reply;
  readonly out: OutputBuffer;
  readonly memory = new ClientMemory();
  accepted = 0;
  rejected = 0;
  /** Disconnected because all together took too much memory. */
  evicted = 0;
  /** Disconnected because of client-query-buffer-limit, of client-output-buffer-limit. */
  queryLimitDisconnections = 0;
  outputLimitDisconnections = 0;
  /** Called when the requests of a turn were run and their replies written. */
  whenTurnEnds: (() => void) | undefined = undefined;
  private readonly engine: Engine;
  private readonly config: Config;
  private readonly log: Log;
  private readonly outputLimits = new OutputLimits();
  private readonly alarm: BrowserAlarm;
  private readonly departures: ((connection: Connection) => void)[] = [];
  private nextId = 1;
  private maxBulkBytes = 0;
  private idleTimeoutMs = 0;

  constructor(engine: Engine, config: Config, out: OutputBuffer, log: Log) {
    this.engine = engine;
    this.config = config;
    this.out = out;
    this.log = log;
    this.resp2 = new Resp2Reply(out);
    this.resp3 = new Resp3Reply(out);
    this.alarm = new BrowserAlarm((message) => log.warning(message));
    this.traffic = new Traffic(engine.dispatcher, out, {
      exceeded: (connection, excess) => this.exceeded(connection, excess),
      leaving: (connection) => this.forget(connection),
      left: (connection) => this.forget(connection),
      finished: (connection) => this.leave(connection),
      kept: (connection) => {
        this.resized(connection);
        this.evict();
      },
      resized: (connection) => this.resized(connection),
      released: (bytes) => this.memory.garbage.note(bytes),
      turnEnded: () => this.endTurn(),
    });
    this.serveOthers(engine.dispatcher);
    this.watch(config);
  }

  /** The connection of a session; undefined for one that has none. */
  of(session: Session): Connection | undefined {
    return session.place as Connection | undefined;
  }

  /** Bytes that all connections and their buffers take. */
  get bufferBytes(): number {
    return this.memory.total;
  }

  /** How many wait: for the end of CLIENT PAUSE, for a key. */
  get blocked(): number {
    let count = 0;
    for (const { state } of this.all.values()) if (state === POSTPONED || state === BLOCKED) count++;
    return count;
  }

  /** Takes an accepted socket in, or turns it away. `unixPath` is the path of the Unix socket it came in on. */
  accept(accepted: Socket, unixPath: string | undefined): void {
    const refusal = this.refusal(accepted, unixPath);
    if (refusal !== undefined) {
      this.rejected++;
      accepted.on('error', () => {});
      accepted.write(`-${refusal}\r\n`);
      accepted.destroySoon();
      return;
    }
    this.accepted++;
    const session = new Session(this.nextId++, this.resp2);
    const { traffic } = this;
    const socket: Socket = adopt(accepted, traffic.input, (length) => traffic.receive(connection, length));
    const addresses = addressesOf(socket, unixPath);
    const connection = new Connection(session, socket, this.engine.keyspace.now, addresses, this.outputLimits.normal);
    connection.parser.maxBulkBytes = this.maxBulkBytes;
    this.restoreDefaultUser(connection);
    const keepAliveSeconds = this.config.integer('tcp-keepalive');
    if (keepAliveSeconds > 0 && unixPath === undefined) socket.setKeepAlive(true, keepAliveSeconds * 1000);
    session.place = connection;
    this.all.set(session.id, connection);
    this.resized(connection);
    socket.on('error', () => {});
    socket.once('end', () => traffic.end(connection));
    socket.once('close', () => this.leave(connection));
    startReading(socket);
  }

  /** The client gave a valid password. */
  authenticated(connection: Connection): void {
    connection.authenticated = true;
    this.requireAuthentication(connection);
  }

  /** The client is the default user again, which must authenticate if it has a password. */
  restoreDefaultUser(connection: Connection): void {
    connection.authenticated = !this.passwordRequired;
    this.requireAuthentication(connection);
  }

  /** Registers what must happen when a connection leaves, or becomes as new (RESET). */
  whenLeaving(listener: (connection: Connection) => void): void {
    this.departures.push(listener);
  }

  /** Ends everything that the connection takes part in, as if it had left. */
  forget(connection: Connection): void {
    for (const listener of this.departures) listener(connection);
  }

  /** The limits of unread replies depend on what a client does. */
  chooseOutputLimit(connection: Connection): void {
    connection.outputLimit = this.outputLimits.of(connection);
  }

  /** What the connection takes in memory has changed. */
  resized(connection: Connection): void {
    if (connection.closed) return;
    this.memory.update(connection);
    if (this.memory.isExceeded) this.traffic.scheduleFlush();
  }

  /** CLIENT NO-EVICT. */
  exemptFromEviction(connection: Connection, exempt: boolean): void {
    connection.noEvict = exempt;
    this.resized(connection);
  }

  /** Closes at once, replies unsent. */
  disconnect(connection: Connection): void {
    this.leave(connection);
  }

  /** Closes all connections. */
  closeAll(): void {
    for (const connection of [...this.all.values()]) this.leave(connection);
  }

  /** Goes on with the requests that CLIENT PAUSE held back, in the turns that follow: first those that have waited longest. */
  resumePostponed(): void {
    if (this.engine.dispatcher.interruption.isActive) return;
    const postponed = [...this.all.values()].filter(({ state }) => state === POSTPONED);
    postponed.sort((a, b) => a.postponement - b.postponement);
    for (const connection of postponed) this.traffic.enqueue(connection);
  }

  /** Called several times a second: disconnects the idle and the slow, gives back memory that is not needed. */
  everyTick(now: number): void {
    this.memory.beginPeaks(now);
    for (const connection of this.all.values()) {
      connection.noteReading(now);
      if (this.isTooIdle(connection, now)) {
        this.log.verbose('Closing idle client');
        this.leave(connection);
        continue;
      }
      if (connection.behind && exceedsLimits(connection, now)) {
        this.exceeded(connection, 'output');
        continue;
      }
      connection.shrinkQuery(now - connection.lastUsed > IDLE_MS);
      this.memory.notePeaks(connection);
      this.memory.update(connection);
    }
    this.memory.garbage.tick(now);
    this.evict();
  }

  /** Gives sessions whose request does not run what they get nevertheless, and nothing more to those that have left. */
  private serveOthers(dispatcher: Engine['dispatcher']): void {
    const { blocking, interruption, pubsub, tracking, transactions } = dispatcher;
    const interjections = new Interjections(this.traffic, this.out, {
      of: (session) => this.of(session),
      subscribed: (connection) => {
        this.chooseOutputLimit(connection);
        this.resized(connection);
      },
      exceeded: (connection) => this.exceeded(connection, 'output'),
      overwhelmed: (connection) => this.exceeded(connection, 'reply'),
    });
    dispatcher.pushes = interjections;
    blocking.deliver = (session, write) => interjections.reply(session, write);
    interruption.deliver = (session, write) => interjections.goOn(session, write, () => !interruption.isActive);
    blocking.whenReleased = (session) => {
      const connection = this.of(session);
      if (connection !== undefined) this.traffic.release(connection);
    };
    dispatcher.invalidations.sessionOf = (id) => this.all.get(id)?.session;
    tracking.whenDue = () => this.traffic.scheduleFlush();
    this.whenLeaving(({ session, closed }) => {
      transactions.discard(session);
      blocking.forget(session);
      pubsub.forget(session);
      const { tracker } = session;
      if (tracker !== undefined && !closed) tracking.stop(tracker);
      else if (tracker !== undefined) tracking.leave(tracker);
      if (interruption.origin?.session === session) silence(session);
    });
  }

  private watch(config: Config): void {
    const watch = (names: Parameters<Config['watch']>[0], apply: () => void): void => {
      apply();
      config.watch(names, () => {
        apply();
        return undefined;
      });
    };
    watch(['proto-max-bulk-len', 'client-query-buffer-limit', 'timeout'], () => this.applyLimits());
    watch(['busy-poll'], () => {
      this.traffic.poll.micros = config.integer('busy-poll');
    });
    watch(['read-coalescing'], () => {
      this.traffic.coalescing.enabled = config.flag('read-coalescing');
    });
    watch(['client-output-buffer-limit'], () => this.outputLimits.apply(config));
    watch(['maxmemory-clients', 'maxmemory'], () => {
      this.memory.apply(config);
      this.traffic.scheduleFlush();
    });
    watch(['requirepass'], () => {
      for (const connection of this.all.values()) this.requireAuthentication(connection);
    });
    config.watch(['maxclients'], () => this.checkMaxClients());
    this.lowerMaxClients();
  }

  private applyLimits(): void {
    const { config } = this;
    this.maxBulkBytes = Math.min(config.integer('proto-max-bulk-len'), MAX_STRING_BYTES);
    this.engine.limits.maxBulkBytes = this.maxBulkBytes;
    this.traffic.queryLimitBytes = Math.min(config.integer('client-query-buffer-limit'), LARGEST_QUERY_BYTES);
    this.idleTimeoutMs = config.integer('timeout') * 1000;
    for (const connection of this.all.values()) connection.parser.maxBulkBytes = this.maxBulkBytes;
  }

  /** At start: as many clients as the limit on open files leaves room for. */
  private lowerMaxClients(): void {
    const wanted = this.config.integer('maxclients');
    const possible = clientsForOpenFiles();
    if (wanted <= possible) return;
    this.config.set([['maxclients', String(possible)]], { local: true, loading: false });
    this.log.warning(
      `maxclients ${wanted} needs more open files than this process may have: it is ${possible} now. ` +
        "Raise the limit with 'ulimit -n' to serve more clients.",
    );
  }

  private checkMaxClients(): string | undefined {
    const possible = clientsForOpenFiles();
    if (this.config.integer('maxclients') <= possible) return undefined;
    return `The operating system is not able to handle the specified number of clients, try with ${possible}`;
  }

  private get passwordRequired(): boolean {
    return this.config.bytes('requirepass').length > 0;
  }

  private requireAuthentication(connection: Connection): void {
    const { session, parser } = connection;
    connection.wasAuthenticated ||= connection.authenticated;
    parser.restricted = this.passwordRequired && !connection.authenticated;
    session.alerts = parser.restricted ? session.alerts | UNAUTHENTICATED : session.alerts & ~UNAUTHENTICATED;
    this.chooseOutputLimit(connection);
  }

  private leave(connection: Connection): void {
    if (connection.closed) return;
    connection.closed = true;
    this.traffic.outbox.sendDeferred(connection);
    connection.session.closing = true;
    connection.session.place = undefined;
    this.all.delete(connection.session.id);
    // What a request under way still does would be done by halves, or stay behind: then traffic tells when it is over.
    if (this.traffic.current !== connection) this.forget(connection);
    connection.releaseQuery();
    connection.backlog = undefined;
    this.memory.remove(connection);
    connection.socket.destroy();
  }

  private refusal(accepted: Socket, unixPath: string | undefined): string | undefined {
    if (this.all.size >= this.config.integer('maxclients')) return 'ERR max number of clients reached';
    const isLocal = unixPath !== undefined || isLoopback(accepted);
    return this.config.flag('protected-mode') && !isLocal && !this.passwordRequired ? PROTECTED_MODE : undefined;
  }

  private isTooIdle(connection: Connection, now: number): boolean {
    if (this.idleTimeoutMs === 0 || connection.state === POSTPONED || connection.state === BLOCKED) return false;
    return (
      (connection.session.alerts & (MONITORING | SUBSCRIBED)) === 0 && now - connection.lastUsed > this.idleTimeoutMs
    );
  }

  private exceeded(connection: Connection, excess: Excess): void {
    if (connection.closed) return;
    const { now } = this.engine.keyspace;
    switch (excess) {
      case 'browser':
        this.alarm.report(now, connection.address);
        break;
      case 'query':
        this.queryLimitDisconnections++;
        this.log.warning(`Closing client that reached max query buffer length: ${describeClient(connection, now)}`);
        break;
      case 'reply':
        this.log.warning(`Client ${describeClient(connection, now)} closed: there is no room for so long a reply.`);
        break;
      case 'output':
        this.outputLimitDisconnections++;
        this.log.warning(`Client ${describeClient(connection, now)} closed for overcoming of output buffer limits.`);
    }
    this.leave(connection);
  }

  private endTurn(): void {
    this.evict();
    if (this.whenTurnEnds !== undefined) this.whenTurnEnds();
  }

  private evict(): void {
    if (!this.memory.isExceeded) return;
    for (const connection of this.memory.victims(this.all.values())) {
      this.log.notice(`Evicting client: ${describeClient(connection, this.engine.keyspace.now)}`);
      this.evicted++;
      this.leave(connection);
    }
  }
}

const PROTECTED_MODE =
  'DENIED Redis is running in protected mode because protected mode is enabled and no password is set for the default ' +
  'user. In this mode connections are only accepted from the loopback interface. If you want to connect from external ' +
  'computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the command ' +
  "'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server is " +
  'running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make ' +
  'this change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration ' +
  "file, and setting the protected mode option to 'no', and then restarting the server. 3) If you started the server " +
  "manually just for testing, restart it with the '--protected-mode no' option. 4) Setup a an authentication password " +
  'for the default user. NOTE: You only need to do one of the above things in order for the server to start accepting ' +
  'connections from the outside.';

function isLoopback(socket: Socket): boolean {
  const address = socket.remoteAddress ?? '';
  return address === '::1' || address.startsWith('127.');
}

function addressesOf(socket: Socket, unixPath: string | undefined): Addresses {
  const descriptor = descriptorOf(socket);
  if (unixPath !== undefined) {
    return { remote: `${unixPath}:0`, local: `${unixPath}:0`, isUnix: true, descriptor };
  }
  return {
    remote: joined(socket.remoteAddress, socket.remotePort),
    local: joined(socket.localAddress, socket.localPort),
    isUnix: false,
    descriptor,
  };
}

/** A client that is gone already has no address any more. */
function joined(address = '?', port = 0): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
