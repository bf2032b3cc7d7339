// One queue of many jobs, with delays, retries, jobs that never succeed and a worker that is killed; and what came of it.

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { end, track } from '../../bench/child-processes.ts';

export interface Task {
  readonly number: number;
  /** How many attempts fail before one succeeds. */
  readonly failures: number;
}

export interface Outcome {
  readonly counts: Readonly<Record<string, number>>;
  /** Jobs whose end was told more than once. */
  readonly toldTwice: readonly string[];
  readonly completedEvents: number;
  readonly failedEvents: number;
  /** Of all jobs: how many attempts each made. */
  readonly attempts: Readonly<Record<number, number>>;
  readonly wrongResults: readonly string[];
  readonly failedReasons: Readonly<Record<string, number>>;
  /** Jobs the killed worker was at, taken over by the others. */
  readonly takenOver: number;
  readonly begunByTheKilled: number;
  /** Every key that is not a job, with its type. */
  readonly leftBehind: readonly string[];
  readonly locks: number;
}

const PROGRAM = fileURLToPath(new URL('./bullmq-worker.ts', import.meta.url));
const BULK = 1_000;
const ATTEMPTS = 3;
const RETRY_MS = 20;
const ALWAYS = 99;
/** The first worker is killed when it has begun so many jobs. */
const BEGUN_WHEN_KILLED = 500;

/** Every tenth job is delayed, every tenth fails once, every hundredth always. */
function task(number: number): { data: Task; opts: { delay?: number } } {
  const failures = number % 100 === 3 ? ALWAYS : number % 10 === 2 ? 1 : 0;
  return { data: { number, failures }, opts: number % 10 === 1 ? { delay: 50 + (number % 450) } : {} };
}

export async function runQueue(port: number, client: Redis, jobs: number): Promise<Outcome> {
  const connection = { host: '127.0.0.1', port };
  const name = 'work';
  const queue = new Queue<Task, number>(name, { connection });
  const events = new QueueEvents(name, { connection });
  await events.waitUntilReady();
  const ended = countEnds(events, jobs);
  for (let first = 0; first < jobs; first += BULK) {
    const bulk = Array.from({ length: Math.min(BULK, jobs - first) }, (_, i) => {
      const { data, opts } = task(first + i);
      return { name: 'task', data, opts: { attempts: ATTEMPTS, backoff: { type: 'fixed', delay: RETRY_MS }, ...opts } };
    });
    await queue.addBulk(bulk);
  }
  const begunByTheKilled = await killInTheMiddle(port, name);
  const survivors = await Promise.all([startWorker(port, name), startWorker(port, name)]);
  try {
    const { completed, failed, toldTwice } = await ended;
    await Promise.all(survivors.map(stopWorker));
    return {
      counts: await queue.getJobCounts(),
      toldTwice,
      completedEvents: completed,
      failedEvents: failed,
      begunByTheKilled,
      ...(await inspectJobs(queue)),
      ...(await inspectKeys(client)),
    };
  } finally {
    await Promise.all(survivors.map((worker) => end(worker)));
    await events.close();
    await queue.close();
  }
}

function countEnds(
  events: QueueEvents,
  jobs: number,
): Promise<{ completed: number; failed: number; toldTwice: string[] }> {
  return new Promise((resolve) => {
    const seen = new Set<string>();
    const toldTwice: string[] = [];
    let completed = 0;
    let failed = 0;
    const note = (jobId: string): void => {
      if (seen.has(jobId)) toldTwice.push(jobId);
      seen.add(jobId);
      if (seen.size === jobs) resolve({ completed, failed, toldTwice });
    };
    events.on('completed', ({ jobId }) => {
      completed++;
      note(jobId);
    });
    events.on('failed', ({ jobId }) => {
      failed++;
      note(jobId);
    });
  });
}

/** Starts a worker and kills it while it is at its jobs. How many it had begun. */
async function killInTheMiddle(port: number, queue: string): Promise<number> {
  const worker = await startWorker(port, queue);
  let begun = 0;
  await new Promise<void>((resolve) => {
    worker.on('message', () => {
      if (++begun === BEGUN_WHEN_KILLED) resolve();
    });
  });
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  worker.kill('SIGKILL');
  await gone;
  return begun;
}

async function startWorker(port: number, queue: string): Promise<ChildProcess> {
  const loader = import.meta.resolve('tsx');
  const worker = track(fork(PROGRAM, [String(port), queue], { execArgv: ['--import', loader] }));
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('exit', (code) => reject(new Error(`the worker ended with code ${code}`)));
  });
  return worker;
}

async function stopWorker(worker: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => worker.once('exit', resolve));
  worker.send('stop');
  await gone;
}

async function inspectJobs(queue: Queue<Task, number>) {
  const attempts: Record<number, number> = {};
  const failedReasons: Record<string, number> = {};
  const wrongResults: string[] = [];
  let takenOver = 0;
  for (const job of await queue.getJobs(['completed', 'failed'])) {
    attempts[job.attemptsMade] = (attempts[job.attemptsMade] ?? 0) + 1;
    if (job.stalledCounter > 0) takenOver++;
    const { number, failures } = job.data;
    if (failures === ALWAYS) {
      const reason = job.failedReason.replace(/\d+$/, 'N');
      failedReasons[reason] = (failedReasons[reason] ?? 0) + 1;
    } else if (job.returnvalue !== number * 2) wrongResults.push(`${job.id}: ${job.returnvalue}`);
  }
  return { attempts, failedReasons, wrongResults, takenOver };
}

async function inspectKeys(client: Redis) {
  const keys = await client.keys('*');
  const leftBehind: string[] = [];
  for (const key of keys.filter((candidate) => !/:\d+(:lock)?$/.test(candidate)).sort()) {
    leftBehind.push(`${key} ${await client.type(key)}`);
  }
  return { leftBehind, locks: keys.filter((key) => key.endsWith(':lock')).length };
}
