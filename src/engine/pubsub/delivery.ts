/**
 * What is sent to sessions though they have not asked for it just now: messages of channels, invalidations of what they
 * have cached. Whoever holds the connections implements it.
 *
 * A push to the session whose command runs follows the reply of that command. CLIENT REPLY does not silence pushes.
 */
import type { Reply } from '../../protocol/reply.ts';

export interface Delivery<S> {
  /** Sends a session what `write` writes to a sink of its protocol. */
  push(session: S, write: (reply: Reply) => void): void;
  /** Sends the same to many sessions: `write` is called at most once for each protocol spoken among them. */
  broadcast(sessions: Iterable<S>, write: (reply: Reply) => void): void;
  /** The command that runs was not replied to yet: what has waited for its reply is sent before it. */
  advance(): void;
  /** The session has subscribed to something, or no longer is: its memory and what it may leave unread change. */
  subscribed(session: S): void;
}
