/** What CLIENT LIST, CLIENT INFO and the log say about a connection: one line of `name=value` fields. */
import { MONITORING, type Session, SUBSCRIBED } from '../../engine/dispatch/session.ts';
import type { Tracker } from '../../engine/listeners/tracker.ts';
import { BLOCKED, type Connection, POSTPONED } from './connection.ts';

/** The request that is being run, when it is this connection's. */
export interface Running {
  /** Bytes of the buffer in which it stands, up to the last one received. */
  readonly bytes: number;
  readonly room: number;
  readonly argumentBytes: number;
}

/**
 * The line, without its end. Fields and order are Redis's. Replies of all connections gather in one buffer, so none has a
 * reply buffer of its own (`rbs`, `rbp`, `obl` are 0); `oll` and `omem` count those that the socket did not take.
 *
 * @param now milliseconds since 1970
 */
export function describeClient(connection: Connection, now: number, running?: Running): string {
  const { session } = connection;
  connection.noteReading(now);
  return [
    `id=${session.id}`,
    `addr=${connection.address}`,
    `laddr=${connection.localAddress}`,
    `fd=${connection.descriptor}`,
    `name=${session.name}`,
    `age=${secondsBetween(connection.createdAt, now)}`,
    `idle=${secondsBetween(connection.lastUsed, now)}`,
    `flags=${flagsOf(connection)}`,
    `db=${session.database}`,
    ...subscriptionsOf(session),
    `multi=${session.transaction?.queue.length ?? -1}`,
    ...buffersOf(connection, running),
    `events=${connection.behind ? 'rw' : 'r'}`,
    `cmd=${session.lastCommand?.fullName ?? 'NULL'}`,
    `user=${session.user}`,
    `redir=${session.tracker?.isOn ? session.tracker.redirect : -1}`,
    `resp=${session.protocol}`,
    `lib-name=${session.libraryName}`,
    `lib-ver=${session.libraryVersion}`,
  ].join(' ');
}

function subscriptionsOf({ subscriptions }: Session): string[] {
  if (subscriptions === undefined) return ['sub=0', 'psub=0', 'ssub=0'];
  const { channels, patterns, shards } = subscriptions;
  return [`sub=${channels.size}`, `psub=${patterns.size}`, `ssub=${shards.size}`];
}

function buffersOf(connection: Connection, running: Running | undefined): string[] {
  const { parser, own } = connection;
  // What the parser has passed of a request that is still incoming are its arguments.
  const parsed = own === undefined ? 0 : parser.at - connection.queryStart;
  const unsentWrites = connection.behind ? 1 + (connection.backlog?.count ?? 0) : 0;
  return [
    `qbuf=${running?.bytes ?? connection.queryLength - parsed}`,
    `qbuf-free=${running?.room ?? connection.query.length - connection.queryEnd}`,
    `argv-mem=${running?.argumentBytes ?? parsed}`,
    `multi-mem=${connection.session.transactionBytes}`,
    'rbs=0 rbp=0 obl=0',
    `oll=${unsentWrites}`,
    `omem=${connection.outputBytes}`,
    `tot-mem=${connection.bytes}`,
  ];
}

function flagsOf(connection: Connection): string {
  const { session } = connection;
  let flags = '';
  if ((session.alerts & MONITORING) !== 0) flags += 'O';
  if ((session.alerts & SUBSCRIBED) !== 0) flags += 'P';
  if (session.transaction !== undefined) flags += 'x';
  if (connection.state === POSTPONED || connection.state === BLOCKED) flags += 'b';
  if (session.tracker?.isOn) flags += trackingFlagsOf(session.tracker);
  if (session.watcher?.isTouched) flags += 'd';
  if (session.closing) flags += 'c';
  if (connection.closed) flags += 'A';
  if (connection.onUnixSocket) flags += 'U';
  if (connection.noEvict) flags += 'e';
  if (session.noTouch) flags += 'T';
  return flags === '' ? 'N' : flags;
}

function trackingFlagsOf({ isRedirectBroken, isBroadcast }: Tracker): string {
  return `t${isRedirectBroken ? 'R' : ''}${isBroadcast ? 'B' : ''}`;
}

function secondsBetween(from: number, to: number): number {
  return Math.max(0, Math.floor(to / 1000) - Math.floor(from / 1000));
}
