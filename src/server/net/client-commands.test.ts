import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawClient, request, textOf } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

/** The fields of Redis 7.2, in its order. */
const FIELDS =
  'id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem multi-mem rbs rbp obl oll omem ' +
  'tot-mem events cmd user redir resp lib-name lib-ver';

let server: TestServer;
let client: RawClient;

beforeAll(async () => {
  server = await startTestServer({ unixsocket: '{folder}/list.sock' });
  client = await RawClient.connect(server.port);
});

afterAll(() => server.stop());

type Fields = Readonly<Record<string, string>>;

function fieldsOf(line: string): Fields {
  return Object.fromEntries(line.split(' ').map((field) => field.split(/=(.*)/s).slice(0, 2)));
}

async function list(...words: string[]): Promise<Fields[]> {
  const text = textOf(await client.ask('CLIENT', 'LIST', ...words));
  return text.split('\n').filter(Boolean).map(fieldsOf);
}

async function info(of: RawClient): Promise<Fields> {
  return fieldsOf(textOf(await of.ask('CLIENT', 'INFO')).trimEnd());
}

async function newClient(name: string): Promise<RawClient> {
  const fresh = await RawClient.connect(server.port);
  expect(await fresh.ask('CLIENT', 'SETNAME', name)).toBe('+OK\r\n');
  return fresh;
}

async function idOf(of: RawClient): Promise<number> {
  return Number((await of.ask('CLIENT', 'ID')).slice(1));
}

