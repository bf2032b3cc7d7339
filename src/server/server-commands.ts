/** The server as a whole: TIME, LOLWUT, SHUTDOWN. */
import {
  ADMIN,
  ALLOW_BUSY,
  FAST,
  type Family,
  family,
  LOADING,
  NO_KEYS,
  NO_MULTI,
  NOSCRIPT,
  READONLY,
  row,
  STALE,
} from '../engine/commands/spec.ts';
import type { Call } from '../engine/dispatch/call.ts';
import type { Scripting } from '../engine/script/scripting.ts';
import type { Args } from '../protocol/args.ts';
import { ERR } from '../protocol/errors.ts';
import type { Reply } from '../protocol/reply.ts';
import { SHUTDOWN } from './config/options/process.ts';
import { sunset } from './lolwut.ts';
import type { Shutdown } from './shutdown.ts';
import { unixMicros } from './system-clock.ts';

export function serverCommands(shutdown: Shutdown, scripting: Scripting): Family {
  return family('server', [
    row('TIME', (_, __, reply) => time(reply), 1, LOADING | STALE | FAST, NO_KEYS, {
      tips: ['nondeterministic_output'],
    }),
    row('LOLWUT', lolwut, -1, READONLY | FAST),
    row(
      'SHUTDOWN',
      (call, args, reply) => end(shutdown, scripting, call, args, reply),
      -1,
      ADMIN | NOSCRIPT | LOADING | STALE | NO_MULTI | ALLOW_BUSY,
    ),
  ]);
}

/** Seconds and microseconds since 1970. */
function time(reply: Reply): void {
  const micros = unixMicros();
  reply.array(2);
  reply.text(String(Math.floor(micros / 1e6)));
  reply.text(String(micros % 1e6));
}

/** LOLWUT [VERSION version]: there is one picture, whatever version is asked for. */
function lolwut(call: Call, args: Args, reply: Reply): void {
  if (args.count > 2 && args.is(1, 'version') && Number.isNaN(args.integer(2))) return reply.error(ERR.notInteger);
  reply.verbatim(sunset(call.keyspace.random));
}

const ABORT = 1 << 30;

/** SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]: no reply when it succeeds, the connection is closed. */
function end(shutdown: Shutdown, { runner }: Scripting, call: Call, args: Args, reply: Reply): void {
  const wishes = wishesOf(args);
  if (wishes === undefined) return reply.error(ERR.syntax);
  if (wishes === ABORT) {
    if (shutdown.abort()) reply.ok();
    else reply.error(ERR.noShutdown);
    return;
  }
  // A script that is interrupted must not be left half done by chance: whoever means it says NOSAVE.
  const { current } = runner;
  if (current !== undefined && (wishes & SHUTDOWN.nosave) === 0) {
    return reply.error(current.program.isFunction ? ERR.busyFunction : ERR.busyScript);
  }
  if (!shutdown.begin(wishes)) return reply.error(ERR.shutdownFailed);
  call.session.closing = true;
}

function wishesOf(args: Args): number | undefined {
  let wishes = 0;
  for (let i = 1; i < args.count; i++) {
    if (args.is(i, 'save')) wishes |= SHUTDOWN.save;
    else if (args.is(i, 'nosave')) wishes |= SHUTDOWN.nosave;
    else if (args.is(i, 'now')) wishes |= SHUTDOWN.now;
    else if (args.is(i, 'force')) wishes |= SHUTDOWN.force;
    else if (args.is(i, 'abort')) wishes |= ABORT;
    else return undefined;
  }
  const both = SHUTDOWN.save | SHUTDOWN.nosave;
  if ((wishes & both) === both || ((wishes & ABORT) !== 0 && wishes !== ABORT)) return undefined;
  return wishes;
}
