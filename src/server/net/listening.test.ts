import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server as NetServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../../bench/free-port.ts';
import { RawClient } from '../raw-client.testing.ts';
import { startTestServer, type TestServer } from '../server.testing.ts';

let server: TestServer | undefined;
const others: NetServer[] = [];

afterEach(async () => {
  await server?.stop();
  server = undefined;
  for (const other of others.splice(0)) other.close();
});

async function start(options: Record<string, string> = {}): Promise<{ server: TestServer; control: RawClient }> {
  server = await startTestServer(options);
  return { server, control: await RawClient.connect(server.port) };
}

/** A port that somebody else listens on. */
async function takenPort(): Promise<number> {
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  others.push(other);
  await once(other, 'listening');
  return port;
}

async function answers(place: { host: string; port: number } | string): Promise<boolean> {
  try {
    const client = await RawClient.connect(place);
    const reply = await client.ask('PING');
    client.close();
    return reply === '+PONG\r\n';
  } catch {
    return false;
  }
}

const failed = (name: string, reason: string): string =>
  `-ERR CONFIG SET failed (possibly related to argument '${name}') - ${reason}\r\n`;

describe('CONFIG SET port', () => {
  test('listens there instead; who is connected stays', async () => {
    const { server, control } = await start();
    const port = await freePort();
    expect(await control.ask('CONFIG', 'SET', 'port', port)).toBe('+OK\r\n');
    expect(await answers({ host: '127.0.0.1', port })).toBe(true);
    expect(await answers({ host: '127.0.0.1', port: server.port })).toBe(false);
    expect(await control.ask('PING')).toBe('+PONG\r\n');
  });

  test('to one that is taken is refused, and changes nothing', async () => {
    const { server, control } = await start();
    const port = await takenPort();
    const reason = 'Unable to listen on this port. Check server logs.';
    expect(await control.ask('CONFIG', 'SET', 'port', port, 'maxclients', 77)).toBe(failed('port', reason));
    expect(await control.ask('CONFIG', 'GET', 'port')).toContain(`${server.port}`);
    expect(await control.ask('CONFIG', 'GET', 'maxclients')).not.toContain('77');
    expect(await answers({ host: '127.0.0.1', port: server.port })).toBe(true);
    expect(server.log()).toMatch(/EADDRINUSE/);
  });

  test('to 0 listens nowhere until it is another', async () => {
    const { server, control } = await start();
    expect(await control.ask('CONFIG', 'SET', 'port', 0)).toBe('+OK\r\n');
    expect(await answers({ host: '127.0.0.1', port: server.port })).toBe(false);
    expect(await control.ask('CONFIG', 'SET', 'port', server.port)).toBe('+OK\r\n');
    expect(await answers({ host: '127.0.0.1', port: server.port })).toBe(true);
  });
});

describe('CONFIG SET bind', () => {
  test('adds and removes addresses, keeps those that remain', async () => {
    const { server, control } = await start({ bind: '127.0.0.1' });
    const { port } = server;
    expect(await control.ask('CONFIG', 'SET', 'bind', '127.0.0.1 127.0.0.2')).toBe('+OK\r\n');
    expect(await answers({ host: '127.0.0.2', port })).toBe(true);
    expect(await control.ask('CONFIG', 'SET', 'bind', '127.0.0.2')).toBe('+OK\r\n');
    expect(await answers({ host: '127.0.0.1', port })).toBe(false);
    expect(await control.ask('CONFIG', 'SET', 'bind', '')).toBe('+OK\r\n');
    expect(await answers({ host: '127.0.0.2', port })).toBe(false);
    expect(await control.ask('CONFIG', 'SET', 'bind', '*')).toBe('+OK\r\n');
    expect(await answers({ host: '127.0.0.1', port })).toBe(true);
    expect(await control.ask('CONFIG', 'SET', 'bind', '127.0.0.1')).toBe('+OK\r\n');
    expect(await answers({ host: '127.0.0.2', port })).toBe(false);
  });

  test.each(['999.999.999.999', '192.0.2.1', 'localhost', '127.0.0.1 192.0.2.1'])(
    '%s is refused, and changes nothing',
    async (bind) => {
      const { server, control } = await start({ bind: '127.0.0.1' });
      const reason = 'Failed to bind to specified addresses.';
      expect(await control.ask('CONFIG', 'SET', 'bind', bind)).toBe(failed('bind', reason));
      expect(await control.ask('CONFIG', 'GET', 'bind')).toBe('*2\r\n$4\r\nbind\r\n$9\r\n127.0.0.1\r\n');
      expect(await answers({ host: '127.0.0.1', port: server.port })).toBe(true);
    },
  );

  test('an address behind a dash may be absent', async () => {
    const { server, control } = await start({ bind: '127.0.0.1 -192.0.2.1 -nosuch.invalid' });
    expect(await control.ask('CONFIG', 'SET', 'bind', '-192.0.2.1 127.0.0.2')).toBe('+OK\r\n');
    expect(await answers({ host: '127.0.0.2', port: server.port })).toBe(true);
  });
});

