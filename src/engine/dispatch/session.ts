import type { OutputBuffer } from '../../protocol/output-buffer.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Tracker } from '../listeners/tracker.ts';
import type { Watcher } from '../listeners/watch.ts';
import type { Subscriptions } from '../pubsub/subscriptions.ts';
import type { Command } from './command.ts';
import type { Transaction } from './transaction.ts';
import type { Wait } from './wait.ts';

/** Why the guards must look at a session's commands; no bit set means that nothing can forbid one. */
export const UNAUTHENTICATED = 1 << 0;
/** A MONITOR: it only listens. */
export const MONITORING = 1 << 1;
/** Its commands are queued: MULTI. */
export const IN_TRANSACTION = 1 << 2;

/** It has subscribed to something. */
export const SUBSCRIBED = 1 << 3;

/** What CLIENT REPLY chose. */
export const REPLIES_ON = 0;
export const REPLIES_OFF = 1;
/** Neither CLIENT REPLY SKIP itself nor the command after it is answered. */
export const SKIP_THIS = 2;
const SKIP_NEXT = 3;

/** One client as the engine sees it: what it chose and where its replies go. */
export class Session {
  readonly id: number;
  /** The sink of the protocol the client speaks. */
  reply: Reply;
  /** 2 or 3. */
  protocol: 2 | 3 = 2;
  /** Index of the selected database. */
  database = 0;
  /** Reasons for the guards to look. */
  alerts = 0;
  name = '';
  user = 'default';
  libraryName = '';
  libraryVersion = '';
  /** CLIENT NO-TOUCH: commands leave access bits alone. */
  noTouch = false;
  /** One of the four above. */
  replyMode = REPLIES_ON;
  /** What its newest request has called, refused or not; undefined where no command has that name. */
  lastCommand: Command | undefined = undefined;
  /** What it has queued since MULTI. */
  transaction: Transaction | undefined = undefined;
  /** The keys it watches, since the first WATCH. */
  watcher: Watcher | undefined = undefined;
  /** What it wants to know of the keys it has read, since the first CLIENT TRACKING. */
  tracker: Tracker | undefined = undefined;
  /** What it has subscribed to, since the first time. */
  subscriptions: Subscriptions<Session> | undefined = undefined;
  /** Its request that waits for a key. */
  wait: Wait | undefined = undefined;
  /** One that has ended, to be used for the next. */
  spareWait: Wait | undefined = undefined;
  /** Of the session in which scripts run their commands: who called the script that runs. */
  caller: Session | undefined = undefined;
  /** Where its client is, for whoever made the session; undefined where there is no client, or none any more. */
  place: object | undefined = undefined;
  /** True when the connection is to be closed once its replies are written. */
  closing = false;

  constructor(id: number, reply: Reply) {
    this.id = id;
    this.reply = reply;
  }

  /** Only few commands are allowed: it has subscribed to something, and RESP2 cannot tell messages from replies. */
  get isListening(): boolean {
    return (this.alerts & SUBSCRIBED) !== 0 && this.protocol === 2;
  }

  /** Lets the guards look while there are subscriptions. */
  noteSubscriptions(): void {
    const isSubscribed = this.subscriptions !== undefined && !this.subscriptions.isEmpty;
    this.alerts = isSubscribed ? this.alerts | SUBSCRIBED : this.alerts & ~SUBSCRIBED;
  }

  /** Memory that the arguments of a request that waits take. */
  get parkedBytes(): number {
    return this.wait === undefined ? 0 : this.wait.args.bytes.length;
  }

  /** Memory that what it has queued and what it watches takes. */
  get transactionBytes(): number {
    return (this.transaction?.queue.bytes ?? 0) + (this.watcher?.bytes ?? 0);
  }

  /** Takes back the reply that begins at `mark`, if CLIENT REPLY says so, and goes to the next mode. */
  muteReply(out: OutputBuffer, mark: number): void {
    out.at = mark;
    if (this.replyMode === SKIP_THIS) this.replyMode = SKIP_NEXT;
    else if (this.replyMode === SKIP_NEXT) this.replyMode = REPLIES_ON;
  }
}
