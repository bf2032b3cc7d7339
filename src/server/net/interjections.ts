/**
 * Bytes for connections other than the one whose request runs: replies to those who waited, pushes.
 *
 * Replies go into the output buffer, into the middle of the reply that is being made if there is one: its client is given
 * what stands before and what comes behind as if nothing were between. Pushes have a buffer of their own, where a message to
 * many stands once, and each of them is given the same bytes.
 *
 * A push to the very connection whose request runs must not stand in the middle of its reply: it waits until that is made.
 * A request that waited may bring about pushes itself, so interjections nest.
 */
import type { Pushes } from '../../engine/dispatch/pushes.ts';
import type { Session } from '../../engine/dispatch/session.ts';
import type { OutputBuffer } from '../../protocol/output-buffer.ts';
import { ReplyTooLong } from '../../protocol/output-buffer.ts';
import type { Reply } from '../../protocol/reply.ts';
import { Resp2Reply } from '../../protocol/resp2-reply.ts';
import { Resp3Reply } from '../../protocol/resp3-reply.ts';
import type { Connection } from './connection.ts';
import type { Traffic } from './traffic.ts';

/** What interjections need to know of the connections. */
export interface Receivers {
  of(session: Session): Connection | undefined;
  /** What it has subscribed to has changed. */
  subscribed(connection: Connection): void;
  /** What waits to be sent to the client is more than it may have. */
  exceeded(connection: Connection): void;
  /** There is no room for what the client should be sent. */
  overwhelmed(connection: Connection): void;
}

/** A message in one protocol: what writes it, and where it stands in the mail. */
interface Encoded {
  readonly sink: Reply;
  from: number;
  to: number;
}

const NOT_YET = -1;
const NO_ROOM = -2;

export class Interjections implements Pushes {
  private readonly traffic: Traffic;
  private readonly out: OutputBuffer;
  private readonly receivers: Receivers;
  /** Whose interjection is being written, and where the bytes begin that are not marked as its client's yet. */
  private underway: Connection | undefined = undefined;
  private from = 0;
  private readonly mail: OutputBuffer;
  private readonly resp2: Encoded;
  private readonly resp3: Encoded;

  constructor(traffic: Traffic, out: OutputBuffer, receivers: Receivers) {
    this.traffic = traffic;
    this.out = out;
    this.receivers = receivers;
    this.mail = traffic.outbox.mail;
    this.resp2 = { sink: new Resp2Reply(this.mail), from: NOT_YET, to: NOT_YET };
    this.resp3 = { sink: new Resp3Reply(this.mail), from: NOT_YET, to: NOT_YET };
  }

  /** Lets `write` reply to a client's request that has waited. */
  reply(session: Session, write: () => void): void {
    this.interject(session, write, true);
  }

  subscribed(session: Session): void {
    const connection = this.receivers.of(session);
    if (connection !== undefined) this.receivers.subscribed(connection);
  }

  /** Lets `write` go on with the reply of an interrupted unit; what its client was pushed meanwhile comes behind it. */
  goOn(session: Session, write: () => void, isOver: () => boolean): void {
    const connection = this.receivers.of(session);
    if (connection === undefined) return write();
    this.reply(session, write);
    if (!isOver()) return;
    const { held } = connection;
    connection.held = undefined;
    if (held !== undefined) this.interject(session, () => held.appendTo(this.out), false);
  }

  push(session: Session, write: (reply: Reply) => void): void {
    const encoded = session.protocol === 3 ? this.resp3 : this.resp2;
    encoded.from = NOT_YET;
    this.give(session, write, encoded);
    this.announce();
  }

  broadcast(sessions: Iterable<Session>, write: (reply: Reply) => void): void {
    const { resp2, resp3 } = this;
    resp2.from = NOT_YET;
    resp3.from = NOT_YET;
    for (const session of sessions) this.give(session, write, session.protocol === 3 ? resp3 : resp2);
    this.announce();
  }

  advance(): void {
    const { traffic, out } = this;
    const { current, late, outbox } = traffic;
    if (current === undefined || late.isEmpty) return;
    traffic.interrupt();
    const from = out.at;
    late.appendTo(out);
    outbox.claim(current, from);
    traffic.resume();
  }

  /** Gives a session a message, which is written if it was not yet. */
  private give(session: Session, write: (reply: Reply) => void, encoded: Encoded): void {
    const connection = this.receivers.of(session);
    if (connection === undefined) return;
    if (encoded.from === NOT_YET) this.encode(write, encoded);
    if (encoded.from === NO_ROOM) return this.receivers.overwhelmed(connection);
    if (connection === this.traffic.current || connection.held !== undefined)
      return this.giveLater(connection, encoded);
    if (connection === this.underway) this.markUnderway(connection);
    this.traffic.outbox.address(connection, encoded.from, encoded.to);
  }

  private encode(write: (reply: Reply) => void, encoded: Encoded): void {
    const { mail } = this;
    const from = mail.at;
    encoded.from = from;
    try {
      write(encoded.sink);
    } catch (error) {
      if (!(error instanceof ReplyTooLong)) throw error;
      mail.at = from;
      encoded.from = NO_ROOM;
    }
    encoded.to = mail.at;
  }

  private giveLater(connection: Connection, { from, to }: Encoded): void {
    const late = connection.held ?? this.traffic.late;
    if (late.length + to - from > connection.outputLimit.hardBytes) return this.receivers.exceeded(connection);
    try {
      late.add(this.mail, from, to);
    } catch (error) {
      if (!(error instanceof ReplyTooLong)) throw error;
      this.receivers.overwhelmed(connection);
    }
  }

  /** Makes sure that what was given is written; now if it is much, which ends the reply being made for now. */
  private announce(): void {
    const { outbox } = this.traffic;
    if (!outbox.isFull) return outbox.announce();
    this.interrupt();
    outbox.flush();
    this.resume();
  }

  /** Lets `write` write to a client; `isReply` what CLIENT REPLY may silence. */
  private interject(session: Session, write: () => void, isReply: boolean): void {
    const { out, underway } = this;
    const { outbox } = this.traffic;
    const connection = this.receivers.of(session);
    if (connection === undefined) return;
    this.interrupt();
    this.underway = connection;
    this.from = out.at;
    try {
      write();
      if (isReply && session.replyMode !== 0) session.muteReply(out, this.from);
      outbox.claimForWoken(connection, this.from);
    } catch (error) {
      if (!(error instanceof ReplyTooLong)) throw error;
      out.at = this.from;
      this.receivers.overwhelmed(connection);
    }
    this.underway = underway;
    this.resume();
  }

  /** What a client is being replied comes before what it is pushed now. Writes nothing: the mail must stay where it is. */
  private markUnderway(connection: Connection): void {
    if (connection.session.replyMode !== 0) this.out.at = this.from;
    this.traffic.outbox.mark(connection, this.from);
    this.from = this.out.at;
  }

  /** What is being written, for whomever, ends here for now. */
  private interrupt(): void {
    const { underway, traffic, out } = this;
    if (underway === undefined) return traffic.interrupt();
    if (underway.session.replyMode !== 0) out.at = this.from;
    traffic.outbox.claim(underway, this.from);
  }

  private resume(): void {
    this.from = this.out.at;
    if (this.underway === undefined) this.traffic.resume();
  }
}
