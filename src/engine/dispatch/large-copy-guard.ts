/** Lets a COPY of a large value wait until the copy is made, and meanwhile whoever would change the value. */
import type { Args } from '../../protocol/args.ts';
import { keysOf } from '../commands/command-keys.ts';
import { isCopyReady } from '../commands/copy.ts';
import { MAY_WAIT, OW, RM, RW, WRITE } from '../commands/spec.ts';
import type { Call } from './call.ts';
import { POSTPONE } from './guard.ts';

export function waitForLargeCopies(call: Call, args: Args): string | undefined {
  const { flags } = call.command;
  if ((flags & MAY_WAIT) !== 0 && !isCopyReady(call, args)) return POSTPONE;
  if (!call.keyspace.copies.isActive || (flags & WRITE) === 0) return undefined;
  return writesWhatIsCopied(call, args) ? POSTPONE : undefined;
}

function writesWhatIsCopied({ command, database, keyspace }: Call, args: Args): boolean {
  for (const { index, flags } of keysOf(command, args) ?? []) {
    const isWritten = (flags & (RW | OW | RM)) !== 0;
    if (isWritten && keyspace.copies.isBusy(database, args.bytes, args.start[index], args.end[index])) return true;
  }
  return false;
}
