import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { RawClient } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';
import { connectBusy } from './busy-clients.testing.ts';
import type { Connection } from './connection.ts';

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

function connectionOf(name: string): Connection {
  for (const connection of server.server.clients.all.values()) if (connection.session.name === name) return connection;
  throw new Error(`no client is called ${name}`);
}

/** The writes to clients that have a name, each with the number of its turn. `atEnd` is called at each turn's end. */
function watchTurns(atEnd: () => void = () => {}): [name: string, turn: number][] {
  const { outbox } = server.server.clients.traffic;
  const { flushTurn, send } = outbox;
  const writes: [string, number][] = [];
  let turn = 0;
  vi.spyOn(outbox, 'flushTurn').mockImplementation(() => {
    turn++;
    flushTurn.call(outbox);
    atEnd();
  });
  vi.spyOn(outbox, 'send').mockImplementation((connection, ...part) => {
    if (connection.session.name !== '') writes.push([connection.session.name, turn]);
    return send.call(outbox, connection, ...part);
  });
  return writes;
}

describe('behind a turn that served several clients, a message', () => {
  test('is written at the end of the next, with what that brings', async () => {
    const { session } = connectionOf('listener');
    const writes = watchTurns(() => {
      if (writes.length !== 1) return;
      server.server.engine.dispatcher.pushes.push(session, (reply) => {
        reply.push(1);
        reply.text('two');
      });
    });
    expect(await publish('one')).toBe(':1\r\n');
    expect(await listener.replies(2)).toEqual([message('one'), '>1\r\n$3\r\ntwo\r\n']);
    const turn = writes[0][1];
    expect(writes).toEqual([
      ['publisher', turn],
      ['listener', turn + 1],
    ]);
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
    const connection = connectionOf('listener');
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
