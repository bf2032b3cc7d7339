import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Advice, root, setupLock } from './checkout.mjs';
import { withLock } from './lock.mjs';
import { runCommand } from './run-command.mjs';

const OLDEST_NODE = 20;
/** npm follows its reason with pages of usage. */
const SHOWN_LINES = 15;

/** Installs the npm packages of package-lock.json when they are missing or older than it. */
export async function ensureNpmPackages() {
  const running = Number(process.versions.node.split('.')[0]);
  if (running < OLDEST_NODE) {
    throw new Advice(`Hotset needs Node ${OLDEST_NODE} or newer; this is ${process.version}. See https://nodejs.org`);
  }
  if (await areInstalled()) return;
  await withLock(setupLock, async () => {
    if (await areInstalled()) return;
    console.log('Installing packages…');
    await install();
  });
}

/** npm writes node_modules/.package-lock.json last, so its time is that of the last complete installation. */
async function areInstalled() {
  const [installed, wanted] = await Promise.all([
    stat(join(root, 'node_modules', '.package-lock.json')).catch(() => undefined),
    stat(join(root, 'package-lock.json')),
  ]);
  return installed !== undefined && installed.mtimeMs >= wanted.mtimeMs;
}

async function install() {
  // Under NODE_ENV=production npm would leave out the compiler.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath ?? '';
  const { code, output, missing } = npm.endsWith('npm-cli.js')
    ? await runCommand(process.execPath, [npm, ...args], { quiet: true, cwd: root })
    : await runCommand('npm', args, { quiet: true, cwd: root });
  if (missing) throw new Advice('npm was not found. Install it (on Debian: apt-get install npm), then try again.');
  if (code !== 0) {
    throw new Advice(
      `${output.trim().split('\n').slice(0, SHOWN_LINES).join('\n')}\n\nThe npm packages could not be installed (npm ci ended with ${code}).\n` +
        'Check that the registry can be reached (npm ping) and that the disk has room, then try again.',
    );
  }
}
