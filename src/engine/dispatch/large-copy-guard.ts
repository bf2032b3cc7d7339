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

function writesWhatIsCopied({ database, keyspace }: Call, command: Command, args: Args): boolean {
  if ((command.flags & WRITE) === 0) return false;
  // XREADGROUP changes what is pending in the streams that it reads; what is told of its keys does not say so, as in Redis.
  const writesAll = (command.flags & BLOCKING) !== 0;
  for (const { index, flags } of keysOf(command, args) ?? []) {
    const isWritten = writesAll || (flags & (RW | OW | RM)) !== 0;
    if (isWritten && keyspace.copies.isBusy(database, args.bytes, args.start[index], args.end[index])) return true;
  }
  return false;
}
