// How long an element takes from whoever pushes it to whoever waits for it: RPUSH written on one connection until the reply to a
// BLPOP is there on another. Once with one such pair and once with many at a time.
//
// The push must meet a client that waits, or nothing is handed over. So before each push the pusher asks PING: the server reads
// the BLPOP, which was written before it, no later.

import type { Socket } from 'node:net';
import { connected } from './conversation-run.ts';
import { type MeasureResult, overRounds } from './measure.ts';
import type { Settings } from './options.ts';
import { percentileOfSorted } from './order-statistics.ts';
import { type Pair, takeTurns } from './pair.ts';
import { cpuMicros } from './process-usage.ts';
import { encoded } from './request-bytes.ts';
import { type RunningServer, withServer } from './server-process.ts';

interface HandOffs {
  readonly p50Micros: number;
  readonly p99Micros: number;
  readonly cpuMicros: number;
}

const FIGURES = [
  ['p50', 'p50', 'p50Micros', 'µs'],
  ['p99', 'p99', 'p99Micros', 'µs'],
  ['cpu', 'server CPU (with PING)', 'cpuMicros', 'µs/op'],
] as const;
/** A hand-off is three requests, one at a time. */
const REQUEST_SHARE = 1 / 20;
const WARM_UP_SHARE = 1 / 5;
const ELEMENT = 'x';
const SILENCE_LIMIT_MILLIS = 30_000;
const PONG = '+PONG\r\n';
const PUSHED = ':1\r\n';

export async function measureHandOff(settings: Settings, say: (text: string) => void): Promise<MeasureResult[]> {
  const { commands, clients, rounds } = settings;
  const count = Math.ceil(settings.requests * REQUEST_SHARE);
  return withServer({ name: 'hotset', command: commands.hotset }, (hotset) =>
    withServer({ name: 'redis', command: commands.redis }, async (redis) => {
      const servers = { hotset, redis };
      const results: MeasureResult[] = [];
      for (const pairs of [1, clients]) {
        await takeTurns(0, (name) => handOff(servers[name], pairs, Math.ceil(count * WARM_UP_SHARE)));
        const seen: Pair<HandOffs>[] = [];
        for (let round = 0; round < rounds; round++) {
          const pair = await takeTurns(round, (name) => handOff(servers[name], pairs, count));
          seen.push(pair);
          say(
            `BLPOP, ${waiting(pairs)}, round ${round + 1}/${rounds}: ${brief(pair.hotset)} | redis ${brief(pair.redis)}`,
          );
        }
        for (const [figure, title, field, unit] of FIGURES) {
          const values = seen.map((pair) => ({ hotset: pair.hotset[field], redis: pair.redis[field] }));
          const name = `BLPOP hand-off, ${waiting(pairs)}: ${title}`;
          results.push(overRounds(`hand-off-${pairs === 1 ? 'one' : 'many'}-${figure}`, name, unit, values));
        }
      }
      return results;
    }),
  );
}

async function handOff(server: RunningServer, pairs: number, count: number): Promise<HandOffs> {
  const sockets: Socket[] = [];
  const micros: number[] = [];
  const before = cpuMicros(server.pid);
  try {
    const each = Math.ceil(count / pairs);
    const runs = Array.from({ length: pairs }, async (_, pair) => {
      const waiter = await connected(server.port);
      const pusher = await connected(server.port);
      sockets.push(waiter, pusher);
      await handOver(waiter, pusher, `queue:${pair}`, each, micros);
    });
    await Promise.race([Promise.all(runs), server.failure]);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  const sorted = Float64Array.from(micros).sort();
  return {
    p50Micros: percentileOfSorted(sorted, 50),
    p99Micros: percentileOfSorted(sorted, 99),
    cpuMicros: (cpuMicros(server.pid) - before) / micros.length,
  };
}

/** Hands `count` elements from one connection to the other, one after the other, and notes how long each took. */
function handOver(waiter: Socket, pusher: Socket, key: string, count: number, micros: number[]): Promise<void> {
  const wait = encoded(['BLPOP', key, '0']);
  const ask = encoded(['PING']);
  const push = encoded(['RPUSH', key, ELEMENT]);
  const popped = encoded([key, ELEMENT]);
  return new Promise((resolve, reject) => {
    let pushedMillis = 0;
    let left = count;
    let open = 0;
    const begin = (): void => {
      open = 2;
      waiter.write(wait);
      pusher.write(ask);
    };
    const closed = (): void => {
      if (--open > 0) return;
      if (--left === 0) resolve();
      else begin();
    };
    const fail = (reason: string): void => reject(new Error(`BLPOP: ${reason}`));
    waiter.on('data', (data) => {
      if (data.toString('latin1') !== popped) return fail(data.toString('latin1'));
      micros.push((performance.now() - pushedMillis) * 1000);
      closed();
    });
    pusher.on('data', (data) => {
      const reply = data.toString('latin1');
      if (reply === PUSHED) return closed();
      if (reply !== PONG) return fail(reply);
      pushedMillis = performance.now();
      pusher.write(push);
    });
    for (const socket of [waiter, pusher]) {
      socket.setTimeout(SILENCE_LIMIT_MILLIS, () => fail('no reply for 30 s'));
      socket.once('error', (error) => fail(error.message));
      socket.once('close', () => fail('the server closed the connection'));
    }
    begin();
  });
}

function waiting(pairs: number): string {
  return pairs === 1 ? '1 client waiting' : `${pairs} clients waiting`;
}

function brief({ p50Micros, p99Micros }: HandOffs): string {
  return `p50 ${p50Micros.toFixed(0)} µs, p99 ${p99Micros.toFixed(0)} µs`;
}
