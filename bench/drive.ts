// Puts one server under the load of one rate test, by the generator that can send it.

import { gather } from './audience.ts';
import { runConversations } from './conversation-run.ts';
import type { LoadReport } from './load-report.ts';
import { type Load, runRedisBenchmark } from './redis-benchmark.ts';
import type { RunningServer } from './server-process.ts';
import type { Workload } from './workloads.ts';

/** Sends `load.requests` requests. Where there are subscribers, what is counted are deliveries, not requests. */
export async function drive(server: RunningServer, workload: Workload, load: Omit<Load, 'test'>): Promise<LoadReport> {
  const { test, subscribers } = workload;
  if ('conversation' in test) {
    return Promise.race([runConversations(server.port, load, test.conversation), server.failure]);
  }
  if (subscribers === undefined) return runRedisBenchmark(server, { ...load, test });
  const audience = await gather(server.port, subscribers, 'x'.repeat(load.valueBytes));
  try {
    const heard = audience.hear(load.requests);
    heard.catch(() => {});
    const report = await runRedisBenchmark(server, { ...load, test });
    const seconds = await heard;
    const deliveries = load.requests * subscribers;
    return { ...report, requests: deliveries, requestsPerSecond: deliveries / seconds };
  } finally {
    audience.leave();
  }
}
