// A cache that is full: `maxmemory` with allkeys-lru under SETs of many more keys than fit. How far memory passes the limit,
// asked of the server itself while it runs, and what evicting costs.

import { setTimeout as sleep } from 'node:timers/promises';
import { type MeasureResult, overRounds, worstOfRounds } from './measure.ts';
import { usedMemoryBytes } from './memory-info.ts';
import type { Settings } from './options.ts';
import { type Pair, type ServerName, takeTurns } from './pair.ts';
import { cpuMicros } from './process-usage.ts';
import { runRedisBenchmark } from './redis-benchmark.ts';
import { type RunningServer, withServer } from './server-process.ts';

interface EvictingRun {
  readonly requestsPerSecond: number;
  readonly cpuMicrosPerRequest: number;
  /** The largest used_memory seen, divided by maxmemory. */
  readonly peak: number;
  readonly evictedKeys: number;
}

const PIPELINE = 16;
const POLL_MILLIS = 50;

export async function measureMaxmemory(settings: Settings, say: (text: string) => void): Promise<MeasureResult[]> {
  const rounds: Pair<EvictingRun>[] = [];
  for (let round = 0; round < settings.measureRounds; round++) {
    rounds.push(
      await takeTurns(round, async (name) => {
        const command = settings.commands[name];
        const run = await withServer({ name, command }, (server) => evictOnce(server, settings));
        say(`maxmemory round ${round + 1}/${settings.measureRounds}: ${describe(name, run)}`);
        return run;
      }),
    );
  }
  const figure = (pick: keyof EvictingRun): Pair<number>[] =>
    rounds.map(({ hotset, redis }) => ({ hotset: hotset[pick], redis: redis[pick] }));
  const limit = `maxmemory ${settings.maxmemoryMegabytes}mb allkeys-lru`;
  const evicted = rounds.map(({ hotset, redis }) => `${hotset.evictedKeys}/${redis.evictedKeys}`).join(', ');
  return [
    {
      ...worstOfRounds('maxmemory-peak', `largest used_memory / maxmemory, ${limit}`, 'x', figure('peak')),
      note: `evicted keys, hotset/redis: ${evicted}`,
    },
    overRounds('maxmemory-rps', `SETs a second, ${limit}`, 'requests/s', figure('requestsPerSecond')),
    overRounds('maxmemory-cpu', `server CPU per SET, ${limit}`, 'µs/op', figure('cpuMicrosPerRequest')),
  ];
}

async function evictOnce(server: RunningServer, settings: Settings): Promise<EvictingRun> {
  await server.control.config('SET', 'maxmemory-policy', 'allkeys-lru');
  await server.control.config('SET', 'maxmemory', `${settings.maxmemoryMegabytes}mb`);
  const watch = watchUsedMemory(server);
  const before = cpuMicros(server.pid);
  const report = await runRedisBenchmark(server, {
    clients: settings.clients,
    pipeline: PIPELINE,
    requests: settings.manyKeys,
    keys: settings.manyKeys,
    valueBytes: settings.valueBytes,
    test: { builtin: 'set' },
  }).finally(() => watch.stop());
  const used = cpuMicros(server.pid) - before;
  const peakBytes = await watch.peakBytes;
  return {
    requestsPerSecond: report.requestsPerSecond,
    cpuMicrosPerRequest: used / report.requests,
    peak: peakBytes / (settings.maxmemoryMegabytes * 1024 * 1024),
    evictedKeys: Number(/^evicted_keys:(\d+)/m.exec(await server.control.info('stats'))?.[1] ?? Number.NaN),
  };
}

/** Asks for used_memory again and again until stopped; the promise is the largest answer. */
function watchUsedMemory(server: RunningServer): { stop(): void; readonly peakBytes: Promise<number> } {
  let stopped = false;
  const watch = async (): Promise<number> => {
    let peak = 0;
    while (!stopped) {
      peak = Math.max(peak, await usedMemoryBytes(server));
      await sleep(POLL_MILLIS);
    }
    return peak;
  };
  const peakBytes = watch();
  peakBytes.catch(() => {});
  return {
    stop: () => {
      stopped = true;
    },
    peakBytes,
  };
}

function describe(name: ServerName, run: EvictingRun): string {
  const rate = `${Math.round(run.requestsPerSecond / 1000)}k/s ${run.cpuMicrosPerRequest.toFixed(2)} µs`;
  return `${name} ${rate}, used_memory up to ${run.peak.toFixed(3)} of the limit, ${run.evictedKeys} evicted`;
}
