import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { loadRows } from './loader.ts';

const VALUE = 'v'.repeat(64);
const command = (index: number): string[] => ['SET', `key:${String(index).padStart(12, '0')}`, VALUE];
const COMMAND = /\*3\r\n\$3\r\nSET\r\n\$16\r\nkey:(\d{12})\r\n\$64\r\nv{64}\r\n/g;

let server: Server | undefined;
afterEach(() => server?.close());

function serve(answer: (socket: Socket, commands: number[]) => void): Promise<number> {
  const listening = createServer((socket) => {
    let pending = '';
    socket.on('error', () => {});
    socket.on('data', (data) => {
      pending += data.toString('latin1');
      const seen: number[] = [];
      let end = 0;
      for (const match of pending.matchAll(COMMAND)) {
        expect(match.index).toBe(end);
        end = match.index + match[0].length;
        seen.push(Number(match[1]));
      }
      pending = pending.slice(end);
      answer(socket, seen);
    });
  });
  server = listening;
  return new Promise((resolve) => {
    listening.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port));
  });
}

describe('the loader', () => {
  it.each([1, 7, 105, 10_007])('runs each of %d commands exactly once, however replies are cut', async (count) => {
    const times = new Uint8Array(count);
    const port = await serve((socket, commands) => {
      for (const key of commands) times[key]++;
      const replies = '+OK\r\n'.repeat(commands.length);
      socket.write(replies.slice(0, 3));
      socket.write(replies.slice(3));
    });
    await loadRows(port, { count, command });
    expect(times.every((n) => n === 1)).toBe(true);
  });

  it('rejects with the words of an error reply', async () => {
    const port = await serve((socket) => socket.write('+OK\r\n-OOM command not allowed\r\n'));
    await expect(loadRows(port, { count: 500, command })).rejects.toThrow('loading: -OOM command not allowed');
  });

  it('rejects when the server closes the connection', async () => {
    const port = await serve((socket) => socket.destroy());
    await expect(loadRows(port, { count: 500, command })).rejects.toThrow('loading:');
  });
});
