import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { family, row } from '../../engine/commands/spec.ts';
import { RawClient, request } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';
import { connectBusy } from './busy-clients.testing.ts';

let server: TestServer;

/** Waits until something holds that takes some turns. */
async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 20_000; !holds(); ) {
    if (Date.now() > deadline) throw new Error('it never came to hold');
    await nextTurn();
  }
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\r', '\n', '$', '*', '\xff'), maxLength: 12 });
const command = fc.oneof(
  word.map((text) => request('ECHO', text)),
  fc.constantFrom('PING\r\n', 'PING\n', '\r\n', '*0\r\n', '*-5\r\n', 'ECHO "a b"\r\n', 'NOSUCH\r\n', 'ECHO\r\n'),
  fc.nat({ max: 100_000 }).map((length) => request('STRLEN', 'x'.repeat(length))),
);

// Of a few clients each read is a turn of its own, of many they share one.
describe.each([0, 6])('beside %i busy clients', (count) => {
  let busy: RawClient[] = [];

  beforeAll(async () => {
    server = await startTestServer();
    busy = await connectBusy(server.port, count);
  });

  afterAll(() => {
    for (const client of busy) client.close();
    return server.stop();
  });

  describe('requests', () => {
    test('mean the same however they are cut', async () => {
      const whole = await RawClient.connect(server.port);
      const cut = await RawClient.connect(server.port);
      await fc.assert(
        fc.asyncProperty(
          fc.array(command, { minLength: 1, maxLength: 40 }),
          fc.array(fc.nat(), { maxLength: 12 }),
          async (commands, places) => {
            const bytes = `${commands.join('')}ECHO end\r\n`;
            whole.send(bytes);
            const cuts = [...new Set(places.map((place) => place % bytes.length))].sort((a, b) => a - b);
            let from = 0;
            for (const to of [...cuts, bytes.length]) {
              cut.send(bytes.slice(from, to));
              from = to;
              await nextTurn();
              await nextTurn();
            }
            const end = '$3\r\nend\r\n';
            await until(() => whole.pending.endsWith(end) && cut.pending.endsWith(end));
            expect(cut.pending).toBe(whole.pending);
            whole.pending = '';
            cut.pending = '';
          },
        ),
        { numRuns: 60 },
      );
      whole.close();
      cut.close();
    });

    test('may come a byte at a time', async () => {
      const client = await RawClient.connect(server.port);
      for (const byte of `${request('SET', 'slow', 'value')}GET slow\r\n`) {
        client.send(byte);
        await nextTurn();
      }
      expect(await client.replies(2)).toEqual(['+OK\r\n', '$5\r\nvalue\r\n']);
      client.close();
    });

    test('behind QUIT are not run', async () => {
      const client = await RawClient.connect(server.port);
      client.send(request('SET', 'quit', '1') + request('QUIT') + request('SET', 'quit', '2'));
      expect(await client.rest()).toBe('+OK\r\n+OK\r\n');
      const other = await RawClient.connect(server.port);
      expect(await other.ask('GET', 'quit')).toBe('$1\r\n1\r\n');
      other.close();
    });

    test('before the end of what a client sends are run and answered', async () => {
      const client = await RawClient.connect(server.port);
      const count = 200_000;
      client.socket.write(request('INCR', 'ended').repeat(count));
      client.socket.end();
      const replies = await client.rest();
      expect(replies.endsWith(`:${count}\r\n`)).toBe(true);
      expect(replies.split('\r\n')).toHaveLength(count + 1);
    });

    test('of one client do not keep others waiting until all are run', async () => {
      const [busy, other] = [await RawClient.connect(server.port), await RawClient.connect(server.port)];
      const count = 300_000;
      busy.send(request('SET', 'busy', 'x').repeat(count));
      await until(() => busy.pending.length > 0);
      expect(await other.ask('PING')).toBe('+PONG\r\n');
      expect(busy.pending.length).toBeLessThan(count * 5);
      await until(() => busy.pending.length === count * 5);
      busy.close();
      other.close();
    });
  });

  describe('memory of requests', () => {
    test('is given back when a large one was run', async () => {
      const { clients } = server.server;
      const client = await RawClient.connect(server.port);
      await client.ask('PING');
      const before = clients.bufferBytes;
      const size = 8 << 20;
      client.send(`*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n$${size}\r\n`);
      client.send('v'.repeat(size / 2));
      await until(() => clients.bufferBytes > before + size / 2);
      expect(clients.bufferBytes).toBeLessThan(before + size + 1000);
      client.send(`${'v'.repeat(size / 2)}\r\n`);
      expect(await client.reply()).toBe('+OK\r\n');
      expect(clients.bufferBytes).toBe(before);
      expect(await client.ask('STRLEN', 'large')).toBe(`:${size}\r\n`);
      client.close();
    });

    test('is given back when a client leaves in the middle of one', async () => {
      const { clients } = server.server;
      const before = clients.bufferBytes;
      const client = await RawClient.connect(server.port);
      client.send(`*2\r\n$3\r\nGET\r\n$1000000\r\n${'v'.repeat(500_000)}`);
      await until(() => clients.bufferBytes > before + 500_000);
      client.close();
      await until(() => clients.bufferBytes <= before);
    });

    test('of many arguments is given back', async () => {
      const { clients } = server.server;
      const client = await RawClient.connect(server.port);
      await client.ask('PING');
      const before = clients.bufferBytes;
      client.send(`*500001\r\n$6\r\nEXISTS\r\n${'$1\r\nk\r\n'.repeat(400_000)}`);
      await until(() => clients.bufferBytes > before + 400_000 * 7);
      client.send('$1\r\nk\r\n'.repeat(100_000));
      expect(await client.reply()).toBe(':0\r\n');
      expect(clients.bufferBytes).toBeLessThan(before + (1 << 20));
      client.close();
    });
  });

  describe('a client that reads nothing', () => {
    test('and goes on sending is not run for, holds up nobody, and gets everything in the end', async () => {
      const { clients } = server.server;
      const other = await RawClient.connect(server.port);
      await other.ask('SET', 'megabyte', 'm'.repeat(1 << 20));
      const before = clients.bufferBytes;
      const slow = await RawClient.connect(server.port);
      slow.stall();
      const count = 150;
      for (let i = 0; i < count; i++) {
        slow.send(request('ECHO', i) + request('GET', 'megabyte'));
        await nextTurn();
      }
      await until(() => clients.bufferBytes > before + (30 << 20));
      expect(await other.ask('PING')).toBe('+PONG\r\n');
      expect(clients.bufferBytes).toBeLessThan(before + (40 << 20));
      let received = 0;
      slow.socket.removeAllListeners('data');
      slow.socket.on('data', (chunk) => {
        received += chunk.length;
      });
      slow.resume();
      const wanted = Array.from({ length: count }, (_, i) => `$${`${i}`.length}\r\n${i}\r\n`).join('').length;
      await until(() => received === wanted + count * ((1 << 20) + 12));
      await until(() => clients.bufferBytes < before + (1 << 20));
      slow.close();
      other.close();
    });
  });

  describe('a reply for which there is no room', () => {
    test('costs its client the connection, and nobody else anything', async () => {
      const { clients, engine } = server.server;
      const tooLong = row(
        'TOOLONG',
        (_, __, reply) => {
          reply.text('beginning');
          clients.out.reserve(2 ** 31);
        },
        1,
        0,
      );
      engine.commands.addFamily(family('server', [tooLong]));
      const [client, other] = [await RawClient.connect(server.port), await RawClient.connect(server.port)];
      client.send(request('PING') + request('TOOLONG') + request('SET', 'behind', '1'));
      other.command('PING');
      expect(await client.rest()).toBe('');
      expect(await other.reply()).toBe('+PONG\r\n');
      expect(await other.ask('EXISTS', 'behind')).toBe(':0\r\n');
      expect(server.log()).toMatch(/closed: there is no room for so long a reply/);
      other.close();
    });
  });

  describe('CLIENT REPLY', () => {
    test('OFF mutes everything until ON', async () => {
      const client = await RawClient.connect(server.port);
      client.send(
        request('CLIENT', 'REPLY', 'OFF') + request('PING') + request('NOSUCH') + request('CLIENT', 'REPLY', 'SKIP'),
      );
      client.send(request('PING') + request('CLIENT', 'REPLY', 'ON') + request('ECHO', 'x'));
      expect(await client.replies(2)).toEqual(['+OK\r\n', '$1\r\nx\r\n']);
      client.close();
    });

    test('SKIP mutes itself and the next', async () => {
      const client = await RawClient.connect(server.port);
      client.send(request('CLIENT', 'REPLY', 'SKIP') + request('ECHO', 'a') + request('ECHO', 'b'));
      expect(await client.reply()).toBe('$1\r\nb\r\n');
      client.send(request('CLIENT', 'REPLY', 'SKIP') + request('CLIENT', 'REPLY', 'ON') + request('ECHO', 'c'));
      expect(await client.replies(2)).toEqual(['+OK\r\n', '$1\r\nc\r\n']);
      client.close();
    });

    test('RESET ends OFF, but is not answered when it is what SKIP was said of', async () => {
      const client = await RawClient.connect(server.port);
      client.send(request('CLIENT', 'REPLY', 'OFF') + request('PING') + request('RESET') + request('ECHO', 'a'));
      expect(await client.replies(2)).toEqual(['+RESET\r\n', '$1\r\na\r\n']);
      client.send(request('CLIENT', 'REPLY', 'SKIP') + request('RESET') + request('ECHO', 'b'));
      expect(await client.reply()).toBe('$1\r\nb\r\n');
      client.close();
    });

    test('OFF mutes the complaint about broken bytes as well', async () => {
      const client = await RawClient.connect(server.port);
      client.send(`${request('CLIENT', 'REPLY', 'OFF')}*x\r\n`);
      expect(await client.rest()).toBe('');
    });
  });
});
