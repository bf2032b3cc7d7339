/** How many clients the process's limit on open files leaves room for. Node.js raises the limit to the most allowed at start. */
import { readFileSync } from 'node:fs';

/** Files that are no clients: the listening sockets, the log, the event loop, files of the data set. */
const RESERVED_FILES = 32;

/** As many clients as may be connected; no limit where the system does not tell one. */
export function clientsForOpenFiles(): number {
  const limit = openFilesLimit();
  return limit === undefined ? Number.POSITIVE_INFINITY : Math.max(1, limit - RESERVED_FILES);
}

/** Linux tells in /proc; elsewhere the limit is left to show itself when a connection is accepted. */
function openFilesLimit(): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
