import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a program to its end, without standard input.
 * @param {string} program
 * @param {string[]} args
 * @param {{ quiet?: boolean, cwd?: string, env?: NodeJS.ProcessEnv, signal?: AbortSignal }} [options] quiet keeps the
 *   output instead of showing it; signal ends the program early
 * @returns {Promise<{ code: number, output: string, missing: boolean }>} the exit code (128 and the signal's number when
 *   a signal ended it), what it printed when quiet, and whether the program itself was not found
 */
export function runCommand(program, args, { quiet = false, cwd, env = process.env, signal } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'],
      env,
      ...(cwd === undefined ? {} : { cwd }),
      ...(signal === undefined ? {} : { signal }),
      shell: process.platform === 'win32' && program === 'npm',
    });
    let output = '';
    /** @param {Buffer} chunk */
    const keep = (chunk) => {
      output += chunk.toString();
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    child.on('error', (error) => {
      if (error.name === 'AbortError') return;
      resolve({ code: 127, output: error.message, missing: 'code' in error && error.code === 'ENOENT' });
    });
    child.on('close', (code, endedBy) => resolve({ code: code ?? exitCodeOf(endedBy), output, missing: false }));
  });
}

/**
 * The exit code a shell reports for a program that a signal ended.
 * @param {NodeJS.Signals | null} signal
 */
export function exitCodeOf(signal) {
  return signal === null ? 1 : 128 + (constants.signals[signal] ?? 0);
}
