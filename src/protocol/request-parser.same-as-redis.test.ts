/**
 * Streams of request bytes, sent to a real redis-server and read by the parser: the same requests, the same errors, closed
 * at the same place. Every connection says all it has to say and then ends it, so that what stays incomplete shows as no
 * reply and nothing needs to be waited for.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../../test/processes.ts';
import { unknownCommand } from './errors.ts';
import { RequestStream } from './request-stream.testing.ts';

let redis: ServerProcess;
let guarded: ServerProcess;
beforeAll(async () => {
  redis = await startServer('redis');
  guarded = await startServer('redis', ['--requirepass', 'secret']);
});
afterAll(async () => {
  await redis.stop();
  await guarded.stop();
});

/** All that redis-server replies to a stream (a character a byte), sent in pieces that end at the given places. */
async function theirs(server: ServerProcess, stream: string, cuts: readonly number[] = []): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  let replies = '';
  socket.on('data', (chunk: Buffer) => {
    replies += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const bytes = Buffer.from(stream, 'latin1');
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    socket.write(bytes.subarray(from, cut));
    from = cut;
    if (from < bytes.length) await new Promise((resolve) => setImmediate(resolve));
  }
  socket.end();
  await closed;
  return replies;
}

/** What a server with PING and ECHO only replies to what the parser finds. */
function ours(stream: string, restricted = false): string {
  const reader = new RequestStream();
  reader.parser.restricted = restricted;
  reader.feed(Buffer.from(stream, 'latin1'));
  const replies = reader.requests.map(replyTo);
  if (reader.error !== undefined) replies.push(`-${reader.error}\r\n`);
  return replies.join('');
}

function replyTo([name, ...rest]: readonly string[]): string {
  if (/^ping$/i.test(name) && rest.length === 0) return '+PONG\r\n';
  if (/^echo$/i.test(name) && rest.length === 1) return `$${rest[0].length}\r\n${rest[0]}\r\n`;
  if (/^(ping|echo)$/i.test(name)) return `-ERR wrong number of arguments for '${name.toLowerCase()}' command\r\n`;
  return `-${unknownCommand(name, rest).replace(/[\r\n]/g, ' ')}\r\n`;
}

const PING = '*1\r\n$4\r\nPING\r\n';
const LINE_LIMIT = 65_536;
const digits = (count: number) => '1'.repeat(count);

/** Rows of the catalogue of awkward inputs that the parser decides. */
const STREAMS: Record<string, string[]> = {
  'P1 nothing to do': ['*-10\r\n', '*-1\r\n', '*0\r\n', '\r\n', '\n', '   \r\n', '\t\n', '*-9223372036854775808\r\n'],
  'P2 counts that are none': [
    ...['*3000000000', '*18446744073709551616', '*1e3', '*+1', '*01', '* 1', '*0x1', '*', '*-', '*-0', '*1.0', '*1 '],
    ...['*2147483648', '*-9223372036854775809', '*-99999999999999999999', '*9223372036854775808', '*--1', '*\n'],
  ].map((line) => `${line}\r\n`),
  'P3 counts without arguments': ['*2147483647\r\n', '*1048577\r\n', '*1048577\r\n$4\r\nPING\r\n', '*2147483647\r'],
  'P4 lengths that are none': [
    ...['$-1', '$-10', '$blabla', '$4.0', '$536870913', '$2000000000', '$', '$04', '$+4', '$ 4', '$-0', '$4 '],
    ...['$9223372036854775807', '$9223372036854775808', '$99999999999999999999'],
  ].map((line) => `*1\r\n${line}\r\nPING\r\n`),
  'P5 no length where one should be': [
    ...['*3\r\n$3\r\nSET\r\n$1\r\nx\r\nfooz\r\n', '*1\r\n*1\r\n', '*1\r\nPING\r\n', '*1\r\n\r\n', '*1\r\n\n\r\n'],
    ...['*1\r\n:4\r\n', '*1\r\n4\r\n', '*1\r\n\xff\r\n', '*1\r\n%1\r\n'],
  ],
  'P5 incomplete, nothing is said yet': [
    '*1\r\nfooz',
    '*1\r\nfooz\r',
    '*1\r\nf',
    '*1\r\n\r',
    '*1\r\n$',
    '*1\r\n$4\r',
    '*1\r',
  ],
  'P6 lines that do not end': [
    ...['x', '*', '$', 'set "'].map((start) => start + digits(LINE_LIMIT + 1 - start.length)),
    ...['x', '*', '$'].map((start) => start + digits(LINE_LIMIT - start.length)),
    `*1\r\n$${digits(LINE_LIMIT)}`,
    `*1\r\n$${digits(LINE_LIMIT - 1)}`,
    `*1\r\nx${digits(LINE_LIMIT)}`,
    `*1\r\nx${digits(LINE_LIMIT - 1)}`,
  ],
  'P6 lines that end in time': [`x${digits(LINE_LIMIT - 2)}\r\n`, `*${digits(1000)}\r\n`, `*1\r\n$${digits(1000)}\r\n`],
  'P7 quotes': [
    ...[
      'set """k""" v',
      'set "k" "v',
      "set 'k",
      'set "k"v',
      "echo 'a\\'b'",
      'echo "a\\x41\\n\\q"',
      '""',
      "''",
      'echo ""',
    ],
    ...['echo "a\\"', 'echo a"b c"', 'echo \\x41', '  echo   x  ', 'echo\tx', 'echo\vx', 'PING\r', '\rPING'],
  ].map((line) => `${line}\r\n`),
  'P8 any two bytes behind a body': [
    '*1\r\n$4\r\nPINGxy',
    '*2\r\n$4\r\nECHO*1$1\r\na**',
    '*1\r\n$4\r\nPING\n\r',
    '*1\r\n$4\r\nPING\r',
  ],
  'P9 other protocols': ['*1\n$4\nPING\n', '%1\r\n$4\r\nPING\r\n', '~1\r\n', '>1\r\n', ':1\r\n', '+OK\r\n', '_\r\n'],
  'P11 any bytes in arguments': [
    '*2\r\n$4\r\nECHO\r\n$9\r\na\r\nb\0c\xff*1\r\n',
    '*2\r\n$4\r\nECHO\r\n$0\r\n\r\n',
    '*1\r\n$0\r\n\r\n',
    `*2\r\n$4\r\nECHO\r\n$1000000\r\n${'x'.repeat(1_000_000)}\r\n`,
    `*1\r\n$1000000\r\n${'x'.repeat(1_000_000)}\r\n`,
    `*200000\r\n$4\r\nECHO\r\n${'$1\r\nx\r\n'.repeat(199_999)}`,
  ],
};

