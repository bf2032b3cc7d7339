/**
 * Servers for tests, as real processes: each on a free loopback port with an empty directory of its own, waited for until
 * it answers, ended by its own process id however the test ends.
 */

import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { end, removeDirectory, temporaryDirectory, track } from '../bench/child-processes.ts';
import { freePort } from '../bench/free-port.ts';

export type ServerName = 'hotset' | 'redis';

export interface ServerProcess {
  readonly name: ServerName;
  readonly port: number;
  readonly pid: number;
  /** Its working directory, empty at the start and removed by `stop`. */
  readonly directory: string;
  /** False once the process has ended, by itself or by `stop`. */
  readonly isAlive: boolean;
  /** The end of what it printed. */
  log(): string;
  stop(): Promise<void>;
}

const READY_LIMIT_MS = 15_000;
const RETRY_MS = 25;
const LOG_TAIL_CHARS = 2_000;
const root = fileURLToPath(new URL('..', import.meta.url));
let builtEntry: string | undefined;

/** The file that node runs as Hotset: HOTSET_CLI when it is set, otherwise the build, made first when it is stale. */
export function hotsetEntry(): string {
  if (process.env.HOTSET_CLI !== undefined) return process.env.HOTSET_CLI;
  if (builtEntry === undefined) {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), '--if-stale'], { stdio: ['ignore', 2, 2] });
    builtEntry = join(root, 'dist/cli.js');
  }
  return builtEntry;
}

/** Starts a server and resolves when it replies. `args` are added to its command line; `{dir}` in them is its directory. */
export async function startServer(name: ServerName, args: readonly string[] = []): Promise<ServerProcess> {
  const program = name === 'redis' ? ['redis-server'] : [process.execPath, hotsetEntry()];
  const port = await freePort();
  const directory = temporaryDirectory();
  const own = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', directory];
  const rest = [...program.slice(1), ...own, ...args.map((word) => word.replaceAll('{dir}', directory))];
  const logPath = join(directory, 'output.log');
  const output = openSync(logPath, 'a');
  const child = track(spawn(program[0], rest, { stdio: ['ignore', output, output], cwd: directory }));
  closeSync(output);
  let ended = false;
  let reason = '';
  child.once('exit', (code, signal) => {
    ended = true;
    reason = `it ended (${signal ?? code})`;
  });
  child.once('error', (error) => {
    ended = true;
    reason = error.message;
  });
  const server: ServerProcess = {
    name,
    port,
    directory,
    get pid() {
      return child.pid ?? 0;
    },
    get isAlive() {
      return !ended;
    },
    log: () => tailOf(logPath),
    async stop() {
      await end(child);
      removeDirectory(directory);
    },
  };
  for (const deadline = Date.now() + READY_LIMIT_MS; !(await replies(port)); await sleep(RETRY_MS)) {
    if (!ended && Date.now() < deadline) continue;
    const log = server.log();
    await server.stop();
    throw new Error(`${name} does not serve: ${reason || 'no reply to PING'}\n${log}`);
  }
  return server;
}

/** Whether PING gets any answer, NOAUTH included. */
function replies(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
    socket.setTimeout(1_000, () => settle(false));
  });
}

function tailOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(-LOG_TAIL_CHARS);
  } catch {
    return '';
  }
}
