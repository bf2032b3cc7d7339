/** A real redis-server for tests that compare: commands go in as bytes, replies come out as the bytes they were. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as netConnect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../bench/free-port.ts';
import { endOfReply } from '../../protocol/reply-end.testing.ts';

/** A command's words, a character a byte. */
export type Words = readonly string[];

/** One connection: asks, and waits for as many replies. */
export class Connection {
  private readonly socket: Socket;
  private pending = '';
  private arrived = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.pending += chunk.toString('latin1');
      this.arrived();
    });
  }

  /** Sends all commands and answers their replies, a character a byte. */
  async ask(commands: readonly Words[]): Promise<string[]> {
    const request = commands.map(
      (words) => `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`,
    );
    this.socket.write(Buffer.from(request.join(''), 'latin1'));
    const replies: string[] = [];
    while (replies.length < commands.length) replies.push(await this.receive());
    return replies;
  }

  /** The next reply or push message. */
  async receive(): Promise<string> {
    for (;;) {
      const end = this.pending === '' ? undefined : endOfReply(this.pending, 0);
      if (end !== undefined) {
        const reply = this.pending.slice(0, end);
        this.pending = this.pending.slice(end);
        return reply;
      }
      await new Promise<void>((resolve) => {
        this.arrived = resolve;
      });
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

/** A redis-server of a test's own on a port of its own, with an empty directory. */
export class RedisPeer {
  private readonly connections: Connection[] = [];
  private readonly port: number;
  private readonly server: ChildProcess;
  private readonly folder: string;

  private constructor(port: number, server: ChildProcess, folder: string) {
    this.port = port;
    this.server = server;
    this.folder = folder;
  }

  /** `options` are added to the command line. */
  static async start(options: Words = []): Promise<RedisPeer> {
    const folder = mkdtempSync(join(tmpdir(), 'hotset-peer-'));
    const port = await freePort();
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
    const server = spawn('redis-server', [...own, ...options], { stdio: 'ignore' });
    await once(server, 'spawn');
    return new RedisPeer(port, server, folder);
  }

  async connect(protocol: 2 | 3 = 2): Promise<Connection> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (this.server.exitCode !== null) throw new Error(`redis-server ended with ${this.server.exitCode}`);
      const socket = netConnect(this.port, '127.0.0.1');
      try {
        await once(socket, 'connect');
        const connection = new Connection(socket);
        this.connections.push(connection);
        if (protocol === 3) await connection.ask([['HELLO', '3']]);
        return connection;
      } catch {
        await sleep(50);
      }
    }
    throw new Error('redis-server does not listen');
  }

  async stop(): Promise<void> {
    for (const connection of this.connections) connection.close();
    const exit = once(this.server, 'exit');
    this.server.kill();
    await exit;
    rmSync(this.folder, { recursive: true });
  }
}
