/** A real redis-server whose events and counters are looked at beside the replies of its connections. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, RedisPeer, type Words } from './redis-peer.testing.ts';

export interface Counters {
  readonly dirty: number;
  readonly hits: number;
  readonly misses: number;
}

export class ObservedPeer {
  /** One for each protocol. */
  readonly connections: Readonly<Record<2 | 3, Connection>>;
  private readonly redis: RedisPeer;
  private readonly control: Connection;
  /** What was published since somebody last looked. */
  private published: string[] = [];

  private constructor(redis: RedisPeer, connections: Record<2 | 3, Connection>, control: Connection) {
    this.redis = redis;
    this.connections = connections;
    this.control = control;
  }

  /** `options` are added to the command line. */
  static async start(options: Words = []): Promise<ObservedPeer> {
    const redis = await RedisPeer.start(['--notify-keyspace-events', 'EA', ...options]);
    const connections = { 2: await redis.connect(2), 3: await redis.connect(3) };
    const peer = new ObservedPeer(redis, connections, await redis.connect());
    const subscriber = await redis.connect();
    await subscriber.ask([['PSUBSCRIBE', '*']]);
    void peer.listen(subscriber);
    return peer;
  }

  /** The events since they were asked for last, as `database event key`. */
  async events(): Promise<string[]> {
    await this.control.ask([['PUBLISH', 'the', 'end']]);
    while (this.published.at(-1) !== 'the end') await sleep(1);
    const events = this.published.slice(0, -1);
    this.published = [];
    return events;
  }

  async counters(): Promise<Counters> {
    const [info] = await this.control.ask([['INFO', 'everything']]);
    const count = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1]);
    return {
      dirty: count('rdb_changes_since_last_save'),
      hits: count('keyspace_hits'),
      misses: count('keyspace_misses'),
    };
  }

  /** What was added to the counters since they were `before`. */
  async countersSince(before: Counters): Promise<Counters> {
    const { dirty, hits, misses } = await this.counters();
    return { dirty: dirty - before.dirty, hits: hits - before.hits, misses: misses - before.misses };
  }

  stop(): Promise<void> {
    return this.redis.stop();
  }

  private async listen(subscriber: Connection): Promise<void> {
    for (;;) {
      const message = await subscriber.receive();
      const [, channel, payload] = /\r\n\*\r\n\$\d+\r\n(.*?)\r\n\$\d+\r\n([\s\S]*)\r\n$/.exec(message) ?? [];
      this.published.push(`${channel.replace(/^__keyevent@(\d+)__:/, '$1 ')} ${payload}`);
    }
  }
}
