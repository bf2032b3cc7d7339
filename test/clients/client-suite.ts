/** What every client library must be able to do with Hotset; each library's test file runs it, in RESP2 and RESP3. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';
import { testCollections } from './collection-replies.ts';

export type Word = string | Buffer;

/** One connection of a library, with replies as bytes where there is a choice. */
export interface LibraryClient {
  /** The reply to one command; rejects with the server's error. Bulk strings come as Buffers. */
  call(...words: readonly Word[]): Promise<unknown>;
  /** The replies to commands sent in one piece; an error reply becomes an Error in its place. */
  pipeline(commands: readonly (readonly Word[])[]): Promise<unknown[]>;
  close(): void;
}

export interface ConnectOptions {
  readonly protocol: 2 | 3;
  readonly port?: number;
  /** A path instead of the port. */
  readonly socket?: string;
  readonly password?: string;
  readonly database?: number;
}

/** Connects, rejects when the server refuses. Reconnects by itself when the connection is lost. */
export type Connect = (options: ConnectOptions) => Promise<LibraryClient>;

const PASSWORD = 'p%ss w"rd';
const BIG_BYTES = 5 * 1024 * 1024;
const PIPELINED = 2_000;
/** For a start of the server, which may be built first. */
const START_LIMIT_MS = 120_000;
/** HOTSET_CLIENTS_AGAINST=redis runs the suite against redis-server, to tell a library's fault from ours. */
export const SERVER = process.env.HOTSET_CLIENTS_AGAINST === 'redis' ? 'redis' : 'hotset';

/** `doubles`: what the library makes of RESP3's. */
export function describeLibrary(name: string, connect: Connect, doubles: 'numbers' | 'text'): void {
  describe.each([2, 3] as const)(`${name}, RESP%i`, (protocol) => {
    let server: ServerProcess;
    let client: LibraryClient;
    beforeAll(async () => {
      server = await startServer(SERVER, ['--unixsocket', '{dir}/socket']);
      client = await connect({ protocol, port: server.port });
    }, START_LIMIT_MS);
    afterAll(async () => {
      client?.close();
      await server?.stop();
    });
    testCommands(() => client);
    testCollections(() => client, protocol, protocol === 3 && doubles === 'numbers');
    testConnections(
      connect,
      protocol,
      () => client,
      () => server,
    );
  });
}

function testCommands(client: () => LibraryClient): void {
  const text = async (...words: Word[]) => String(await client().call(...words));

  it('sets, gets, counts and deletes', async () => {
    expect(await text('SET', 'k', 'v', 'EX', '1000')).toBe('OK');
    expect(await text('GET', 'k')).toBe('v');
    expect(await client().call('TTL', 'k')).toBeGreaterThan(990);
    expect(await client().call('INCRBY', 'n', '41')).toBe(41);
    expect(await client().call('DEL', 'k', 'missing')).toBe(1);
    expect(await client().call('GET', 'k')).toBeNull();
    expect(await client().call('MGET', 'n', 'k')).toEqual([Buffer.from('41'), null]);
  });

  it('keeps the order of a long pipeline, errors in their places', async () => {
    await client().call('SET', 'text', 'abc');
    const commands = Array.from({ length: PIPELINED }, (_, i) => (i % 100 === 7 ? ['INCR', 'text'] : ['ECHO', `${i}`]));
    const replies = await client().pipeline(commands);
    const expected = commands.map(([command, word]) => (command === 'INCR' ? 'error' : word));
    expect(replies.map((reply) => (reply instanceof Error ? 'error' : String(reply)))).toEqual(expected);
  });

  it('gets errors in the words of Redis', async () => {
    await client().call('SET', 'text', 'abc');
    await expect(client().call('INCR', 'text')).rejects.toThrow('ERR value is not an integer or out of range');
    await expect(client().call('NOSUCH', 'x')).rejects.toThrow("ERR unknown command 'NOSUCH'");
    await expect(client().call('GET')).rejects.toThrow("wrong number of arguments for 'get' command");
    expect(await text('PING')).toBe('PONG');
  });

  it('stores large values and binary keys as they are', async () => {
    const big = Buffer.alloc(BIG_BYTES, Buffer.from(Array.from({ length: 257 }, (_, i) => i & 0xff)));
    const keys = [Buffer.from([0, 255, 13, 10, 0xc3, 0x28]), Buffer.alloc(0), Buffer.from('__proto__')];
    for (const key of keys) {
      expect(String(await client().call('SET', key, big))).toBe('OK');
      const got = (await client().call('GET', key)) as Buffer;
      expect(got.equals(big)).toBe(true);
      expect(await client().call('STRLEN', key)).toBe(BIG_BYTES);
    }
    expect(await client().call('DEL', ...keys)).toBe(keys.length);
  });
}

function testConnections(
  connect: Connect,
  protocol: 2 | 3,
  client: () => LibraryClient,
  server: () => ServerProcess,
): void {
  it('selects a database', async () => {
    const other = await connect({ protocol, port: server().port, database: 3 });
    await other.call('SET', 'here', '3');
    expect(await client().call('EXISTS', 'here')).toBe(0);
    expect(await client().call('MOVE', 'nothing', '3')).toBe(0);
    other.close();
  });

  it('reconnects after CLIENT KILL', async () => {
    const victim = await connect({ protocol, port: server().port });
    const id = await victim.call('CLIENT', 'ID');
    expect(await client().call('CLIENT', 'KILL', 'ID', String(id))).toBe(1);
    await expect.poll(() => victim.call('CLIENT', 'ID').catch(() => id), { timeout: 10_000 }).not.toBe(id);
    expect(String(await victim.call('PING'))).toBe('PONG');
    victim.close();
  });

  it('connects through a unix socket', async () => {
    const local = await connect({ protocol, socket: `${server().directory}/socket` });
    expect(String(await local.call('PING'))).toBe('PONG');
    local.close();
  });

  it('authenticates where a password is required', async () => {
    await client().call('CONFIG', 'SET', 'requirepass', PASSWORD);
    try {
      const known = await connect({ protocol, port: server().port, password: PASSWORD });
      expect(String(await known.call('SET', 'k', 'v'))).toBe('OK');
      known.close();
      await expect(refused(connect, { protocol, port: server().port, password: 'wrong' })).resolves.toMatch(
        /WRONGPASS/,
      );
      await expect(refused(connect, { protocol, port: server().port })).resolves.toMatch(/NOAUTH/);
    } finally {
      await client().call('CONFIG', 'SET', 'requirepass', '');
    }
  });
}

/** The error that comes of connecting and asking. */
async function refused(connect: Connect, options: ConnectOptions): Promise<string> {
  let client: LibraryClient | undefined;
  try {
    client = await connect(options);
    return `not refused: ${await client.call('GET', 'k')}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    client?.close();
  }
}
