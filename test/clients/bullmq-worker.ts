// A worker in a process of its own, to be killed in the middle of its work: `bullmq-worker.ts PORT QUEUE`.
// Sends 'ready' when it takes jobs, and a job's id each time it begins one.

import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'bullmq';
import type { Task } from './bullmq-queue.ts';

const [port, queue] = process.argv.slice(2);
const CONCURRENCY = 50;
const WORK_MS = 1;

const worker = new Worker<Task, number>(
  queue,
  async (job) => {
    process.send?.(job.id);
    await sleep(WORK_MS);
    if (job.attemptsMade < job.data.failures) throw new Error(`attempt ${job.attemptsMade + 1} of ${job.data.number}`);
    return job.data.number * 2;
  },
  {
    connection: { host: '127.0.0.1', port: Number(port) },
    concurrency: CONCURRENCY,
    lockDuration: 2_000,
    stalledInterval: 500,
    // On a busy machine a worker that lives may come too late to renew its locks, more than once.
    maxStalledCount: 100,
  },
);
worker.on('error', (error) => process.stderr.write(`${error.message}\n`));
await worker.waitUntilReady();
process.send?.('ready');
process.once('disconnect', () => process.exit(0));
process.on('message', (message) => {
  if (message === 'stop') worker.close().then(() => process.exit(0));
});
