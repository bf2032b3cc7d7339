/**
 * Web pages that attack: a browser can be made to send a form to our port, and its lines would be requests. HTTP begins
 * with `POST` or soon has a `Host:`, so a client that sends one of these as a command is disconnected before its next line.
 */
import type { Args } from '../../protocol/args.ts';

/** The log is told at most this often, so that an attack does not fill the disk. */
const LOG_INTERVAL_MS = 60_000;

/** Whether a command that does not exist is a line of HTTP. */
export function isFromBrowser(args: Args): boolean {
  return args.is(0, 'post') || args.is(0, 'host:');
}

/** Reports such clients, once a minute. */
export class BrowserAlarm {
  private readonly warn: (message: string) => void;
  private loggedAt = Number.NEGATIVE_INFINITY;

  constructor(warn: (message: string) => void) {
    this.warn = warn;
  }

  /** @param now milliseconds since 1970 */
  report(now: number, address: string): void {
    if (Math.abs(now - this.loggedAt) < LOG_INTERVAL_MS) return;
    this.loggedAt = now;
    this.warn(
      `Possible SECURITY ATTACK detected: ${address} sent POST or Host: as a command, as a web page does that uses a ` +
        'browser to reach this server (cross-protocol scripting). The connection was closed.',
    );
  }
}
