/**
 * MULTI … EXEC: a client's commands are kept instead of run, then run in a row as one unit.
 *
 * A queued command has passed every check that its arguments and the server's state allow, as if it ran now; one that did
 * not makes EXEC fail. EXEC runs the queue without guards: what was allowed is done, and nothing waits in the middle. The
 * whole unit commits once, when dispatch is done with EXEC.
 *
 * What the guards look at is EXEC's own flags and those of its queue (`flagsOf`): a pause of writes holds back an EXEC that
 * writes, a full memory refuses one that needs more.
 */
import type { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import type { Reply } from '../../protocol/reply.ts';
import { DENYOOM, NO_MULTI, RUNS_AT_ONCE, RUNS_QUEUE } from '../commands/spec.ts';
import { Watcher, Watches } from '../listeners/watch.ts';
import type { Call } from './call.ts';
import type { Command } from './command.ts';
import type { Dispatcher } from './dispatch.ts';
import { IN_TRANSACTION, type Session } from './session.ts';

/** What a queued command takes in memory beside its arguments, about. */
const QUEUED_BYTES = 512;
const ARGUMENT_BYTES = 8;

interface Queued {
  readonly command: Command;
  readonly args: Args;
}

/** What a client has sent since MULTI. */
export class Transaction {
  readonly queue: Queued[] = [];
  /** A command was refused: EXEC will be, too. */
  isBroken = false;
  /** The flags of all queued commands. */
  flags = 0;
  /** Bytes of the queued arguments. */
  argumentBytes = 0;

  /** Memory that the queue takes. */
  get bytes(): number {
    return this.argumentBytes + this.queue.length * QUEUED_BYTES;
  }

  add(command: Command, args: Args): void {
    this.queue.push({ command, args });
    this.flags |= ownFlags(command, args);
    this.argumentBytes += args.bytes.length + args.count * ARGUMENT_BYTES;
  }
}

/** The transactions of an engine's sessions. */
export class Transactions {
  private readonly dispatcher: Dispatcher;
  private readonly watches: Watches;

  constructor(dispatcher: Dispatcher) {
    this.dispatcher = dispatcher;
    this.watches = new Watches(dispatcher.keyspace);
  }

  /** Begins to queue the session's commands. */
  begin(session: Session): void {
    session.transaction = new Transaction();
    session.alerts |= IN_TRANSACTION;
  }

  /** Forgets queue and watched keys. */
  discard(session: Session): void {
    session.transaction = undefined;
    session.alerts &= ~IN_TRANSACTION;
    this.unwatch(session);
  }

  /** Lets the session's next EXEC fail if the keys of arguments `from` on change before it. */
  watch({ session, database }: Call, args: Args, from: number): void {
    session.watcher ??= new Watcher();
    for (let i = from; i < args.count; i++) this.watches.watch(session.watcher, database, args, i);
  }

  unwatch(session: Session): void {
    if (session.watcher === undefined) return;
    this.watches.unwatch(session.watcher);
    session.watcher = undefined;
  }

  /** Runs what the session has queued and replies with its replies, or tells why not. */
  execute(call: Call, reply: Reply): void {
    const { session } = call;
    const { transaction, watcher } = session;
    if (transaction === undefined) return reply.error(ERR.execWithoutMulti);
    const isTouched = watcher !== undefined && this.watches.hasChanged(watcher);
    if (transaction.isBroken || isTouched) {
      this.discard(session);
      if (transaction.isBroken) reply.error(ERR.execAborted);
      else reply.nullArray();
      return;
    }
    this.unwatch(session);
    reply.array(transaction.queue.length);
    this.runQueue(session, transaction.queue, 0);
  }

  /** Runs the queue from `first` on; false when it was interrupted, and will go on by itself. */
  private runQueue(session: Session, queue: readonly Queued[], first: number): boolean {
    const { interruption } = this.dispatcher;
    let isOver = true;
    try {
      isOver = this.dispatcher.runUnit(() => {
        for (let i = first; i < queue.length; i++) {
          this.dispatcher.runInside(session, queue[i].command, queue[i].args);
          if (!interruption.isNew) continue;
          interruption.add(() => this.runQueue(session, queue, i + 1));
          return false;
        }
        return true;
      });
    } finally {
      if (isOver) this.discard(session);
    }
    return isOver;
  }
}

/** Keeps a call for EXEC if its session is in a transaction and it is not of those that run at once. */
export function isQueued({ session, command }: Call, args: Args, reply: Reply): boolean {
  const { transaction } = session;
  if (transaction === undefined || (command.flags & RUNS_AT_ONCE) !== 0) return false;
  transaction.add(command, args.detach());
  reply.status('QUEUED');
  return true;
}

/** What a call does, for guards: EXEC what its queue does, and queueing takes memory. */
export function flagsOf({ session, command }: Call, args: Args): number {
  const { transaction } = session;
  if (transaction === undefined) return ownFlags(command, args);
  if ((command.flags & RUNS_QUEUE) !== 0) return command.flags | transaction.flags;
  return (command.flags & RUNS_AT_ONCE) !== 0 ? command.flags : command.flags | DENYOOM;
}

/** What a command does by itself, called with these arguments. */
function ownFlags({ row, flags }: Command, args: Args): number {
  return row.flagsOf === undefined ? flags : row.flagsOf(args);
}

/** Some commands cannot be part of a transaction. */
export function refuseInTransaction({ session, command }: Call): string | undefined {
  const isInside = (session.alerts & IN_TRANSACTION) !== 0;
  return isInside && (command.flags & NO_MULTI) !== 0 ? ERR.notInTransaction : undefined;
}
