/** CLIENT TRACKING, CACHING, GETREDIR and TRACKINGINFO: what a client wants to know of the keys it keeps copies of. */
import { LOADING, NO_KEYS, NOSCRIPT, type Row, type RowExtras, row, STALE } from '../../engine/commands/spec.ts';
import type { Call } from '../../engine/dispatch/call.ts';
import type { Dispatcher } from '../../engine/dispatch/dispatch.ts';
import type { Invalidations } from '../../engine/dispatch/invalidations.ts';
import type { Session } from '../../engine/dispatch/session.ts';
import type { Tracker } from '../../engine/listeners/tracker.ts';
import type { TrackingOptions } from '../../engine/listeners/tracking.ts';
import type { Args } from '../../protocol/args.ts';
import { ERR, prefixesOverlap, prefixOverlaps } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Clients } from './clients.ts';

/** CLIENT's subcommands on client-side caching; `extras` are those of all its subcommands. */
export function trackingRows(clients: Clients, dispatcher: Dispatcher, extras: RowExtras): Row[] {
  const flags = NOSCRIPT | LOADING | STALE;
  return [
    row('CACHING', caching, 3, flags, NO_KEYS, extras),
    row('GETREDIR', ({ session }, _, reply) => reply.integer(redirectOf(session)), 2, flags, NO_KEYS, extras),
    row(
      'TRACKING',
      (call, args, reply) => track(clients, dispatcher, call.session, args, reply),
      -3,
      flags,
      NO_KEYS,
      extras,
    ),
    row('TRACKINGINFO', trackinginfo, 2, flags, NO_KEYS, extras),
  ];
}

/** What GETREDIR answers of a client that does not track. */
const NOT_TRACKING = -1;

function redirectOf({ tracker }: Session): number {
  return tracker?.isOn ? tracker.redirect : NOT_TRACKING;
}

/** CLIENT TRACKING ON|OFF [REDIRECT id] [PREFIX prefix …] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]. */
function track(
  clients: Clients,
  { tracking, invalidations }: Dispatcher,
  session: Session,
  args: Args,
  reply: Reply,
): void {
  const options = readOptions(invalidations, args);
  if (typeof options === 'string') return reply.error(options);
  if (args.is(2, 'off')) {
    if (session.tracker !== undefined) tracking.stop(session.tracker);
  } else if (args.is(2, 'on')) {
    const refusal = refuse(session.tracker, options);
    if (refusal !== undefined) return reply.error(refusal);
    session.tracker ??= tracking.join(session.id);
    tracking.start(session.tracker, options);
  } else return reply.error(ERR.syntax);
  const connection = clients.of(session);
  if (connection !== undefined) clients.resized(connection);
  reply.ok();
}

/** The options from argument 3 on; the text of an error if they cannot be read. */
function readOptions(invalidations: Invalidations, args: Args): TrackingOptions | string {
  let redirect = 0;
  let isBroadcast = false;
  let isOptIn = false;
  let isOptOut = false;
  let isNoLoop = false;
  const prefixes: string[] = [];
  for (let i = 3; i < args.count; i++) {
    const hasValue = i + 1 < args.count;
    if (args.is(i, 'redirect') && hasValue) {
      if (redirect !== 0) return ERR.trackingTwoRedirects;
      const id = args.int64(++i);
      if (id === undefined) return ERR.notInteger;
      redirect = Number(id);
      if (invalidations.sessionOf(redirect) === undefined) return ERR.trackingNoRedirect;
    } else if (args.is(i, 'prefix') && hasValue) prefixes.push(args.text(++i));
    else if (args.is(i, 'bcast')) isBroadcast = true;
    else if (args.is(i, 'optin')) isOptIn = true;
    else if (args.is(i, 'optout')) isOptOut = true;
    else if (args.is(i, 'noloop')) isNoLoop = true;
    else return ERR.syntax;
  }
  return { redirect, isBroadcast, isOptIn, isOptOut, isNoLoop, prefixes };
}

/** Why a client may not track so: options at odds with each other, or with those it has. */
function refuse(tracker: Tracker | undefined, options: TrackingOptions): string | undefined {
  const { isBroadcast, isOptIn, isOptOut, prefixes } = options;
  if (prefixes.length > 0 && !isBroadcast) return ERR.trackingPrefix;
  if (tracker?.isOn && tracker.isBroadcast !== isBroadcast) return ERR.trackingSwitchBroadcast;
  if (isBroadcast && (isOptIn || isOptOut)) return ERR.trackingBroadcastOpt;
  if (isOptIn && isOptOut) return ERR.trackingOptBoth;
  if ((isOptIn && tracker?.isOptOut) || (isOptOut && tracker?.isOptIn)) return ERR.trackingSwitchOpt;
  return overlap(tracker, prefixes);
}

/** Nobody is told twice of a key: prefixes of which one begins with another are refused. */
function overlap(tracker: Tracker | undefined, prefixes: readonly string[]): string | undefined {
  const existing = tracker === undefined ? [] : [...tracker.prefixes].sort();
  for (const [i, prefix] of prefixes.entries()) {
    const old = existing.find((other) => doOverlap(other, prefix));
    if (old !== undefined) return prefixOverlaps(prefix, old);
    const later = prefixes.slice(i + 1).find((other) => doOverlap(other, prefix));
    if (later !== undefined) return prefixesOverlap(prefix, later);
  }
  return undefined;
}

function doOverlap(first: string, second: string): boolean {
  return first.startsWith(second) || second.startsWith(first);
}

/** CLIENT CACHING YES|NO: whether the keys of the next command are remembered. */
function caching({ session }: Call, args: Args, reply: Reply): void {
  const { tracker } = session;
  if (!tracker?.isOn) return reply.error(ERR.cachingWithoutTracking);
  if (args.is(2, 'yes')) {
    if (!tracker.isOptIn) return reply.error(ERR.cachingYes);
  } else if (args.is(2, 'no')) {
    if (!tracker.isOptOut) return reply.error(ERR.cachingNo);
  } else return reply.error(ERR.syntax);
  tracker.isCaching = true;
  reply.ok();
}

function trackinginfo({ session }: Call, _: Args, reply: Reply): void {
  const flags = flagsOf(session.tracker);
  reply.map(3);
  reply.text('flags');
  reply.set(flags.length);
  for (const flag of flags) reply.text(flag);
  reply.text('redirect');
  reply.integer(redirectOf(session));
  reply.text('prefixes');
  const prefixes = [...(session.tracker?.prefixes ?? [])].sort();
  reply.array(prefixes.length);
  for (const prefix of prefixes) reply.buffer(Buffer.from(prefix, 'latin1'));
}

function flagsOf(tracker: Tracker | undefined): string[] {
  if (!tracker?.isOn) return ['off'];
  const flags = ['on'];
  if (tracker.isBroadcast) flags.push('bcast');
  if (tracker.isOptIn) flags.push('optin', ...(tracker.isCaching ? ['caching-yes'] : []));
  if (tracker.isOptOut) flags.push('optout', ...(tracker.isCaching ? ['caching-no'] : []));
  if (tracker.isNoLoop) flags.push('noloop');
  if (tracker.isRedirectBroken) flags.push('broken_redirect');
  return flags;
}
