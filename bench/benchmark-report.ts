// Reads what redis-benchmark prints. Its full text is parsed, not its CSV: the CSV stops at p99, the text has the whole
// percentile distribution. The latencies are those of redis-benchmark's histogram (3 significant digits), in milliseconds.

export interface BenchmarkReport {
  readonly title: string;
  readonly requests: number;
  readonly seconds: number;
  readonly requestsPerSecond: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
  readonly p999Millis: number;
  readonly maxMillis: number;
}

interface DistributionRow {
  readonly percent: number;
  readonly millis: number;
}

/** `requests completed in 0.68 seconds` has two decimals, and the throughput is computed from whole milliseconds. */
const SECONDS_ROUNDING = 0.01;

/**
 * Parses the output of one redis-benchmark run of one test (without --csv and -q).
 * Throws, with what is missing, on output of another kind, and when throughput, requests and duration contradict each other.
 */
export function parseBenchmarkReport(output: string): BenchmarkReport {
  const text = output.replaceAll('\r', '\n');
  const title = required(text, /^\s*====== (.+) ======\s*$/m, 'title');
  const requests = Number(required(text, /^\s*(\d+) requests completed in/m, 'number of requests'));
  const seconds = Number(required(text, /requests completed in ([\d.]+) seconds/, 'duration'));
  const requestsPerSecond = Number(required(text, /throughput summary: ([\d.]+) requests per second/, 'throughput'));
  const summary = required(text, /latency summary \(msec\):\n\s*avg.*\n\s*([\d. ]+)/, 'latency summary');
  const [, , p50Millis, , p99Millis, maxMillis] = summary.trim().split(/\s+/).map(Number);
  if (!Number.isFinite(maxMillis)) throw new Error(`redis-benchmark: latency summary not understood: ${summary}`);
  checkThroughput(requests, seconds, requestsPerSecond);
  const p999Millis = percentileFrom(distribution(text), 99.9);
  return { title, requests, seconds, requestsPerSecond, p50Millis, p99Millis, p999Millis, maxMillis };
}

function required(text: string, pattern: RegExp, what: string): string {
  const match = pattern.exec(text);
  if (match === null) throw new Error(`redis-benchmark: no ${what} in its output: ${text.trim().slice(-300)}`);
  return match[1];
}

/** The rows between the percentile heading and the cumulative distribution, ascending. */
function distribution(text: string): DistributionRow[] {
  const start = text.indexOf('Latency by percentile distribution:');
  const stop = text.indexOf('Cumulative distribution of latencies:', start);
  if (start < 0 || stop < 0) throw new Error('redis-benchmark: no percentile distribution in its output');
  const rows: DistributionRow[] = [];
  for (const match of text.slice(start, stop).matchAll(/^([\d.]+)% <= ([\d.]+) milliseconds/gm)) {
    rows.push({ percent: Number(match[1]), millis: Number(match[2]) });
  }
  return rows;
}

/** The first latency that at least `percent` of the requests did not exceed; rows are dense there (99.805, 99.902, …). */
function percentileFrom(rows: readonly DistributionRow[], percent: number): number {
  const row = rows.find((candidate) => candidate.percent >= percent);
  if (row === undefined) throw new Error(`redis-benchmark: its distribution does not reach ${percent}%`);
  return row.millis;
}

function checkThroughput(requests: number, seconds: number, requestsPerSecond: number): void {
  const least = requests / (seconds + SECONDS_ROUNDING);
  const most = seconds > SECONDS_ROUNDING ? requests / (seconds - SECONDS_ROUNDING) : Number.POSITIVE_INFINITY;
  if (!(requestsPerSecond >= least && requestsPerSecond <= most)) {
    throw new Error(`redis-benchmark: ${requests} requests in ${seconds} s cannot be ${requestsPerSecond} a second`);
  }
}
