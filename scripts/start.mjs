import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt } from './build.mjs';
import { root, runScript } from './checkout.mjs';
import { ensureNpmPackages } from './npm-packages.mjs';
import { exitCodeOf } from './run-command.mjs';

/*
 * npm start: installs and builds what is missing, then serves in the foreground. Needs only Node: it runs before there
 * is a node_modules.
 *
 * Ctrl-C reaches every process of the terminal's group, and npm passes it on once more; a server takes a second SIGINT
 * for "stop now, save nothing". The server therefore runs in a group of its own, and this process hands it each signal
 * once.
 */
const SAME_KEYPRESS_MS = 500;
/** @type {NodeJS.Signals[]} */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * @param {string[]} options
 * @returns {Promise<number>} the server's exit code
 */
function serve(options) {
  return new Promise((resolve, reject) => {
    const server = spawn(process.execPath, [join(root, 'dist', 'cli.js'), ...options], {
      stdio: 'inherit',
      detached: process.platform !== 'win32',
    });
    let lastSignal = '';
    let lastSignalAt = Number.NEGATIVE_INFINITY;
    /** @param {NodeJS.Signals} signal */
    const forward = (signal) => {
      const now = performance.now();
      if (signal === lastSignal && now - lastSignalAt < SAME_KEYPRESS_MS) return;
      lastSignal = signal;
      lastSignalAt = now;
      server.kill(signal);
    };
    for (const signal of FORWARDED) process.on(signal, forward);
    process.on('exit', () => server.kill('SIGTERM'));
    server.on('error', reject);
    server.on('exit', (code, signal) => resolve(code ?? exitCodeOf(signal)));
  });
}

await runScript(async () => {
  await ensureNpmPackages();
  await ensureBuilt();
  return serve(process.argv.slice(2));
});
