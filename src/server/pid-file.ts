/** The file of `pidfile`, where service managers look for the process to signal. */
import { rmSync, writeFileSync } from 'node:fs';
import { strerror } from './config/system-error.ts';
import type { Log } from './observe/log.ts';

export class PidFile {
  private readonly path: string;
  private readonly log: Log;
  private written = false;

  /** @param path '' for none */
  constructor(path: string, log: Log) {
    this.path = path;
    this.log = log;
  }

  /** A file that cannot be written is logged and otherwise does no harm. */
  write(): void {
    if (this.path === '') return;
    try {
      writeFileSync(this.path, `${process.pid}\n`);
      this.written = true;
    } catch (error) {
      this.log.warning(`Cannot write the pid file ${this.path}: ${strerror(error)}`);
    }
  }

  /** Removes the file if it is ours. */
  remove(): void {
    if (!this.written) return;
    this.written = false;
    this.log.notice('Removing the pid file.');
    rmSync(this.path, { force: true });
  }
}
