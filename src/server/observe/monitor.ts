/**
 * MONITOR: connections that are shown every command the server runs, a line each:
 *
 *   +1700000000.123456 [0 127.0.0.1:51234] "set" "k" "v"
 *
 * Lines gather in one buffer for all monitors and are given out when the replies of the turn are: a monitor that keeps up
 * costs one write a turn, and what a command writes as its reply is never mixed with lines about it.
 *
 * A line is written before its command runs, so that it can be read next to what the command did in other logs; Redis
 * writes it afterwards. The difference shows where a command changes its own connection's database, so SELECT's and RESET's
 * lines name the new one, as Redis's do.
 */

import { ADMIN, MAY_REPLICATE, READONLY, RUNS_SCRIPT, SKIP_MONITOR, WRITE } from '../../engine/commands/spec.ts';
import type { Call } from '../../engine/dispatch/call.ts';
import type { Dispatcher } from '../../engine/dispatch/dispatch.ts';
import type { Guard } from '../../engine/dispatch/guard.ts';
import { MONITORING, REPLIES_ON, type Session } from '../../engine/dispatch/session.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import { OutputBuffer } from '../../protocol/output-buffer.ts';
import type { Clients } from '../net/clients.ts';
import type { Connection } from '../net/connection.ts';
import { hiddenArguments, REDACTED } from './redaction.ts';

/** Of an argument longer than this only the beginning is shown: escaped, it could be four times as long. */
const LONGEST_ARGUMENT_BYTES = 1024 * 1024;
/** Behind a line longer than this no further arguments are shown. */
const LONGEST_LINE_BYTES = 32 * 1024 * 1024;
/** More lines than this are given out before the turn ends. */
const FLUSH_BYTES = 1024 * 1024;
/** A connection in monitor mode may not touch keys. */
const KEY_COMMANDS = WRITE | READONLY | MAY_REPLICATE;

const BACKSLASH = 92;
const HEX = Buffer.from('0123456789abcdef');
/** The letters behind the backslash of bytes that have an escape of their own; 0 for the others. */
const LETTERS = new Uint8Array(256);
for (const [byte, letter] of [
  ['\\', '\\'],
  ['"', '"'],
  ['\n', 'n'],
  ['\r', 'r'],
  ['\t', 't'],
  ['\x07', 'a'],
  ['\b', 'b'],
]) {
  LETTERS[byte.charCodeAt(0)] = letter.charCodeAt(0);
}

/** Refuses commands on keys to a connection that is a monitor. */
export const keepMonitorsOut: Guard = ({ session, command }) => {
  const isRefused = (session.alerts & MONITORING) !== 0 && (command.flags & KEY_COMMANDS) !== 0;
  return isRefused ? ERR.monitorsKeepOut : undefined;
};

export class Monitors {
  private readonly clients: Clients;
  private readonly dispatcher: Dispatcher;
  /** Each with the place in `lines` from which on lines are for it. */
  private readonly watching = new Map<Connection, number>();
  private readonly lines = new OutputBuffer();
  /** Where the newest line begins, and how many calls had ended then. */
  private lastLine = 0;
  private endedCalls = 0;

  constructor(clients: Clients, dispatcher: Dispatcher) {
    this.clients = clients;
    this.dispatcher = dispatcher;
    clients.whenLeaving((connection) => this.remove(connection));
  }

  /** Shows a connection every command from the next one on. */
  add(connection: Connection): void {
    connection.session.alerts |= MONITORING;
    this.clients.chooseOutputLimit(connection);
    this.watching.set(connection, this.lines.at);
    this.dispatcher.observers.before = (call, args) => this.show(call, args);
    this.clients.traffic.outbox.whenFlushing = () => this.giveOut();
  }

