import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawClient, request } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let server: TestServer;
let client: RawClient;
let monitor: RawClient;

beforeAll(async () => {
  server = await startTestServer({ unixsocket: '{folder}/monitor.sock' });
  client = await RawClient.connect(server.port);
  monitor = await RawClient.connect(server.port);
  expect(await monitor.ask('MONITOR')).toBe('+OK\r\n');
});

afterAll(() => server.stop());

/** What the monitor is shown of some requests of another client: database, address and the words. */
async function shown(bytes: string, replies: number, from = client): Promise<string[]> {
  from.send(bytes);
  await from.replies(replies);
  await from.ask('ECHO', 'end');
  const lines: string[] = [];
  for (let line = await monitor.reply(); !line.includes('"ECHO" "end"'); line = await monitor.reply()) {
    expect(line).toMatch(/^\+\d{10}\.\d{6} \[\d+ \S+\] "/);
    lines.push(line.slice(line.indexOf('] ') + 2, -2));
  }
  return lines;
}

describe('MONITOR shows', () => {
  test('time, database, address and words', async () => {
    const before = Date.now() / 1000;
    client.send(request('SELECT', 3) + request('set', 'key', 'value') + request('SELECT', 0));
    const lines = await monitor.replies(3);
    const address = `127.0.0.1:${(client.socket.address() as { port: number }).port}`;
    expect(lines.map((line) => line.slice(19))).toEqual([
      `[3 ${address}] "SELECT" "3"\r\n`,
      `[3 ${address}] "set" "key" "value"\r\n`,
      `[0 ${address}] "SELECT" "0"\r\n`,
    ]);
    const time = Number(lines[0].slice(1, 18));
    expect(Math.abs(time - before)).toBeLessThan(5);
    await client.replies(3);
  });

  test('a script, then what it calls', async () => {
    const script = "redis.call('SELECT', 2) return redis.call('set', KEYS[1], 1)";
    client.send(request('EVAL', script, 1, 'k') + request('EVAL', 'return 1', 0));
    await client.replies(2);
    const lines = await monitor.replies(4);
    expect(lines.map((line) => line.replace(/127\.0\.0\.1:\d+/, 'client').slice(19))).toEqual([
      `[0 client] "EVAL" "${script}" "1" "k"\r\n`,
      '[2 lua] "SELECT" "2"\r\n',
      '[2 lua] "set" "k" "1"\r\n',
      '[0 client] "EVAL" "return 1" "0"\r\n',
    ]);
  });

  test('what does not print as escapes', async () => {
    expect(await shown(request('GET', '"\\\n\r\t\x07\b\0\x1f \x7f\xff~'), 1)).toEqual([
      String.raw`"GET" "\"\\\n\r\t\a\b\x00\x1f \x7f\xff~"`,
    ]);
    expect(await shown(request('GET', ''), 1)).toEqual(['"GET" ""']);
  });

  test('no secrets', async () => {
    const bytes =
      request('AUTH', 'secret') +
      request('AUTH', 'me', 'secret') +
      request('HELLO', 2, 'AUTH', 'me', 'secret', 'SETNAME', 'n');
    expect(await shown(bytes, 3)).toEqual([
      '"AUTH" "(redacted)"',
      '"AUTH" "(redacted)" "(redacted)"',
      '"HELLO" "2" "AUTH" "(redacted)" "(redacted)" "SETNAME" "n"',
    ]);
  });

  test('neither administration nor what was refused', async () => {
    const bytes =
      request('CONFIG', 'GET', 'port') + request('SLOWLOG', 'LEN') + request('CLIENT', 'LIST') + request('NOSUCH');
    expect(await shown(`${bytes}${request('GET')}${request('CLIENT', 'ID')}PING\r\n`, 7)).toEqual([
      '"CLIENT" "ID"',
      '"PING"',
    ]);
  });

  test('a Unix socket by its path', async () => {
    const path = `${server.folder}/monitor.sock`;
    const other = await RawClient.connect(path);
    await other.ask('PING');
    expect(await monitor.reply()).toContain(`[0 unix:${path}] "PING"`);
    other.close();
  });

  test('of a long argument its beginning', async () => {
    const [line] = await shown(request('GET', 'x'.repeat(3_000_000)), 1);
    expect(line).toMatch(/^"GET" "x{1048576}\.\.\. \(1951424 more bytes\)"$/);
  });

  test('its own commands too, in order with the replies of others', async () => {
    expect(await monitor.ask('PING')).toBe('+PONG\r\n');
    expect(await monitor.reply()).toContain('"PING"');
    expect(await shown(request('PING').repeat(100), 100)).toHaveLength(100);
  });

  test('every monitor the same, from its MONITOR on', async () => {
    const late = await RawClient.connect(server.port);
    await client.ask('ECHO', 'before');
    await late.ask('MONITOR');
    await client.ask('ECHO', 'after');
    expect(await monitor.reply()).toContain('"before"');
    expect(await monitor.reply()).toContain('"after"');
    expect(await late.reply()).toContain('"after"');
    late.close();
  });
});

describe('a monitor', () => {
  test('may not touch keys', async () => {
    expect(await monitor.ask('GET', 'k')).toBe("-ERR Replica can't interact with the keyspace\r\n");
    expect(await monitor.ask('SET', 'k', 'v')).toBe("-ERR Replica can't interact with the keyspace\r\n");
    expect(await client.ask('CLIENT', 'LIST', 'TYPE', 'normal')).toContain(' flags=O ');
  });

  test('is none any more after RESET, and was shown what came before', async () => {
    const other = await RawClient.connect(server.port);
    await other.ask('MONITOR');
    await client.ask('ECHO', 'last');
    expect(await other.reply()).toContain('"last"');
    expect(await other.ask('RESET')).toBe('+RESET\r\n');
    await client.ask('ECHO', 'unseen');
    expect(await other.ask('GET', 'nosuch')).toBe('$-1\r\n');
    expect(await client.ask('CLIENT', 'LIST')).toMatch(/ flags=N .* cmd=get /);
    expect(await other.within(50)).toBe('');
    other.close();
    for (let line = ''; !line.includes('"GET" "nosuch"'); ) line = await monitor.reply();
  });

  test.each([
    ['QUIT', request('QUIT'), '+OK\r\n'],
    ['CLIENT KILL of itself', request('CLIENT', 'KILL', 'TYPE', 'normal', 'ID', '#', 'SKIPME', 'no'), ':1\r\n'],
    ['bytes that are no request', '*x\r\n', '-ERR Protocol error: invalid multibulk length\r\n'],
  ])('gets nothing behind the answer to %s', async (_, bytes, answer) => {
    const other = await RawClient.connect(server.port);
    const id = (await other.ask('CLIENT', 'ID')).slice(1, -2);
    await other.ask('MONITOR');
    other.send(request('PING') + bytes.replace('$1\r\n#', `$${id.length}\r\n${id}`));
    const heard = (await other.rest()).replace(/^\+\d{10}\.\d{6} \[0 127\.0\.0\.1:\d+\]/m, '+line');
    expect(heard).toBe(`+PONG\r\n+line "PING"\r\n${answer}`);
  });

  test('that leaves is forgotten: then nothing is prepared', async () => {
    monitor.close();
    const { observers } = server.server.engine.dispatcher;
    for (const deadline = Date.now() + 5000; observers.before !== undefined && Date.now() < deadline; ) await sleep(5);
    expect(observers.before).toBeUndefined();
    expect(server.server.clients.traffic.outbox.whenFlushing).toBeUndefined();
    expect(await client.ask('PING')).toBe('+PONG\r\n');
  });
});
