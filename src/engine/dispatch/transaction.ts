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
import { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import { ReplyTooLong } from '../../protocol/output-buffer.ts';
import type { Reply } from '../../protocol/reply.ts';
import { DENYOOM, ENDS_TRANSACTION, NO_MULTI, RUNS_AT_ONCE, RUNS_QUEUE } from '../commands/spec.ts';
import { Watcher, Watches } from '../listeners/watch.ts';
import type { Call } from './call.ts';
import type { Command } from './command.ts';
import type { Dispatcher } from './dispatch.ts';
import { QueuedCalls } from './queued-calls.ts';
import { IN_TRANSACTION, type Session } from './session.ts';

/** What a client has sent since MULTI. */
export class Transaction {
  readonly queue = new QueuedCalls();
  /** A command was refused: EXEC will be, too. */
  isBroken = false;
  /** The flags of all queued commands. */
  flags = 0;
  /** EXEC runs the queue, or was interrupted and goes on later: all of it, whatever becomes of its client meanwhile. */
  isRunning = false;

  add(command: Command, args: Args): void {
    this.queue.add(command, args);
    this.flags |= ownFlags(command, args);
  }

  /** Makes it as new; false when it may be in use, or is not worth keeping. */
  clear(): boolean {
    if (this.isRunning) return false;
    this.isBroken = false;
    this.flags = 0;
    return this.queue.clear();
  }
}

/** The transactions of an engine's sessions. */
export class Transactions {
  private readonly dispatcher: Dispatcher;
  private readonly watches: Watches;
  /** One that is over, for the next: most are begun and run in one turn. */
  private spare: Transaction | undefined = undefined;
  /** The queued call that runs; another while one is interrupted. */
  private running = new Args();

  constructor(dispatcher: Dispatcher) {
    this.dispatcher = dispatcher;
    this.watches = new Watches(dispatcher.keyspace);
  }

  /** Begins to queue the session's commands. */
  begin(session: Session): void {
    session.transaction = this.spare ?? new Transaction();
    this.spare = undefined;
    session.alerts |= IN_TRANSACTION;
  }

  /** Forgets queue and watched keys. */
  discard(session: Session): void {
    if (session.transaction?.clear()) this.spare = session.transaction;
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
    const { isBroken } = transaction;
    if (isBroken || isTouched) {
      this.discard(session);
      if (isBroken) reply.error(ERR.execAborted);
      else reply.nullArray();
      return;
    }
    this.unwatch(session);
    reply.array(transaction.queue.length);
    this.runQueue(session, transaction, 0);
  }

  /**
   * Runs the queue from `first` on; false when it was interrupted, and will go on by itself. Throws ReplyTooLong when there is
   * no room for all replies, `tooLong` being that of a command before, but runs and publishes the whole queue.
   */
  private runQueue(session: Session, transaction: Transaction, first: number, tooLong?: ReplyTooLong): boolean {
    const { queue } = transaction;
    const { dispatcher, running } = this;
    const { interruption } = dispatcher;
    let isOver = true;
    transaction.isRunning = true;
    try {
      isOver = dispatcher.runUnit(() => {
        for (let i = first; i < queue.length; i++) {
          const command = queue.command(i);
          // Who ran last is accounted with its arguments.
          if (command !== dispatcher.call.command) dispatcher.settle();
          queue.read(i, running);
          try {
            dispatcher.runInside(session, command, running);
          } catch (error) {
            if (!(error instanceof ReplyTooLong)) throw error;
            tooLong = error;
          }
          if (!interruption.isNew) continue;
          this.running = new Args();
          interruption.add(() => this.runQueue(session, transaction, i + 1, tooLong));
          return false;
        }
        return true;
      });
    } finally {
      if (isOver) {
        transaction.isRunning = false;
        this.discard(session);
      }
    }
    if (isOver && tooLong !== undefined) {
      dispatcher.keyspace.effects.commit();
      throw tooLong;
    }
    return isOver;
  }
}

/** Keeps a call for EXEC if its session is in a transaction and it is not of those that run at once. */
export function isQueued({ session, command }: Call, args: Args, reply: Reply): boolean {
  const { transaction, watcher } = session;
  if (transaction === undefined || (command.flags & RUNS_AT_ONCE) !== 0) return false;
  // Once EXEC is sure to fail nothing more is kept.
  if (!transaction.isBroken && !watcher?.isTouched) transaction.add(command, args);
  reply.status('QUEUED');
  return true;
}

/** What a call does, for guards: EXEC what its queue does, and to go on with a transaction takes memory. */
export function flagsOf({ session, command }: Call, args: Args): number {
  const { transaction } = session;
  if (transaction === undefined) return ownFlags(command, args);
  if ((command.flags & RUNS_QUEUE) !== 0) return command.flags | transaction.flags;
  return (command.flags & ENDS_TRANSACTION) !== 0 ? command.flags : ownFlags(command, args) | DENYOOM;
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
