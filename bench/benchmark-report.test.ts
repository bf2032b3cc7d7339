import { describe, expect, it } from 'vitest';
import { parseBenchmarkReport } from './benchmark-report.ts';

const DISTRIBUTION = `Latency by percentile distribution:
0.000% <= 0.215 milliseconds (cumulative count 8)
50.000% <= 1.207 milliseconds (cumulative count 20064)
75.000% <= 1.503 milliseconds (cumulative count 30112)
99.609% <= 4.015 milliseconds (cumulative count 39856)
99.805% <= 5.103 milliseconds (cumulative count 39936)
99.902% <= 6.207 milliseconds (cumulative count 39968)
99.951% <= 6.911 milliseconds (cumulative count 39984)
100.000% <= 7.303 milliseconds (cumulative count 40000)

Cumulative distribution of latencies:
0.250% <= 0.303 milliseconds (cumulative count 100)
99.950% <= 1.103 milliseconds (cumulative count 39980)
`;

function report({ title = 'SET', seconds = '0.10', rps = '400000.00', distribution = DISTRIBUTION } = {}): string {
  const progress = `${title}: rps=0.0 (overall: -nan) avg_msec=-nan (overall: -nan)`;
  return `${progress}\r${' '.repeat(progress.length)}\r====== ${title} ======
  40000 requests completed in ${seconds} seconds
  50 parallel clients
  64 bytes payload
  keep alive: 1
  multi-thread: no

${distribution}
Summary:
  throughput summary: ${rps} requests per second
  latency summary (msec):
          avg       min       p50       p95       p99       max
        1.310     0.208     1.207     2.415     3.407     7.303

`;
}

describe('the report of redis-benchmark', () => {
  it('gives throughput, percentiles and the longest latency', () => {
    expect(parseBenchmarkReport(report())).toEqual({
      title: 'SET',
      requests: 40_000,
      seconds: 0.1,
      requestsPerSecond: 400_000,
      p50Millis: 1.207,
      p99Millis: 3.407,
      p999Millis: 6.207,
      maxMillis: 7.303,
    });
  });

  it('takes the title of a command given by the user as it stands', () => {
    const title = 'setrange key:__rand_int__ 10 abcd';
    expect(parseBenchmarkReport(report({ title })).title).toBe(title);
  });

  it('takes p99.9 from the percentile rows, not from the cumulative ones that follow', () => {
    const coarse = DISTRIBUTION.replace(/^99\.9.*\n/gm, '');
    expect(parseBenchmarkReport(report({ distribution: coarse })).p999Millis).toBe(7.303);
  });

  it('refuses a throughput that contradicts requests and duration', () => {
    expect(() => parseBenchmarkReport(report({ rps: '300000.00' }))).toThrow(/cannot be 300000 a second/);
    expect(parseBenchmarkReport(report({ rps: '380952.38' })).requestsPerSecond).toBe(380_952.38);
  });

  it('accepts a run too short for its two decimals', () => {
    expect(parseBenchmarkReport(report({ seconds: '0.00', rps: '40000000.00' })).seconds).toBe(0);
  });

  it.each([
    ['nothing', '', /no title/],
    ['an error', 'Error from server: ERR unknown command', /no title.*ERR unknown command/],
    ['a report cut short', report().slice(0, 400), /no .* in its output/],
    ['no distribution', report({ distribution: '' }), /no percentile distribution/],
    ['an empty distribution', report({ distribution: DISTRIBUTION.replace(/^\d.*\n/gm, '') }), /does not reach 99.9%/],
  ])('says what is missing in %s', (_, output, complaint) => {
    expect(() => parseBenchmarkReport(output)).toThrow(complaint);
  });
});
