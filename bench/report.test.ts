import { describe, expect, it } from 'vitest';
import type { MeasureResult } from './measure.ts';
import type { RateSample } from './rates.ts';
import { measureTable, rateTable } from './report.ts';

function sample(requestsPerSecond: number, cpuMicrosPerRequest: number): RateSample {
  const latencies = { p50Millis: 1, p99Millis: 2, p999Millis: 3 };
  return { requestsPerSecond, cpuMicrosPerRequest, ...latencies, residentBytes: 100 * 1024 * 1024 };
}

const ROUNDS = [
  { hotset: sample(600_000, 1.5), redis: sample(400_000, 2) },
  { hotset: sample(300_000, 1.8), redis: sample(250_000, 2) },
  { hotset: sample(650_000, 1.4), redis: sample(500_000, 2) },
];

describe('the table of rates', () => {
  it('shows medians, the median of the rounds’ ratios with its spread, and the verdict on the targets', () => {
    const [row] = rateTable([{ test: 'set', title: 'SET', pipeline: 16, rounds: ROUNDS }]).rows;
    expect(row).toEqual([
      'SET -P 16',
      '600,000',
      '400,000',
      '1.300x (1.20-1.50)',
      '1.50',
      '2.00',
      '0.750x (0.70-0.90)',
      '1.00/1.00',
      '2.00/2.00',
      '3.00/3.00',
      '100/100',
      'rps >= 1.25x: ok; CPU <= 0.80x: ok',
    ]);
  });

  it('leaves a test without target unjudged', () => {
    const [row] = rateTable([{ test: 'ttl', title: 'TTL', pipeline: 1, rounds: ROUNDS }]).rows;
    expect(row.at(-1)).toBe('');
  });

  it('does not hide a test that failed', () => {
    const table = rateTable([{ test: 'incr', title: 'INCR', pipeline: 16, rounds: [], failure: 'hotset: ERR no' }]);
    expect(table.rows[0].at(-1)).toBe('rps >= 1.00x: not measured');
    expect(table.notes).toContain('INCR -P 16 failed: hotset: ERR no');
    expect(table.rows[0]).toHaveLength(table.columns.length);
  });
});

describe('the table of measures', () => {
  const result = (figure: string, unit: MeasureResult['unit'], hotset: number, redis: number): MeasureResult => ({
    figure,
    title: figure,
    unit,
    hotset,
    redis,
    ratio: hotset / redis,
  });

  it('judges a ratio or Hotset’s own figure, as the target says', () => {
    const { rows } = measureTable(
      [
        result('used-memory-per-key', 'bytes', 150, 160),
        result('javascript-heap-growth', 'MB', 15 * 1024 * 1024, Number.NaN),
        result('growth-longest-pause', 'ms', 12, 3),
        result('maxmemory-rps', 'requests/s', 95, 100),
        result('growth-rps', 'requests/s', 400_000, 400_000),
      ],
      [],
    );
    expect(rows.map((row) => row.slice(1))).toEqual([
      ['150.0 B', '160.0 B', '0.938x', '<= 0.85x: above'],
      ['15.0 MB', '-', '-', '<= 16.0 MB: ok'],
      ['12.00 ms', '3.00 ms', '4.000x', '<= 10.00 ms: above'],
      ['95', '100', '0.950x', '>= 0.90x: ok'],
      ['400,000', '400,000', '1.000x', ''],
    ]);
  });

  it('says which measures failed', () => {
    expect(measureTable([], ['memory failed: hotset: ERR no']).notes).toEqual(['memory failed: hotset: ERR no']);
  });
});
