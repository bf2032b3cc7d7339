// Jobs a second of BullMQ, a queue library whose every step is a Lua script: added in bulk, then taken, done and finished by one
// worker. The library itself takes much of the CPU; the server's share is what the last figure shows.

import { Queue, Worker } from 'bullmq';
import { type MeasureResult, overRounds } from './measure.ts';
import type { Settings } from './options.ts';
import { type Pair, takeTurns } from './pair.ts';
import { cpuMicros } from './process-usage.ts';
import { type RunningServer, withServer } from './server-process.ts';

interface JobRates {
  readonly added: number;
  readonly processed: number;
  readonly cpuMicros: number;
}

const JOB_SHARE = 1 / 50;
const WARM_UP_SHARE = 1 / 5;
const BULK = 500;
const CONCURRENCY = 50;

export async function measureBullmq(settings: Settings, say: (text: string) => void): Promise<MeasureResult[]> {
  const { commands, rounds } = settings;
  const jobs = Math.ceil(settings.requests * JOB_SHARE);
  return withServer({ name: 'hotset', command: commands.hotset }, (hotset) =>
    withServer({ name: 'redis', command: commands.redis }, async (redis) => {
      const servers = { hotset, redis };
      await takeTurns(0, (name) => runQueue(servers[name], Math.ceil(jobs * WARM_UP_SHARE)));
      const seen: Pair<JobRates>[] = [];
      for (let round = 0; round < rounds; round++) {
        const pair = await takeTurns(round, (name) => runQueue(servers[name], jobs));
        seen.push(pair);
        say(`BullMQ round ${round + 1}/${rounds}: ${brief(pair.hotset)} | redis ${brief(pair.redis)}`);
      }
      const figure = (pick: (rates: JobRates) => number): Pair<number>[] =>
        seen.map((pair) => ({ hotset: pick(pair.hotset), redis: pick(pair.redis) }));
      return [
        overRounds(
          'bullmq-added',
          'BullMQ: jobs added a second',
          'requests/s',
          figure((rates) => rates.added),
        ),
        overRounds(
          'bullmq-processed',
          'BullMQ: jobs processed a second',
          'requests/s',
          figure((rates) => rates.processed),
        ),
        overRounds(
          'bullmq-cpu',
          'BullMQ: server CPU per job',
          'µs/op',
          figure((rates) => rates.cpuMicros),
        ),
      ];
    }),
  );
}

async function runQueue(server: RunningServer, jobs: number): Promise<JobRates> {
  await server.control.flushall();
  const connection = { host: '127.0.0.1', port: server.port };
  const queue = new Queue('bench', { connection });
  const failed = new Promise<never>((_, reject) => queue.once('error', reject));
  failed.catch(() => {});
  try {
    return await Promise.race([addAndProcess(server, queue, jobs), failed, server.failure]);
  } finally {
    await queue.close();
  }
}

async function addAndProcess(server: RunningServer, queue: Queue, jobs: number): Promise<JobRates> {
  await queue.waitUntilReady();
  const before = cpuMicros(server.pid);
  const startMillis = performance.now();
  for (let first = 0; first < jobs; first += BULK) {
    const count = Math.min(BULK, jobs - first);
    await queue.addBulk(Array.from({ length: count }, (_, i) => ({ name: 'job', data: { number: first + i } })));
  }
  const addedMillis = performance.now();
  await workOff(queue, jobs);
  const endMillis = performance.now();
  return {
    added: (jobs * 1000) / (addedMillis - startMillis),
    processed: (jobs * 1000) / (endMillis - addedMillis),
    cpuMicros: (cpuMicros(server.pid) - before) / jobs,
  };
}

async function workOff(queue: Queue, jobs: number): Promise<void> {
  const worker = new Worker(queue.name, async (job) => job.data.number, {
    connection: { ...queue.opts.connection },
    concurrency: CONCURRENCY,
  });
  try {
    await new Promise<void>((resolve, reject) => {
      let done = 0;
      worker.on('completed', () => {
        if (++done === jobs) resolve();
      });
      worker.once('failed', (_, error) => reject(error));
      worker.once('error', reject);
    });
  } finally {
    await worker.close();
  }
}

function brief({ added, processed, cpuMicros }: JobRates): string {
  return `${added.toFixed(0)} added/s, ${processed.toFixed(0)} processed/s, ${cpuMicros.toFixed(0)} µs`;
}
