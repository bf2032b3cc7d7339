/**
 * One file of the suite, run in one of two modes, in a scratch copy of the suite's tree.
 *
 *   external   a fresh server of ours; the suite connects to it and changes its configuration
 *   replace    our command in the place of the suite's own redis-server: it starts and stops servers itself, with the
 *              options that a file asks for
 */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hotsetEntry, type ServerName, startServer } from '../processes.ts';
import { parseSuiteOutput, type SuiteResult } from './suite-output.ts';

export type Mode = 'external' | 'replace';

export interface RunOptions {
  readonly mode: Mode;
  readonly server: ServerName;
  /** Test names or /patterns/ to leave out. */
  readonly skip: readonly string[];
  /** Runs at the same time use different ones: the ports are taken from there on. */
  readonly slot: number;
  readonly verbose: boolean;
}

/** A file that takes longer is ended. */
const FILE_LIMIT_MS = 240_000;
const FIRST_PORT = 22_000;
const PORTS_PER_SLOT = 1_000;

/** Runs `file` (such as `unit/type/string`) of the suite in `folder`. */
export async function runSuiteFile(folder: string, file: string, options: RunOptions): Promise<SuiteResult> {
  const scratch = makeScratch(folder, options);
  const started = options.mode === 'external' ? await startServer(options.server, EXTERNAL_OPTIONS) : undefined;
  try {
    const args = ['tests/test_helper.tcl', '--single', file, '--durable', '--clients', '1', '--timeout', '120'];
    args.push(
      '--baseport',
      String(FIRST_PORT + options.slot * PORTS_PER_SLOT),
      '--portcount',
      String(PORTS_PER_SLOT - 100),
    );
    for (const name of options.skip) args.push('--skiptest', name);
    if (started !== undefined)
      args.push('--host', '127.0.0.1', '--port', String(started.port), '--tags', '-needs:repl');
    const { output, finished } = await run(args, scratch, options.verbose);
    const result = parseSuiteOutput(output, finished);
    return started !== undefined && !started.isAlive
      ? { ...result, broken: `the server died\n${started.log()}` }
      : result;
  } finally {
    await started?.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What the suite's external mode expects a server to allow. */
const EXTERNAL_OPTIONS = ['--enable-debug-command', 'yes', '--enable-protected-configs', 'yes'];

function makeScratch(folder: string, options: RunOptions): string {
  const scratch = mkdtempSync(join(tmpdir(), 'hotset-conformance-'));
  cpSync(join(folder, 'tests'), join(scratch, 'tests'), { recursive: true });
  cpSync(join(folder, 'redis.conf'), join(scratch, 'redis.conf'));
  mkdirSync(join(scratch, 'src'));
  for (const tool of ['redis-cli', 'redis-benchmark']) symlinkSync(`/usr/bin/${tool}`, join(scratch, 'src', tool));
  const command = options.server === 'redis' ? 'redis-server' : `'${process.execPath}' '${hotsetEntry()}'`;
  writeFileSync(join(scratch, 'src/redis-server'), `#!/bin/sh\nexec ${command} "$@"\n`);
  chmodSync(join(scratch, 'src/redis-server'), 0o755);
  tolerateMissingFunctions(join(scratch, 'tests/support/server.tcl'));
  return scratch;
}

/** The suite empties an external server with FLUSHALL and FUNCTION FLUSH; a server without functions has none to flush. */
function tolerateMissingFunctions(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/^(\s*)r function flush$/m, '$1catch {r function flush}'));
}

/** Runs tclsh in its own process group, so that what it started ends with it. */
function run(args: string[], cwd: string, verbose: boolean): Promise<{ output: string; finished: boolean }> {
  return new Promise((resolve) => {
    const child = spawn('tclsh', args, {
      cwd,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TERM: 'dumb' },
    });
    let output = '';
    let finished = true;
    const endGroup = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group has ended by itself.
      }
    };
    const timer = setTimeout(() => {
      finished = false;
      endGroup();
    }, FILE_LIMIT_MS);
    const collect = (chunk: Buffer): void => {
      output += chunk.toString('latin1');
      if (verbose) process.stderr.write(chunk);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => {
      output += `\n[exception]: ${error.message}\n`;
    });
    child.once('close', () => {
      clearTimeout(timer);
      endGroup();
      resolve({ output, finished });
    });
  });
}
