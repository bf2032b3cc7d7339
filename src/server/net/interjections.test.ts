import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { family, row } from '../../engine/commands/spec.ts';
import type { Call } from '../../engine/dispatch/call.ts';
import type { Session } from '../../engine/dispatch/session.ts';
import type { Args } from '../../protocol/args.ts';
import type { Reply } from '../../protocol/reply.ts';
import { RawClient, request } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let server: TestServer;
let a: RawClient;
let b: RawClient;
let c: RawClient;

beforeAll(async () => {
  server = await startTestServer();
  const { engine, clients } = server.server;
  const sessions = (args: Args): Session[] => {
    const found: Session[] = [];
    for (const { session } of clients.all.values()) if (args.text(1).includes(session.name)) found.push(session);
    return found;
  };
  const message = (args: Args) => (reply: Reply) => {
    reply.push(2);
    reply.text('news');
    reply.bulk(args.bytes, args.view, args.start[2], args.end[2]);
  };
  // TELL names text, to each by itself; TELLALL names text, to all at once.
  engine.commands.addFamily(family('pubsub', [row('TELL', tell, 3, 0), row('TELLALL', tellAll, 3, 0)]));
  function tell(_: Call, args: Args, reply: Reply): void {
    reply.array(2);
    reply.ok();
    for (const session of sessions(args)) engine.dispatcher.pushes.push(session, message(args));
    reply.ok();
  }
  function tellAll(_: Call, args: Args, reply: Reply): void {
    reply.array(2);
    reply.ok();
    engine.dispatcher.pushes.broadcast(sessions(args), message(args));
    reply.ok();
  }
});

beforeEach(async () => {
  [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => connectAs(name)));
  return () => {
    for (const client of [a, b, c]) client.close();
  };
});

afterAll(() => server.stop());

async function connectAs(name: string): Promise<RawClient> {
  const client = await RawClient.connect(server.port);
  await client.ask('CLIENT', 'SETNAME', name);
  return client;
}

const DONE = '*2\r\n+OK\r\n+OK\r\n';

function news(text: string, marker = '*'): string {
  return `${marker}2\r\n$4\r\nnews\r\n$${text.length}\r\n${text}\r\n`;
}

describe.each(['TELL', 'TELLALL'])('%s: a push', (command) => {
  test("stands in the middle of nobody's reply", async () => {
    expect(await a.ask(command, 'bc', 'one')).toBe(DONE);
    expect(await b.reply()).toBe(news('one'));
    expect(await c.reply()).toBe(news('one'));
  });

  test("has the form of its receiver's protocol", async () => {
    await c.ask('HELLO', 3);
    a.command(command, 'bc', 'x');
    expect(await b.reply()).toBe(news('x'));
    expect(await c.reply()).toBe(news('x', '>'));
  });

  test('to whoever asks for it comes behind the reply, before the next', async () => {
    a.send(request(command, 'ab', 'x') + request('PING'));
    expect(await a.replies(3)).toEqual([DONE, news('x'), '+PONG\r\n']);
    expect(await b.reply()).toBe(news('x'));
    expect(await a.ask('PING')).toBe('+PONG\r\n');
  });

  test('from a transaction to whoever runs it comes behind all of it', async () => {
    a.send(request('MULTI') + request(command, 'a', 'x') + request('PING') + request('EXEC') + request('PING'));
    await a.replies(3);
    expect(await a.replies(3)).toEqual([`*2\r\n${DONE}+PONG\r\n`, news('x'), '+PONG\r\n']);
  });

  test('is not silenced by CLIENT REPLY', async () => {
    b.command('CLIENT', 'REPLY', 'OFF');
    await a.ask('PING');
    await nextTurn();
    a.command(command, 'ab', 'x');
    expect(await b.reply()).toBe(news('x'));
    b.send(request('PING') + request(command, 'b', 'y') + request('PING'));
    expect(await b.reply()).toBe(news('y'));
    b.send(request('CLIENT', 'REPLY', 'ON'));
    expect(await b.reply()).toBe('+OK\r\n');
  });

  test('keeps its place among the replies of its receiver', async () => {
    const { outbox } = server.server.clients.traffic;
    const expected: string[] = [];
    for (let i = 0; i < 300; i++) {
      a.command(command, 'bc', `${i}`);
      expected.push(news(`${i}`));
    }
    const { writes } = outbox;
    expect(await b.replies(300)).toEqual(expected);
    expect(await c.replies(300)).toEqual(expected);
    await a.replies(300);
    // A few reads brought them; each is answered by one write a connection.
    expect(outbox.writes - writes).toBeLessThan(300);
  });

  test('larger than what is copied together is sent whole and in order', async () => {
    const text = 'x'.repeat(200_000);
    a.send([1, 2, 3, 4].map((i) => request(command, 'bc', `${i}${text}`) + request(command, 'b', `${i}`)).join(''));
    const all: string[] = [];
    for (const i of [1, 2, 3, 4]) all.push(news(`${i}${text}`), news(`${i}`));
    expect(await b.replies(8)).toEqual(all);
    expect(await c.replies(4)).toEqual(all.filter((_, i) => i % 2 === 0));
    expect(await a.replies(8)).toEqual(Array.from({ length: 8 }, () => DONE));
  });
});

test('a push brought about by a request that waited stands outside its reply', async () => {
  const { engine, clients } = server.server;
  const pushed = (reply: Reply): void => {
    reply.push(1);
    reply.text('pushed');
  };
  const told: Session[] = [];
  for (const { session } of clients.all.values()) if (session.name === 'c') told.push(session);
  engine.commands.addFamily(
    family('pubsub', [
      row(
        'NEST',
        (_, __, reply) => {
          for (const { session } of clients.all.values()) {
            if (session.name !== 'b') continue;
            engine.dispatcher.blocking.deliver(session, () => {
              session.reply.array(2);
              session.reply.ok();
              engine.dispatcher.pushes.broadcast(told, pushed);
              engine.dispatcher.pushes.push(told[0], pushed);
              session.reply.ok();
            });
          }
          reply.ok();
        },
        1,
        0,
      ),
    ]),
  );
  expect(await a.ask('NEST')).toBe('+OK\r\n');
  expect(await b.reply()).toBe(DONE);
  expect(await c.replies(2)).toEqual(['*1\r\n$6\r\npushed\r\n', '*1\r\n$6\r\npushed\r\n']);
});
