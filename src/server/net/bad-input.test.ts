/** Bytes that no client should send: what comes back is what redis-server answers, and nothing is allocated for a promise. */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ServerProcess, startServer } from '../../../test/processes.ts';
import { RawClient, request, requestOf } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

const SILENCE_MS = 150;
const PATIENCE_MS = 10_000;
const PING = 'PING\r\n';
/** Answered before authentication too. */
const RESET = 'RESET\r\n';

let hotset: TestServer;
let redis: ServerProcess;

beforeAll(async () => {
  hotset = await startTestServer();
  redis = await startServer('redis');
});

afterAll(async () => {
  await hotset.stop();
  await redis.stop();
});

interface Answer {
  readonly reply: string;
  readonly closed: boolean;
}

/** What comes back until the probe is answered or the connection is closed; without a probe, in a short time. */
async function exchange(port: number, bytes: string, probe = PING): Promise<Answer> {
  const client = await RawClient.connect(port);
  client.send(bytes);
  client.send(probe);
  const isAnswered = (): boolean => /\+(PONG|RESET)\r\n$/.test(client.pending);
  const deadline = Date.now() + (probe === '' ? SILENCE_MS : PATIENCE_MS);
  while (!client.closed && !(probe !== '' && isAnswered()) && Date.now() < deadline) await sleep(5);
  client.close();
  return { reply: client.pending, closed: client.closed };
}

async function bothAnswer(bytes: string, probe?: string): Promise<Answer> {
  const [ours, theirs] = await Promise.all([exchange(hotset.port, bytes, probe), exchange(redis.port, bytes, probe)]);
  expect(ours).toEqual(theirs);
  return ours;
}

const error = (reason: string): string => `-ERR Protocol error: ${reason}\r\n`;

describe('broken framing', () => {
  test.each(['*-10\r\n', '*-1\r\n', '*0\r\n', '\r\n', '\n', '  \r\n'])('P1: %j asks for nothing', async (bytes) => {
    expect(await bothAnswer(bytes)).toEqual({ reply: '+PONG\r\n', closed: false });
  });

  test.each(['3000000000', '18446744073709551616', '1e3', '+1', '01', ' 1', '0x1', '', '-'])(
    'P2: a count of %j',
    async (count) => {
      expect(await bothAnswer(`*${count}\r\n`)).toEqual({ reply: error('invalid multibulk length'), closed: true });
    },
  );

  test.each(['2147483647', '1048577'])(
    'P3: a count of %s, then silence: nothing is allocated for it',
    async (count) => {
      const before = process.memoryUsage();
      const client = await RawClient.connect(hotset.port);
      client.send(`*${count}\r\n`);
      expect(await client.within(SILENCE_MS)).toBe('');
      expect(client.closed).toBe(false);
      const after = process.memoryUsage();
      expect(after.arrayBuffers + after.heapTotal - before.arrayBuffers - before.heapTotal).toBeLessThan(8 << 20);
      client.close();
      expect(await exchange(redis.port, `*${count}\r\n`, '')).toEqual({ reply: '', closed: false });
    },
  );

  test.each(['-1', '-10', 'blabla', '4.0', '536870913', '2000000000', '', '01'])(
    'P4: a length of %j',
    async (length) => {
      const bytes = `*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$${length}\r\n`;
      expect(await bothAnswer(bytes)).toEqual({ reply: error('invalid bulk length'), closed: true });
    },
  );

  test.each([
    ['*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n', 'f'],
    ['*1\r\n*1\r\n$4\r\nPING\r\n', '*'],
    ['*1\r\nfoo\r\n', 'f'],
    ['*1\r\n\r\n', ' '],
  ])('P5: %j', async (bytes, got) => {
    expect(await bothAnswer(bytes)).toEqual({ reply: error(`expected '$', got '${got}'`), closed: true });
  });

  test.each([
    ['x', 65 * 1024, 'too big inline request'],
    ['*', 65 * 1024, 'too big mbulk count string'],
    ['*1\r\n$', 65 * 1024, 'too big bulk count string'],
  ])('P6: %j and %i digits without an end', async (start, length, reason) => {
    const bytes = `${start}${'1'.repeat(length)}`;
    expect(await bothAnswer(bytes, '')).toEqual({ reply: error(reason), closed: true });
  });

  test('P6: a line of 64 KiB without its end is waited for', async () => {
    expect(await bothAnswer('x'.repeat(64 * 1024 - 10), '')).toEqual({ reply: '', closed: false });
  });

  test.each(['set """k""" v\r\n', "set 'k v\r\n", 'set "k\r\n'])('P7: %j', async (bytes) => {
    expect(await bothAnswer(bytes)).toEqual({ reply: error('unbalanced quotes in request'), closed: true });
  });

  test('P8: the two bytes behind an argument are not looked at', async () => {
    expect(await bothAnswer('*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPINGyy')).toEqual({
      reply: '+PONG\r\n+PONG\r\n+PONG\r\n',
      closed: false,
    });
  });
});

