/**
 * Where the server listens: every address of `bind` on `port`, and `unixsocket`. CONFIG SET of `bind` and `port` opens what
 * is new, then closes what is no longer wanted; when something cannot be opened, everything stays as it was.
 */
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP, type Server as NetServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Config } from '../config/config.ts';
import type { Log } from '../observe/log.ts';
import { listenTcp, listenUnix } from './listener.ts';

/** An address to listen on. */
interface Place {
  readonly address: string;
  readonly port: number;
  /** It is no error when this machine does not have it. */
  readonly optional: boolean;
}

/** Failures to accept a connection are logged at most this often. */
const LOG_INTERVAL_MS = 1000;

export class Listening {
  private readonly config: Config;
  private readonly log: Log;
  private readonly accept: (socket: Socket, unixPath: string | undefined) => void;
  private readonly open = new Map<string, { readonly place: Place; readonly server: NetServer }>();
  private unix: NetServer | undefined;
  /** Addresses of the host names in `bind`. */
  private readonly addresses = new Map<string, string>();
  private loggedAt = 0;

  /** `accept` is given every new socket, and the path where it came in if that was a Unix socket. */
  constructor(config: Config, log: Log, accept: (socket: Socket, unixPath: string | undefined) => void) {
    this.config = config;
    this.log = log;
    this.accept = accept;
    config.watch(['port'], () => (this.rearrange() ? undefined : 'Unable to listen on this port. Check server logs.'));
    config.watch(['bind'], () => (this.rearrange() ? undefined : 'Failed to bind to specified addresses.'));
  }

  /** Begins to listen; rejects with Node's error (EADDRINUSE, EACCES, EADDRNOTAVAIL, ENOTFOUND, …) when it cannot. */
  async start(): Promise<void> {
    try {
      for (const word of this.config.value('bind')) await this.resolve(word);
      for (const place of this.wanted() ?? []) {
        if (place.optional && isAbsent(place.address)) continue;
        const server = this.listenOn(place);
        if (!server.listening) await failureOf(server);
        this.open.set(keyOf(place), { place, server });
      }
      await this.startUnix(this.config.text('unixsocket'));
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  stop(): void {
    for (const key of [...this.open.keys()]) this.close(key);
    this.unix?.close();
    this.unix = undefined;
  }

  private async startUnix(path: string): Promise<void> {
    if (path === '') return;
    const permissions = this.config.integer('unixsocketperm');
    const server = listenUnix(path, permissions, this.config.integer('tcp-backlog'), (socket) =>
      this.accept(socket, path),
    );
    server.on('error', (error) => this.report(error));
    if (!server.listening) await failureOf(server);
    this.unix = server;
  }

  /** Listens where the configuration says now. False when it cannot; then nothing has changed. */
  private rearrange(): boolean {
    const wanted = this.wanted();
    if (wanted === undefined) return false;
    const missing = wanted.filter((place) => !this.open.has(keyOf(place)));
    const keys = new Set(wanted.map(keyOf));
    const obsolete = [...this.open].filter(([key]) => !keys.has(key)).map(([, { place }]) => place);
    if (!this.openAll(missing)) {
      // An address and "all addresses" exclude each other on one port: the old one may have to go first.
      if (!obsolete.some(({ port }) => missing.some((place) => place.port === port))) return false;
      for (const place of obsolete) this.close(keyOf(place));
      const opened = this.openAll(missing);
      if (!opened) this.openAll(obsolete);
      return opened;
    }
    for (const place of obsolete) this.close(keyOf(place));
    return true;
  }

  /** Opens all places or none. */
  private openAll(places: readonly Place[]): boolean {
    const opened: string[] = [];
    for (const place of places) {
      if (place.optional && isAbsent(place.address)) continue;
      const server = this.listenOn(place);
      if (!server.listening) {
        server.once('listening', () => server.close());
        for (const key of opened) this.close(key);
        return false;
      }
      this.open.set(keyOf(place), { place, server });
      opened.push(keyOf(place));
    }
    return true;
  }

  private listenOn({ address, port }: Place): NetServer {
    const server = listenTcp(address, port, this.config.integer('tcp-backlog'), (socket) =>
      this.accept(socket, undefined),
    );
    server.on('error', (error) => this.report(error));
    return server;
  }

  private close(key: string): void {
    this.open.get(key)?.server.close();
    this.open.delete(key);
  }

  /** The places the configuration names; undefined when one has a host name that is not resolved yet. */
  private wanted(): Place[] | undefined {
    const port = this.config.integer('port');
    const places = new Map<string, Place>();
    if (port === 0) return [];
    for (const word of this.config.value('bind')) {
      const optional = word.startsWith('-');
      const address = this.addresses.get(nameIn(word)) ?? literal(nameIn(word));
      if (address === undefined) {
        if (optional) continue;
        this.log.warning(`Could not listen on ${nameIn(word)}: CONFIG SET bind takes IP addresses, not host names.`);
        return undefined;
      }
      const place = { address, port, optional };
      places.set(keyOf(place), place);
    }
    return [...places.values()];
  }

  /** Looks up the host name in a word of `bind`; one behind a dash need not exist. */
  private async resolve(word: string): Promise<void> {
    const name = nameIn(word);
    if (literal(name) !== undefined) return;
    try {
      this.addresses.set(name, (await lookup(name, 4)).address);
    } catch (error) {
      if (!word.startsWith('-')) throw error;
    }
  }

  /** Listening or accepting failed: no more files may be opened, or a client was gone before it was accepted. */
  private report(error: Error): void {
    const now = Date.now();
    if (now - this.loggedAt < LOG_INTERVAL_MS) return;
    this.loggedAt = now;
    this.log.warning(`Cannot listen or accept a connection: ${error.message}`);
  }
}

/** A word of `bind` without the dash that makes it optional. */
function nameIn(word: string): string {
  return word.startsWith('-') ? word.slice(1) : word;
}

/** The IP address that a word stands for without being looked up. */
function literal(name: string): string | undefined {
  if (name === '*') return '0.0.0.0';
  if (name === '::*') return '::';
  return isIP(name) === 0 ? undefined : name;
}

function keyOf({ address, port }: Place): string {
  return `${address} ${port}`;
}

/** Whether no network interface of this machine has the address. */
function isAbsent(address: string): boolean {
  if (address === '0.0.0.0' || address.startsWith('127.')) return false;
  const present = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  if (address === '::') return !present.some(({ family }) => family === 'IPv6');
  return !present.some((entry) => entry.address === address);
}

/** Rejects with the reason why a server does not listen. */
async function failureOf(server: NetServer): Promise<void> {
  await once(server, 'listening');
}
