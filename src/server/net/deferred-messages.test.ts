import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Args } from '../../protocol/args.ts';
import { RawClient } from '../raw-client.testing.ts';
import { connectionNamed, startTestServer, type TestServer } from '../server.testing.ts';
import { connectBusy } from './busy-clients.testing.ts';

let server: TestServer;
let busy: RawClient[];
let listener: RawClient;
let publisher: RawClient;
let companion: RawClient;

beforeAll(async () => {
  server = await startTestServer();
  busy = await connectBusy(server.port, 6);
  // By then two whole periods have passed, in which that many were heard.
  await vi.waitFor(() => expect(server.server.clients.traffic.reads).toBeGreaterThan(200));
});

afterAll(() => {
  for (const client of busy) client.close();
  return server.stop();
});

beforeEach(async () => {
  listener = await RawClient.connect(server.port);
  publisher = await RawClient.connect(server.port);
  companion = await RawClient.connect(server.port);
  await listener.ask('CLIENT', 'SETNAME', 'listener');
  await publisher.ask('CLIENT', 'SETNAME', 'publisher');
  await listener.ask('HELLO', 3);
  await listener.ask('SUBSCRIBE', 'news');
});

afterEach(() => {
  vi.restoreAllMocks();
  listener.close();
  publisher.close();
  companion.close();
});

/** Publishes in a turn that serves somebody else, too. */
function publish(text: string): Promise<string> {
  companion.command('PING');
  return publisher.ask('PUBLISH', 'news', text);
}

function message(text: string): string {
  return `>3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$${text.length}\r\n${text}\r\n`;
}

/** The writes to clients that have a name, each with the number of its turn. `atEnd` is called at each turn's end. */
function watchTurns(atEnd: () => void = () => {}): [name: string, turn: number][] {
  const { outbox } = server.server.clients.traffic;
  const { flushTurn, send } = outbox;
  const writes: [string, number][] = [];
  let turn = 0;
  vi.spyOn(outbox, 'flushTurn').mockImplementation((now) => {
    turn++;
    flushTurn.call(outbox, now);
    atEnd();
  });
  vi.spyOn(outbox, 'send').mockImplementation((connection, ...part) => {
    if (connection.session.name !== '') writes.push([connection.session.name, turn]);
    return send.call(outbox, connection, ...part);
  });
  return writes;
}

describe('behind a turn that served several clients, a message', () => {
  /** A turn in which these clients get a reply and the listener messages, and which ends at `micros`. */
  function turn(micros: number, names: readonly string[], texts: readonly string[]): void {
    const { out, traffic } = server.server.clients;
    for (const text of texts) {
      const request = Args.of(['PUBLISH', 'news', text].map((word) => Buffer.from(word)));
      server.server.engine.dispatcher.pubsub.publish(request, 1, 2);
    }
    for (const name of names) {
      const from = out.at;
      out.ascii('+REPLY\r\n');
      traffic.outbox.claim(connectionNamed(server, name), from);
    }
    traffic.outbox.flushTurn(micros);
  }

  /** Answers to whom was written since it answered last. */
  function watchWrites(): () => string[] {
    server.server.clients.traffic.flush();
    const sent = vi.spyOn(server.server.clients.traffic.outbox, 'send');
    return () => sent.mock.calls.splice(0).map(([{ session }]) => session.name);
  }

  /** Runs turns with no other between them; answers to whom was written in each, and sees that everybody gets everything. */
  async function writesOf(...turns: Parameters<typeof turn>[]): Promise<string[][]> {
    await companion.ask('CLIENT', 'SETNAME', 'companion');
    const receivers = watchWrites();
    const writes = turns.map((each) => {
      turn(...each);
      return receivers();
    });
    server.server.clients.traffic.flush();
    const texts = turns.flatMap(([, , each]) => each);
    expect(await listener.replies(texts.length)).toEqual(texts.map(message));
    for (const [name, client] of [
      ['publisher', publisher],
      ['companion', companion],
    ] as const) {
      const expected = turns.filter(([, names]) => names.includes(name)).map(() => '+REPLY\r\n');
      expect(await client.replies(expected.length)).toEqual(expected);
    }
    return writes;
  }

  const both = ['publisher', 'companion'];

  test('waits for those of the next turns, while these serve somebody', async () => {
    const writes = await writesOf(
      [1000, both, ['one', 'two']],
      [1100, ['companion'], ['three']],
      [1299, both, []],
      [1299, [], ['four']],
      [1299, both, ['five']],
      [1598, ['publisher'], []],
      [1599, both, ['six']],
    );
    expect(writes).toEqual([
      both,
      ['companion'],
      both,
      ['listener'],
      both,
      ['publisher'],
      ['publisher', 'companion', 'listener'],
    ]);
  });

  test('waits behind no turn that served but one', async () => {
    expect(await writesOf([1000, ['publisher'], ['one']])).toEqual([['publisher', 'listener']]);
  });

  test('waits no longer when a reply to its receiver stands behind it', async () => {
    await companion.ask('CLIENT', 'SETNAME', 'companion');
    const receivers = watchWrites();
    turn(1000, both, ['one']);
    turn(1100, ['publisher', 'listener', 'companion'], []);
    expect(receivers()).toEqual([...both, ...both, 'listener']);
    expect(await listener.replies(2)).toEqual([message('one'), '+REPLY\r\n']);
  });

  test('waits no longer when somebody leaves', async () => {
    await companion.ask('CLIENT', 'SETNAME', 'companion');
    const receivers = watchWrites();
    turn(1000, both, ['one']);
    server.server.clients.traffic.outbox.closeAfterwards(connectionNamed(server, 'companion'));
    turn(1100, ['publisher'], []);
    expect(receivers()).toEqual([...both, 'publisher', 'listener']);
    expect(await listener.reply()).toBe(message('one'));
  });

  test('comes before the reply to whatever its receiver asks next', async () => {
    for (let i = 0; i < 200; i++) {
      await publish(`${i}`);
      expect(await listener.ask('ECHO', i)).toBe(message(`${i}`));
      expect(await listener.reply()).toBe(`$${`${i}`.length}\r\n${i}\r\n`);
    }
  });

  test('and a reply to its receiver in the same turn are both whole', async () => {
    for (let i = 0; i < 200; i++) {
      const published = publish(`${i}`);
      listener.command('ECHO', i);
      const replies = await listener.replies(2);
      expect(new Set(replies)).toEqual(new Set([message(`${i}`), `$${`${i}`.length}\r\n${i}\r\n`]));
      await published;
    }
  });

  test('reaches a receiver that is disconnected in the turn after', async () => {
    const connection = connectionNamed(server, 'listener');
    const writes = watchTurns(() => {
      if (writes.length === 1) server.server.clients.disconnect(connection);
    });
    await publish('last');
    expect(await listener.rest()).toBe(message('last'));
  });

  test('does not wait when it is long', async () => {
    const writes = watchTurns();
    const text = 'x'.repeat(20_000);
    await publish(text);
    expect((await listener.reply()) === message(text)).toBe(true);
    const turn = writes[0][1];
    expect(writes).toEqual([
      ['publisher', turn],
      ['listener', turn],
    ]);
  });
});