describe('CLIENT LIST and INFO', () => {
  test('say everything that Redis says, in its order', async () => {
    const line = textOf(await client.ask('CLIENT', 'INFO'));
    expect(line.endsWith('\n')).toBe(true);
    expect(Object.keys(fieldsOf(line.trimEnd())).join(' ')).toBe(FIELDS);
    expect(await info(client)).toMatchObject({
      laddr: `127.0.0.1:${server.port}`,
      addr: `127.0.0.1:${(client.socket.address() as { port: number }).port}`,
      flags: 'N',
      db: '0',
      multi: '-1',
      qbuf: '26',
      'argv-mem': '10',
      cmd: 'client|info',
      user: 'default',
      redir: '-1',
      resp: '2',
      events: 'r',
    });
  });

  test('what a client chose', async () => {
    const other = await newClient('chooser');
    other.send(request('SELECT', 7) + request('HELLO', 3) + request('CLIENT', 'NO-TOUCH', 'ON'));
    other.send(request('CLIENT', 'SETINFO', 'LIB-NAME', 'lib') + request('CLIENT', 'SETINFO', 'lib-ver', '1.2'));
    other.send(request('CLIENT', 'NO-EVICT', 'on') + request('GET', 'k'));
    await other.replies(7);
    expect((await list()).find(({ name }) => name === 'chooser')).toMatchObject({
      db: '7',
      resp: '3',
      flags: 'eT',
      'lib-name': 'lib',
      'lib-ver': '1.2',
      cmd: 'get',
      qbuf: '0',
    });
    await other.ask('RESET');
    expect((await list()).find((each) => each['lib-name'] === 'lib')).toMatchObject({
      name: '',
      db: '0',
      resp: '2',
      flags: 'N',
      cmd: 'reset',
    });
    other.close();
  });

  test('an unfinished request', async () => {
    const other = await newClient('unfinished');
    other.send(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n${'x'.repeat(50_000)}`);
    await sleep(50);
    const fields = (await list()).find(({ name }) => name === 'unfinished');
    expect(fields).toMatchObject({ qbuf: '50000', cmd: 'client|setname' });
    expect(Number(fields?.['argv-mem'])).toBeGreaterThan(0);
    expect(Number(fields?.['tot-mem'])).toBeGreaterThan(50_000);
    other.close();
  });

  test('a large value takes its memory once half of it is here', async () => {
    const other = await newClient('large');
    const memory = async (received: number): Promise<number> => {
      for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(2)) {
        const fields = (await list()).find(({ name }) => name === 'large');
        if (Number(fields?.qbuf) + Number(fields?.['argv-mem']) === received) return Number(fields?.['tot-mem']);
      }
      throw new Error(`never received ${received} bytes`);
    };
    const head = '*2\r\n$1048576\r\n';
    other.send(head + 'x'.repeat(600_000));
    const half = await memory(head.length + 600_000);
    expect(half).toBeGreaterThan(1_048_576);
    other.send('x'.repeat(448_576));
    expect(await memory(head.length + 1_048_576)).toBe(half);
    other.close();
  });

  test('age and idle time, in seconds', async () => {
    const other = await newClient('idle');
    await sleep(1500);
    await client.ask('PING');
    const fields = (await list()).find(({ name }) => name === 'idle');
    expect(Number(fields?.idle)).toBeGreaterThanOrEqual(1);
    expect(Number(fields?.age)).toBeGreaterThanOrEqual(1);
    await other.ask('PING');
    expect((await list()).find(({ name }) => name === 'idle')?.idle).toBe('0');
    other.close();
  });

  test('idle time ends with a message as well', async () => {
    const other = await newClient('subscriber');
    await other.ask('SUBSCRIBE', 'news');
    const idle = async (): Promise<string | undefined> =>
      (await list()).find(({ name }) => name === 'subscriber')?.idle;
    await idle();
    const [connection] = [...server.server.clients.all.values()].filter(({ session }) => session.name === 'subscriber');
    connection.lastUsed -= 10_000;
    expect(Number(await idle())).toBeGreaterThanOrEqual(9);
    await client.ask('PUBLISH', 'news', 'x');
    expect(Number(await idle())).toBeLessThanOrEqual(1);
    other.close();
  });

  test('some, by id and by type', async () => {
    const other = await newClient('picked');
    const id = await idOf(other);
    expect((await list('ID', `${id}`, '999999', `${id}`)).map(({ name }) => name)).toEqual(['picked', 'picked']);
    expect((await list('TYPE', 'normal')).length).toBe((await list()).length);
    expect(await list('TYPE', 'replica')).toEqual([]);
    other.close();
  });

  test('is text that may be shown as it is, in RESP3', async () => {
    const other = await newClient('verbatim');
    await other.ask('HELLO', 3);
    expect(await other.ask('CLIENT', 'INFO')).toMatch(/^=\d+\r\ntxt:id=\d+ /);
    other.close();
  });

  test('a client of the Unix socket', async () => {
    const path = `${server.folder}/list.sock`;
    const other = await RawClient.connect(path);
    expect(await info(other)).toMatchObject({ addr: `${path}:0`, laddr: `${path}:0`, flags: 'U' });
    other.close();
  });
});

describe('CLIENT KILL', () => {
  test('by address, the old form', async () => {
    const other = await newClient('old');
    const { addr } = await info(other);
    expect(await client.ask('CLIENT', 'KILL', addr)).toBe('+OK\r\n');
    expect(await other.rest()).toBe('');
    expect(await client.ask('CLIENT', 'KILL', addr)).toBe('-ERR No such client\r\n');
  });

  test('by each condition, and by all of them together', async () => {
    const others = await Promise.all(['a', 'b', 'c'].map(newClient));
    const [first, second, third] = await Promise.all(others.map(info));
    expect(await client.ask('CLIENT', 'KILL', 'ADDR', first.addr, 'ID', second.id)).toBe(':0\r\n');
    expect(await client.ask('CLIENT', 'KILL', 'ADDR', first.addr, 'ID', first.id, 'USER', 'default')).toBe(':1\r\n');
    expect(await client.ask('CLIENT', 'KILL', 'id', second.id, 'type', 'NORMAL')).toBe(':1\r\n');
    expect(await client.ask('CLIENT', 'KILL', 'LADDR', third.laddr, 'ID', third.id)).toBe(':1\r\n');
    for (const other of others) expect(await other.rest()).toBe('');
  });

  test('everybody but me, then me too, who still gets the answer', async () => {
    await newClient('x');
    await newClient('y');
    const count = (await list()).length;
    expect(await client.ask('CLIENT', 'KILL', 'TYPE', 'normal')).toBe(`:${count - 1}\r\n`);
    expect((await list()).length).toBe(1);
    const { addr } = await info(client);
    client.send(request('CLIENT', 'KILL', 'ADDR', addr, 'SKIPME', 'no') + request('PING'));
    expect(await client.rest()).toBe(':1\r\n');
    client = await RawClient.connect(server.port);
    const again = await info(client);
    client.command('CLIENT', 'KILL', again.addr);
    expect(await client.rest()).toBe('+OK\r\n');
    client = await RawClient.connect(server.port);
  });
});

describe('CLIENT SETINFO and SETNAME', () => {
  test('refuse what would break CLIENT LIST', async () => {
    expect(await client.ask('CLIENT', 'SETINFO', 'lib-name', 'a b')).toBe(
      '-ERR lib-name cannot contain spaces, newlines or special characters.\r\n',
    );
    expect(await client.ask('CLIENT', 'SETINFO', 'LIB-VER', '\n')).toBe(
      '-ERR LIB-VER cannot contain spaces, newlines or special characters.\r\n',
    );
    expect(await client.ask('CLIENT', 'SETINFO', 'nosuch', 'x')).toBe("-ERR Unrecognized option 'nosuch'\r\n");
    expect(await client.ask('CLIENT', 'SETNAME', 'x'.repeat(1025))).toBe(
      '-ERR Client names cannot be longer than 1024 bytes.\r\n',
    );
    expect(await info(client)).toMatchObject({ name: '', 'lib-name': '', 'lib-ver': '' });
  });

  test('take the empty text as none', async () => {
    await client.ask('CLIENT', 'SETINFO', 'lib-name', 'x');
    expect(await client.ask('CLIENT', 'SETINFO', 'lib-name', '')).toBe('+OK\r\n');
    expect(await info(client)).toMatchObject({ 'lib-name': '' });
  });
});

test('CLIENT NO-TOUCH leaves access times alone', async () => {
  await client.ask('SET', 'touched', 'v');
  await sleep(1500);
  await client.ask('CLIENT', 'NO-TOUCH', 'ON');
  await client.ask('GET', 'touched');
  expect(Number((await client.ask('OBJECT', 'IDLETIME', 'touched')).slice(1))).toBeGreaterThanOrEqual(1);
  await client.ask('CLIENT', 'NO-TOUCH', 'OFF');
  await client.ask('GET', 'touched');
  expect(await client.ask('OBJECT', 'IDLETIME', 'touched')).toBe(':0\r\n');
  expect(await client.ask('CLIENT', 'NO-TOUCH', 'x')).toBe('-ERR syntax error\r\n');
});

test.each(['OFF', 'SKIP'])('QUIT after CLIENT REPLY %s closes the connection', async (mode) => {
  const other = await newClient('unanswered');
  other.send(request('CLIENT', 'REPLY', mode) + request('QUIT') + request('SET', 'behind', 1));
  expect(await other.rest()).toBe('');
  expect(await client.ask('EXISTS', 'behind')).toBe(':0\r\n');
});

test('CLIENT HELP names every subcommand', async () => {
  const help = await client.ask('CLIENT', 'HELP');
  for (const name of ['GETNAME', 'KILL', 'LIST', 'NO-EVICT', 'NO-TOUCH', 'PAUSE', 'REPLY', 'SETINFO', 'UNBLOCK']) {
    expect(help).toContain(`+${name} `.replace('GETNAME ', 'GETNAME'));
  }
});
