import { mkdir, open, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/*
 * One checkout, several commands: `npm start` in one terminal and `npm test` in another both want to install and build.
 * The lock is a file whose holder touches it every second; a file nobody has touched for a while belonged to a process
 * that died. A process id in the file was rejected: ids are reused, and mean nothing across containers that share a
 * folder. Two waiters that find the same dead lock in the same instant can both go ahead; what the lock protects is
 * therefore also safe to do twice (npm ci, and a build that is moved into place whole).
 */
const TOUCH_MS = 1_000;
const DEAD_AFTER_MS = 6_000;
const POLL_MS = 200;

/**
 * Does `work` while no other process holds the lock at `path`.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work must leave the event loop free, or the lock looks abandoned
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  await mkdir(dirname(path), { recursive: true });
  let announced = false;
  while (!(await tryToCreate(path))) {
    if (!announced) console.log('Waiting for another npm start, npm test or build in this folder…');
    announced = true;
    await sleep(POLL_MS);
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, TOUCH_MS);
  try {
    return await work();
  } finally {
    clearInterval(touching);
    await rm(path, { force: true });
  }
}

/** @param {string} path */
async function tryToCreate(path) {
  try {
    await (await open(path, 'wx')).close();
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const held = await stat(path).catch(() => undefined);
  if (held !== undefined && Date.now() - held.mtimeMs > DEAD_AFTER_MS) await rm(path, { force: true });
  return false;
}
