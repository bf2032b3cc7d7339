/** A server of a test's own, in the test's process, on a loopback port of its own. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../bench/free-port.ts';
import { quoteArgument } from '../protocol/inline.ts';
import { encodeText } from './config/byte-text.ts';
import { Config } from './config/config.ts';
import { loadConfig } from './config/file.ts';
import type { WorkingDirectory } from './config/option.ts';
import type { Connection } from './net/connection.ts';
import { Log } from './observe/log.ts';
import { Server } from './server.ts';
import { REDIS_VERSION } from './version.ts';

export interface TestServer {
  readonly port: number;
  readonly server: Server;
  /** An empty directory that `stop` removes. */
  readonly folder: string;
  /** What the server has logged. */
  log(): string;
  /** Closes every connection and stops listening. */
  stop(): Promise<void>;
}

/**
 * Starts a server with some directives of redis.conf, several words in one value: `{ bind: '127.0.0.1 ::1', save: '' }`.
 * `{folder}` in a value is the server's folder.
 * Rejects as `Server.start` does and throws ConfigError for what a configuration file may not say.
 */
export async function startTestServer(options: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'hotset-test-'));
  const port = options.port === undefined ? await freePort() : Number(options.port);
  const config = new Config(fixedDirectory(folder));
  const lines = Object.entries({ bind: '127.0.0.1', save: '', ...options, port: String(port) }).map(
    ([name, value]) => `${name} ${quoteArgument(Buffer.from(value.replaceAll('{folder}', folder)))}`,
  );
  const directives = { renameCommand: () => undefined, user: () => undefined };
  loadConfig({ text: lines.join('\n') }, config, directives, REDIS_VERSION);
  const logFile = join(folder, 'hotset.log');
  const server = new Server(config, undefined, new Log(logFile));
  await server.start();
  return {
    port,
    server,
    folder,
    log: () => readFileSync(logFile, 'utf8'),
    async stop() {
      server.stop();
      // The sockets' `close` events come with the turns that follow.
      await new Promise((resolve) => setImmediate(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The server's side of the client that has set this name. */
export function connectionNamed({ server }: TestServer, name: string): Connection {
  for (const connection of server.clients.all.values()) if (connection.session.name === name) return connection;
  throw new Error(`no client is called ${name}`);
}

/** A working directory that stays where it is, so that a test leaves the process's own alone. */
function fixedDirectory(path: string): WorkingDirectory {
  return { change: () => undefined, current: () => encodeText(path) };
}
