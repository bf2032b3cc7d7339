import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { loadKeys } from './loader.ts';

const KEYS = { prefix: 'key:', value: 'v'.repeat(64) };
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
  it.each([1, 7, 105, 10_007])('sets each of %d keys exactly once, however replies are cut', async (count) => {
    const times = new Uint8Array(count);
    const port = await serve((socket, commands) => {
      for (const key of commands) times[key]++;
      const replies = '+OK\r\n'.repeat(commands.length);
      socket.write(replies.slice(0, 3));
      socket.write(replies.slice(3));
    });
    await loadKeys(port, { ...KEYS, count });
    expect(times.every((n) => n === 1)).toBe(true);
  });

  it('rejects with the words of an error reply', async () => {
    const port = await serve((socket) => socket.write('+OK\r\n-OOM command not allowed\r\n'));
    await expect(loadKeys(port, { ...KEYS, count: 500 })).rejects.toThrow('loading keys: -OOM command not allowed');
  });

  it('rejects when the server closes the connection', async () => {
    const port = await serve((socket) => socket.destroy());
    await expect(loadKeys(port, { ...KEYS, count: 500 })).rejects.toThrow('loading keys:');
  });
});
