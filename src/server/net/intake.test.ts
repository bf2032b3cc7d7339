import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { RawClient, request } from '../raw-client.testing.ts';
import { connectionNamed, startTestServer, type TestServer } from '../server.testing.ts';
import { connectBusy } from './busy-clients.testing.ts';
import type { Connection } from './connection.ts';

let server: TestServer;
let busy: RawClient[];
let one: RawClient;
let other: RawClient;

beforeAll(async () => {
  server = await startTestServer();
  busy = await connectBusy(server.port, 6);
});

afterAll(() => {
  for (const client of busy) client.close();
  return server.stop();
});

beforeEach(async () => {
  one = await RawClient.connect(server.port);
  other = await RawClient.connect(server.port);
  await one.ask('CLIENT', 'SETNAME', 'one');
  await other.ask('CLIENT', 'SETNAME', 'other');
  await one.ask('FLUSHALL');
  // By then two whole periods have passed, in which that many were heard.
  const { traffic } = server.server.clients;
  const { reads } = traffic;
  await vi.waitFor(() => expect(traffic.reads).toBeGreaterThan(reads + 200));
});

afterEach(() => {
  one.close();
  other.close();
});

/** Lets the server read this from a client, as if it had come on its socket. Nothing else is read before the next `await`. */
function receive(from: string | Connection, bytes: string): void {
  const { traffic } = server.server.clients;
  const connection = typeof from === 'string' ? connectionNamed(server, from) : from;
  traffic.receive(connection, traffic.input.write(bytes, 'latin1'));
}

function commandsRun(): number {
  return server.server.engine.dispatcher.totalCalls;
}

describe('requests that are read in one turn', () => {
  test('are run when it ends, in the order in which they came', async () => {
    const before = commandsRun();
    receive('one', request('APPEND', 'k', 'a'));
    receive('other', request('APPEND', 'k', 'b'));
    receive('one', request('APPEND', 'k', 'c') + request('GET', 'k'));
    expect(commandsRun()).toBe(before);
    expect(await one.replies(3)).toEqual([':1\r\n', ':3\r\n', '$3\r\nabc\r\n']);
    expect(await other.reply()).toBe(':2\r\n');
  });

  test('may be cut anywhere, and short or long', async () => {
    const pieces = ['a', 'b'.repeat(160), 'c'.repeat(2000), 'd', 'e'.repeat(70_000), 'f'];
    const all = pieces.map((piece) => request('APPEND', 'k', piece)).join('') + request('GET', 'k');
    for (const step of [1, 7, 100, 191, 192, 193, 3000]) {
      await one.ask('DEL', 'k');
      for (let at = 0; at < all.length; at += step) {
        receive('one', all.slice(at, at + step));
        receive('other', 'PING\r\n');
      }
      const replies = await one.replies(pieces.length + 1);
      expect(replies.at(-1) === `$72163\r\n${pieces.join('')}\r\n`).toBe(true);
      expect(new Set(await other.replies(Math.ceil(all.length / step)))).toEqual(new Set(['+PONG\r\n']));
    }
  });

  test('may be more than have room', async () => {
    const others = [...server.server.clients.all.values()].filter(({ session }) => session.name === '');
    for (let i = 0; i < 1000; i++) {
      receive(i % 2 === 0 ? 'one' : 'other', request('RPUSH', 'list', i));
      for (const connection of others) receive(connection, 'PING\r\n');
    }
    await Promise.all([one.replies(500), other.replies(500)]);
    const elements = Array.from({ length: 1000 }, (_, i) => `$${`${i}`.length}\r\n${i}\r\n`);
    expect(await one.ask('LRANGE', 'list', 0, -1)).toBe(`*1000\r\n${elements.join('')}`);
  });

  test('are not run of a client that is disconnected before', async () => {
    receive('one', request('CLIENT', 'KILL', 'ID', connectionNamed(server, 'other').session.id));
    receive('other', request('SET', 'k', 'v'));
    expect(await one.reply()).toBe(':1\r\n');
    expect(await other.rest()).toBe('');
    expect(await one.ask('EXISTS', 'k')).toBe(':0\r\n');
  });

  test('are run before the client leaves that sent them and closed its side', async () => {
    receive('other', request('SET', 'k', 'v'));
    server.server.clients.traffic.end(connectionNamed(server, 'other'));
    expect(await other.rest()).toBe('+OK\r\n');
    expect(await one.ask('GET', 'k')).toBe('$1\r\nv\r\n');
  });

  test('wait behind one that waits', async () => {
    receive('one', request('BLPOP', 'list', 0));
    receive('one', request('SET', 'k', 'v'));
    receive('other', request('EXISTS', 'k'));
    receive('other', request('RPUSH', 'list', 'a'));
    expect(await other.replies(2)).toEqual([':0\r\n', ':1\r\n']);
    expect(await one.replies(2)).toEqual(['*2\r\n$4\r\nlist\r\n$1\r\na\r\n', '+OK\r\n']);
  });
});
