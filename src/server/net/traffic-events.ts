import type { Connection } from './connection.ts';

/** Why traffic asks for a client to be disconnected. */
export type Excess = 'query' | 'output' | 'reply' | 'browser';

/** What traffic needs to know and may do beyond running requests. */
export interface TrafficEvents {
  /** A client went too far: it must be disconnected at once. */
  exceeded(connection: Connection, excess: Excess): void;
  /** The client is about to be sent its last reply: nothing comes behind that. */
  leaving(connection: Connection): void;
  /** The connection was disconnected while its request ran, which is over now. */
  left(connection: Connection): void;
  /** The client has sent all it ever will, and it was run. */
  finished(connection: Connection): void;
  /** More of a request has arrived whose end is still to come, or which must wait. May disconnect any client. */
  kept(connection: Connection): void;
  /** The memory that the connection's buffers take has changed. */
  resized(connection: Connection): void;
  /** A shared buffer of so many bytes was given up. */
  released(bytes: number): void;
  /** The replies of this turn were written. */
  turnEnded(): void;
}
