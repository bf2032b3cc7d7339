/**
 * Configuration beside a real redis-server 7.0.15: what the tests that compare the two start and ask.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from '../../../bench/free-port.ts';
import { parseCommandLine } from './argv.ts';
import { encodeText } from './byte-text.ts';
import { Config } from './config.ts';
import { loadConfig } from './file.ts';
import type { WorkingDirectory } from './option.ts';

export const VERSION = '7.0.15';

/** Options whose value or existence differs, and why. */
export const NEWER: Record<string, string> = {
  'set-max-listpack-entries': 'new in Redis 7.2',
  'set-max-listpack-value': 'new in Redis 7.2',
  'locale-collate': 'new in Redis 7.2',
  'cluster-announce-human-nodename': 'new in Redis 7.2',
  'busy-poll': 'only here',
  'read-coalescing': 'only here',
  'script-time-limit': 'only here',
  'script-memory-limit': 'only here',
};
export const DIFFERENT: Record<string, string> = {
  maxclients: 'redis-server lowers it to what the limit on open files allows',
  'aof-disable-auto-gc': 'hidden since Redis 7.2',
};

const base = mkdtempSync(join(tmpdir(), 'hotset-config-'));

/** A directory of a test's own. `removeDirectories` is for the end of the file. */
export function newDirectory(): string {
  return mkdtempSync(join(base, 'run-'));
}

export function removeDirectories(): void {
  rmSync(base, { recursive: true, force: true });
}

export interface Peer {
  /** The reply as text, or the error's. */
  config(...args: string[]): Promise<string | string[]>;
  stop(): Promise<void>;
}

/** Starts redis-server in `cwd`; `args` and the file they name must not set the port, the log or `bind`. */
export async function startPeer(cwd: string, args: readonly string[], password = ''): Promise<Peer> {
  const port = await freePort();
  const server: ChildProcess = spawn('redis-server', [...args, '--port', String(port), '--bind', '127.0.0.1'], { cwd });
  const client = new Redis(port, '127.0.0.1', { password, retryStrategy: () => 20, maxRetriesPerRequest: 200 });
  client.on('error', () => {});
  return {
    async config(...words) {
      try {
        return (await client.call('config', ...words)) as string | string[];
      } catch (error) {
        return (error as Error).message;
      }
    },
    async stop() {
      client.disconnect();
      const ended = once(server, 'exit');
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** A working directory that exists only here, so that tests leave the process's own alone. */
export function directoryAt(path: string): WorkingDirectory {
  let current = path;
  return {
    change(to) {
      const target = to.startsWith('/') ? to : join(current, to);
      if (to === '' || to.includes('missing')) return 'No such file or directory';
      current = target.replace(/(.)\/+$/, '$1');
      return undefined;
    },
    current: () => encodeText(current),
  };
}

export function ours(cwd: string, args: readonly string[]): Config {
  const command = parseCommandLine([...args, '--port', '1', '--bind', '127.0.0.1']);
  if (command.kind !== 'serve') throw new Error(`not a command line to serve: ${args}`);
  const config = new Config(directoryAt(cwd));
  const source = command.file === undefined ? {} : { file: join(cwd, command.file) };
  inDirectory(cwd, () => loadConfig({ ...source, text: command.text }, config, DIRECTIVES, VERSION));
  return config;
}

export const DIRECTIVES = { renameCommand: () => undefined, user: () => undefined };

/** Runs with `cwd` as the process's working directory, where relative paths in files start. */
export function inDirectory<T>(cwd: string, run: () => T): T {
  const before = process.cwd();
  process.chdir(cwd);
  try {
    return run();
  } finally {
    process.chdir(before);
  }
}

export function pairs(flat: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (let i = 0; i < flat.length; i += 2) found[flat[i]] = flat[i + 1];
  return found;
}

/** All options but those that differ by nature. */
export async function valuesOf(peer: Peer): Promise<Record<string, string>> {
  const values = pairs((await peer.config('get', '*')) as string[]);
  for (const name of ['port', ...Object.keys(DIFFERENT)]) delete values[name];
  return values;
}

export function valuesIn(config: Config): Record<string, string> {
  const values = Object.fromEntries(config.match(['*']));
  for (const name of ['port', ...Object.keys(NEWER), ...Object.keys(DIFFERENT)]) delete values[name];
  return values;
}
