/**
 * Commands that wait: BLPOP and its like, WAIT.
 *
 * A command that finds nothing parks its request: arguments of its own, the keys it waits for, a deadline. When such a key
 * is changed so that there may be something, the request is run once more, as if it came only now; if it finds nothing
 * again it keeps its place. So a command has one function for both, and there is nothing to undo. It may also ask to be run
 * again at a time, when that which was too new for it will have grown old.
 *
 *   by database and key:   "jobs"  → Wait ─ Wait ─ Wait     served in this order: who came first waits no longer
 *                          "other" → Wait ─┘                 than who came later (wait-queue.ts)
 *   by session:            its field
 *   by deadline:           a heap
 *
 * Workers wait again as soon as they were served, so what a wait leaves is used again: the Wait with its arguments by its
 * session (wait.ts), a queue by other keys. Each names its key in bytes of its own, for those in it may leave in any order.
 *
 * Waking is the last stage of commit: the woken are served in the turn of the write that woke them, behind everything else
 * that hears of it, and never in the middle of EXEC or a script. What they change themselves is published in a round of its
 * own (effects.ts), so that chains of BLMOVE do not nest.
 *
 * Rejected: telling ready keys where keys are created, as Redis does. Every way to make a key ends in `close`; renaming,
 * restoring and the like need no word of their own. Maps and Sets for what comes and goes with each request (name-table.ts).
 */
import { Args } from '../../protocol/args.ts';
import { ERR } from '../../protocol/errors.ts';
import { ALL_KEYS, type Change } from '../effects/effects.ts';
import { type EventName, FLUSHED, QUIET } from '../effects/events.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { NameTable } from '../listeners/name-table.ts';
import { NO_REF, type Ref } from '../memory/arena.ts';
import { segmentOf, TYPE_MASK, wordOf } from '../memory/layout.ts';
import { keyLength, keyStart } from '../structures/record.ts';
import type { Call } from './call.ts';
import type { Command } from './command.ts';
import { Deadlines } from './deadlines.ts';
import type { Session } from './session.ts';
import { endCaching } from './tracked-reads.ts';
import { Wait, type Wish } from './wait.ts';
import { WaitQueue } from './wait-queue.ts';

type Queue = WaitQueue<Wait>;

/** So many queues that nobody is in are kept for other keys. */
const KEPT_QUEUES = 1024;

/** Who runs parked requests again, and accounts those that end otherwise. */
export interface Resumer {
  readonly keyspace: Keyspace;
  /** While one is active nothing is run again. */
  readonly interruption: { readonly isActive: boolean };
  /** Runs a request once more; false when it waits on. */
  resume(wait: Wait): boolean;
  /** Accounts a request that ended without having run again; `error` is what was replied, if an error was. */
  accountUnserved(command: Command, error?: string): void;
}

/** What holds no value. */
const ABSENT = -1;

export class Blocking {
  /** Lets `write` reply to a session whose request is not the one that runs. */
  deliver: (session: Session, write: () => void) => void = (_, write) => write();
  /** Called when a request has ended and the session's next may run. */
  whenReleased: (session: Session) => void = () => {};
  private readonly resumer: Resumer;
  /** By database, then by key. */
  private readonly queues: NameTable<Queue>[] = [];
  /** Queues that nobody is in, in no table and not about to be served. */
  private readonly spareQueues: Queue[] = [];
  private readonly deadlines = new Deadlines<Wait>();
  /** How many of the waits have keys, and how many of those look when one is gone. */
  private keyed = 0;
  private waitingForGone = 0;
  /** The request that is being run again, and whether the newest such has ended: what it brings about may resume others. */
  private resumed: Wait | undefined = undefined;
  private isOver = false;
  private readonly runResumed = (): void => {
    let isOver = false;
    try {
      isOver = this.resumed !== undefined && this.resumer.resume(this.resumed);
    } finally {
      this.resumed = undefined;
      this.isOver = isOver;
    }
  };
  /** Whether the command that runs has parked its request. */
  private isParked = false;
  /** The queues whose keys have changed, a list through their `nextReady`. */
  private firstReady: Queue | undefined = undefined;
  private lastReady: Queue | undefined = undefined;
  /** Holds the key that is looked for. */
  private readonly probe = new Args();

  constructor(resumer: Resumer) {
    this.resumer = resumer;
    const { databases, seed } = resumer.keyspace;
    for (let i = 0; i < databases.length; i++) this.queues.push(new NameTable(seed));
  }

