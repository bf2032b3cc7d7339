/**
 * A redis-server and a Hotset of a test's own, which are asked the same: the same bytes must come back. Both hold some keys
 * of every type.
 */
import { expect } from 'vitest';
import { type Connection, RedisPeer, type Words } from '../engine/commands/redis-peer.testing.ts';
import { RawClient, requestOf } from './raw-client.testing.ts';
import { startTestServer, type TestServer } from './server.testing.ts';

/** Keys of every type, for scripts that look at them. */
const DATA: readonly Words[] = [
  ['FLUSHALL'],
  ['SCRIPT', 'FLUSH'],
  ['FUNCTION', 'FLUSH'],
  ['SET', 's', 'text'],
  ['SET', 'n', '10'],
  ['RPUSH', 'l', 'a', 'b', 'c'],
  ['HSET', 'h', 'f', 'v'],
  ['SADD', 'm', 'x'],
  ['ZADD', 'z', '1.5', 'one'],
];

export class Pair {
  private readonly redis: RedisPeer;
  private readonly hotset: TestServer;

  private constructor(redis: RedisPeer, hotset: TestServer) {
    this.redis = redis;
    this.hotset = hotset;
  }

  static async start(): Promise<Pair> {
    return new Pair(await RedisPeer.start(), await startTestServer());
  }

  async stop(): Promise<void> {
    await this.redis.stop();
    await this.hotset.stop();
  }

  async connect(protocol: 2 | 3): Promise<PairedClient> {
    const client = await RawClient.connect(this.hotset.port);
    if (protocol === 3) await client.ask('HELLO', 3);
    return new PairedClient(await this.redis.connect(protocol), client);
  }
}

/** A client of both. */
export class PairedClient {
  private readonly connection: Connection;
  private readonly client: RawClient;

  constructor(connection: Connection, client: RawClient) {
    this.connection = connection;
    this.client = client;
  }

  /** Nothing but the keys. */
  async begin(): Promise<void> {
    await this.connection.ask(DATA);
    await this.ask(DATA);
  }

  /** Asks both the same, and expects the same replies. */
  async compare(calls: readonly Words[]): Promise<void> {
    const theirs = await this.connection.ask(calls);
    const ours = await this.ask(calls);
    const differences = calls.flatMap((words, i) =>
      ours[i] === theirs[i] ? [] : [{ call: words.join(' ').slice(0, 300), ours: ours[i], theirs: theirs[i] }],
    );
    expect(differences).toEqual([]);
  }

  /** The replies of both to one command: theirs, ours. */
  async both(...words: Words): Promise<[string, string]> {
    const [theirs] = await this.connection.ask([words]);
    return [theirs, await this.client.ask(...words)];
  }

  close(): void {
    this.client.close();
  }

  private async ask(calls: readonly Words[]): Promise<string[]> {
    this.client.send(calls.map((words) => requestOf(words)).join(''));
    return this.client.replies(calls.length);
  }
}
