/**
 * One file of the suite, run in one of two modes.
 *
 *   external   a fresh server; the suite connects to it and changes its configuration. Tests that start servers of their
 *              own are left out
 *   replace    our command in the place of the suite's own redis-server: it starts and stops servers itself, with the
 *              options that a file asks for
 *
 * The suite's `--durable` is on: an error, such as an unknown command, fails its test and not the rest of the file.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { removeDirectory } from '../../bench/child-processes.ts';
import { hotsetEntry, type ServerName, startServer } from '../processes.ts';
import { claimPortRange, type PortRange } from './port-range.ts';
import { findProgram, makeScratchTree } from './scratch-tree.ts';
import { asSkipOption } from './skips.ts';
import { parseSuiteOutput, type SuiteResult } from './suite-output.ts';

export const MODES = ['external', 'replace'] as const;
export type Mode = (typeof MODES)[number];

export interface RunOptions {
  readonly mode: Mode;
  readonly server: ServerName;
  /** Test names, or patterns between slashes, to leave out. */
  readonly skip: Iterable<string>;
  readonly denyTags: readonly string[];
  /** Sees what the suite prints as it comes. */
  readonly onOutput?: (chunk: Buffer) => void;
}

/** The suite ends itself, naming the test, when nothing happens for so long. */
const TEST_LIMIT_SECONDS = 100;
/** A file that takes longer is ended from outside. */
const FILE_LIMIT_MS = 400_000;
/** The suite's controlling process listens a little below its first port. */
const CONTROL_PORTS = 32;
const BOOTSTRAP = fileURLToPath(new URL('./line-buffered.tcl', import.meta.url));

/** What the suite's external mode expects a server to allow. */
const EXTERNAL_OPTIONS = [
  ...['--databases', '16', '--enable-debug-command', 'yes'],
  ...['--enable-protected-configs', 'yes', '--enable-module-command', 'yes'],
];

/** Runs `file` (such as `unit/type/string`) of the suite in `folder`. */
export async function runSuiteFile(folder: string, file: string, options: RunOptions): Promise<SuiteResult> {
  const scratch = makeScratchTree(folder, commandOf(options.server));
  const ports = await claimPortRange();
  const server = options.mode === 'external' ? await startServer(options.server, EXTERNAL_OPTIONS) : undefined;
  try {
    const where = server === undefined ? [] : ['--host', '127.0.0.1', '--port', `${server.port}`];
    const { output, ended } = await runTcl(
      [...suiteOptions(file, options, ports), ...where],
      scratch,
      options.onOutput,
    );
    const result = parseSuiteOutput(output);
    if (!ended) result.broken.push('it did not end in time');
    if (server?.isAlive === false) result.broken.push(`the server died\n${server.log()}`);
    if (ended && result.passed.length + result.failed.length + result.skipped.length + result.broken.length === 0) {
      result.broken.push(`no test was run\n${output.slice(-1_000)}`);
    }
    return result;
  } finally {
    await server?.stop();
    ports.release();
    removeDirectory(scratch);
  }
}

/** The names of the commands that a server has, as COMMAND LIST gives them; none when it cannot say. */
export async function readCommandNames(server: ServerName): Promise<Set<string>> {
  const started = await startServer(server);
  try {
    const reply = execFileSync('redis-cli', ['-p', `${started.port}`, 'COMMAND', 'LIST'], { encoding: 'utf8' });
    return new Set(reply.split('\n').filter((line) => /^[a-z_|-]+$/.test(line)));
  } finally {
    await started.stop();
  }
}

function commandOf(server: ServerName): string[] {
  return server === 'redis' ? [findProgram('redis-server') ?? 'redis-server'] : [process.execPath, hotsetEntry()];
}

function suiteOptions(file: string, { skip, denyTags }: RunOptions, ports: PortRange): string[] {
  const options = ['--single', file, '--durable', '--clients', '1', '--timeout', `${TEST_LIMIT_SECONDS}`];
  options.push('--baseport', `${ports.first + CONTROL_PORTS}`, '--portcount', `${ports.count - CONTROL_PORTS}`);
  if (denyTags.length > 0) options.push('--tags', denyTags.map((tag) => `-${tag}`).join(' '));
  for (const name of skip) options.push('--skiptest', asSkipOption(name));
  return options;
}

/** Runs the suite in a process group of its own, so that whatever it started ends with it. */
async function runTcl(
  args: string[],
  cwd: string,
  onOutput?: (chunk: Buffer) => void,
): Promise<{ output: string; ended: boolean }> {
  const env = { ...process.env, TERM: 'dumb', LC_ALL: 'C.UTF-8' };
  const child = spawn('tclsh', [BOOTSTRAP, ...args], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      onOutput?.(chunk);
    });
  }
  const endWithUs = () => endGroup(child);
  process.once('exit', endWithUs);
  let ended = true;
  const timer = setTimeout(() => {
    ended = false;
    endGroup(child);
  }, FILE_LIMIT_MS);
  // Processes that outlive the suite hold its output open: they are ended first.
  child.once('exit', () => endGroup(child));
  await once(child, 'close');
  clearTimeout(timer);
  process.removeListener('exit', endWithUs);
  return { output: Buffer.concat(chunks).toString('utf8'), ended };
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
