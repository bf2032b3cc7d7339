// Runs Debian's redis-benchmark, the load generator of all rate tests: the same C client for both servers.
// It has two habits to guard against: against a port nobody listens on it retries for ever, and a server that goes away in
// the middle may leave it waiting. So every run has a time limit and also ends when the server does.

import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { type BenchmarkReport, parseBenchmarkReport } from './benchmark-report.ts';
import { end, track } from './child-processes.ts';
import type { RunningServer } from './server-process.ts';

export interface Load {
  /** Connections. */
  readonly clients: number;
  /** Requests in flight on each connection. */
  readonly pipeline: number;
  readonly requests: number;
  /** Random keys are drawn from 0 to this number - 1. */
  readonly keys: number;
  readonly valueBytes: number;
  /** A built-in test (`-t set`) or a command whose __rand_int__ become random key numbers. */
  readonly test: { readonly builtin: string } | { readonly command: readonly string[] };
  /** Run at a lower scheduling priority, so that it does not take the CPU from the server it measures. */
  readonly yielding?: boolean;
}

const BASE_LIMIT_MILLIS = 60_000;
/** Slower than this (requests per ms) and the run counts as hung. */
const LEAST_REQUESTS_PER_MILLI = 2;
const LOW_PRIORITY = 10;
const OUTPUT_LIMIT_CHARS = 4_000_000;

/** The largest keyspace redis-benchmark accepts. */
export const MOST_RANDOM_KEYS = 2_147_483_647;

/** The arguments of one run, without the program's name. */
export function benchmarkArguments(port: number, load: Load): string[] {
  const { test } = load;
  const options = ['-h', '127.0.0.1', '-p', String(port), '-c', String(load.clients), '-P', String(load.pipeline)];
  options.push('-n', String(load.requests), '-r', String(load.keys), '-d', String(load.valueBytes));
  return 'builtin' in test ? [...options, '-t', test.builtin] : [...options, ...test.command];
}

/** Runs one test to its end. Rejects with what redis-benchmark said when it fails, takes far too long or loses its server. */
export async function runRedisBenchmark(server: RunningServer, load: Load): Promise<BenchmarkReport> {
  const args = benchmarkArguments(server.port, load);
  const child = track(spawn('redis-benchmark', args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  if (load.yielding === true && child.pid !== undefined) setPriority(child.pid, LOW_PRIORITY);
  let output = '';
  let complaints = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    if (output.length < OUTPUT_LIMIT_CHARS) output += text;
  });
  child.stderr.setEncoding('latin1').on('data', (text: string) => {
    if (complaints.length < OUTPUT_LIMIT_CHARS) complaints += text;
  });
  const limitMillis = BASE_LIMIT_MILLIS + load.requests / LEAST_REQUESTS_PER_MILLI;
  let timer: NodeJS.Timeout | undefined;
  const finished = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`redis-benchmark cannot be started: ${error.message}`)));
    child.once('close', (code) => resolve(code));
    timer = setTimeout(() => reject(new Error(`redis-benchmark took over ${limitMillis / 1000} s`)), limitMillis);
  });
  try {
    const code = await Promise.race([finished, server.failure]);
    if (code !== 0 || /Error from server/.test(output)) {
      const said = (/Error from server.*/.exec(output)?.[0] ?? complaints.trim().slice(-300)).trim();
      throw new Error(`redis-benchmark ended with code ${code}: ${said}`);
    }
    return parseBenchmarkReport(output);
  } finally {
    clearTimeout(timer);
    await end(child);
  }
}
