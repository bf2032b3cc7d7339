import type { Delivery } from '../pubsub/delivery.ts';
import type { Session } from './session.ts';

/** How sessions are sent what they have not asked for. */
export type Pushes = Delivery<Session>;

/** For an engine without connections: pushes go straight to the sessions' sinks. */
export const PLAIN_PUSHES: Pushes = {
  push: (session, write) => write(session.reply),
  broadcast(sessions, write) {
    for (const { reply } of sessions) write(reply);
  },
  advance: () => undefined,
  subscribed: () => undefined,
};
