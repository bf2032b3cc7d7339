/**
 * Ending the server: SHUTDOWN at once, a signal at the next tick of the cron, so that SHUTDOWN ABORT can still take it back.
 *
 * There is no persistence yet, so there is nothing to save and nobody to wait for: only a wish to SAVE cannot be met, and
 * stops the shutdown unless it is FORCEd.
 */
import { SHUTDOWN } from './config/options/process.ts';
import type { Log } from './observe/log.ts';

export class Shutdown {
  private readonly log: Log;
  private readonly end: () => void;
  /** The wishes of a signal that was received, as bits of SHUTDOWN. */
  private pending: number | undefined;

  /** `end` is called once replies of the present turn are written. */
  constructor(log: Log, end: () => void) {
    this.log = log;
    this.end = end;
  }

  /** A signal has asked for the end; false when it had already and the next tick was not waited for. */
  schedule(signal: string, wishes: number): boolean {
    if (this.pending !== undefined) return false;
    this.log.warning(`Received ${signal} scheduling shutdown...`);
    this.pending = wishes;
    return true;
  }

  /** Carries out what a signal asked for. */
  tick(): void {
    if (this.pending === undefined) return;
    const wishes = this.pending;
    this.pending = undefined;
    this.begin(wishes);
  }

  /** Forgets what a signal asked for; false when none did. */
  abort(): boolean {
    if (this.pending === undefined) return false;
    this.pending = undefined;
    this.log.notice('Shutdown manually aborted.');
    return true;
  }

  /** Ends the server, unless it cannot be ended as wished: then it is logged, and the result is false. */
  begin(wishes: number): boolean {
    this.log.warning('User requested shutdown...');
    if ((wishes & SHUTDOWN.save) !== 0) {
      const reason = 'data is kept in memory only, there is no file to save it to.';
      if ((wishes & SHUTDOWN.force) === 0) {
        this.log.warning(`Error trying to save the DB, can't exit: ${reason}`);
        return false;
      }
      this.log.warning(`Error trying to save the DB, but exiting anyway: ${reason}`);
    }
    setImmediate(this.end);
    return true;
  }
}
