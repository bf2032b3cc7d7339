/** Debian's redis-cli, run on Hotset and on redis-server side by side. */
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, expect } from 'vitest';
import { type ServerName, type ServerProcess, startServer } from '../processes.ts';

const START_LIMIT_MS = 120_000;
const RUN_LIMIT_MS = 20_000;
export const SERVERS = ['hotset', 'redis'] as const;

const running = {} as Record<ServerName, ServerProcess>;

/** Starts both for the tests of a file. */
export function useServers(): void {
  beforeAll(async () => {
    for (const name of SERVERS) running[name] = await startServer(name, ['--unixsocket', '{dir}/socket']);
  }, START_LIMIT_MS);
  afterAll(() => Promise.all(SERVERS.map((name) => running[name]?.stop())));
}

export function portOf(name: ServerName): number {
  return running[name].port;
}

export interface Run {
  readonly output: string;
  readonly code: number | null;
}

/** Runs redis-cli, a line at a time: `endAfterMs` is for modes that run until they are interrupted. */
export function redisCli(
  name: ServerName,
  args: readonly string[],
  input: string | Buffer = '',
  endAfterMs = 0,
): Promise<Run> {
  const { port, directory } = running[name];
  const where = args[0] === '-s' ? [] : ['-h', '127.0.0.1', '-p', `${port}`];
  const words = args.map((word) => word.replace('{dir}', directory));
  return new Promise((resolve, reject) => {
    const child = spawn('stdbuf', ['-oL', 'redis-cli', ...where, ...words], { stdio: ['pipe', 'pipe', 'pipe'] });
    const limit = setTimeout(() => child.kill('SIGKILL'), RUN_LIMIT_MS);
    if (endAfterMs > 0) setTimeout(() => child.kill('SIGINT'), endAfterMs);
    // Two pipes: which of them is read first is chance, so what each brought is kept apart.
    const printed = ['', ''];
    for (const [i, stream] of [child.stdout, child.stderr].entries()) {
      stream.on('data', (chunk: Buffer) => {
        printed[i] += chunk.toString('latin1');
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ output: printed.join(''), code });
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}

/** Runs the same on both; the runs must be equal. Answers it. */
export async function same(args: readonly string[], input: string | Buffer = ''): Promise<Run> {
  const ours = await redisCli('hotset', args, input);
  expect(ours).toEqual(await redisCli('redis', args, input));
  return ours;
}
