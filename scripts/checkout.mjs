import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of this checkout, wherever the command was started. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Scratch space that git and npm leave alone, on the same file system as dist so that a rename is possible. */
export const cache = join(root, '.cache');

/** Held while npm packages or dist change. */
export const setupLock = join(cache, 'setup.lock');

/** A failure whose message already says what to do next; shown without a stack. */
export class Advice extends Error {}

/**
 * Whether the module at `url` is the program itself, not one that another script imports.
 * @param {string} url
 */
export function isMain(url) {
  const program = process.argv[1];
  return program !== undefined && realpathSync(program) === fileURLToPath(url);
}

/**
 * Runs a script's main function; an Advice ends the process with its text, anything else with a stack.
 * @param {() => Promise<number>} main resolves to the exit code
 */
export async function runScript(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof Advice)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
