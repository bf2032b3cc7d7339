/** A copy of the suite's tree for one run: the suite writes into its own folder, and clears it when it starts. */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../bench/child-processes.ts';

/** Programs that the suite calls in `src/` beside redis-server. Debian's serve for any server. */
const TOOLS = ['redis-cli', 'redis-benchmark', 'redis-check-aof', 'redis-check-rdb'];
const START_LIMIT_MS = 10_000;

/**
 * Copies the suite in `folder` to a new temporary folder (a short path: Unix sockets lie below it) and returns its path;
 * `removeDirectory` removes it.
 * `command` is what the suite starts as its redis-server.
 */
export function makeScratchTree(folder: string, command: readonly string[]): string {
  const scratch = temporaryDirectory();
  cpSync(folder, scratch, { recursive: true });
  mkdirSync(join(scratch, 'src'));
  for (const tool of TOOLS) {
    const installed = findProgram(tool);
    if (installed !== undefined) symlinkSync(installed, join(scratch, 'src', tool));
  }
  const server = join(scratch, 'src/redis-server');
  writeFileSync(server, `#!/bin/sh\nexec ${command.map(quote).join(' ')} "$@"\n`);
  chmodSync(server, 0o755);
  adaptSuite(join(scratch, 'tests/support/server.tcl'));
  return scratch;
}

/** The path of a program that the user could call by name. */
export function findProgram(name: string): string | undefined {
  const candidates = (process.env.PATH ?? '').split(':').map((folder) => join(folder, name));
  return candidates.find((path) => existsSync(path));
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/**
 * The two changes to the suite. It empties an external server with FLUSHALL and FUNCTION FLUSH, and an error to either
 * ends the file; a server without functions has none to flush. And it waits two minutes for a server that refuses its
 * options to start, which is longer than a test may take here.
 */
function adaptSuite(path: string): void {
  const changes = [
    [/^(\s*)r function flush$/m, '$1catch {r function flush}'],
    [/set maxiter \[expr \{120\*1000\/\$checkperiod\}\]/, `set maxiter [expr {${START_LIMIT_MS}/$$checkperiod}]`],
  ] as const;
  let text = readFileSync(path, 'utf8');
  for (const [pattern, replacement] of changes) {
    if (!pattern.test(text)) throw new Error(`${path} has no ${pattern} to change`);
    text = text.replace(pattern, replacement);
  }
  writeFileSync(path, text);
}
