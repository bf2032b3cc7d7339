/**
 * How many unread replies each class of clients may have (client-output-buffer-limit).
 *
 * A connection refers to the limit of its class; CONFIG SET changes the limits in place. As in Redis, what fits 16 KiB is
 * never too much, whatever the limit: otherwise a limit could make the server mute.
 */
import { MONITORING, SUBSCRIBED, UNAUTHENTICATED } from '../../engine/dispatch/session.ts';
import type { OutputLimit as BufferLimit } from '../config/compound-options.ts';
import type { Config } from '../config/config.ts';
import type { Connection } from './connection.ts';

export interface OutputLimit {
  /** More than this disconnects at once. */
  hardBytes: number;
  /** More than this for longer than `softMillis` disconnects. */
  softBytes: number;
  softMillis: number;
}

/** Never too much. */
const FREE_BYTES = 16 * 1024;
/** A client that has not authenticated yet gets error replies only. */
const UNAUTHENTICATED_BYTES = 1024;
/**
 * A MONITOR that has no limit of its class still has this one: what it is sent does not depend on what it asks for, so
 * nothing else would stop the growth.
 */
const MONITOR_BYTES = 32 * 1024 * 1024;

export class OutputLimits {
  readonly normal: OutputLimit = unlimited();
  readonly monitor: OutputLimit = unlimited();
  /** Of those who have subscribed to something. */
  readonly pubsub: OutputLimit = unlimited();
  readonly unauthenticated: OutputLimit = { ...unlimited(), hardBytes: FREE_BYTES + UNAUTHENTICATED_BYTES };

  /** The limit of a connection's class. Who has authenticated once may still be owed replies when RESET ends that. */
  of({ session: { alerts }, wasAuthenticated }: Connection): OutputLimit {
    if ((alerts & UNAUTHENTICATED) !== 0 && !wasAuthenticated) return this.unauthenticated;
    if ((alerts & MONITORING) !== 0) return this.monitor;
    return (alerts & SUBSCRIBED) !== 0 ? this.pubsub : this.normal;
  }

  /** Takes the limits from the configuration. */
  apply(config: Config): void {
    const { normal, pubsub } = config.value('client-output-buffer-limit');
    change(this.normal, normal);
    change(this.pubsub, pubsub);
    change(this.monitor, normal);
    if (normal.hardBytes === 0n && normal.softBytes === 0n) this.monitor.hardBytes = MONITOR_BYTES;
  }
}

/**
 * Whether a connection that is behind leaves too much unread, or has been above its soft limit for too long; remembers since
 * when it is above. What was too much when it was added has ended the connection then: here a limit was lowered meanwhile,
 * or the class of the client has changed.
 */
export function exceedsLimits(connection: Connection, now: number): boolean {
  const { hardBytes, softBytes, softMillis } = connection.outputLimit;
  if (connection.unsent > hardBytes) return true;
  if (connection.outputBytes <= softBytes) {
    connection.overSoftLimitSince = 0;
    return false;
  }
  if (connection.overSoftLimitSince === 0) connection.overSoftLimitSince = now;
  return now - connection.overSoftLimitSince > softMillis;
}

function unlimited(): OutputLimit {
  return { hardBytes: Number.POSITIVE_INFINITY, softBytes: Number.POSITIVE_INFINITY, softMillis: 0 };
}

function change(limit: OutputLimit, { hardBytes, softBytes, softSeconds }: BufferLimit): void {
  limit.hardBytes = limitOf(hardBytes);
  limit.softBytes = limitOf(softBytes);
  limit.softMillis = softSeconds * 1000;
}

function limitOf(bytes: bigint): number {
  return bytes === 0n ? Number.POSITIVE_INFINITY : Math.max(FREE_BYTES, Number(bytes));
}
