import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freePort } from '../../../bench/free-port.ts';
import { hotsetEntry } from '../../../test/processes.ts';
import { RawClient, textOf } from '../raw-client.testing.ts';
import { clientsForOpenFiles } from './open-files.ts';

test('there is room for some clients', () => {
  expect(clientsForOpenFiles()).toBeGreaterThan(100);
});

test('few open files: maxclients is lowered, who is too many is told, and the server stays', async () => {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'hotset-files-'));
  // Node.js opens all modules of the server at once: fewer files than those, and it could not start.
  const command = `ulimit -n 512 && exec "$0" "$1" --port ${port} --bind 127.0.0.1 --save "" --dir "$2"`;
  const child: ChildProcess = spawn('bash', ['-c', command, process.execPath, hotsetEntry(), folder], {
    stdio: 'ignore',
  });
  try {
    const control = await connectWhenReady(port);
    expect(textOf(await control.ask('CONFIG', 'GET', 'maxclients'))).toContain('\r\n480');
    const clients: RawClient[] = [];
    for (let i = 0; i < 500; i++) clients.push(await RawClient.connect(port));
    const replies = await Promise.all(clients.map((client) => client.ask('PING')));
    expect(replies.filter((reply) => reply === '+PONG\r\n')).toHaveLength(479);
    expect(replies.filter((reply) => reply.startsWith('-ERR max number of clients reached'))).toHaveLength(21);
    expect(await control.ask('PING')).toBe('+PONG\r\n');
    for (const client of clients) client.close();
    control.close();
  } finally {
    const ended = once(child, 'exit');
    child.kill();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
});

async function connectWhenReady(port: number): Promise<RawClient> {
  for (const deadline = Date.now() + 15_000; ; await sleep(50)) {
    try {
      return await RawClient.connect(port);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