  private remove(connection: Connection): void {
    const from = this.watching.get(connection);
    if (from === undefined) return;
    this.watching.delete(connection);
    // RESET, QUIT: what it was to be shown comes before the answer, without the line about the command itself.
    const to = this.endedCalls === this.dispatcher.totalCalls ? this.lastLine : this.lines.at;
    if (!connection.closed && from < to) this.clients.out.copy(this.lines.bytes, this.lines.view, from, to);
    connection.session.alerts &= ~MONITORING;
    this.clients.chooseOutputLimit(connection);
    if (this.watching.size > 0) return;
    this.dispatcher.observers.before = undefined;
    this.clients.traffic.outbox.whenFlushing = undefined;
    this.lines.release();
  }

  private show(call: Call, args: Args): void {
    const { command, session } = call;
    if ((command.flags & (ADMIN | SKIP_MONITOR)) !== 0 && (command.flags & RUNS_SCRIPT) === 0) return;
    const { lines } = this;
    if (lines.at > FLUSH_BYTES) this.giveOut();
    this.lastLine = lines.at;
    this.endedCalls = this.dispatcher.totalCalls;
    lines.ascii(`+${timestamp()} [${databaseAfter(call, args)} ${this.senderOf(session)}]`);
    const hidden = hiddenArguments(command, args);
    for (let i = 0; i < args.count; i++) {
      if (lines.at - this.lastLine > LONGEST_LINE_BYTES) {
        lines.ascii(` ... (${args.count - i} more arguments)`);
        break;
      }
      if (hidden.includes(i)) lines.ascii(` "${REDACTED}"`);
      else writeArgument(lines, args, i);
    }
    lines.ascii('\r\n');
    this.clients.traffic.scheduleFlush();
  }

  /** Who sent a command: an address, or a script. */
  private senderOf(session: Session): string {
    if (session.caller !== undefined) return 'lua';
    const connection = this.clients.of(session);
    return connection?.onUnixSocket ? `unix:${connection.address.slice(0, -2)}` : (connection?.address ?? '');
  }

  private giveOut(): void {
    const { lines, watching } = this;
    if (lines.at === 0) return;
    let isTaken = true;
    for (const [connection, from] of [...watching]) {
      const isMute = connection.session.replyMode !== REPLIES_ON;
      if (!isMute && from < lines.at && this.clients.traffic.outbox.send(connection, lines, from, lines.at)) {
        isTaken = false;
      }
      if (watching.has(connection)) watching.set(connection, 0);
    }
    if (isTaken) lines.at = 0;
    else lines.release();
  }
}

/** Seconds since 1970 with six decimals. */
function timestamp(): string {
  const micros = Math.round((performance.timeOrigin + performance.now()) * 1000);
  const seconds = Math.floor(micros / 1_000_000);
  return `${seconds}.${String(micros - seconds * 1_000_000).padStart(6, '0')}`;
}

/** The database that the session has selected when the command has run. */
function databaseAfter({ command, session, keyspace }: Call, args: Args): number {
  if (command.fullName === 'reset') return 0;
  if (command.fullName !== 'select') return session.database;
  const index = args.integer(1);
  return index >= 0 && index < keyspace.databases.length ? index : session.database;
}

/** ` "text"` with escapes for what does not print. */
function writeArgument(lines: OutputBuffer, args: Args, i: number): void {
  const start = args.start[i];
  const end = Math.min(args.end[i], start + LONGEST_ARGUMENT_BYTES);
  lines.ascii(' "');
  lines.reserve((end - start) * 4);
  let at = lines.at;
  const { bytes } = lines;
  for (let from = start; from < end; from++) {
    const byte = args.bytes[from];
    if (LETTERS[byte] !== 0) {
      bytes[at++] = BACKSLASH;
      bytes[at++] = LETTERS[byte];
    } else if (byte >= 32 && byte < 127) bytes[at++] = byte;
    else {
      bytes[at++] = BACKSLASH;
      bytes[at++] = 120;
      bytes[at++] = HEX[byte >>> 4];
      bytes[at++] = HEX[byte & 15];
    }
  }
  lines.at = at;
  const hidden = args.end[i] - end;
  lines.ascii(hidden > 0 ? `... (${hidden} more bytes)"` : '"');
}
