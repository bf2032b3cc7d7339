// Runs exactly `count` distinct commands on a server, to fill it; redis-benchmark's are random.
//
// Each of a few connections has one batch of commands in flight and sends the next when every reply of the last has come, so
// memory stays at connections x batch whatever the count. A batch stays under the 64 KiB that a Node server reads at once.

import { connect, type Socket } from 'node:net';

export interface Rows {
  readonly count: number;
  /** The arguments of command `index`. Each is answered in one line. */
  readonly command: (index: number) => readonly string[];
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
  await Promise.all(Array.from({ length: CONNECTIONS }, () => loadBatches(port, takeBatch)));
}

function encoded(command: readonly string[]): string {
  let text = `*${command.length}\r\n`;
  for (const argument of command) text += `$${Buffer.byteLength(argument)}\r\n${argument}\r\n`;
  return text;
}

function loadBatches(port: number, takeBatch: () => { batch: string; count: number }): Promise<void> {
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
      awaited = count;
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
