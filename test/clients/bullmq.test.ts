/** BullMQ, whose every step is a Lua script over lists, sorted sets, hashes and streams: the same story on redis-server and on Hotset. */
import { setTimeout as sleep } from 'node:timers/promises';
import { FlowProducer, type Job, Queue, QueueEvents, Worker, type WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../processes.ts';
import { runQueue } from './bullmq-queue.ts';

const JOBS = 10_000;
const LIMIT_MS = 120_000;

describe.each(['redis', 'hotset'] as const)('BullMQ on %s', (name) => {
  let server: ServerProcess;
  let client: Redis;
  const opened: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    server = await startServer(name);
    client = new Redis(server.port);
  }, LIMIT_MS);
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
    await client.flushall();
  });
  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  const connection = () => ({ host: '127.0.0.1', port: server.port });
  function opening<T extends { close(): Promise<void> }>(one: T): T {
    opened.push(one);
    return one;
  }
  const openQueue = (queue: string) => opening(new Queue(queue, { connection: connection() }));
  async function openEvents(queue: string): Promise<QueueEvents> {
    const events = opening(new QueueEvents(queue, { connection: connection() }));
    await events.waitUntilReady();
    return events;
  }
  function work(queue: string, task: (job: Job) => Promise<unknown>, options: Partial<WorkerOptions> = {}): Worker {
    return opening(new Worker(queue, task, { connection: connection(), ...options }));
  }

  it('ends every job of a long queue once, though a worker is killed', { timeout: LIMIT_MS }, async () => {
    const { takenOver, begunByTheKilled, ...outcome } = await runQueue(server.port, client, JOBS);
    expect(outcome).toEqual({
      counts: expect.objectContaining({ active: 0, completed: 9_900, delayed: 0, failed: 100, waiting: 0 }),
      toldTwice: [],
      completedEvents: 9_900,
      failedEvents: 100,
      attempts: { 1: 8_900, 2: 1_000, 3: 100 },
      failedReasons: { 'attempt 3 of N': 100 },
      wrongResults: [],
      leftBehind: [
        'bull:work:completed zset',
        'bull:work:events stream',
        'bull:work:failed zset',
        'bull:work:id string',
        'bull:work:meta hash',
      ],
      locks: 0,
    });
    expect(begunByTheKilled).toBeLessThan(JOBS);
    expect(takenOver).toBeGreaterThan(0);
  });

  it('takes jobs in the order of their priorities', async () => {
    const queue = openQueue('ranked');
    await queue.pause();
    const priorities = [7, 1, 0, 7, 3, 2_097_151, 1, 3];
    await queue.addBulk(priorities.map((priority, i) => ({ name: `${priority}:${i}`, data: {}, opts: { priority } })));
    await queue.add('lifo', {}, { lifo: true });
    expect(await queue.getCountsPerPriority([0, 1, 3, 7])).toEqual({ 0: 2, 1: 2, 3: 2, 7: 2 });
    const done: string[] = [];
    work('ranked', async (job) => done.push(job.name));
    expect(done).toEqual([]);
    await queue.resume();
    await expect.poll(() => done.length, { timeout: 10_000 }).toBe(9);
    expect(done).toEqual(['lifo', '0:2', '1:1', '1:6', '3:4', '3:7', '7:0', '7:3', '2097151:5']);
  });

  it('finishes parents after their children, and fails them with a child', async () => {
    const flow = opening(new FlowProducer({ connection: connection() }));
    const parents = await openEvents('parents');
    const child = (data: unknown, opts = {}) => ({ name: 'child', queueName: 'children', data, opts });
    work('children', async (job) => {
      if (job.data === 'bad') throw new Error('a bad child');
      return Object.values(await job.getChildrenValues<number>()).reduce((sum, value) => sum + value, job.data);
    });
    work('parents', async (job) => {
      const values = Object.values(await job.getChildrenValues<number>());
      return values.sort((a, b) => a - b);
    });
    const good = await flow.add({
      name: 'sum',
      queueName: 'parents',
      children: [child(1), child(2), { ...child(10), children: [child(5), child(6)] }],
    });
    expect(await good.job.waitUntilFinished(parents, 10_000)).toEqual([1, 2, 21]);
    const bad = await flow.add({
      name: 'sum',
      queueName: 'parents',
      children: [child(1), child('bad', { failParentOnFailure: true })],
    });
    await expect(bad.job.waitUntilFinished(parents, 10_000)).rejects.toThrow(/child .* failed/);
    const lenient = await flow.add({
      name: 'sum',
      queueName: 'parents',
      children: [child(3), child('bad', { ignoreDependencyOnFailure: true })],
    });
    expect(await lenient.job.waitUntilFinished(parents, 10_000)).toEqual([3]);
    expect(await lenient.job.getDependenciesCount()).toMatchObject({ processed: 1, ignored: 1, unprocessed: 0 });
  });

  it('keeps to a rate', async () => {
    const queue = openQueue('slow');
    await queue.addBulk(Array.from({ length: 12 }, (_, i) => ({ name: `${i}`, data: {} })));
    const begun: number[] = [];
    work('slow', async () => begun.push(Date.now()), { limiter: { max: 3, duration: 150 }, concurrency: 10 });
    await expect.poll(() => queue.getJobCountByTypes('completed'), { timeout: 10_000 }).toBe(12);
    expect(begun[11] - begun[0]).toBeGreaterThan(300);
  });

  it('repeats jobs until it is told to stop', async () => {
    const queue = openQueue('clock');
    const ticks: string[] = [];
    work('clock', async (job) => ticks.push(job.name));
    await queue.upsertJobScheduler('second', { every: 40 }, { name: 'tick', data: { a: 1 } });
    await queue.upsertJobScheduler('yearly', { pattern: '0 0 1 1 *' }, { name: 'new year' });
    await expect.poll(() => ticks.length, { timeout: 10_000 }).toBeGreaterThan(3);
    expect((await queue.getJobSchedulers()).map(({ key }) => key).sort()).toEqual(['second', 'yearly']);
    expect(await queue.removeJobScheduler('second')).toBe(true);
    expect(await queue.removeJobScheduler('yearly')).toBe(true);
    expect(await queue.removeJobScheduler('yearly')).toBe(false);
    expect(await queue.getJobSchedulersCount()).toBe(0);
    await expect.poll(() => queue.getJobCountByTypes('active', 'delayed', 'waiting'), { timeout: 10_000 }).toBe(0);
    expect(new Set(ticks)).toEqual(new Set(['tick']));
  });

  it('adds a job once, tells how far it is, retries, promotes, cleans and leaves nothing', async () => {
    const queue = openQueue('misc');
    const events = await openEvents('misc');
    const progress: unknown[] = [];
    events.on('progress', ({ data }) => progress.push(data));
    await queue.add('once', 1, { deduplication: { id: 'same' }, delay: 60_000 });
    const again = await queue.add('once', 2, { deduplication: { id: 'same' }, delay: 60_000 });
    expect(again.id).toBe('1');
    await queue.add('own', 3, { jobId: 'own', delay: 60_000 });
    await queue.add('own', 4, { jobId: 'own', delay: 60_000 });
    expect(await queue.getJobCounts()).toMatchObject({ delayed: 2, waiting: 0 });

    let mayFail = true;
    const task = async (job: Job) => {
      await job.log('begun');
      await job.updateProgress({ percent: 50 });
      if (mayFail) throw new Error('not yet');
      return job.data;
    };
    work('misc', task);
    const own = await queue.getJob('own');
    await own?.promote();
    await expect(own?.waitUntilFinished(events, 10_000)).rejects.toThrow('not yet');
    mayFail = false;
    await own?.retry('failed');
    expect(await own?.waitUntilFinished(events, 10_000)).toBe(3);
    expect(await queue.getJobLogs('own')).toEqual({ logs: ['begun', 'begun'], count: 2 });
    await expect.poll(() => progress, { timeout: 10_000 }).toEqual([{ percent: 50 }, { percent: 50 }]);

    await queue.drain(true);
    expect(await queue.getJobCounts()).toMatchObject({ delayed: 0, completed: 1 });
    await sleep(2);
    expect(await queue.clean(0, 10, 'completed')).toEqual(['own']);
    await queue.obliterate({ force: true });
    await Promise.all(opened.splice(0).map((one) => one.close()));
    const left = (await client.keys('*')).filter((key) => !key.endsWith(':stalled-check'));
    expect(left).toEqual([]);
  });
});
