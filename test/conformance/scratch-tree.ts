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
  adaptSuite(join(scratch, 'tests/support'));
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

/** A place of the suite's own code that must be there, and what stands there instead. */
interface Change {
  readonly file: string;
  readonly pattern: RegExp;
  readonly replacement: string;
}

const CHANGES: readonly Change[] = [
  // The suite empties an external server with FLUSHALL and FUNCTION FLUSH, and an error to either ends the file; a server
  // without functions has none to flush.
  { file: 'server.tcl', pattern: /^(\s*)r function flush$/m, replacement: '$1catch {r function flush}' },
  // It waits two minutes for a server that refuses its options to start, which is longer than a test may take here.
  {
    file: 'server.tcl',
    pattern: /set maxiter \[expr \{120\*1000\/\$checkperiod\}\]/,
    replacement: `set maxiter [expr {${START_LIMIT_MS}/$$checkperiod}]`,
  },
  // Since Redis 7.2 small lists and sets are listpacks, which this suite of 7.0 does not know yet.
  {
    file: 'test.tcl',
    pattern: /^proc assert_encoding \{enc key\} \{$/m,
    replacement: [
      '$&',
      '    if {[r object encoding $$key] eq {listpack} && "[r type $$key] $$enc" in {{list quicklist} {set hashtable}}} {',
      '        return',
      '    }',
    ].join('\n'),
  },
];

/** Changes the suite where it expects what this version of a server need not have. */
function adaptSuite(folder: string): void {
  for (const { file, pattern, replacement } of CHANGES) {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    if (!pattern.test(text)) throw new Error(`${path} has no ${pattern} to change`);
    writeFileSync(path, text.replace(pattern, replacement));
  }
}
