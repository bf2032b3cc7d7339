// The load generator for what redis-benchmark cannot send (conversations.ts), with its habits: as many connections, each with one
// batch of requests in flight, the next when every reply of the last has come; a batch's latency counts for each unit in it.

import { connect, type Socket } from 'node:net';
import type { Conversation, StartConversation } from './conversations.ts';
import type { LoadReport } from './load-report.ts';
import { percentileOfSorted } from './order-statistics.ts';
import type { Load } from './redis-benchmark.ts';

type Talk = Pick<Load, 'clients' | 'pipeline' | 'requests' | 'keys' | 'valueBytes'>;

const SILENCE_LIMIT_MILLIS = 30_000;
const MINUS = 45;
const SHOWN_BYTES = 200;
/** How an empty reply begins: XREADGROUP found nothing. */
const NOTHING = '*-1';

/** Runs `requests` units to their end. Rejects with the server's words on an error reply, and when a connection falls silent. */
export async function runConversations(port: number, load: Talk, start: StartConversation): Promise<LoadReport> {
  const { clients, keys, pipeline, requests, valueBytes } = load;
  const millis = new Float64Array(requests);
  let begun = 0;
  let finished = 0;
  const take = (): number => {
    const units = Math.min(pipeline, requests - begun);
    begun += units;
    return units;
  };
  const note = (units: number, tripMillis: number): void => {
    millis.fill(tripMillis, finished, finished + units);
    finished += units;
  };
  const sockets = await Promise.all(Array.from({ length: clients }, () => connected(port)));
  const startMillis = performance.now();
  try {
    await Promise.all(
      sockets.map((socket, connection) => talk(socket, start({ keys, valueBytes, pipeline, connection }), take, note)),
    );
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const seconds = (performance.now() - startMillis) / 1000;
  millis.sort();
  return {
    requests,
    requestsPerSecond: requests / seconds,
    p50Millis: percentileOfSorted(millis, 50),
    p99Millis: percentileOfSorted(millis, 99),
    p999Millis: percentileOfSorted(millis, 99.9),
  };
}

export function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function talk(
  socket: Socket,
  conversation: Conversation,
  take: () => number,
  note: (units: number, tripMillis: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let replies: Buffer[] = [];
    let missing = 0;
    let finishing = 0;
    let sentMillis = 0;
    const sendNext = (): void => {
      const turn = conversation.next(take(), replies.length === 1 ? replies[0] : Buffer.concat(replies));
      replies = [];
      if (turn === undefined) {
        resolve();
        return;
      }
      missing = turn.replyBytes;
      finishing = turn.finished;
      sentMillis = performance.now();
      socket.write(turn.request);
    };
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new Error(reason));
    };
    socket.setTimeout(SILENCE_LIMIT_MILLIS, () => fail(`no full reply for 30 s, only ${shown(replies)}`));
    socket.once('error', (error) => fail(error.message));
    socket.once('close', () => fail('the server closed the connection'));
    socket.on('data', (data) => {
      if (replies.length === 0 && data[0] === MINUS) return fail(shown([data]));
      replies.push(data);
      missing -= data.length;
      if (missing < 0 || data.toString('latin1', 0, NOTHING.length) === NOTHING)
        return fail(`unexpected: ${shown(replies)}`);
      if (missing > 0) return;
      note(finishing, performance.now() - sentMillis);
      sendNext();
    });
    sendNext();
  });
}

function shown(replies: readonly Buffer[]): string {
  return JSON.stringify(Buffer.concat(replies).toString('latin1', 0, SHOWN_BYTES).split('\r\n', 4).join(' '));
}
