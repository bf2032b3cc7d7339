/**
 * What is sent to sessions though they have not asked for it just now: messages of channels, invalidations of what they
 * have cached. Whoever holds the connections implements it.
 *
 * A push to the session whose command runs follows the reply of that command. CLIENT REPLY does not silence pushes.
 */
import type { Reply } from '../../protocol/reply.ts';
import type { Session } from './session.ts';

export interface Pushes {
  /** Sends a session what `write` writes to a sink of its protocol. */
  push(session: Session, write: (reply: Reply) => void): void;
  /** Sends the same to many sessions: `write` is called at most once for each protocol spoken among them. */
  broadcast(sessions: Iterable<Session>, write: (reply: Reply) => void): void;
  /** The command that runs was not replied to yet: what has waited for its reply is sent before it. */
  advance(): void;
}

/** For an engine without connections: pushes go straight to the sessions' sinks. */
export const PLAIN_PUSHES: Pushes = {
  push: ({ reply }, write) => write(reply),
  broadcast(sessions, write) {
    for (const { reply } of sessions) write(reply);
  },
  advance: () => undefined,
};