describe('as redis-server 7.0.15 does, the parser reads', () => {
  it.each(Object.entries(STREAMS))('%s', async (_, streams) => {
    for (const stream of streams) {
      // Nothing follows the long ones: redis-server reads 16 KiB at a time, which decides what it thinks of them.
      for (const tail of stream.length < 10_000 ? ['', PING] : ['']) {
        const whole = `${PING}${stream}${tail}`;
        expect({ stream: stream.slice(0, 80), replies: ours(whole) }).toEqual({
          stream: stream.slice(0, 80),
          replies: await theirs(redis, whole),
        });
      }
    }
  });

  it('U1 less from clients that have not authenticated', async () => {
    const streams = [
      '*11\r\n',
      '*1\r\n$16385\r\n',
      '*2147483648\r\n',
      '*1\r\n$536870913\r\n',
      '*10\r\n',
      '*1\r\n$16384\r\n',
    ];
    for (const stream of streams) expect(ours(stream, true)).toBe(await theirs(guarded, stream));
  });

  it('any stream, in any pieces', async () => {
    const argument = fc.string({ unit: fc.constantFrom('a', '\r', '\n', '$', '*', '\xff', ' ', '"'), maxLength: 6 });
    const good = argument.map((value) => `*2\r\n$4\r\nECHO\r\n$${value.length}\r\n${value}\r\n`);
    const line = fc
      .string({ unit: fc.constantFrom(...'ping echo"\'\\x4\t'), maxLength: 14 })
      .map((text) => `${text}\r\n`);
    const noise = fc.string({ unit: fc.constantFrom('*', '$', '1', '2', '-', '\r\n', '\n', 'x', '0'), maxLength: 5 });
    const piece = fc.oneof({ weight: 4, arbitrary: good }, { weight: 2, arbitrary: line }, noise, fc.constant(PING));
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 10 }),
        fc.array(fc.nat(), { maxLength: 3 }),
        async (pieces, seeds) => {
          const stream = pieces.join('');
          const cuts = seeds.map((seed) => seed % (stream.length + 1)).sort((a, b) => a - b);
          const expected = ours(stream);
          // What follows an error goes in the same piece: bytes that a closed server never read reset the connection, and
          // its reply may be lost with it.
          const isBroken = expected.includes('-ERR Protocol error');
          expect(expected).toBe(await theirs(redis, stream, isBroken ? [] : cuts));
        },
      ),
      { numRuns: 400 },
    );
  });
});

/** Where the parser differs on purpose: the stream, and what redis-server replies to it, which is to wait. */
const DIFFERENCES: Record<string, { stream: string; theirs: string; ours: RegExp }> = {
  'a NUL in a count hides the end of the line from redis-server, which waits for 64 KiB more; the parser refuses at once':
    {
      stream: '*1\0\r\n$4\r\nPING\r\n',
      theirs: '',
      ours: /^-ERR Protocol error: invalid multibulk length/,
    },
  'a NUL in a length, likewise': {
    stream: '*1\r\n$4\0\r\nPING\r\n',
    theirs: '',
    ours: /^-ERR Protocol error: invalid bulk length/,
  },
  'a NUL in an inline request, likewise; the parser takes it for the end of the line, as redis.conf does': {
    stream: 'PING\0x\r\n',
    theirs: '',
    ours: /^\+PONG\r\n$/,
  },
  'the beginning of TLS, likewise; a client that expects TLS is told at once that this is none': {
    stream: '\x16\x03\x01\x02\x00\x01\x00\r\n',
    theirs: '',
    ours: /^-ERR unknown command '.{4}', with args/,
  },
  'a line longer than the limit passes in redis-server if its end came with the same read; here never': {
    stream: `ECHO ${'x'.repeat(LINE_LIMIT)}\r\n`,
    theirs: `$${LINE_LIMIT}\r\n${'x'.repeat(LINE_LIMIT)}\r\n`,
    ours: /^-ERR Protocol error: too big inline request/,
  },
};

describe('known differences', () => {
  it.each(Object.entries(DIFFERENCES))('%s', async (_, difference) => {
    expect(ours(difference.stream)).toMatch(difference.ours);
    expect(await theirs(redis, difference.stream)).toBe(difference.theirs);
  });
});
