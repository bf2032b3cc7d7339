import { createClient, RESP_TYPES } from 'redis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';
import { type ConnectOptions, describeLibrary, type LibraryClient, SERVER } from './client-suite.ts';

const RETRY_MS = 20;
const START_LIMIT_MS = 120_000;
const KEYS = 1_000;

describeLibrary('node-redis', connect);

/** Ready, or rejected with the first reason why not. */
async function connect({ protocol, port, socket, password, database }: ConnectOptions): Promise<LibraryClient> {
  const reconnectStrategy = () => RETRY_MS;
  const client = createClient({
    RESP: protocol,
    socket:
      socket === undefined
        ? { host: '127.0.0.1', port: port ?? 0, reconnectStrategy }
        : { path: socket, tls: false, reconnectStrategy },
    ...(password === undefined ? {} : { password }),
    database: database ?? 0,
  });
  const failed = new Promise<never>((_, reject) => client.once('error', reject));
  failed.catch(() => {});
  client.on('error', () => {});
  try {
    await Promise.race([client.connect(), failed]);
  } catch (error) {
    client.destroy();
    throw error;
  }
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  return {
    call: (...words) => bytes.sendCommand(words),
    pipeline: async (commands) => {
      const replies = await Promise.allSettled(commands.map((words) => bytes.sendCommand(words)));
      return replies.map((reply) => (reply.status === 'fulfilled' ? reply.value : reply.reason));
    },
    close: () => client.destroy(),
  };
}

let server: ServerProcess;
beforeAll(async () => {
  server = await startServer(SERVER);
}, START_LIMIT_MS);
afterAll(() => server?.stop());

it.each([2, 3] as const)('node-redis iterates SCAN, RESP%i', async (protocol) => {
  const client = createClient({ RESP: protocol, socket: { host: '127.0.0.1', port: server.port } });
  await client.connect();
  await client.flushAll();
  await client.mSet(Object.fromEntries(Array.from({ length: KEYS }, (_, i) => [`key:${i}`, `${i}`])));
  const found = new Set<string>();
  for await (const keys of client.scanIterator({ MATCH: 'key:*', COUNT: 50 })) for (const key of keys) found.add(key);
  expect(found.size).toBe(KEYS);
  await client.close();
});

it.each([2, 3] as const)('node-redis reads replies that are maps, RESP%i', async (protocol) => {
  const client = createClient({ RESP: protocol, socket: { host: '127.0.0.1', port: server.port } });
  await client.connect();
  await client.mSet({ a: 'ohmytext', b: 'mynewtext' });
  const found = await client.lcsIdxWithMatchLen('a', 'b');
  expect({ length: Number(found.len), matches: found.matches.length }).toEqual({ length: 6, matches: 2 });
  const [name, value] = Object.entries(await client.configGet('maxmemory-policy'))[0];
  expect([String(name), String(value)]).toEqual(['maxmemory-policy', 'noeviction']);
  await client.close();
});
