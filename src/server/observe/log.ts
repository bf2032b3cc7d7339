/**
 * The log, a line an event, in the form of redis-server's, which existing tools read:
 *
 *   <pid>:M 24 Nov 2026 02:16:00.123 * Ready to accept connections tcp
 *
 * `.` debug, `-` verbose, `*` notice, `#` warning. To a file when `logfile` names one, else to standard output.
 */
import { openSync, writeSync } from 'node:fs';

const LEVELS = ['debug', 'verbose', 'notice', 'warning'] as const;
const MARKS = '.-*#';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export type LogLevel = (typeof LEVELS)[number];

export class Log {
  /** Less important messages are left out. */
  level: LogLevel = 'notice';
  private readonly descriptor: number;

  /** @param file path to append to; '' for standard output. Throws what `openSync` throws. */
  constructor(file: string) {
    this.descriptor = file === '' ? 1 : openSync(file, 'a');
  }

  debug(message: string): void {
    this.write('debug', message);
  }

  verbose(message: string): void {
    this.write('verbose', message);
  }

  notice(message: string): void {
    this.write('notice', message);
  }

  warning(message: string): void {
    this.write('warning', message);
  }

  private write(level: LogLevel, message: string): void {
    const rank = LEVELS.indexOf(level);
    if (rank < LEVELS.indexOf(this.level)) return;
    try {
      writeSync(this.descriptor, `${process.pid}:M ${timestamp(new Date())} ${MARKS[rank]} ${message}\n`);
    } catch {
      // A full disk or a closed pipe must not stop the server; there is no other place to say so.
    }
  }
}

function timestamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getDate())} ${MONTHS[date.getMonth()]} ${date.getFullYear()} ${time}.${millis}`;
}
