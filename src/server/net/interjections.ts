/**
 * Bytes for connections other than the one whose request runs: replies to those who waited, pushes.
 *
 * All of them go into the one output buffer, into the middle of the reply that is being made if there is one: its client is
 * given what stands before and what comes behind as if nothing were between. So a message to many connections stands there
 * once, and each of them is given the same bytes.
 *
 * A push to the very connection whose request runs must not stand in the middle of its reply: it waits until that is made.
 * A request that waited may bring about pushes itself, so interjections nest.
 */
import type { Pushes } from '../../engine/dispatch/pushes.ts';
import type { Session } from '../../engine/dispatch/session.ts';
import type { OutputBuffer } from '../../protocol/output-buffer.ts';
import { ReplyTooLong } from '../../protocol/output-buffer.ts';
import type { Reply } from '../../protocol/reply.ts';
import type { Connection } from './connection.ts';
import type { Traffic } from './traffic.ts';

/** What interjections need to know of the connections. */
export interface Receivers {
  of(session: Session): Connection | undefined;
  /** What it has subscribed to has changed. */
  subscribed(connection: Connection): void;
  /** There is no room for what the client should be sent. */
  overwhelmed(connection: Connection): void;
}

/** Where a message stands in the output buffer, in one protocol. */
interface Encoded {
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
  private readonly resp2: Encoded = { from: NOT_YET, to: NOT_YET };
  private readonly resp3: Encoded = { from: NOT_YET, to: NOT_YET };

  constructor(traffic: Traffic, out: OutputBuffer, receivers: Receivers) {
    this.traffic = traffic;
    this.out = out;
    this.receivers = receivers;
  }

  /** Lets `write` reply to a request of this session that has waited. */
  reply(session: Session, write: () => void): void {
    this.interject(session, () => {
      write();
      if (session.replyMode !== 0) session.muteReply(this.out, this.from);
    });
  }

  subscribed(session: Session): void {
    const connection = this.receivers.of(session);
    if (connection !== undefined) this.receivers.subscribed(connection);
  }

  push(session: Session, write: (reply: Reply) => void): void {
    const { current } = this.traffic;
    if (current !== undefined && current.session === session) this.pushLate(current, write);
    else this.interject(session, () => write(session.reply));
  }

  broadcast(sessions: Iterable<Session>, write: (reply: Reply) => void): void {
    const { traffic, receivers, resp2, resp3 } = this;
    const { current, outbox } = traffic;
    resp2.from = NOT_YET;
    resp3.from = NOT_YET;
    this.interrupt();
    for (const session of sessions) {
      const connection = receivers.of(session);
      if (connection === undefined) continue;
      if (connection === current) {
        this.pushLate(connection, write);
        continue;
      }
      const encoded = session.protocol === 3 ? resp3 : resp2;
      if (encoded.from === NOT_YET) this.encode(session.reply, write, encoded);
      if (encoded.from === NO_ROOM) receivers.overwhelmed(connection);
      else outbox.address(connection, encoded.from, encoded.to);
    }
    outbox.fill();
    this.resume();
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

  private encode(reply: Reply, write: (reply: Reply) => void, encoded: Encoded): void {
    const { out } = this;
    const from = out.at;
    encoded.from = from;
    try {
      write(reply);
    } catch (error) {
      if (!(error instanceof ReplyTooLong)) throw error;
      out.at = from;
      encoded.from = NO_ROOM;
    }
    encoded.to = out.at;
  }

  private interject(session: Session, write: () => void): void {
    const { out, underway } = this;
    const { outbox } = this.traffic;
    const connection = this.receivers.of(session);
    if (connection === undefined) return;
    this.interrupt();
    this.underway = connection;
    this.from = out.at;
    try {
      write();
      outbox.claim(connection, this.from);
    } catch (error) {
      if (!(error instanceof ReplyTooLong)) throw error;
      out.at = this.from;
      this.receivers.overwhelmed(connection);
    }
    this.underway = underway;
    this.resume();
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

  private pushLate(connection: Connection, write: (reply: Reply) => void): void {
    const { out } = this;
    const from = out.at;
    try {
      write(connection.session.reply);
      this.traffic.late.take(out, from);
    } catch (error) {
      if (!(error instanceof ReplyTooLong)) throw error;
      out.at = from;
      this.receivers.overwhelmed(connection);
    }
  }
}
