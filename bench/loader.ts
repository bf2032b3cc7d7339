// Fills a server with exactly `count` distinct keys, which redis-benchmark's random keys cannot do.
//
// Each of a few connections has one batch of SETs in flight and sends the next when every reply of the last has come, so memory
// stays at connections x batch whatever the count. A batch is one buffer laid out once; only the digits of its keys are
// rewritten, at fixed offsets. A batch stays under the 64 KiB that a Node server reads at once.

import { connect, type Socket } from 'node:net';

export interface KeySet {
  /** Keys are this followed by twelve digits, as redis-benchmark writes its keys. */
  readonly prefix: string;
  readonly count: number;
  /** Each key's value, the same for all. */
  readonly value: string;
}

const KEY_DIGITS = 12;
const CONNECTIONS = 8;
const BATCH_BYTES = 12_000;
const SILENCE_LIMIT_MILLIS = 30_000;
const LF = 10;
const MINUS = 45;

/** Sets keys 0 to count - 1. Rejects with the server's words on an error reply, and when a connection fails or falls silent. */
export async function loadKeys(port: number, keys: KeySet): Promise<void> {
  const commandBytes = setCommand(keys, 0).length;
  const batchKeys = Math.max(1, Math.floor(BATCH_BYTES / commandBytes));
  let next = 0;
  const takeRange = (): { first: number; count: number } => {
    const first = next;
    next = Math.min(keys.count, next + batchKeys);
    return { first, count: next - first };
  };
  const connections = Array.from({ length: Math.min(CONNECTIONS, Math.ceil(keys.count / batchKeys)) }, () =>
    loadRanges(port, keys, batchKeys, takeRange),
  );
  await Promise.all(connections);
}

function setCommand(keys: KeySet, index: number): Buffer {
  const key = keys.prefix + String(index).padStart(KEY_DIGITS, '0');
  const { value } = keys;
  return Buffer.from(
    `*3\r\n$3\r\nSET\r\n$${Buffer.byteLength(key)}\r\n${key}\r\n$${Buffer.byteLength(value)}\r\n${value}\r\n`,
  );
}

function loadRanges(
  port: number,
  keys: KeySet,
  batchKeys: number,
  takeRange: () => { first: number; count: number },
): Promise<void> {
  const command = setCommand(keys, 0);
  const digitsAt = command.indexOf(keys.prefix + '0'.repeat(KEY_DIGITS)) + Buffer.byteLength(keys.prefix);
  const batch = Buffer.alloc(command.length * batchKeys);
  for (let i = 0; i < batchKeys; i++) command.copy(batch, i * command.length);

  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    let awaited = 0;
    const sendNext = (): void => {
      const { first, count } = takeRange();
      if (count === 0) {
        socket.end();
        resolve();
        return;
      }
      for (let i = 0; i < count; i++) writeDigits(batch, i * command.length + digitsAt, first + i);
      awaited = count;
      socket.write(batch.subarray(0, count * command.length));
    };
    socket.setTimeout(SILENCE_LIMIT_MILLIS, () => fail(socket, reject, 'no reply for 30 s'));
    socket.once('connect', sendNext);
    socket.once('error', (error) => fail(socket, reject, error.message));
    socket.once('close', () => reject(new Error('loading keys: the server closed the connection')));
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
  reject(new Error(`loading keys: ${reason}`));
}

function writeDigits(buffer: Buffer, at: number, value: number): void {
  let rest = value;
  for (let i = KEY_DIGITS - 1; i >= 0; i--) {
    buffer[at + i] = 48 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
}
