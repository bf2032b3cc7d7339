// Processes and directories a benchmark run leaves behind must not survive it, however it ends: return, exception, Ctrl-C.
// Everything started is registered here; only what is registered is ever ended, and always by its own process id.

import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const GRACE_MILLIS = 5_000;
const SIGNAL_EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const children = new Set<ChildProcess>();
const directories = new Set<string>();
let installed = false;

/** Registers a process just started, so that it ends with this one. Returns it. */
export function track<T extends ChildProcess>(child: T): T {
  installHandlers();
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.once('error', () => children.delete(child));
  return child;
}

/** Makes a directory of its own under the system's temporary directory; it is removed when this process exits. */
export function temporaryDirectory(): string {
  installHandlers();
  const path = mkdtempSync(join(tmpdir(), 'hotset-bench-'));
  directories.add(path);
  return path;
}

/** Removes a directory made by temporaryDirectory, with all that is in it. */
export function removeDirectory(path: string): void {
  if (!directories.delete(path)) return;
  rmSync(path, { recursive: true, force: true });
}

/** Asks a tracked process to end (SIGTERM), insists (SIGKILL) after five seconds, and resolves once it is gone. */
export async function end(child: ChildProcess): Promise<void> {
  if (!children.has(child)) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), GRACE_MILLIS);
  await gone;
  clearTimeout(insist);
}

function installHandlers(): void {
  if (installed) return;
  installed = true;
  process.on('exit', () => {
    for (const child of children) child.kill('SIGKILL');
    for (const path of directories) rmSync(path, { recursive: true, force: true });
  });
  for (const [signal, code] of Object.entries(SIGNAL_EXIT_CODES)) {
    process.once(signal, () => process.exit(code));
  }
}
