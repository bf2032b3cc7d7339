import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ConfigFile } from './rewrite.ts';
import { errorCode } from './system-error.ts';

/** The configuration file at an absolute path. */
export function configFileAt(path: string): ConfigFile {
  return {
    read() {
      try {
        return readFileSync(path);
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return undefined;
        throw error;
      }
    },
    replace: (content) => replaceFile(path, content),
  };
}

/**
 * Replaces a file in one step: a temporary file beside it is written, flushed to disk and renamed, and the directory
 * flushed too. When anything fails the old file is untouched and the temporary one removed.
 *
 * @throws as `node:fs` does
 */
export function replaceFile(path: string, content: Uint8Array): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  const file = openSync(temporary, 'wx', 0o644);
  try {
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  const directory = openSync(dirname(path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
