import { chmod, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Advice, cache, isMain, root, runScript, setupLock } from './checkout.mjs';
import { withLock } from './lock.mjs';
import { runCommand } from './run-command.mjs';

/*
 * src becomes dist. The compiler writes into a folder of its own under .cache, which takes dist's place in one rename
 * when it is complete: a failed build leaves the old dist, and nobody ever reads half of a new one. The command's file
 * gets the time the build began, so that a source saved during the build counts as newer.
 *
 *   node scripts/build.mjs [--if-stale]
 */
const DIST = join(root, 'dist');
const COMMAND = 'cli.js';
const SHEBANG = '#!/usr/bin/env node';
/** What dist depends on. */
const INPUTS = [
  'src',
  'tsconfig.json',
  'tsconfig.build.json',
  'package-lock.json',
  'scripts/build.mjs',
  'scripts/inline-constants.mjs',
];

/** Builds dist from src, whether or not it is up to date. */
export async function build() {
  await withLock(setupLock, rebuild);
}

/** Builds dist when it is missing or older than what it is made from. */
export async function ensureBuilt() {
  if (!(await isStale())) return;
  await withLock(setupLock, async () => {
    if (await isStale()) await rebuild();
  });
}

async function rebuild() {
  console.log('Building…');
  const started = new Date();
  const fresh = join(cache, `dist-${process.pid}`);
  await rm(fresh, { recursive: true, force: true });
  try {
    await compile(fresh);
    await finishCommand(join(fresh, COMMAND), started);
    await replaceDist(fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/**
 * The build step itself: JavaScript and declarations of everything in src, written into `out`, constants inlined.
 * @param {string} out
 */
async function compile(out) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', out];
  const { code } = await runCommand(process.execPath, args);
  if (code !== 0) throw new Advice('The build failed: correct the errors above, then try again. dist is unchanged.');
  // It needs a package, which the scripts that build may just have installed.
  const { inlineConstants } = await import('./inline-constants.mjs');
  await inlineConstants(out);
}

/**
 * @param {string} path
 * @param {Date} started
 */
async function finishCommand(path, started) {
  const text = await readFile(path, 'utf8').catch(() => '');
  if (!text.startsWith(`${SHEBANG}\n`)) {
    throw new Advice(`The build made no command: src/cli.ts must exist and begin with ${SHEBANG}. dist is unchanged.`);
  }
  await chmod(path, 0o755);
  await utimes(path, started, started);
}

/** @param {string} fresh */
async function replaceDist(fresh) {
  const old = join(cache, `old-dist-${process.pid}`);
  await rm(old, { recursive: true, force: true });
  if (await exists(DIST)) await rename(DIST, old);
  await rename(fresh, DIST);
  await rm(old, { recursive: true, force: true });
}

/** @param {string} path */
async function exists(path) {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function isStale() {
  const built = await stat(join(DIST, COMMAND)).catch(() => undefined);
  if (built === undefined) return true;
  for (const input of INPUTS) {
    if ((await newestChange(join(root, input))) > built.mtimeMs) return true;
  }
  return false;
}

/**
 * The latest change in a file or folder, in ms since 1970. A folder's own time tells of removed and renamed files.
 * @param {string} path
 * @returns {Promise<number>}
 */
async function newestChange(path) {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const names = await readdir(path);
  const times = await Promise.all(
    names.filter((name) => !name.endsWith('.test.ts')).map((name) => newestChange(join(path, name))),
  );
  return Math.max(found.mtimeMs, ...times);
}

if (isMain(import.meta.url)) {
  await runScript(async () => {
    await (process.argv.includes('--if-stale') ? ensureBuilt() : build());
    return 0;
  });
}
