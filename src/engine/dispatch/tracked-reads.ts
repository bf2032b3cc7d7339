/** Client-side caching, as far as it concerns commands: which of them read, and which keys. */
import type { Args } from '../../protocol/args.ts';
import { keysOf } from '../commands/command-keys.ts';
import { READONLY } from '../commands/spec.ts';
import type { Tracking } from '../listeners/tracking.ts';
import type { Call } from './call.ts';
import type { Command } from './command.ts';
import type { Session } from './session.ts';

/** A command has run: what it has changed is looked at, then what it has read is remembered. */
export function trackRun(tracking: Tracking, call: Call, args: Args): void {
  const { command, database, session } = call;
  const isScript = session.caller !== undefined;
  const { id, tracker } = session.caller ?? session;
  tracking.ran(id, isScript);
  if (!tracker?.remembersReads || !isRead(command)) return;
  const only = onlyKey(command);
  if (only > 0) tracking.remember(tracker, database.hash(args, only), args, only);
  else
    for (const { index } of keysOf(command, args) ?? [])
      tracking.remember(tracker, database.hash(args, index), args, index);
}

/** CLIENT CACHING is said of one command, or transaction: the first that is not about the client itself. */
export function endCaching({ tracker, transaction }: Session, command: Command | undefined): void {
  if (tracker !== undefined && transaction === undefined && command?.parent?.row.name !== 'CLIENT') {
    tracker.isCaching = false;
  }
}

/** Of a script each command is looked at by itself. */
function isRead({ flags, group }: Command): boolean {
  return (flags & READONLY) !== 0 && group !== 'scripting' && group !== 'pubsub';
}

/** The argument that is the only key of any call of a command; 0 when it must be looked for. */
function onlyKey({ row }: Command): number {
  if (row.keys.length !== 1) return 0;
  const { begin, find } = row.keys[0];
  return typeof begin !== 'string' && 'index' in begin && typeof find !== 'string' && 'last' in find && find.last === 0
    ? begin.index
    : 0;
}
