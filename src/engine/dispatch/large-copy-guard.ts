/** Lets a COPY of a large value wait until the copy is made, and meanwhile whoever would change the value. */
import { Args } from '../../protocol/args.ts';
import { keysOf } from '../commands/command-keys.ts';
import { isCopyReady } from '../commands/copy.ts';
import { BLOCKING, MAY_WAIT, OW, RM, RUNS_QUEUE, RW, WRITE } from '../commands/spec.ts';
import type { Call } from './call.ts';
import type { Command } from './command.ts';
import { POSTPONE } from './guard.ts';
import type { Transaction } from './transaction.ts';

export function waitForLargeCopies(call: Call, args: Args): string | undefined {
  const { command, session } = call;
  if (session.transaction !== undefined) return waitOfExec(call, session.transaction);
  if ((command.flags & MAY_WAIT) !== 0 && !isCopyReady(call, args)) return POSTPONE;
  return call.keyspace.copies.isActive && writesWhatIsCopied(call, command, args) ? POSTPONE : undefined;
}

/** EXEC waits as a whole or not at all, and what it copies it copies at once. */
function waitOfExec(call: Call, { queue }: Transaction): string | undefined {
  if ((call.command.flags & RUNS_QUEUE) === 0 || !call.keyspace.copies.isActive) return undefined;
  const args = new Args();
  for (let i = 0; i < queue.length; i++) {
    queue.read(i, args);
    if (writesWhatIsCopied(call, queue.command(i), args)) return POSTPONE;
  }
  return undefined;
}

/**
 * Inside a unit nothing waits: what the command may change is copied anew, for it may tell of no change. What is pending in a
 * group is no part of the value to whoever hears of changes.
 */
export function giveUpCopiesOfWritten({ command, database, keyspace }: Call, args: Args): void {
  for (const i of writtenKeys(command, args))
    keyspace.copies.giveUpKey(database, args.bytes, args.start[i], args.end[i]);
}

function writesWhatIsCopied({ database, keyspace }: Call, command: Command, args: Args): boolean {
  return writtenKeys(command, args).some((i) =>
    keyspace.copies.isBusy(database, args.bytes, args.start[i], args.end[i]),
  );
}

/** The arguments that are keys which the command may change. */
function writtenKeys(command: Command, args: Args): number[] {
  if ((command.flags & WRITE) === 0) return [];
  // XREADGROUP changes what is pending in the streams that it reads; what is told of its keys does not say so, as in Redis.
  const writesAll = (command.flags & BLOCKING) !== 0;
  const keys = keysOf(command, args) ?? [];
  return keys.filter(({ flags }) => writesAll || (flags & (RW | OW | RM)) !== 0).map(({ index }) => index);
}
