/**
 * The messages of client-side caching on their way to clients.
 *
 * A client that speaks RESP3 gets a push, also while its replies are off. One that speaks RESP2 gets nothing itself; it has
 * chosen another connection that is told in its place.
 */
import { ALL_KEYS } from '../../engine/effects/effects.ts';
import type { Tracker } from '../../engine/listeners/tracker.ts';
import type { Tracking } from '../../engine/listeners/tracking.ts';
import type { Clients } from './clients.ts';
import type { Connection } from './connection.ts';

export class Invalidations {
  private readonly clients: Clients;

  constructor(clients: Clients, tracking: Tracking) {
    this.clients = clients;
    tracking.tell = (tracker, keys) => this.tell(tracker, keys);
    tracking.whenDue = () => clients.traffic.scheduleFlush();
    clients.whenTurnEnds(() => tracking.endTurn());
    clients.whenLeaving((connection) => {
      if (connection.closed) tracking.forget(connection.session);
      else tracking.stop(connection.session);
    });
  }

  private tell(tracker: Tracker, keys: readonly Buffer[]): void {
    const client = this.clients.all.get(tracker.client);
    if (client === undefined) return;
    if (tracker.redirect === 0) {
      this.invalidate(client, keys);
      return;
    }
    const target = this.clients.all.get(tracker.redirect);
    if (target !== undefined) this.invalidate(target, keys);
    else this.tellBroken(client, tracker);
  }

  private invalidate(connection: Connection, keys: readonly Buffer[]): void {
    const { session } = connection;
    if (session.protocol !== 3 || session.closing) return;
    this.clients.traffic.push(connection, () => {
      const { reply } = session;
      reply.push(2);
      reply.text('invalidate');
      if (keys[0] === ALL_KEYS) {
        reply.null();
        return;
      }
      reply.array(keys.length);
      for (const key of keys) reply.buffer(key);
    });
  }

  /** Tells a client that the one that was to be told in its place is gone. */
  private tellBroken(connection: Connection, tracker: Tracker): void {
    const { session } = connection;
    tracker.isRedirectBroken = true;
    if (session.protocol !== 3 || session.closing) return;
    this.clients.traffic.push(connection, () => {
      const { reply } = session;
      reply.push(2);
      reply.text('tracking-redir-broken');
      reply.integer(tracker.redirect);
    });
  }
}
