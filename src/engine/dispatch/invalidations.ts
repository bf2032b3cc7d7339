/**
 * What clients that keep copies of keys are told when these change.
 *
 * A client that speaks RESP3 gets a push. In RESP2 nothing may come unasked but to a client that has subscribed to
 * something; so a client that speaks it chooses another, to which its invalidations come as messages of a channel.
 */
import type { Reply } from '../../protocol/reply.ts';
import type { Tracker } from '../listeners/tracker.ts';
import { EVERYTHING, type Tracking } from '../listeners/tracking.ts';
import type { Pushes } from './pushes.ts';
import type { Session } from './session.ts';

const CHANNEL = '__redis__:invalidate';

interface Services {
  readonly pushes: Pushes;
  readonly tracking: Tracking;
}

export class Invalidations {
  /** The session with a number; undefined when it has left. */
  sessionOf: (id: number) => Session | undefined = () => undefined;
  private readonly services: Services;

  constructor(services: Services) {
    this.services = services;
    services.tracking.tell = (trackers, keys) => this.tell(trackers, keys);
  }

  private tell(trackers: readonly Tracker[], keys: readonly Buffer[]): void {
    const pushed: Session[] = [];
    const published: Session[] = [];
    for (const tracker of trackers) {
      const target = this.targetOf(tracker);
      if (target === undefined) continue;
      if (target.protocol === 3) pushed.push(target);
      else if (tracker.redirect !== 0 && target.isListening) published.push(target);
    }
    if (pushed.length > 0) this.services.pushes.broadcast(pushed, (reply) => pushKeys(reply, keys));
    if (published.length > 0) this.services.pushes.broadcast(published, (reply) => publishKeys(reply, keys));
  }

  /** Who is told; undefined when that one is gone, or about to go. */
  private targetOf(tracker: Tracker): Session | undefined {
    const { client, redirect } = tracker;
    const target = this.sessionOf(redirect === 0 ? client : redirect);
    if (target !== undefined && !target.closing) return target;
    if (redirect !== 0) this.tellBroken(tracker);
    return undefined;
  }

  /** Tells a client that the one which was to be told in its place is gone. */
  private tellBroken(tracker: Tracker): void {
    const { client, redirect } = tracker;
    const session = this.sessionOf(client);
    tracker.isRedirectBroken = true;
    if (session?.protocol !== 3 || session.closing) return;
    this.services.pushes.push(session, (reply) => {
      reply.push(2);
      reply.text('tracking-redir-broken');
      reply.integer(redirect);
    });
  }
}

function pushKeys(reply: Reply, keys: readonly Buffer[]): void {
  reply.push(2);
  reply.text('invalidate');
  writeKeys(reply, keys);
}

function publishKeys(reply: Reply, keys: readonly Buffer[]): void {
  reply.push(3);
  reply.text('message');
  reply.text(CHANNEL);
  writeKeys(reply, keys);
}

function writeKeys(reply: Reply, keys: readonly Buffer[]): void {
  if (keys === EVERYTHING) {
    reply.null();
    return;
  }
  reply.array(keys.length);
  for (const key of keys) reply.buffer(key);
}