describe('other protocols', () => {
  test('P9: lines that end with LF only are requests; a request framed with LF only is waited for', async () => {
    expect((await bothAnswer('PING\nPING\n')).reply).toBe('+PONG\r\n+PONG\r\n+PONG\r\n');
    expect(await bothAnswer('*1\n$4\nPING\n', '')).toEqual({ reply: '', closed: false });
  });

  test('P9: a TLS greeting gets no reply and is not logged', async () => {
    const hello = `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${'\xf7'.repeat(200)}`;
    expect(await bothAnswer(hello, '')).toEqual({ reply: '', closed: false });
    expect(hotset.log()).not.toMatch(/[^\x20-\x7e\n]/);
  });

  test('P9: a RESP3 map is an unknown command', async () => {
    const { reply, closed } = await bothAnswer('%1\r\n');
    expect(reply).toMatch(/^-ERR unknown command '%1'/);
    expect(closed).toBe(false);
  });

  test.each([
    'POST / HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'host: x\r\n',
    request('POST', '/'),
    request('HoSt:', 'x'),
  ])('P10: %j: closed at once, nothing behind it is run', async (bytes) => {
    expect(await bothAnswer(bytes, 'SET browser here\r\n')).toEqual({ reply: '', closed: true });
    const client = await RawClient.connect(hotset.port);
    expect(await client.ask('GET', 'browser')).toBe('$-1\r\n');
    client.close();
  });

  test('P10: the log is told once a minute', () => {
    expect(hotset.log().match(/SECURITY ATTACK/g)).toHaveLength(1);
    expect(hotset.log()).not.toContain('HTTP/1.1');
  });
});

describe('large and odd requests', () => {
  test('P11: a command name of 1 MB is cut in the error', async () => {
    const { reply, closed } = await bothAnswer(request('x'.repeat(1 << 20), 'y'));
    expect(reply.length).toBeLessThan(300);
    expect(closed).toBe(false);
  });

  test('P11: NUL and line breaks do not break the reply', async () => {
    const { reply } = await bothAnswer(request('a\r\nb', 'c\r\n+OK\r\n'));
    expect(reply).toBe("-ERR unknown command 'a  b', with args beginning with: 'c  +OK  ' \r\n+PONG\r\n");
    expect((await bothAnswer(request('nul\0here', 'x'))).closed).toBe(false);
  });

  test('P11: 200,000 arguments', async () => {
    const words = Array.from({ length: 200_000 }, (_, i) => `a${i}`);
    expect((await bothAnswer(requestOf(['EXISTS', ...words]))).reply).toBe(':0\r\n+PONG\r\n');
    expect((await bothAnswer(requestOf(['NOSUCH', ...words]))).closed).toBe(false);
  });

  test('N1: no name is special', async () => {
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty', '', '\xff\xfe', '\xed\xa0\x80', 'a\0b']) {
      const { reply } = await bothAnswer(request('SET', name, name) + request('GET', name) + request('DEL', name));
      expect(reply).toBe(`+OK\r\n$${name.length}\r\n${name}\r\n:1\r\n+PONG\r\n`);
    }
  });
});

test('noise of any kind leaves the server as it was', async () => {
  const { clients } = hotset.server;
  const control = await RawClient.connect(hotset.port);
  await control.ask('PING');
  const before = clients.bufferBytes;
  const piece = fc.oneof(
    fc.string({
      unit: fc.constantFrom('*', '$', '1', '9', '-', '\r', '\n', ' ', '"', "'", 'x', '\0', '\xff'),
      maxLength: 40,
    }),
    fc.constantFrom(
      '*2\r\n$4\r\nECHO\r\n',
      '$5\r\nhello\r\n',
      '*1\r\n$4\r\nPING\r\n',
      'PING\r\n',
      '*3\r\n$3\r\nSET\r\n',
    ),
    fc.constantFrom('*1\r\n$5\r\nRESET\r\n', '*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n', '*1\r\n$7\r\nMONITOR\r\n', 'QUIT\r\n'),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const client = await RawClient.connect(hotset.port);
      for (const each of pieces) client.send(each);
      expect(await control.ask('PING')).toBe('+PONG\r\n');
      client.close();
    }),
    { numRuns: 300 },
  );
  for (const deadline = Date.now() + PATIENCE_MS; clients.all.size > 1 && Date.now() < deadline; ) await sleep(5);
  expect(clients.bufferBytes).toBeLessThanOrEqual(before);
  control.close();
});