  /** Milliseconds since 1970: when `expire` has something to do; Infinity when it never will. */
  get nextDeadline(): number {
    return this.deadlines.first?.deadline ?? Number.POSITIVE_INFINITY;
  }

  /** How many requests wait with a deadline. */
  get timedCount(): number {
    return this.deadlines.size;
  }

  /** How many keys requests wait for; `gone`: of requests that look when a key is gone. */
  countKeys(gone: boolean): number {
    let count = 0;
    for (const queues of this.queues) {
      for (const queue of queues.all()) if (!gone || looksWhenGone(queue)) count++;
    }
    return count;
  }

  /** Lets the running request wait; its command returns without a reply. Only where `call.mayBlock`. */
  park(call: Call, args: Args, wish: Wish): void {
    const { session } = call;
    this.isParked = true;
    if (this.resumed?.session === session) {
      const parked = session.wait;
      if (parked !== undefined) this.setDue(parked, dueTime(parked.wish.deadline, wish.lookAgain));
      return;
    }
    const wait = session.spareWait?.again(call, args, wish) ?? new Wait(call, args.detach(), wish);
    session.spareWait = undefined;
    session.wait = wait;
    for (let i = wish.first; i < wish.first + wish.count; i++) {
      if (this.queueOf(wait, i).join(wait.newPlace())) wait.placeCount++;
    }
    wait.deadline = dueTime(wish.deadline, wish.lookAgain);
    if (wait.deadline !== Number.POSITIVE_INFINITY) this.deadlines.add(wait);
    if (wish.wakesWhenGone) this.waitingForGone++;
    if (wait.placeCount > 0 && this.keyed++ === 0) this.resumer.keyspace.effects.setWaker(this);
  }

  /** Whether somebody waits for what happens to a record's key: it is served at the commit. */
  awaits(database: number, ref: Ref, event: EventName): boolean {
    const queues = this.queues[database];
    if (queues.size === 0) return false;
    const { arena } = this.resumer.keyspace;
    const segment = segmentOf(ref);
    const bytes = arena.bytes[segment];
    const view = arena.views[segment];
    const start = keyStart(arena, ref);
    const end = start + keyLength(arena, ref);
    const queue = queues.find(queues.hash(bytes, view, start, end), bytes, view, start, end);
    if (queue === undefined || QUIET.has(event)) return false;
    this.markReady(queue);
    return true;
  }

  /** The last of commit: serves those whose keys have changed. */
  wake(changes: readonly Change[]): void {
    for (const { event, database, key } of changes) {
      if (key !== ALL_KEYS || (event === FLUSHED && this.waitingForGone === 0)) continue;
      for (const queue of this.queues[database].all()) this.markReady(queue);
    }
    let queue = this.firstReady;
    this.firstReady = undefined;
    this.lastReady = undefined;
    while (queue !== undefined) {
      const next: Queue | undefined = queue.nextReady;
      queue.isReady = false;
      queue.nextReady = undefined;
      this.serve(queue);
      // Only here, where it is in no list: what a wait that is served takes away makes its queue ready once more.
      if (queue.isSpare && this.spareQueues.length < KEPT_QUEUES) this.spareQueues.push(queue);
      queue = next;
    }
  }

  /** Whether the command that just ran parked its request; asked once. */
  takeParked(): boolean {
    const parked = this.isParked;
    this.isParked = false;
    return parked;
  }

  /** Ends the wait of a session, as if it were late or with an error. False when it does not wait. */
  unblock(session: Session, asError: boolean): boolean {
    const { wait } = session;
    if (wait === undefined) return false;
    this.giveUp(wait, asError ? ERR.unblocked : undefined);
    return true;
  }

  /** Forgets the request of a session that is no more. */
  forget(session: Session): void {
    const { wait } = session;
    if (wait !== undefined) this.remove(wait);
  }

  /** Replies to those whose deadline has passed, and lets those look again whose time it is. */
  expire(now: number): void {
    for (let wait = this.deadlines.first; wait !== undefined && wait.deadline <= now; wait = this.deadlines.first) {
      if (wait.wish.deadline > now) this.lookAgain(wait);
      else this.giveUp(wait, undefined);
    }
  }

  /** Lets the next commit look at every key that is waited for: what was held back may run, but in no unit's middle. */
  recheck(): void {
    if (this.resumer.interruption.isActive) return;
    for (const queues of this.queues) for (const queue of queues.all()) this.markReady(queue);
    this.resumer.keyspace.effects.demandWake();
  }

