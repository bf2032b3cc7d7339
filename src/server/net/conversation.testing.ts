/** What several connections hear while they speak in turn, with a redis-server 7.0.15 and with Hotset. */
import { expect } from 'vitest';
import { type ServerProcess, startServer } from '../../../test/processes.ts';
import { RawClient, request } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

/**
 * A line is a connection and a command, or several divided by `|` that are sent together: `b GET k | GET l`. `#a` stands
 * for the number of connection a, `gone` for closing it, `sleep` for as many milliseconds. Answers what each connection
 * got after each line.
 */
class Conversation {
  private readonly port: number;
  private readonly clients = new Map<string, RawClient>();
  private readonly ids = new Map<string, string>();

  constructor(port: number) {
    this.port = port;
  }

  async hold(lines: readonly string[]): Promise<string[]> {
    const heard: string[] = [];
    await this.say('control', ['FLUSHALL']);
    await this.say('control', ['CONFIG', 'SET', 'tracking-table-max-keys', '1000000']);
    for (const name of new Set(lines.map((line) => line[0]))) await this.client(name);
    for (const line of lines) {
      await this.act(line);
      heard.push(line.endsWith('GETREDIR') ? await this.redirection(line[0]) : `${line}: ${await this.everybody()}`);
    }
    for (const client of this.clients.values()) client.close();
    return heard;
  }

  private async act(line: string): Promise<void> {
    const [name, ...rest] = line.split(' ');
    const words = rest.map((word) => (word.startsWith('#') ? (this.ids.get(word[1]) ?? word) : word));
    const client = await this.client(name);
    if (words[0] === 'sleep') await new Promise((resolve) => setTimeout(resolve, Number(words[1])));
    else if (words[0] === 'gone') client.close();
    else {
      const commands = words.join(' ').split(' | ');
      client.send(commands.map((command) => request(...command.split(' ').map(unquoted))).join(''));
    }
  }

  /** What has arrived at each connection: all of it, because the server has answered another connection since. */
  private async everybody(): Promise<string> {
    for (let i = 0; i < 3; i++) await this.say('control', ['PING']);
    await new Promise((resolve) => setTimeout(resolve, 3));
    const parts: string[] = [];
    for (const [name, client] of this.clients) {
      const text = this.plain(client.pending);
      client.pending = '';
      if (text !== '') parts.push(`${name} ${JSON.stringify(text)}`);
    }
    return parts.join(' ');
  }

  /** Whose number GETREDIR has answered. */
  private async redirection(name: string): Promise<string> {
    const answer = await (await this.client(name)).reply();
    const owner = [...this.ids].find(([, id]) => answer === `:${id}\r\n`);
    return `${name} GETREDIR: ${owner?.[0] ?? answer}`;
  }

  /** Without the numbers of connections and what HELLO says of the server. */
  private plain(text: string): string {
    let plain = text.replace(/version\r\n\$\d+\r\n[^\r]+/, 'version').replace(/\$2\r\nid\r\n:\d+/, 'id');
    for (const [name, id] of this.ids) {
      plain = plain.replaceAll(new RegExp(`(redirect|broken)\r\n:${id}(?=\r)`, 'g'), `$1 #${name}`);
    }
    return plain;
  }

  private async say(name: string, words: readonly string[]): Promise<void> {
    const client = await this.client(name);
    await client.ask(...words);
  }

  private async client(name: string): Promise<RawClient> {
    let client = this.clients.get(name);
    if (client !== undefined) return client;
    client = await RawClient.connect(this.port);
    this.clients.set(name, client);
    if (name !== 'control') this.ids.set(name, (await client.ask('CLIENT', 'ID')).slice(1, -2));
    return client;
  }
}

const unquoted = (word: string): string => (word === "''" ? '' : word);

/** Both servers, to hold conversations with. */
export class BothServers {
  private readonly hotset: TestServer;
  private readonly redis: ServerProcess;

  private constructor(hotset: TestServer, redis: ServerProcess) {
    this.hotset = hotset;
    this.redis = redis;
  }

  static async start(): Promise<BothServers> {
    const hotset = await startTestServer({ 'enable-debug-command': 'yes' });
    return new BothServers(hotset, await startServer('redis', ['--enable-debug-command', 'yes']));
  }

  /** Holds a conversation with both: everybody gets the same bytes. Answers what was heard. */
  async hold(lines: readonly string[]): Promise<string> {
    const [ours, theirs] = await Promise.all([
      new Conversation(this.hotset.port).hold(lines),
      new Conversation(this.redis.port).hold(lines),
    ]);
    expect(ours).toEqual(theirs);
    return ours.join('\n');
  }

  /** Holds the conversation that is a text of lines; answers how many invalidations were heard. */
  async invalidations(text: string): Promise<number> {
    const lines = text.split('\n').map((line) => line.trim());
    const heard = await this.hold(lines.filter((line) => line !== ''));
    return heard.split('invalidate').length - 1;
  }

  async stop(): Promise<void> {
    await this.hotset.stop();
    await this.redis.stop();
  }
}