describe('at start', () => {
  test('host names are looked up', async () => {
    const { server } = await start({ bind: 'localhost' });
    expect(await answers({ host: '127.0.0.1', port: server.port })).toBe(true);
  });

  test('a taken port is told', async () => {
    const port = await takenPort();
    await expect(startTestServer({ port: `${port}` })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('an address that is not there is told, and nothing stays open', async () => {
    const port = await freePort();
    const bind = '127.0.0.1 192.0.2.1';
    await expect(startTestServer({ port: `${port}`, bind })).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
    expect(await answers({ host: '127.0.0.1', port })).toBe(false);
  });

  const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === 'IPv6'));

  test.skipIf(!hasIPv6)('IPv4 and IPv6 are listened on side by side', async () => {
    const { server } = await start({ bind: '* -::*' });
    expect(await answers({ host: '127.0.0.1', port: server.port })).toBe(true);
    const client = await RawClient.connect({ host: '::1', port: server.port });
    expect(await client.ask('CLIENT', 'INFO')).toContain(`laddr=[::1]:${server.port} `);
    client.close();
  });
});

describe('unixsocket', () => {
  test('beside TCP, and alone; removed at the end', async () => {
    const { server } = await start({ unixsocket: '{folder}/s.sock' });
    expect(await answers(join(server.folder, 's.sock'))).toBe(true);
    expect(await answers({ host: '127.0.0.1', port: server.port })).toBe(true);
    server.server.stop();
    expect(existsSync(join(server.folder, 's.sock'))).toBe(false);
    const alone = await startTestServer({ unixsocket: '{folder}/s.sock', port: '0' });
    expect(await answers(join(alone.folder, 's.sock'))).toBe(true);
    await alone.stop();
  });

  test('has its permissions from the first moment, whatever the umask', async () => {
    const before = process.umask(0);
    try {
      const { server } = await start({ unixsocket: '{folder}/s.sock', unixsocketperm: '700' });
      expect(statSync(join(server.folder, 's.sock')).mode & 0o777).toBe(0o700);
      expect(process.umask()).toBe(0);
    } finally {
      process.umask(before);
    }
  });

  test('leaves permissions to the umask without unixsocketperm', async () => {
    const before = process.umask(0o027);
    try {
      const { server } = await start({ unixsocket: '{folder}/s.sock' });
      expect(statSync(join(server.folder, 's.sock')).mode & 0o777).toBe(0o750);
    } finally {
      process.umask(before);
    }
  });

  test('takes the place of a socket that was left behind, but of no other file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hotset-unix-'));
    try {
      const path = join(folder, 's.sock');
      leaveSocketBehind(path);
      expect(lstatSync(path).isSocket()).toBe(true);
      await start({ unixsocket: path });
      expect(await answers(path)).toBe(true);

      const file = join(folder, 'precious');
      writeFileSync(file, 'data');
      await expect(startTestServer({ unixsocket: file })).rejects.toMatchObject({ code: 'EADDRINUSE' });
      expect(readFileSync(file, 'utf8')).toBe('data');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** A socket file without anybody listening, as a killed server leaves it. */
function leaveSocketBehind(path: string): void {
  const program = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  try {
    execFileSync(process.execPath, ['-e', program, path], { stdio: 'ignore' });
  } catch {
    // It was killed, as it should be.
  }
}
