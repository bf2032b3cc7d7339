/** Keyspace notifications of both servers while a script runs: what one server tells the other must tell, in the same order. */
import { CLOSED, encodeCommand, type RawConnection, SILENT } from './raw-connection.ts';
import { elementsOf, textOf } from './reply-frames.ts';
import { quote, type Words } from './script.ts';
import { type Both, forBoth, type Servers } from './servers.ts';

/** Every class, keys that were not there to be read and new keys too. */
const EVERYTHING = 'KEAmn';
const END = '__keyevent@0__:end of the script';
const SHOWN_EVENTS = 12;
/**
 * Which keys these miss, and in what order, differs: SORT looks keys up in the order of a set, and since Redis 7.2 BITCOUNT
 * and BITPOS read all arguments before they look for the key.
 */
const MISSES_APART = /^(sort|sort_ro|bitcount|bitpos)$/i;

/** Listens to both servers' notifications until `compare`. */
export class ToldEvents {
  private readonly servers: Servers;
  private readonly ears: Both<RawConnection>;

  private constructor(servers: Servers, ears: Both<RawConnection>) {
    this.servers = servers;
    this.ears = ears;
  }

  static async listen(servers: Servers): Promise<ToldEvents> {
    const ears = await forBoth(async (name) => {
      await servers.ask(name, [['CONFIG', 'SET', 'notify-keyspace-events', EVERYTHING]]);
      const ear = await servers.connect(name);
      ear.send(encodeCommand(['PSUBSCRIBE', '__key*']));
      await ear.read();
      return ear;
    });
    return new ToldEvents(servers, ears);
  }

  /** Stops to listen. Answers the differences, a line each; `commands` are those that ran. */
  async compare(commands: readonly Words[]): Promise<string[]> {
    const withMisses = !commands.some(([name]) => MISSES_APART.test(name));
    const { hotset, redis } = await forBoth(async (name) => {
      await this.servers.ask(name, [
        ['CONFIG', 'SET', 'notify-keyspace-events', ''],
        ['PUBLISH', END, ''],
      ]);
      return this.heard(this.ears[name], withMisses);
    });
    this.close();
    const at = redis.findIndex((event, i) => event !== hotset[i]);
    if (at < 0 && hotset.length === redis.length) return [];
    const from = Math.max(0, (at < 0 ? redis.length : at) - 2);
    const show = (events: readonly string[]) => events.slice(from, from + SHOWN_EVENTS).join(' | ');
    return [`events from ${from} on: hotset ${show(hotset)}\n  redis  ${show(redis)}`];
  }

  close(): void {
    this.ears.hotset.close();
    this.ears.redis.close();
  }

  /** Channels and messages; without those of deadlines, which each server notices by its own clock. */
  private async heard(ear: RawConnection, withMisses: boolean): Promise<string[]> {
    const events: string[] = [];
    for (;;) {
      const message = await ear.read();
      if (message === CLOSED || message === SILENT) return [...events, message];
      const [, , channel, text] = elementsOf(message).map(textOf);
      if (channel === END) return events;
      const isTold = (event: string) => text === event || channel.endsWith(`__:${event}`);
      if (isTold('expired') || (isTold('keymiss') && !withMisses)) continue;
      events.push(`${quote(channel)} ${quote(text)}`);
    }
  }
}
