// The rate tests: requests per second, server CPU per operation, latency, memory.
//
// Both servers run throughout, one idle while the other is measured, on the same data; who goes first alternates. A busy machine
// disturbs neighbouring runs alike, so ratios are taken within a round and their median is reported: it is steadier than the
// ratio of two medians, and therefore may differ a little from it.

import { setTimeout as sleep } from 'node:timers/promises';
import { DATASETS, type Dataset, type DatasetName } from './datasets.ts';
import { drive } from './drive.ts';
import { loadRows } from './loader.ts';
import { requestsPerRound, type Settings } from './options.ts';
import { median } from './order-statistics.ts';
import { type Pair, takeTurns } from './pair.ts';
import { cpuMicros, residentBytes } from './process-usage.ts';
import { type RunningServer, withServer } from './server-process.ts';
import type { Workload } from './workloads.ts';

export interface RateSample {
  readonly requestsPerSecond: number;
  /** User + system time of the server, all threads, per request. */
  readonly cpuMicrosPerRequest: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly p999Millis: number;
  readonly residentBytes: number;
}

export interface RateResult {
  readonly test: string;
  readonly title: string;
  readonly pipeline: number;
  readonly rounds: readonly Pair<RateSample>[];
  /** Why there are no rounds. */
  readonly failure?: string;
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The share of a round's requests sent before the first round, to let compilers and caches settle. */
const WARM_UP_SHARE = 1 / 5;
/** redis-benchmark may report a lost connection before the end of the server's process is noticed. */
const EXIT_NOTICE_MILLIS = 300;

/** Runs the tests on one pair of servers. A test that a server cannot do is reported as failed; a dead server rejects. */
export async function measureRates(
  settings: Settings,
  workloads: readonly Workload[],
  say: (text: string) => void,
): Promise<RateResult[]> {
  const { commands } = settings;
  return withServer({ name: 'hotset', command: commands.hotset }, (hotset) =>
    withServer({ name: 'redis', command: commands.redis }, async (redis) => {
      const servers = { hotset, redis };
      const results: RateResult[] = [];
      for (const dataset of new Set(workloads.map((workload) => workload.dataset))) {
        await prepare(servers, dataset, settings, say);
        for (const workload of workloads.filter((candidate) => candidate.dataset === dataset)) {
          for (const pipeline of settings.pipelines ?? workload.pipelines) {
            results.push(await measureOne(servers, workload, pipeline, settings, say));
          }
        }
      }
      return results;
    }),
  );
}

/** Median, least and most of one figure's ratio, Hotset to redis-server, over the rounds. */
export function ratioSpread(rounds: readonly Pair<RateSample>[], figure: keyof RateSample): Spread {
  const ratios = rounds.map(({ hotset, redis }) => hotset[figure] / redis[figure]);
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) };
}

/** Both servers' medians of one figure over the rounds. */
export function medians(rounds: readonly Pair<RateSample>[], figure: keyof RateSample): Pair<number> {
  return {
    hotset: median(rounds.map(({ hotset }) => hotset[figure])),
    redis: median(rounds.map(({ redis }) => redis[figure])),
  };
}

async function prepare(
  servers: Pair<RunningServer>,
  dataset: DatasetName,
  settings: Settings,
  say: (text: string) => void,
): Promise<void> {
  for (const server of [servers.hotset, servers.redis]) {
    await server.control.flushall().catch((error: Error) => say(`${server.name}: FLUSHALL: ${error.message}`));
    if (dataset === 'none') continue;
    say(`${server.name}: loading ${dataset}`);
    await load(server, dataset, settings);
    await checkHeld(server, DATASETS[dataset], settings, say);
  }
}

/** Loads a dataset that no key is of yet, or one whose commands may run again. */
export async function load(server: RunningServer, dataset: DatasetName, settings: Settings): Promise<void> {
  if (dataset === 'none') return;
  const { commands, command, replyLines = 1, ordered = false }: Dataset = DATASETS[dataset];
  const value = 'x'.repeat(settings.valueBytes);
  const rows = {
    count: commands(settings.keys),
    command: (index: number) => command(index, value),
    replyLines,
    ordered,
  };
  await Promise.race([loadRows(server.port, rows), server.failure]);
}

async function checkHeld(
  server: RunningServer,
  dataset: Dataset,
  settings: Settings,
  say: (text: string) => void,
): Promise<void> {
  const wanted = dataset.holds(settings.keys);
  const size = await server.control.dbsize().catch((error: Error) => {
    say(`${server.name}: DBSIZE: ${error.message}`);
    return wanted;
  });
  if (size !== wanted) throw new Error(`${server.name} holds ${size} keys after loading ${wanted}`);
}

async function measureOne(
  servers: Pair<RunningServer>,
  workload: Workload,
  pipeline: number,
  settings: Settings,
  say: (text: string) => void,
): Promise<RateResult> {
  const requests = requestsOf(workload, pipeline, settings);
  const label = `${workload.title} -P ${pipeline}`;
  const rounds: Pair<RateSample>[] = [];
  const once = (server: RunningServer, count: number): Promise<RateSample> =>
    sample(server, workload, pipeline, wholeBatches(count, pipeline), settings);
  try {
    await takeTurns(0, (name) => once(servers[name], Math.ceil(requests * WARM_UP_SHARE)));
    for (let round = 0; round < settings.rounds; round++) {
      const pair = await takeTurns(round, (name) => once(servers[name], requests));
      rounds.push(pair);
      say(`${label} round ${round + 1}/${settings.rounds}: ${brief(pair.hotset)} | redis ${brief(pair.redis)}`);
    }
  } catch (error) {
    await Promise.race([servers.hotset.failure, servers.redis.failure, sleep(EXIT_NOTICE_MILLIS)]);
    const failure = error instanceof Error ? error.message : String(error);
    say(`${label}: ${failure}`);
    return { test: workload.name, title: workload.title, pipeline, rounds: [], failure };
  }
  return { test: workload.name, title: workload.title, pipeline, rounds };
}

function requestsOf({ dataset, onceEach, share = 1 }: Workload, pipeline: number, settings: Settings): number {
  const requests = Math.ceil(requestsPerRound(settings, pipeline) * share);
  if (onceEach !== true || dataset === 'none') return requests;
  const rows = DATASETS[dataset].commands(settings.keys);
  return Math.min(requests, rows - (rows % pipeline));
}

/** redis-benchmark sends whole batches, whatever it was asked for. */
function wholeBatches(requests: number, pipeline: number): number {
  return Math.ceil(requests / pipeline) * pipeline;
}

async function sample(
  server: RunningServer,
  workload: Workload,
  pipeline: number,
  requests: number,
  settings: Settings,
): Promise<RateSample> {
  if (workload.reload === true) {
    await server.control.flushall();
    await load(server, workload.dataset, settings);
  }
  for (const [name, ...rest] of workload.setup ?? []) await server.control.call(name, ...rest);
  const { clients, keys, valueBytes } = settings;
  const before = cpuMicros(server.pid);
  const report = await drive(server, workload, { clients, pipeline, requests, keys, valueBytes });
  return {
    requestsPerSecond: report.requestsPerSecond,
    cpuMicrosPerRequest: (cpuMicros(server.pid) - before) / report.requests,
    p50Millis: report.p50Millis,
    p99Millis: report.p99Millis,
    p999Millis: report.p999Millis,
    residentBytes: residentBytes(server.pid),
  };
}

function brief(sample: RateSample): string {
  return `${Math.round(sample.requestsPerSecond / 1000)}k/s ${sample.cpuMicrosPerRequest.toFixed(2)} µs`;
}
