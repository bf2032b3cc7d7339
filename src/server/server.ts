/** A process around one engine: the composition root of the server. */
import { randomFillSync } from 'node:crypto';
import { introspection } from '../engine/commands/introspection.ts';
import { ARENA_NEARLY_FULL } from '../engine/dispatch/dispatch.ts';
import { Session } from '../engine/dispatch/session.ts';
import { Engine } from '../engine/engine.ts';
import { OutputBuffer } from '../protocol/output-buffer.ts';
import { Resp2Reply } from '../protocol/resp2-reply.ts';
import type { Config } from './config/config.ts';
import { configCommands } from './config/config-commands.ts';
import { SHUTDOWN } from './config/options/process.ts';
import type { ConfigFile } from './config/rewrite.ts';
import { Cron } from './cron.ts';
import { debugCommands } from './debug-commands.ts';
import { Identity } from './identity.ts';
import { collectGarbage, heldBytes } from './js-heap.ts';
import { clientCommands } from './net/client-commands.ts';
import { ClientPause } from './net/client-pause.ts';
import { Clients } from './net/clients.ts';
import { connectionCommands } from './net/connection-commands.ts';
import { Listening } from './net/listening.ts';
import { Activity } from './observe/activity.ts';
import { GarbageCollections } from './observe/garbage-collections.ts';
import { infoCommands } from './observe/info-commands.ts';
import { latencyCommands } from './observe/latency-commands.ts';
import type { Log } from './observe/log.ts';
import { memoryCommands } from './observe/memory-commands.ts';
import { MemoryUsage } from './observe/memory-usage.ts';
import { keepMonitorsOut, Monitors } from './observe/monitor.ts';
import { monitorCommands } from './observe/monitor-commands.ts';
import type { Observed } from './observe/observed.ts';
import { SlowCommands } from './observe/slow-commands.ts';
import { slowlogCommands } from './observe/slowlog-commands.ts';
import { PidFile } from './pid-file.ts';
import { refuseProtected } from './protected-commands.ts';
import { serverCommands } from './server-commands.ts';
import { SERVER_DOCS } from './server-docs.ts';
import { applySettings } from './settings.ts';
import { Shutdown } from './shutdown.ts';
import { systemClock } from './system-clock.ts';

export interface ServerOptions {
  /** The path of the configuration file, for INFO. */
  readonly configFile?: string;
  /** What SHUTDOWN and signals do at last; until it is called the server has stopped already. */
  readonly exit?: () => void;
}

export class Server implements Observed {
  readonly config: Config;
  readonly log: Log;
  readonly identity: Identity;
  readonly engine: Engine;
  readonly clients: Clients;
  readonly activity: Activity;
  readonly memory: MemoryUsage;
  readonly cron: Cron;
  readonly shutdown: Shutdown;
  private readonly slow: SlowCommands;
  private readonly collections: GarbageCollections;
  private readonly listening: Listening;
  private readonly pause: ClientPause;
  private readonly monitors: Monitors;
  private readonly pidFile: PidFile;
  private isStopped = false;

  constructor(config: Config, file: ConfigFile | undefined, log: Log, options: ServerOptions = {}) {
    this.config = config;
    this.log = log;
    this.identity = new Identity(systemClock.now(), options.configFile ?? '');
    const out = new OutputBuffer();
    this.engine = new Engine(
      {
        clock: systemClock,
        random: randomSource(),
        databases: config.integer('databases'),
        families: [],
        heap: { usedBytes: heldBytes, collect: collectGarbage },
        guards: [
          refuseProtected(config, (session) => this.isLocal(session)),
          keepMonitorsOut,
          (call, args) => this.pause.guard(call, args),
        ],
      },
      new Session(0, new Resp2Reply(out)),
    );
    this.clients = new Clients(this.engine, config, out, log);
    this.clients.whenTurnEnds = () => this.cron.turnEnded();
    this.engine.keyspace.copies.whenReady = () => {
      this.clients.resumePostponed();
      // Not in the middle of the COPY that takes the copy.
      setImmediate(() => this.isStopped || this.serveHeldBack());
    };
    this.pause = new ClientPause(this.engine, systemClock, () => {
      this.clients.resumePostponed();
      this.engine.dispatcher.blocking.recheck();
    });
    this.giveWay();
    this.monitors = new Monitors(this.clients, this.engine.dispatcher);
    this.activity = new Activity(this.engine, this.clients, systemClock);
    this.memory = new MemoryUsage(this.engine, this.clients);
    this.slow = new SlowCommands(config, this.engine.dispatcher, this.clients);
    this.collections = new GarbageCollections(config, this.slow.latency);
    this.cron = this.newCron();
    this.shutdown = new Shutdown(log, () => {
      this.stop();
      options.exit?.();
    });
    this.listening = new Listening(config, log, (socket, unixPath) => this.clients.accept(socket, unixPath));
    this.pidFile = new PidFile(config.text('pidfile'), log);
    this.addCommands(file, out);
    applySettings(this);
  }

