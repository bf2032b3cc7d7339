import { expect, test } from 'vitest';
import { RawClient, request } from './raw-client.testing.ts';
import { startTestServer } from './server.testing.ts';

const FIELDS = 50_000;
const CHUNK = 1000;

test('a large COPY lets others go on, and those who would change the original go on after it', async () => {
  const server = await startTestServer();
  const copier = await RawClient.connect(server.port);
  const writer = await RawClient.connect(server.port);
  const reader = await RawClient.connect(server.port);
  for (let from = 0; from < FIELDS; from += CHUNK) {
    const pairs = Array.from({ length: CHUNK }, (_, i) => [`f${from + i}`, 'v']).flat();
    expect(await writer.ask('HSET', 'a', ...pairs)).toBe(`:${CHUNK}\r\n`);
  }
  copier.send(request('COPY', 'a', 'b') + request('PING'));
  // The copy was begun when this is answered, for the connections are served in turn.
  expect(await reader.ask('HLEN', 'a')).toBe(`:${FIELDS}\r\n`);
  writer.send(request('HSET', 'a', 'late', 'v') + request('HLEN', 'a'));
  expect(await copier.replies(2)).toEqual([':1\r\n', '+PONG\r\n']);
  expect(await writer.replies(2)).toEqual([':1\r\n', `:${FIELDS + 1}\r\n`]);
  expect(await reader.ask('HLEN', 'b')).toBe(`:${FIELDS}\r\n`);
  expect(server.server.clients.blocked).toBe(0);

  // A client that goes away while it waits holds nobody up for long.
  copier.send(request('COPY', 'a', 'c'));
  expect(await reader.ask('PING')).toBe('+PONG\r\n');
  copier.close();
  expect(await writer.ask('HSET', 'a', 'later', 'v')).toBe(':1\r\n');
  expect(await reader.ask('EXISTS', 'c')).toMatch(/^:[01]\r\n$/);
  for (const client of [writer, reader]) client.close();
  await server.stop();
});
