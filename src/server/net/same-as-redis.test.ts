/** Commands on connections, sent to a redis-server 7.0.15 and to Hotset: the same bytes come back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startServer } from '../../../test/processes.ts';
import { RawClient, request } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

type Words = readonly (string | number)[];

let hotset: TestServer;
let redis: ServerProcess;

beforeAll(async () => {
  hotset = await startTestServer({ requirepass: 'secret' });
  redis = await startServer('redis', ['--requirepass', 'secret']);
});

afterAll(async () => {
  await hotset.stop();
  await redis.stop();
});

/** The replies to a whole conversation, without what differs from run to run. */
async function conversation(port: number, commands: readonly Words[]): Promise<string[]> {
  const client = await RawClient.connect(port);
  await client.ask('AUTH', 'secret');
  client.send(commands.map((words) => request(...words)).join(''));
  client.send(request('QUIT'));
  const replies: string[] = [];
  while (!client.closed || client.pending !== '') replies.push(await client.reply());
  client.close();
  return replies.filter((reply) => reply !== '').map((reply) => reply.replace(/:\d+(?=\r\n\$4\r\nmode)/, ':id'));
}

const versions = (reply: string): string => reply.replace(/\$\d+\r\n7\.\d+\.\d+/, '$5\r\n7.x.x');

async function bothAnswer(commands: readonly Words[]): Promise<string[]> {
  const [ours, theirs] = await Promise.all([conversation(hotset.port, commands), conversation(redis.port, commands)]);
  expect(ours.map(versions)).toEqual(theirs.map(versions));
  return ours;
}

const each = (commands: readonly Words[]): [string, Words][] => commands.map((words) => [words.join(' '), words]);

describe('errors and small replies of', () => {
  test.each(
    each([
      ['PING'],
      ['PING', 'a b'],
      ['PING', 'a', 'b'],
      ['ECHO'],
      ['ECHO', 'x', 'y'],
      ['SELECT', 'x'],
      ['SELECT', '-1'],
      ['SELECT', '15'],
      ['SELECT', '16'],
      ['SELECT', '1.5'],
      ['SELECT', '4294967296'],
      ['SELECT', '99999999999999999999'],
      ['SELECT'],
      ['AUTH'],
      ['AUTH', 'a', 'b', 'c'],
      ['AUTH', 'wrong'],
      ['AUTH', 'nobody', 'secret'],
      ['AUTH', 'DEFAULT', 'secret'],
      ['AUTH', 'default', 'secret'],
      ['AUTH', ''],
      ['HELLO'],
      ['HELLO', '1'],
      ['HELLO', '2'],
      ['HELLO', '3'],
      ['HELLO', '4'],
      ['HELLO', '1152921504606846976'],
      ['HELLO', 'x'],
      ['HELLO', '99999999999999999999'],
      ['HELLO', '3', 'FOO'],
      ['HELLO', '3', 'AUTH', 'a'],
      ['HELLO', '3', 'AUTH', 'default', 'wrong'],
      ['HELLO', '3', 'AUTH', 'default', 'secret', 'SETNAME', 'me'],
      ['HELLO', '2', 'SETNAME', 'a b'],
      ['HELLO', '2', 'SETNAME'],
      ['HELLO', 'SETNAME', 'x'],
      ['RESET', 'x'],
      ['RESET'],
      ['QUIT', 'x'],
      ['CLIENT'],
      ['CLIENT', 'NOSUCH'],
      ['CLIENT', 'ID', 'x'],
      ['CLIENT', 'GETNAME'],
      ['CLIENT', 'GETREDIR'],
      ['CLIENT', 'SETNAME'],
      ['CLIENT', 'SETNAME', 'a b'],
      ['CLIENT', 'SETNAME', 'a\x7f'],
      ['CLIENT', 'SETNAME', 'a\n'],
      ['CLIENT', 'LIST', 'TYPE'],
      ['CLIENT', 'LIST', 'TYPE', 'nosuch'],
      ['CLIENT', 'LIST', 'TYPE', 'replica'],
      ['CLIENT', 'LIST', 'TYPE', 'slave'],
      ['CLIENT', 'LIST', 'TYPE', 'master'],
      ['CLIENT', 'LIST', 'TYPE', 'PUBSUB'],
      ['CLIENT', 'LIST', 'TYPE', 'normal', 'x'],
      ['CLIENT', 'LIST', 'ID'],
      ['CLIENT', 'LIST', 'ID', 'x'],
      ['CLIENT', 'LIST', 'ID', '1', '1.5'],
      ['CLIENT', 'LIST', 'ID', '99999999', '-1', '0'],
      ['CLIENT', 'LIST', 'nosuch'],
      ['CLIENT', 'KILL'],
      ['CLIENT', 'KILL', '1.2.3.4:5'],
      ['CLIENT', 'KILL', 'ID'],
      ['CLIENT', 'KILL', 'ID', 'x'],
      ['CLIENT', 'KILL', 'ID', '0'],
      ['CLIENT', 'KILL', 'ID', '-1'],
      ['CLIENT', 'KILL', 'ID', '10', 'x'],
      ['CLIENT', 'KILL', 'ID', '99999999'],
      ['CLIENT', 'KILL', 'TYPE', 'nosuch'],
      ['CLIENT', 'KILL', 'TYPE', 'replica'],
      ['CLIENT', 'KILL', 'USER', 'nobody'],
      ['CLIENT', 'KILL', 'SKIPME', 'perhaps'],
      ['CLIENT', 'KILL', 'ADDR', '1.2.3.4:5', 'LADDR', '1.2.3.4:5'],
      ['CLIENT', 'NO-EVICT'],
      ['CLIENT', 'NO-EVICT', 'x'],
      ['CLIENT', 'NO-EVICT', 'on'],
      ['CLIENT', 'REPLY', 'x'],
      ['CLIENT', 'REPLY'],
      ['CLIENT', 'PAUSE'],
      ['CLIENT', 'PAUSE', 'x'],
      ['CLIENT', 'PAUSE', '-1'],
      ['CLIENT', 'PAUSE', '0'],
      ['CLIENT', 'PAUSE', '0', 'x'],
      ['CLIENT', 'PAUSE', '0', 'write'],
      ['CLIENT', 'PAUSE', '0', 'ALL', 'x'],
      ['CLIENT', 'UNPAUSE'],
      ['CLIENT', 'UNPAUSE', 'x'],
      ['CLIENT', 'UNBLOCK'],
      ['CLIENT', 'UNBLOCK', 'x'],
      ['CLIENT', 'UNBLOCK', '99999999'],
      ['CLIENT', 'UNBLOCK', '99999999', 'timeout'],
      ['CLIENT', 'UNBLOCK', '99999999', 'ERROR'],
      ['CLIENT', 'UNBLOCK', '99999999', 'x'],
      ['CLIENT', 'UNBLOCK', '99999999', 'error', 'x'],
      ['MONITOR', 'x'],
    ]),
  )('%s', async (_, words) => {
    await bothAnswer([words]);
  });
});

