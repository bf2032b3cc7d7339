/** DEBUG PANIC and SEGFAULT: the ends of a process that whoever supervises it must cope with. */
import type { Log } from '../observe/log.ts';

/** Ends as after a broken invariant. */
export function panic(log: Log): void {
  log.warning('DEBUG PANIC: ending with an abort.');
  process.abort();
}

/** Ends by the signal of a memory fault. */
export function segfault(log: Log): void {
  log.warning('DEBUG SEGFAULT: ending with a segmentation fault.');
  process.kill(process.pid, 'SIGSEGV');
}
