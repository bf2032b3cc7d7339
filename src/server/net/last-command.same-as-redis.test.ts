/** What CLIENT LIST shows as the last command of a client, by a redis-server 7.0.15 and by Hotset. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startServer } from '../../../test/processes.ts';
import { RawClient, request } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let hotset: TestServer;
let redis: ServerProcess;

beforeAll(async () => {
  hotset = await startTestServer({});
  redis = await startServer('redis', []);
});

afterAll(async () => {
  await hotset.stop();
  await redis.stop();
});

const shown = (line: string): string => / cmd=(\S+) /.exec(line)?.[1] ?? 'no client';

/**
 * What another client is shown when the commands, divided by `|`, were answered; then what the client itself is shown by
 * those of them that tell. The settings hold from when it has connected.
 */
async function lastCommands(port: number, text: string, settings: readonly string[]): Promise<string[]> {
  const [client, other] = [await RawClient.connect(port), await RawClient.connect(port)];
  const id = (await client.ask('CLIENT', 'ID')).slice(1, -2);
  if (settings.length > 0) await other.ask('CONFIG', 'SET', ...settings);
  const requests = text.split(' | ').map((command) => request(...command.split(' ')));
  client.send(requests.join(''));
  const replies = await client.replies(requests.length);
  const seen = shown(await other.ask('CLIENT', 'LIST', 'ID', id));
  await other.ask('CONFIG', 'SET', 'maxmemory', '0', 'requirepass', '');
  for (const each of [client, other]) each.close();
  return [seen, ...replies.filter((reply) => reply.includes(' cmd=')).map(shown)];
}

async function bothShow(text: string, settings: readonly string[] = []): Promise<string[]> {
  const ours = await lastCommands(hotset.port, text, settings);
  expect(ours).toEqual(await lastCommands(redis.port, text, settings));
  return ours;
}

describe('the last command is named', () => {
  test.each([
    ['PING | NOSUCH', 'NULL'],
    ['PING | CLIENT NOSUCH', 'NULL'],
    ['PING | CLIENT', 'client'],
    ['PING | GET', 'get'],
    ['PING | GET a b', 'get'],
    ['PING | OBJECT FREQ', 'object|freq'],
    ['PING | CLIENT REPLY perhaps', 'client|reply'],
    ['PING | DEBUG JMAP', 'debug'],
    ['EXEC', 'exec'],
    ['MULTI | NOSUCH', 'NULL'],
    ['MULTI | GET', 'get'],
    ['MULTI | MULTI', 'multi'],
    ['MULTI | WATCH key', 'watch'],
    ['MULTI | SET key value', 'set'],
    ['MULTI | SET key value | EXEC', 'exec'],
    ['MULTI | NOSUCH | EXEC', 'exec'],
    ['SUBSCRIBE channel | GET key', 'get'],
    ['SUBSCRIBE channel | NOSUCH', 'NULL'],
    ['MONITOR | GET key', 'get'],
    ['EVALSHA 0123456789012345678901234567890123456789 0', 'evalsha'],
    ["EVAL return(redis.call('ping')) 0", 'eval'],
  ])('after %s', async (text, name) => {
    expect(await bothShow(text)).toEqual([name]);
  });

  test('to the client itself', async () => {
    expect(await bothShow('PING | CLIENT INFO')).toEqual(['client|info', 'client|info']);
    expect(await bothShow('MULTI | CLIENT INFO | EXEC')).toEqual(['exec', 'exec']);
  });

  test('where memory is short', async () => {
    expect(await bothShow('SET key value', ['maxmemory', '1'])).toEqual(['set']);
    expect(await bothShow('MULTI | SET key value', ['maxmemory', '1'])).toEqual(['set']);
  });

  test('where RESET has made a stranger of the client', async () => {
    expect(await bothShow('RESET | GET key', ['requirepass', 'secret'])).toEqual(['get']);
    expect(await bothShow('RESET | GET', ['requirepass', 'secret'])).toEqual(['get']);
    expect(await bothShow('RESET | NOSUCH', ['requirepass', 'secret'])).toEqual(['NULL']);
  });
});
