/** A copy of the suite's tree for one run: the suite writes into its own folder, and clears it when it starts. */
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../../bench/child-processes.ts';

/** Programs that the suite calls in `src/` beside redis-server. Debian's serve for any server. */
const TOOLS = ['redis-cli', 'redis-benchmark', 'redis-check-aof', 'redis-check-rdb'];

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
  tolerateMissingFunctions(join(scratch, 'tests/support/server.tcl'));
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
 * The one change to the suite. It empties an external server with FLUSHALL and FUNCTION FLUSH, and an error to either
 * ends the file; a server without functions has none to flush.
 */
function tolerateMissingFunctions(path: string): void {
  const text = readFileSync(path, 'utf8');
  const line = /^(\s*)r function flush$/m;
  if (!line.test(text)) throw new Error(`${path} does not flush functions where it did`);
  writeFileSync(path, text.replace(line, '$1catch {r function flush}'));
}