describe('before authentication', () => {
  let guarded: TestServer;
  let guardedRedis: ServerProcess;

  beforeAll(async () => {
    guarded = await startTestServer({ requirepass: 'secret' });
    guardedRedis = await startServer('redis', ['--requirepass', 'secret']);
  });

  afterAll(async () => {
    await guarded.stop();
    await guardedRedis.stop();
  });

  async function bothGuarded(bytes: string, probe = RESET): Promise<Answer> {
    const ours = await exchange(guarded.port, bytes, probe);
    expect(ours).toEqual(await exchange(guardedRedis.port, bytes, probe));
    return { ...ours, reply: ours.reply.replace(/\+RESET\r\n$/, '') };
  }

  test('U1: counts and lengths are limited', async () => {
    expect(await bothGuarded('*11\r\n')).toEqual({ reply: error('unauthenticated multibulk length'), closed: true });
    expect(await bothGuarded('*1\r\n$16385\r\n')).toEqual({
      reply: error('unauthenticated bulk length'),
      closed: true,
    });
    expect(await bothGuarded('*10\r\n$16384\r\n', '')).toEqual({ reply: '', closed: false });
  });

  test('U1: no longer once authenticated', async () => {
    const words = Array.from({ length: 20 }, (_, i) => `k${i}`);
    const { reply } = await bothGuarded(request('AUTH', 'secret') + request('EXISTS', ...words, 'x'.repeat(20_000)));
    expect(reply).toBe('+OK\r\n:0\r\n');
  });

  test('U2: what may be said', async () => {
    const noAuth = '-NOAUTH Authentication required.\r\n';
    expect((await bothGuarded(request('GET', 'k') + request('CLIENT', 'ID') + request('PING'))).reply).toBe(
      noAuth.repeat(3),
    );
    expect((await bothGuarded(request('NOSUCH'))).reply).toBe(
      "-ERR unknown command 'NOSUCH', with args beginning with: \r\n",
    );
    expect((await bothGuarded(request('RESET'))).reply).toBe('+RESET\r\n');
    expect(await bothGuarded(request('QUIT'))).toEqual({ reply: '+OK\r\n', closed: true });
    // Redis 7.2 says HELLO <proto> AUTH where 7.0 says HELLO AUTH.
    expect((await exchange(guarded.port, request('HELLO', 3) + request('QUIT'))).reply).toBe(
      '-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> ' +
        '<pass> option can be used to authenticate the client and select the RESP protocol version at the same time\r\n+OK\r\n',
    );
  });

  test('U3: a client that neither authenticates nor reads is disconnected, and its memory returns', async () => {
    const { clients } = guarded.server;
    const before = { clients: clients.bufferBytes, disconnections: clients.outputLimitDisconnections };
    const client = await RawClient.connect(guarded.port);
    client.stall();
    const chunk = request('GET', 'k').repeat(10_000);
    for (let sent = 0; sent < 64 << 20 && !client.socket.destroyed; sent += chunk.length) {
      client.send(chunk);
      await new Promise((resolve) => setImmediate(resolve));
      expect(clients.bufferBytes).toBeLessThan(before.clients + (4 << 20));
      if (clients.outputLimitDisconnections > before.disconnections) break;
    }
    expect(clients.outputLimitDisconnections).toBe(before.disconnections + 1);
    expect(clients.bufferBytes).toBeLessThanOrEqual(before.clients);
    client.close();
  });

  test('U3: nor may it send a request that never ends', async () => {
    const { clients } = guarded.server;
    const before = clients.bufferBytes;
    const client = await RawClient.connect(guarded.port);
    client.send(`*10\r\n${`$16384\r\n${'x'.repeat(16_384)}\r\n`.repeat(9)}$16384\r\n`);
    expect(await client.within(SILENCE_MS)).toBe('');
    expect(clients.bufferBytes).toBeLessThan(before + (2 << 20));
    client.close();
  });

  test('U4: a wrong user and a wrong password are told apart by nothing', async () => {
    const wrong = '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
    expect((await bothGuarded(request('AUTH', 'default', 'wrong') + request('AUTH', 'nobody', 'secret'))).reply).toBe(
      wrong.repeat(2),
    );
    expect((await bothGuarded(request('AUTH', 'wrong') + request('AUTH', 'default', 'secret'))).reply).toBe(
      `${wrong}+OK\r\n`,
    );
  });
});
