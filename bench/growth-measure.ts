// How long a server stops while its table grows from nothing to millions of keys under full load, seen by a client that only
// asks something small every millisecond. The load generator runs at a lower priority: it would otherwise take the CPU from the
// server and the probe, and its doing would be measured as theirs.

import { type MeasureResult, overRounds, worstOfRounds } from './measure.ts';
import type { Settings } from './options.ts';
import { type Pair, type ServerName, takeTurns } from './pair.ts';
import { type ProbeResult, startProbe } from './probe.ts';
import { MOST_RANDOM_KEYS, runRedisBenchmark } from './redis-benchmark.ts';
import { type RunningServer, withServer } from './server-process.ts';

interface GrowthRun extends ProbeResult {
  readonly requestsPerSecond: number;
  readonly keys: number;
}

const PIPELINE = 16;

export async function measureGrowth(settings: Settings, say: (text: string) => void): Promise<MeasureResult[]> {
  const rounds: Pair<GrowthRun>[] = [];
  for (let round = 0; round < settings.measureRounds; round++) {
    rounds.push(
      await takeTurns(round, async (name) => {
        const command = settings.commands[name];
        const run = await withServer({ name, command }, (server) => growOnce(server, settings));
        say(`growth round ${round + 1}/${settings.measureRounds}: ${describe(name, run)}`);
        return run;
      }),
    );
  }
  const figure = (pick: (run: GrowthRun) => number): Pair<number>[] =>
    rounds.map(({ hotset, redis }) => ({ hotset: pick(hotset), redis: pick(redis) }));
  const millions = `growing to ${settings.manyKeys.toLocaleString('en')} keys`;
  const longest = worstOfRounds(
    'growth-longest-pause',
    `longest pause, ${millions}`,
    'ms',
    figure((run) => run.longestMillis),
  );
  return [
    { ...longest, note: waitingNote(rounds) },
    worstOfRounds(
      'growth-longest-busy',
      'longest pause less all waits for a CPU',
      'ms',
      figure((run) => run.longestBusyMillis),
    ),
    overRounds(
      'growth-p99.99',
      `p99.99 of the probe, ${millions}`,
      'ms',
      figure((run) => run.p9999Millis),
    ),
    overRounds(
      'growth-rps',
      `SETs a second, ${millions}`,
      'requests/s',
      figure((run) => run.requestsPerSecond),
    ),
  ];
}

async function growOnce(server: RunningServer, settings: Settings): Promise<GrowthRun> {
  const probe = await startProbe(server);
  try {
    const report = await runRedisBenchmark(server, {
      clients: settings.clients,
      pipeline: PIPELINE,
      requests: settings.manyKeys,
      keys: MOST_RANDOM_KEYS,
      valueBytes: settings.valueBytes,
      test: { builtin: 'set' },
      yielding: true,
    });
    const seen = await probe.finish();
    return { ...seen, requestsPerSecond: report.requestsPerSecond, keys: await server.control.dbsize() };
  } finally {
    await probe.abandon();
  }
}

/** What of the longest pauses was the machine's doing: the server's or the probe's wait for a CPU. */
function waitingNote(rounds: readonly Pair<GrowthRun>[]): string {
  const worst = (name: ServerName): GrowthRun =>
    rounds.map((round) => round[name]).reduce((a, b) => (b.longestMillis > a.longestMillis ? b : a));
  const waits = (name: ServerName): string => {
    const { serverWaitMillis, probeWaitMillis } = worst(name);
    return `${name} ${serverWaitMillis.toFixed(1)} ms, its probe ${probeWaitMillis.toFixed(1)} ms`;
  };
  return `of it waiting for a CPU: ${waits('hotset')}; ${waits('redis')}`;
}

function describe(name: ServerName, run: GrowthRun): string {
  const rate = `${Math.round(run.requestsPerSecond / 1000)}k/s`;
  const pause = `longest ${run.longestMillis.toFixed(1)} ms (${run.longestBusyMillis.toFixed(1)} ms less waits for a CPU)`;
  return `${name} ${rate}, ${run.keys} keys, ${run.samples} probes, p99.99 ${run.p9999Millis.toFixed(1)} ms, ${pause}`;
}
