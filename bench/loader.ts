// Runs exactly `count` distinct commands on a server, to fill it; redis-benchmark's are random.
//
// Each of a few connections has one batch of commands in flight and sends the next when every reply of the last has come, so
// memory stays at connections x batch whatever the count. A batch stays under the 64 KiB that a Node server reads at once.

import { connect, type Socket } from 'node:net';
import { encoded } from './request-bytes.ts';

export interface Rows {
  readonly count: number;
  /** The arguments of command `index`. */
  readonly command: (index: number) => readonly string[];
  /** Lines of the reply to each: 1, or 2 where it is a bulk string. */
  readonly replyLines?: number;
  /** True where each command needs those before it: they go through one connection. */
  readonly ordered?: boolean;
}

const CONNECTIONS = 8;
const BATCH_BYTES = 12_000;
const SILENCE_LIMIT_MILLIS = 30_000;
const LF = 10;
const MINUS = 45;

/** Runs commands 0 to count - 1. Rejects with the server's words on an error reply, and when a connection fails or falls silent. */
export async function loadRows(port: number, rows: Rows): Promise<void> {
  let next = 0;
  const takeBatch = (): { batch: string; count: number } => {
    let batch = '';
    const first = next;
    while (next < rows.count && batch.length < BATCH_BYTES) batch += encoded(rows.command(next++));
    return { batch, count: next - first };
  };
  await Promise.all(
    Array.from({ length: rows.ordered === true ? 1 : CONNECTIONS }, () =>
      loadBatches(port, takeBatch, rows.replyLines ?? 1),
    ),
  );
}

function loadBatches(
  port: number,
  takeBatch: () => { batch: string; count: number },
  replyLines: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let awaited = 0;
    const sendNext = (): void => {
      const { batch, count } = takeBatch();
      if (count === 0) {
        socket.end();
        resolve();
        return;
      }
      awaited = count * replyLines;
      socket.write(batch);
    };
    socket.setTimeout(SILENCE_LIMIT_MILLIS, () => fail(socket, reject, 'no reply for 30 s'));
    socket.once('connect', sendNext);
    socket.once('error', (error) => fail(socket, reject, error.message));
    socket.once('close', () => reject(new Error('loading: the server closed the connection')));
    let lineStart = true;
    socket.on('data', (data) => {
      for (let i = 0; i < data.length; i++) {
        if (lineStart && data[i] === MINUS) {
          fail(socket, reject, data.toString('latin1', i).split('\r\n', 1)[0]);
          return;
        }
        lineStart = data[i] === LF;
        if (lineStart) awaited--;
      }
      if (awaited === 0) sendNext();
    });
  });
}

function fail(socket: Socket, reject: (error: Error) => void, reason: string): void {
  socket.destroy();
  reject(new Error(`loading: ${reason}`));
}
