/** A process around one engine: the composition root of the server. */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { Server as NetServer } from 'node:net';
import { introspection } from '../engine/commands/introspection.ts';
import { MEMORY_LIMITED } from '../engine/dispatch/dispatch.ts';
import { Session } from '../engine/dispatch/session.ts';
import { Engine } from '../engine/engine.ts';
import { OutputBuffer } from '../protocol/output-buffer.ts';
import { Resp2Reply } from '../protocol/resp2-reply.ts';
import type { Config } from './config/config.ts';
import { configCommands } from './config/config-commands.ts';
import type { ConfigFile } from './config/rewrite.ts';
import { Cron } from './cron.ts';
import { Clients } from './net/clients.ts';
import { connectionCommands } from './net/connection-commands.ts';
import { listen, type Place } from './net/listener.ts';
import type { Log } from './observe/log.ts';
import { SERVER_DOCS } from './server-docs.ts';
import { systemClock } from './system-clock.ts';

export class Server {
  readonly config: Config;
  readonly engine: Engine;
  readonly clients: Clients;
  readonly cron: Cron;
  readonly log: Log;
  private readonly sockets: NetServer[] = [];

  constructor(config: Config, file: ConfigFile | undefined, log: Log) {
    this.config = config;
    this.log = log;
    const out = new OutputBuffer();
    const families = [
      introspection(SERVER_DOCS),
      configCommands({
        config,
        file,
        asker: (session) => ({ local: this.clients.of(session)?.isLocal ?? true, loading: false }),
        resetStatistics: () => this.resetStatistics(),
        rewriteOptions: () => ({}),
      }),
    ];
    this.engine = new Engine(
      {
        clock: systemClock,
        random: randomSource(),
        databases: config.integer('databases'),
        families,
        guards: [],
      },
      new Session(0, new Resp2Reply(out)),
    );
    this.clients = new Clients(this.engine, config, out, log);
    this.engine.commands.addFamily(connectionCommands(config, this.clients));
    this.cron = new Cron(this.engine, systemClock, () => this.everyTick());
    this.applyMemory();
    config.watch(['maxmemory', 'maxmemory-policy', 'maxmemory-samples'], () => this.applyMemory());
  }

  /** Listens where the configuration says; rejects with Node's error when it cannot. */
  async start(): Promise<void> {
    const port = this.config.integer('port');
    if (port > 0) await this.listenTcp(port);
    this.cron.start();
  }

  /** Stops listening, closes all connections. */
  stop(): void {
    this.cron.stop();
    this.clients.traffic.flush();
    this.clients.closeAll();
    for (const socket of this.sockets) socket.close();
    const path = this.config.text('unixsocket');
    if (path !== '') rmSync(path, { force: true });
  }

  /** Listens on every address of `bind`; one behind a dash may be absent from this machine. */
  private async listenTcp(port: number): Promise<void> {
    for (const word of this.config.value('bind')) {
      const optional = word.startsWith('-');
      const name = optional ? word.slice(1) : word;
      const host = name === '*' ? '0.0.0.0' : name === '::*' ? '::' : name;
      try {
        await this.listen({ host, port });
      } catch (error) {
        if (!optional || !isAbsentAddress(error)) throw error;
      }
    }
  }

  private async listen(place: Place): Promise<void> {
    const options = { backlog: this.config.integer('tcp-backlog'), keepAlive: this.config.integer('tcp-keepalive') };
    this.sockets.push(await listen(place, options, (socket) => this.clients.accept(socket)));
  }

  private everyTick(): void {
    this.clients.account();
  }

  private applyMemory(): undefined {
    const { evictor } = this.engine;
    evictor.maxMemory = this.config.integer('maxmemory');
    evictor.setPolicy(this.config.choice('maxmemory-policy'));
    evictor.samples = this.config.integer('maxmemory-samples');
    this.engine.dispatcher.alert(MEMORY_LIMITED, evictor.maxMemory > 0);
  }

  private resetStatistics(): void {
    this.engine.dispatcher.resetStatistics();
  }
}

function isAbsentAddress(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT' || code === 'ENOTFOUND';
}

/** Unsigned 32-bit numbers from the system's generator, fetched a page at a time. */
function randomSource(): () => number {
  let pool = randomBytes(4096);
  let at = 0;
  return () => {
    if (at === pool.length) {
      pool = randomBytes(4096);
      at = 0;
    }
    at += 4;
    return pool.readUInt32LE(at - 4);
  };
}
