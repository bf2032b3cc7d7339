import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The build said why on stderr. */
export class BuildError extends Error {}

/** Builds the checkout when dist/cli.js is missing or older than a source file. Throws BuildError when that fails. */
export function buildIfStale(repository: string, say: (text: string) => void): void {
  const built = modifiedMillis(join(repository, 'dist/cli.js'));
  if (built !== undefined && built >= newestMillis(join(repository, 'src'))) return;
  say(built === undefined ? 'building: there is no dist/cli.js' : 'building: the sources are newer than dist/cli.js');
  const { status } = spawnSync('npm', ['run', 'build'], { cwd: repository, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new BuildError('cannot measure Hotset: the build failed');
}

function newestMillis(directory: string): number {
  let newest = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts') || entry.name.endsWith('.test.ts')) continue;
    newest = Math.max(newest, modifiedMillis(join(entry.parentPath, entry.name)) ?? 0);
  }
  return newest;
}

function modifiedMillis(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}
