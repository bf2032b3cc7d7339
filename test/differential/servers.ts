/** Hotset and redis-server side by side. One that crashed or hangs is replaced, so that a failure can be made smaller. */
import { type ServerName, type ServerProcess, startServer } from '../processes.ts';
import { CLOSED, encodeCommand, RawConnection, SILENT } from './raw-connection.ts';
import type { Words } from './script.ts';

export const NAMES = ['hotset', 'redis'] as const;

/** One thing of each server. */
export type Both<T> = Readonly<Record<ServerName, T>>;

/** Does the same with both servers at the same time. */
export async function forBoth<T>(act: (name: ServerName) => Promise<T>): Promise<Both<T>> {
  const [hotset, redis] = await Promise.all(NAMES.map(act));
  return { hotset, redis };
}

interface Running {
  readonly server: ServerProcess;
  readonly control: RawConnection;
}

const OPTIONS = ['--enable-debug-command', 'yes', '--databases', '16'];

/** Scripts may change these; the next one begins with the defaults. */
const SETTINGS: Readonly<Record<string, string>> = {
  'hash-max-listpack-entries': '512',
  'hash-max-listpack-value': '64',
  'list-max-listpack-size': '-2',
  'list-compress-depth': '0',
  'set-max-intset-entries': '512',
  'zset-max-listpack-entries': '128',
  'zset-max-listpack-value': '64',
  'hll-sparse-max-bytes': '3000',
};

export class Servers {
  private readonly running: Partial<Record<ServerName, Running>> = {};
  /** What the servers that had to be replaced had printed last. */
  readonly losses: string[] = [];

  static async start(): Promise<Servers> {
    const servers = new Servers();
    await servers.makeEmpty();
    return servers;
  }

  /** Both alive, without keys, the settings of encodings as they are by default. */
  async makeEmpty(): Promise<void> {
    await forBoth(async (name) => {
      if (await this.empty(name)) return;
      await this.replace(name);
      if (!(await this.empty(name))) throw new Error(`${name} cannot be emptied`);
    });
  }

  private async empty(name: ServerName): Promise<boolean> {
    const replies = await this.ask(name, [['FLUSHALL'], ['CONFIG', 'SET', ...Object.entries(SETTINGS).flat()]]);
    return replies.every((reply) => reply === '+OK\r\n');
  }

  /** The replies to commands on a connection of its own, RESP2, database 0 at first. */
  async ask(name: ServerName, commands: readonly Words[]): Promise<string[]> {
    const { control } = await this.get(name);
    control.send(commands.map(encodeCommand).join(''));
    const replies: string[] = [];
    for (const _ of commands) {
      const reply = await control.read();
      replies.push(reply);
      if (reply === CLOSED || reply === SILENT) break;
    }
    return replies;
  }

  /** Which of these commands a server does not know: each is sent without arguments. */
  async lackedBy<T extends Words>(name: ServerName, commands: readonly T[]): Promise<T[]> {
    const replies = await this.ask(name, commands);
    return commands.filter((_, i) => /^-ERR unknown (sub)?command/.test(replies[i]));
  }

  async connect(name: ServerName): Promise<RawConnection> {
    const { server } = await this.get(name);
    return RawConnection.open(server.port);
  }

  async stop(): Promise<void> {
    await forBoth((name) => this.discard(name));
  }

  private async get(name: ServerName): Promise<Running> {
    const found = this.running[name];
    if (found?.server.isAlive) return found;
    if (found !== undefined) await this.replace(name);
    const server = await startServer(name, OPTIONS);
    const running = { server, control: await RawConnection.open(server.port) };
    this.running[name] = running;
    return running;
  }

  /** Ends a server that is of no use any more; the next use starts another. */
  private async replace(name: ServerName): Promise<void> {
    const server = this.running[name]?.server;
    if (server !== undefined) {
      this.losses.push(`${name} had to be replaced: it ended by itself or did not answer\n${server.log()}`);
    }
    await this.discard(name);
  }

  private async discard(name: ServerName): Promise<void> {
    const found = this.running[name];
    if (found === undefined) return;
    delete this.running[name];
    found.control.close();
    await found.server.stop();
  }
}