describe('conversations', () => {
  test('names', async () => {
    const replies = await bothAnswer([
      ['CLIENT', 'SETNAME', 'me'],
      ['CLIENT', 'GETNAME'],
      ['HELLO', '3', 'SETNAME', 'you'],
      ['CLIENT', 'GETNAME'],
      ['CLIENT', 'SETNAME', ''],
      ['CLIENT', 'GETNAME'],
      ['CLIENT', 'SETNAME', 'a'],
      ['RESET'],
      ['AUTH', 'secret'],
      ['CLIENT', 'GETNAME'],
    ]);
    expect(replies.slice(1, 2)).toEqual(['$2\r\nme\r\n']);
  });

  test('protocols: HELLO changes it and RESET brings it back', async () => {
    await bothAnswer([
      ['HELLO', '3'],
      ['GET', 'nosuch'],
      ['HELLO'],
      ['HELLO', '2'],
      ['GET', 'nosuch'],
      ['HELLO', '3'],
      ['RESET'],
      ['AUTH', 'secret'],
      ['GET', 'nosuch'],
    ]);
  });

  test('a failed HELLO changes nothing', async () => {
    await bothAnswer([
      ['HELLO', '3', 'AUTH', 'default', 'wrong', 'SETNAME', 'x'],
      ['GET', 'nosuch'],
      ['CLIENT', 'GETNAME'],
      ['HELLO', '3', 'SETNAME', 'x', 'nosuch'],
      ['GET', 'nosuch'],
    ]);
  });

  test('RESET selects database 0 and forgets the user', async () => {
    await bothAnswer([
      ['SELECT', '3'],
      ['SET', 'reset', 'three'],
      ['RESET'],
      ['GET', 'reset'],
      ['AUTH', 'secret'],
      ['GET', 'reset'],
    ]);
  });

  test('replies switched off and on', async () => {
    await bothAnswer([
      ['CLIENT', 'REPLY', 'OFF'],
      ['PING'],
      ['NOSUCH'],
      ['CLIENT', 'REPLY', 'SKIP'],
      ['CLIENT', 'REPLY', 'ON'],
      ['CLIENT', 'REPLY', 'SKIP'],
      ['PING', 'skipped'],
      ['PING', 'shown'],
      ['CLIENT', 'REPLY', 'skip'],
      ['CLIENT', 'REPLY', 'skip'],
      ['PING', 'skipped'],
      ['PING', 'shown'],
      ['CLIENT', 'REPLY', 'OFF'],
      ['RESET'],
      ['AUTH', 'secret'],
    ]);
  });

  test('a monitor may not touch keys; RESET ends it', async () => {
    const commands: Words[] = [
      ['MONITOR'],
      ['MONITOR'],
      ['GET', 'k'],
      ['SET', 'k', 'v'],
      ['RESET'],
      ['AUTH', 'secret'],
    ];
    const replies = await bothAnswer([...commands, ['GET', 'k']]);
    expect(replies[1]).toBe("-ERR Replica can't interact with the keyspace\r\n");
  });
});
