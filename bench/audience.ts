// Subscribers that listen to one channel and do nothing but count bytes: all messages are of one length, and what a delivery
// costs beside the server's own work should be small. They run in this process, which is idle while redis-benchmark publishes.

import { connect, type Socket } from 'node:net';
import { encoded } from './request-bytes.ts';

export interface Audience {
  /** Resolves when every subscriber has `messages` of them: how long that took, from the first byte to the last. */
  hear(messages: number): Promise<number>;
  leave(): void;
}

const CHANNEL = 'news';
const READ_BYTES = 65_536;
const SILENCE_LIMIT_MILLIS = 30_000;

/** The command whose messages the audience hears. */
export function publication(message: string): readonly string[] {
  return ['PUBLISH', CHANNEL, message];
}

/** Subscribes `count` connections. Rejects with the server's words when it refuses. */
export async function gather(port: number, count: number, message: string): Promise<Audience> {
  const messageBytes = encoded(['message', CHANNEL, message]).length;
  const sockets: Socket[] = [];
  let heard = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let firstMillis = 0;
  let settle: (seconds: number) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const failure = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failure.catch(() => {});
  const listen = (bytes: number): void => {
    if (heard === 0) firstMillis = performance.now();
    heard += bytes;
    if (heard === wanted) settle((performance.now() - firstMillis) / 1000);
    if (heard > wanted) fail(new Error('a subscriber heard more than was published'));
  };
  try {
    for (let i = 0; i < count; i++) sockets.push(await subscribed(port, listen, fail));
  } catch (error) {
    for (const socket of sockets) socket.destroy();
    throw error;
  }
  return {
    hear(messages) {
      const all = new Promise<number>((resolve) => {
        settle = resolve;
      });
      wanted = count * messages * messageBytes;
      let timer: NodeJS.Timeout | undefined;
      const silence = new Promise<never>((_, reject) => {
        let before = -1;
        timer = setInterval(() => {
          if (heard === before)
            reject(new Error(`subscribers heard ${heard} of ${wanted} bytes, then nothing for 30 s`));
          before = heard;
        }, SILENCE_LIMIT_MILLIS);
      });
      return Promise.race([all, failure, silence]).finally(() => clearInterval(timer));
    },
    leave() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function subscribed(port: number, listen: (bytes: number) => void, fail: (error: Error) => void): Promise<Socket> {
  const confirmation = `*3\r\n$9\r\nsubscribe\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n:1\r\n`;
  return new Promise((resolve, reject) => {
    let said = '';
    let isSubscribed = false;
    const onread = {
      buffer: new Uint8Array(READ_BYTES),
      callback(bytes: number, buffer: Uint8Array): boolean {
        if (isSubscribed) {
          listen(bytes);
          return true;
        }
        said += Buffer.from(buffer.subarray(0, bytes)).toString('latin1');
        isSubscribed = said === confirmation;
        if (isSubscribed) resolve(socket);
        else if (!confirmation.startsWith(said)) reject(new Error(said.split('\r\n', 1)[0]));
        return true;
      },
    };
    const socket = connect({ host: '127.0.0.1', port, onread });
    socket.once('connect', () => socket.write(encoded(['SUBSCRIBE', CHANNEL])));
    socket.once('error', (error) => {
      reject(error);
      fail(error);
    });
    socket.once('close', () => {
      const error = new Error('the server closed the connection of a subscriber');
      reject(error);
      fail(error);
    });
  });
}