  /** Listens where the configuration says; rejects with Node's error when it cannot. */
  async start(): Promise<void> {
    await this.listening.start();
    this.pidFile.write();
    this.cron.start();
  }

  /** Stops listening, writes what replies there are, closes all connections. */
  stop(): void {
    this.isStopped = true;
    this.cron.stop();
    this.pause.stop();
    this.collections.stop();
    this.clients.traffic.flush();
    this.clients.closeAll();
    this.listening.stop();
    this.pidFile.remove();
  }

  /** The shutdown that `shutdown-on-sigint` or `shutdown-on-sigterm` describes; the second one waits for nothing. */
  receive(signal: 'SIGINT' | 'SIGTERM'): void {
    const wishes = this.config.value(signal === 'SIGINT' ? 'shutdown-on-sigint' : 'shutdown-on-sigterm');
    if (!this.shutdown.schedule(signal, wishes)) this.shutdown.begin(wishes | SHUTDOWN.force);
  }

  /** Lets an interrupted unit go on in every turn, after what has come meanwhile was answered. */
  private giveWay(): void {
    const { interruption } = this.engine.dispatcher;
    interruption.whenInterrupted = () => setImmediate(() => this.isStopped || interruption.goOn());
    interruption.whenOver = () => {
      this.clients.resumePostponed();
      this.serveHeldBack();
      this.clients.traffic.scheduleFlush();
    };
  }

  /** Between two units: serves those who wait for keys and were held back. */
  private serveHeldBack(): void {
    this.engine.dispatcher.blocking.recheck();
    this.engine.effects.commit();
  }

  private newCron(): Cron {
    const { latency } = this.slow;
    const { keyspace, evictor } = this.engine;
    evictor.observe = (micros) => latency.note('eviction-cycle', micros, keyspace.now);
    return new Cron(this.engine, systemClock, {
      tick: () => this.tick(),
      swept: (micros, cutShort) => {
        this.activity.expiryMicros += micros;
        if (cutShort) this.activity.expiryCutShort++;
        latency.note('expire-cycle', micros, keyspace.now);
      },
    });
  }

  private addCommands(file: ConfigFile | undefined, out: OutputBuffer): void {
    const { config, engine, clients, cron, identity, log, slow } = this;
    const families = [
      connectionCommands(config, clients),
      clientCommands(clients, this.pause, engine.dispatcher),
      monitorCommands(clients, this.monitors),
      configCommands({
        config,
        file,
        asker: (session) => ({ local: this.isLocal(session), loading: false }),
        resetStatistics: () => this.resetStatistics(),
        rewriteOptions: () => ({}),
      }),
      introspection(SERVER_DOCS),
      serverCommands(this.shutdown, engine.scripting),
      infoCommands(this),
      memoryCommands(this),
      slowlogCommands(slow.log),
      latencyCommands(slow.latency, config),
      debugCommands({ config, file, cron, identity, log, out, scripting: engine.scripting }),
    ];
    for (const family of families) engine.commands.addFamily(family);
  }

  private tick(): void {
    this.shutdown.tick();
    this.clients.everyTick(this.engine.keyspace.now);
    this.activity.tick();
    this.engine.dispatcher.tracking.makeRoom();
    this.memory.tick();
    // There is room for what a tick can bring once this is true, so asking at every command is not needed.
    this.engine.dispatcher.alert(ARENA_NEARLY_FULL, this.engine.keyspace.arena.nearlyFull);
  }

  private isLocal(session: Session): boolean {
    return this.clients.of(session)?.isLocal ?? true;
  }

  /** CONFIG RESETSTAT: counters begin at 0 again; what is (connections, memory, its peak) stays as it is. */
  private resetStatistics(): void {
    const { keyspace, dispatcher, scripting } = this.engine;
    dispatcher.resetStatistics();
    scripting.evaluator.cache.evicted = 0;
    keyspace.hits = 0;
    keyspace.misses = 0;
    keyspace.expired = 0;
    keyspace.expiredFields = 0;
    keyspace.evicted = 0;
    keyspace.lazyFree.freed = 0;
    this.activity.reset();
  }
}

/** Unsigned 32-bit numbers from the system's generator, fetched a page at a time. */
function randomSource(): () => number {
  const pool = new Uint32Array(4096);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    return pool[at++];
  };
}
