// One server under test: started on a free loopback port with an empty directory of its own, watched, and ended by its process id.

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { end, removeDirectory, temporaryDirectory, track } from './child-processes.ts';
import { freePort } from './free-port.ts';
import type { ServerName } from './pair.ts';

/** Started through `sh -c "exec …"`, with {port} and {dir} filled in; the process it becomes is the one measured. */
export interface ServerCommand {
  readonly name: ServerName;
  readonly command: string;
}

export interface RunningServer {
  readonly name: ServerName;
  readonly port: number;
  readonly pid: number;
  /** For questions and settings, never for load. */
  readonly control: Redis;
  /** Rejects if the server ends by itself; never resolves. */
  readonly failure: Promise<never>;
}

interface StartedServer extends RunningServer {
  stop(): Promise<void>;
}

const READY_LIMIT_MILLIS = 15_000;
const RETRY_MILLIS = 50;
const LOG_TAIL_CHARS = 1_000;

export const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));
const COMMON_OPTIONS = '--port {port} --bind 127.0.0.1 --save "" --dir {dir}';

export const DEFAULT_COMMANDS: Readonly<Record<ServerName, string>> = {
  hotset: `'${process.execPath}' '${join(REPOSITORY, 'dist/cli.js')}' ${COMMON_OPTIONS} --enable-debug-command yes`,
  redis: `redis-server ${COMMON_OPTIONS}`,
};

/** Starts a server and resolves when it answers PING. Rejects with the end of its log when it ends or stays silent. */
async function startServer({ name, command }: ServerCommand): Promise<StartedServer> {
  const port = await freePort();
  const directory = temporaryDirectory();
  const logPath = join(directory, 'server.log');
  const log = openSync(logPath, 'a');
  const line = command.replaceAll('{port}', String(port)).replaceAll('{dir}', directory);
  const child = track(spawn('/bin/sh', ['-c', `exec ${line}`], { stdio: ['ignore', log, log], cwd: directory }));
  closeSync(log);

  let stopping = false;
  const failure = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new Error(`${name} cannot be started: ${error.message}`)));
    child.once('exit', (code, signal) => {
      if (!stopping) reject(new Error(`${name} ended by itself (${signal ?? code})\n${logTail(logPath)}`));
    });
  });
  failure.catch(() => {});

  const control = controlConnection(port);
  const stop = async (): Promise<void> => {
    stopping = true;
    control.disconnect();
    await end(child);
    removeDirectory(directory);
  };
  try {
    await Promise.race([answersPing(control, name), failure]);
    if (child.pid === undefined) throw new Error(`${name} has no process id`);
    return { name, port, pid: child.pid, control, failure, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts a server, does something with it and ends it, whatever happens. */
export async function withServer<T>(spec: ServerCommand, use: (server: RunningServer) => Promise<T>): Promise<T> {
  const server = await startServer(spec);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

function controlConnection(port: number): Redis {
  const control = new Redis({
    host: '127.0.0.1',
    port,
    protocol: 2,
    enableReadyCheck: false,
    disableClientInfo: true,
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) => (attempt * RETRY_MILLIS > READY_LIMIT_MILLIS ? null : RETRY_MILLIS),
  });
  // Refused connections while the server starts are expected; answersPing has the limit, `failure` the reason.
  control.on('error', () => {});
  return control;
}

async function answersPing(control: Redis, name: ServerName): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    const text = `${name} did not answer PING within ${READY_LIMIT_MILLIS / 1000} s`;
    timer = setTimeout(() => reject(new Error(text)), READY_LIMIT_MILLIS);
  });
  const pinged = control.ping();
  pinged.catch(() => {});
  try {
    await Promise.race([pinged, silence]);
  } finally {
    clearTimeout(timer);
  }
}

function logTail(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-LOG_TAIL_CHARS);
  } catch {
    return '';
  }
}