  /** The queue of the key that argument `i` of a request names; a new one if there is none yet. */
  private queueOf({ args, database }: Wait, i: number): Queue {
    const { bytes, view } = args;
    const start = args.start[i];
    const end = args.end[i];
    const queues = this.queues[database.index];
    const hash = queues.hash(bytes, view, start, end);
    const found = queues.find(hash, bytes, view, start, end);
    if (found !== undefined) return found;
    const queue = this.spareQueues.pop() ?? new WaitQueue<Wait>();
    queue.name(database.index, bytes, view, start, end, hash);
    queues.add(queue);
    return queue;
  }

  private markReady(queue: Queue): void {
    if (queue.isReady) return;
    queue.isReady = true;
    if (this.lastReady === undefined) this.firstReady = queue;
    else this.lastReady.nextReady = queue;
    this.lastReady = queue;
  }

  /** Runs the requests that wait for one key again, as long as the key holds what they want. */
  private serve(queue: Queue): void {
    queue.rewind();
    for (let wait = queue.take(); wait !== undefined; wait = queue.take()) {
      const type = this.typeOf(queue);
      if (type === wait.wish.type || wait.wish.wakesWhenGone) this.resume(wait);
      else if (type === ABSENT && this.waitingForGone === 0) break;
    }
    queue.stop();
  }

  private typeOf({ database, bytes, view, start, end }: Queue): number {
    const { probe } = this;
    const { arena, databases } = this.resumer.keyspace;
    probe.attach(bytes, view);
    probe.count = 0;
    probe.push(start, end);
    const ref = databases[database].find(probe, 0);
    return ref === NO_REF ? ABSENT : arena.words[segmentOf(ref)][wordOf(ref)] & TYPE_MASK;
  }

  /** While an interruption is active it does not: `recheck` comes later. */
  private lookAgain(wait: Wait): void {
    this.setDue(wait, wait.wish.deadline);
    if (this.resumer.interruption.isActive) return;
    this.resume(wait);
    this.resumer.keyspace.effects.commit();
  }

  private setDue(wait: Wait, due: number): void {
    if (wait.deadline === due) return;
    if (wait.deadline !== Number.POSITIVE_INFINITY) this.deadlines.remove(wait);
    wait.deadline = due;
    if (due !== Number.POSITIVE_INFINITY) this.deadlines.add(wait);
  }

  private resume(wait: Wait): void {
    this.resumed = wait;
    this.isOver = false;
    this.replyTo(wait.session, this.runResumed);
    this.resumed = undefined;
    if (this.isOver) this.release(wait);
  }

  private giveUp(wait: Wait, error: string | undefined): void {
    this.remove(wait);
    const { session, command, wish } = wait;
    endCaching(session, command);
    this.replyTo(session, () => {
      if (error !== undefined) session.reply.error(error);
      else if (wish.late !== undefined) wish.late(session.reply);
      else session.reply.nullArray();
    });
    this.resumer.accountUnserved(command, error);
    this.whenReleased(session);
  }

  /** Sessions share their sinks: an error in this reply is none of the command that runs. */
  private replyTo(session: Session, write: () => void): void {
    const { reply } = session;
    const { errors } = reply;
    this.deliver(session, write);
    reply.errors = errors;
  }

  private release(wait: Wait): void {
    if (wait.session.wait !== wait) return;
    this.remove(wait);
    this.whenReleased(wait.session);
  }

  private remove(wait: Wait): void {
    const { session, database, places, placeCount, wish } = wait;
    const queues = this.queues[database.index];
    session.wait = undefined;
    if (wait.isKept) session.spareWait = wait;
    for (let i = 0; i < placeCount; i++) places[i].queue?.leave(places[i], queues);
    wait.placeCount = 0;
    if (wait.deadline !== Number.POSITIVE_INFINITY) this.deadlines.remove(wait);
    if (wish.wakesWhenGone) this.waitingForGone--;
    if (placeCount > 0 && --this.keyed === 0) this.resumer.keyspace.effects.setWaker(undefined);
  }
}

function looksWhenGone({ first }: Queue): boolean {
  for (let place = first; place !== undefined; place = place.behind) if (place.wait.wish.wakesWhenGone) return true;
  return false;
}

function dueTime(deadline: number, lookAgain: number | undefined): number {
  return lookAgain === undefined ? deadline : Math.min(deadline, lookAgain);
}
