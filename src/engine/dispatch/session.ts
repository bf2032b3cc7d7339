import type { Reply } from '../../protocol/reply.ts';

/** Why the guards must look at a session's commands; no bit set means that nothing can forbid one. */
export const UNAUTHENTICATED = 1 << 0;
/** A MONITOR: it only listens. */
export const MONITORING = 1 << 1;

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
  /** True when the connection is to be closed once its replies are written. */
  closing = false;

  constructor(id: number, reply: Reply) {
    this.id = id;
    this.reply = reply;
  }
}
