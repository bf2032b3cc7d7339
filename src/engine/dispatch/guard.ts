/**
 * Why a command may not run now: small named functions in the order of Redis's own checks (see engine.ts for the list).
 * A guard answers the error to reply, POSTPONE, or undefined when it has nothing against the call.
 */
import type { Args } from '../../protocol/args.ts';
import { ERR, onlySubscriptions } from '../../protocol/errors.ts';
import { DENYOOM, NO_AUTH, WHILE_SUBSCRIBED } from '../commands/spec.ts';
import type { Call } from './call.ts';
import { UNAUTHENTICATED } from './session.ts';
import { flagsOf } from './transaction.ts';

export type Guard = (call: Call, args: Args) => string | undefined;

/** Not an error: the request is to be offered again later. */
export const POSTPONE = 'postpone';

/** A client that must authenticate first may only do so, or leave. */
export function requireAuthentication(call: Call): string | undefined {
  const mustAuthenticate = (call.session.alerts & UNAUTHENTICATED) !== 0;
  return mustAuthenticate && (call.command.flags & NO_AUTH) === 0 ? ERR.noAuth : undefined;
}

/** In RESP2 a client that has subscribed to something can tell messages from replies only if nothing else is replied. */
export function refuseWhileListening({ session, command }: Call): string | undefined {
  const isRefused = session.isListening && (command.flags & WHILE_SUBSCRIBED) === 0;
  return isRefused ? onlySubscriptions(command.fullName) : undefined;
}

/**
 * Makes room before a command that may grow memory, and refuses it when there is none. `makeRoom` evicts and answers
 * false when memory stays above the limit.
 */
export function refuseWhenOutOfMemory(makeRoom: () => boolean): Guard {
  return (call, args) => {
    call.lacksMemory = !makeRoom();
    return call.lacksMemory && (flagsOf(call, args) & DENYOOM) !== 0 ? ERR.oom : undefined;
  };
}

/** Lets client-side caching forget what is too much before the command runs; it is never refused for that. */
export function limitTracking(makeRoom: () => void): Guard {
  return () => {
    makeRoom();
    return undefined;
  };
}
